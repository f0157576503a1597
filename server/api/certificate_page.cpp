// SPDX-License-Identifier: Apache-2.0
#include "server/api/certificate_page.h"

#include "models/evidence/certificate_document.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::api {
namespace {

using evidence::CheckResult;

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ink:#16191d;--quiet:#5b6470;--line:#c9ced6;--paper:#fff;
--good:#0b6b3a;--bad:#a3131b;--open:#6b5200}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--quiet:#a6adb8;--line:#434a54;
--paper:#16191d;--good:#5fd08d;--bad:#ff8a8a;--open:#e6c35c}}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:52rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.4rem 0}.quiet{color:var(--quiet)}
code,.mono{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;margin:0}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;
border-top:1px solid var(--line)}
th{font-weight:600;width:11rem}
.passed{color:var(--good)}.failed{color:var(--bad);font-weight:700}.open{color:var(--open)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);
padding:.75rem;margin:.5rem 0}
@media print{:root{--ink:#000;--quiet:#333;--line:#999;--paper:#fff;--good:#000;--bad:#000;
--open:#000}main{max-width:none;padding:0}h2{break-after:avoid}tr,pre{break-inside:avoid}
@page{margin:18mm}}
)css";

std::string escaped(std::string_view text)
{
    std::string html;
    for (const char c : text) {
        switch (c) {
        case '&':
            html += "&amp;";
            break;
        case '<':
            html += "&lt;";
            break;
        case '>':
            html += "&gt;";
            break;
        case '"':
            html += "&quot;";
            break;
        default:
            html += c;
        }
    }
    return html;
}

std::string documentOf(std::string_view title, const std::string& body)
{
    return fmt::format("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                       "<meta name=\"robots\" content=\"noindex\"><title>{}</title>"
                       "<style>{}</style></head>\n<body><main>\n{}</main></body></html>\n",
                       escaped(title),
                       kStyle,
                       body);
}

struct Explained {
    std::string_view id;
    std::string_view name;
    std::string_view meaning;
};
constexpr Explained kChecks[] = {
    {"container", "Readable", "The certificate has the one form that verifiers agree on."},
    {"certificate",
     "Issue",
     "The log wrote down the hash of this very statement when it was issued: it cannot be "
     "back-dated or quietly issued again."},
    {"inclusion",
     "In the log",
     "The entries it is about lie in the append-only log, at the places it names, unchanged."},
    {"checkpoint",
     "Head of the log",
     "The log's own key signed the state of the log in which these entries lie."},
    {"fields",
     "What was compared",
     "The recorded answer and its replay are those that the log committed to. Only salted digests "
     "are shown here: they give nothing of the text away."},
    {"trust",
     "Whose keys",
     "A page cannot vouch for its own keys. Compare them with what you were given in another way, "
     "or verify the file offline with keys that you pinned."},
    {"time",
     "When",
     "The times are the issuer's own unless an independent time stamp proves them."},
};

Explained explained(const evidence::Check& check)
{
    if (check.id == "certificate" && check.subject == "signature") {
        return {check.id, "Signature", "Nobody but the holder of this key can have signed it."};
    }
    const auto found = std::find_if(std::begin(kChecks),
                                    std::end(kChecks),
                                    [&check](const auto& each) { return each.id == check.id; });
    return found == std::end(kChecks) ? Explained{check.id, check.id, ""} : *found;
}

std::string checkRow(const evidence::Check& check)
{
    const auto known = explained(check);
    const bool open = check.result == CheckResult::NotChecked;
    return fmt::format(
        "<tr><th scope=\"row\">{}</th><td><span class=\"{}\">{}</span> {}"
        "<br><span class=\"quiet\">{}</span></td></tr>\n",
        escaped(known.name),
        open ? "open" : wireName(check.result),
        check.result == CheckResult::Passed ? "&#10003; Passed:"
            : open                          ? "&#9675; Not shown here:"
                                            : "&#10007; FAILED:",
        escaped(check.subject.empty() ? check.detail : check.detail + " (" + check.subject + ")"),
        escaped(known.meaning));
}

std::string row(std::string_view name, std::string_view value, bool mono = false)
{
    return value.empty() ? std::string()
                         : fmt::format("<tr><th scope=\"row\">{}</th><td{}>{}</td></tr>\n",
                                       escaped(name),
                                       mono ? " class=\"mono\"" : "",
                                       escaped(value));
}

std::string headline(const evidence::VerificationReport& report)
{
    if (report.hasFailure()) {
        return "<h1 class=\"failed\">This certificate does not hold</h1>\n<p>At least one check "
               "failed. Do not rely on it; the line that failed says where.</p>\n";
    }
    return "<h1>This certificate is intact, and the log holds it</h1>\n<p>Whether you trust "
           "whoever "
           "signed it is for you to decide: see \u201cWhose keys\u201d.</p>\n";
}

std::string_view meaningOf(const domain::EvidenceCertificate& certificate)
{
    if (!certificate.matchLevel) {
        return "The call could not be sent again.";
    }
    switch (*certificate.matchLevel) {
    case domain::MatchLevel::Exact:
        return "The provider gave the same answer, byte for byte.";
    case domain::MatchLevel::Logical:
        return "The same answer, written differently: white space or the order of members.";
    case domain::MatchLevel::Semantic:
        return "Another answer in mostly the same words.";
    case domain::MatchLevel::Mismatch:
        return "The provider gave another answer.";
    }
    return "";
}

std::string replayRows(const domain::EvidenceCertificate& certificate)
{
    const auto level = certificate.matchLevel ? std::string(wireName(*certificate.matchLevel))
                                              : std::string("not replayed");
    std::string rows = row("Match level", fmt::format("{}: {}", level, meaningOf(certificate)));
    rows += row("Why not", certificate.notReplayableReason.value_or(""));
    if (certificate.comparison) {
        const auto& comparison = *certificate.comparison;
        rows += row("Compared by",
                    fmt::format("{}; score {}, threshold {}",
                                comparison.method,
                                comparison.score,
                                comparison.threshold));
    }
    rows += row("Determinism", certificate.determinismVerified ? "verified" : "not verified");
    const auto& again = certificate.policyReevaluation;
    rows += row("Policies, decided again",
                fmt::format("{} under {}",
                            again.identical ? "every recorded decision came again"
                                            : "the decisions DIFFER from those recorded",
                            again.snapshotId));
    return rows;
}

std::string certificateRows(const domain::IssuedCertificate& issued)
{
    const auto& certificate = issued.certificate;
    std::string rows = row("Certificate", certificate.certificateId.text(), true);
    rows += row("Incident", certificate.incidentId.text(), true);
    rows += row("Original call",
                fmt::format("{}, {}, policies {}",
                            formatTime(certificate.originalTimestamp),
                            certificate.originalModel,
                            certificate.originalPolicyVersion));
    rows += row("Original answer", certificate.originalHash, true);
    if (certificate.replayTimestamp) {
        rows += row("Replay",
                    fmt::format("{}, {}, policies {}",
                                formatTime(*certificate.replayTimestamp),
                                certificate.replayModel.value_or(""),
                                certificate.replayPolicyVersion));
    }
    rows += row("Replayed answer", certificate.replayHash.value_or(""), true);
    rows += row("Parameters", printJson(certificate.parameters), true);
    rows += row("Log", fmt::format("{}#{}", certificate.logOrigin, certificate.seq), true);
    rows += row("Issued as entry", std::to_string(issued.issuedSeq), true);
    rows += row("Signed", formatTime(certificate.signedAt));
    rows += row("Id of its key", certificate.signedBy, true);
    rows += row("Hash of the statement", issued.payloadSha256, true);
    rows += row("Engine", certificate.engine);
    return rows;
}

/// As they stand in the document, for comparing; exhibitctl verify takes them as they are.
std::string keyRows(const domain::IssuedCertificate& issued)
{
    std::string rows;
    const auto document = evidence::parseCertificateDocument(issued.document);
    for (const auto& key : document ? document->logKeys : std::vector<std::string>{}) {
        rows += row("Of the log", key, true);
    }
    for (const auto& key : document ? document->certificateKeys : std::vector<std::string>{}) {
        rows += row("Of certificates", key, true);
    }
    return rows;
}

} // namespace

std::string certificatePage(const domain::IssuedCertificate& issued,
                            const evidence::VerificationReport& report)
{
    std::string checks;
    for (const auto& check : report.checks) {
        checks += checkRow(check);
    }
    const std::string table = "<table><tbody>\n{}</tbody></table>\n";
    std::string body = headline(report);
    body += "<h2>Checks</h2>\n" + fmt::format(fmt::runtime(table), checks);
    body += "<h2>What the replay found</h2>\n"
        + fmt::format(fmt::runtime(table), replayRows(issued.certificate))
        + "<p class=\"quiet\">Providers are rarely deterministic: an answer that differs is the "
          "ordinary case and says nothing of tampering. That the record was not changed is proven "
          "by the checks above.</p>\n";
    body += "<h2>Keys</h2>\n" + fmt::format(fmt::runtime(table), keyRows(issued));
    body += "<h2>Certificate</h2>\n" + fmt::format(fmt::runtime(table), certificateRows(issued));
    body += fmt::format(
        "<h2>QR text</h2>\n<pre class=\"mono\">{}</pre>\n"
        "<h2>Check it without this page</h2>\n<p><a href=\"?format=document\">Download the "
        "certificate</a> and verify it offline, with keys that you were given in another way:</p>\n"
        "<pre class=\"mono\">exhibitctl verify {}.json --trust-log VKEY --trust-certificate "
        "HEX</pre>\n",
        escaped(issued.qr),
        escaped(issued.certificate.certificateId.text()));
    return documentOf("Certificate " + issued.certificate.certificateId.text(), body);
}

std::string messagePage(std::string_view title, std::string_view message)
{
    return documentOf(title,
                      fmt::format("<h1>{}</h1>\n<p>{}</p>\n", escaped(title), escaped(message)));
}

} // namespace exhibit::api
