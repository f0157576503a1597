// SPDX-License-Identifier: Apache-2.0
// The part of a report that says what was checked, by whom it is signed and how to check it again.
#include "models/base/base64.h"
#include "models/evidence/inspection.h"
#include "models/report/incident_report.h"
#include "models/report/qr.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using evidence::AnswerSummary;
using evidence::CheckResult;

std::string urlSafe(std::string base64)
{
    for (char& c : base64) {
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    base64.erase(base64.find_last_not_of('=') + 1);
    return base64;
}

Row answerRow(const std::string& question, const AnswerSummary& answer)
{
    const bool passed = answer.result == CheckResult::Passed;
    const bool failed = answer.result == CheckResult::Failed;
    return {{{bold(question)},
             {failed ? bold("Failed") : plain(passed ? "Passed" : "Not checked"),
              passed       ? Mark::Passed
                  : failed ? Mark::Failed
                           : Mark::NotChecked},
             {plain(bounded(oneLine(answer.reason), 300))}}};
}

std::string whyNoCertificate(const EvidenceBundle& bundle)
{
    return leftOut(bundle, Include::ReplayCert)
        ? "left out of this export by choice, whether or not one was issued"
        : "none issued: no replay of this incident has been certified";
}

void addCertificate(Table& table, const PackFacts& facts)
{
    const auto add = [&table](const char* item, Text value) {
        table.rows.push_back({{{plain(item)}, {std::move(value)}}});
    };
    if (!facts.certificate) {
        add("Certificate", plain(whyNoCertificate(facts.bundle)));
        return;
    }
    const auto& certificate = *facts.certificate;
    add("Certificate",
        {{certificate.certificateId.text(), {.mono = true}},
         {", " + longDate(certificate.signedAt), {}}});
    std::string replay = "not replayable: "
        + oneLine(certificate.notReplayableReason.value_or("no reason recorded"));
    if (certificate.matchLevel) {
        replay = fmt::format("{}; determinism {}verified; recorded policies decided {}",
                             wireName(*certificate.matchLevel),
                             certificate.determinismVerified ? "" : "not ",
                             certificate.policyReevaluation.identical ? "the same again"
                                                                      : "otherwise");
    }
    add("Replay", plain(bounded(replay, 400)));
}

} // namespace

std::string rangeOf(const PackFacts& facts)
{
    const std::uint64_t range = facts.lastEntry - facts.firstEntry + 1;
    return facts.entries == range
        ? fmt::format("seq {}..{}, no gap", facts.firstEntry, facts.lastEntry)
        : fmt::format("{} of seq {}..{}",
                      counted(static_cast<std::int64_t>(facts.entries), "entry", "entries"),
                      facts.firstEntry,
                      facts.lastEntry);
}

Table ReportParts::answers() const
{
    const auto& checks = m_facts.checks;
    auto [integrity, coverage, signer, trust, time] = evidence::answersOf(checks);
    if (integrity.result == CheckResult::Passed) {
        integrity.reason
            = fmt::format("{} and {} match their hashes; the chain is unbroken",
                          counted(static_cast<std::int64_t>(m_facts.entries), "entry", "entries"),
                          counted(static_cast<std::int64_t>(m_facts.files), "file"));
        if (const auto end = evidence::endOfLog(checks); !end.empty()) {
            integrity.reason += "; " + oneLine(end);
        }
    }
    if (coverage.result == CheckResult::Passed) {
        coverage.reason = fmt::format("{}; {} disclosed, {} withheld, {} erased",
                                      rangeOf(m_facts),
                                      counted(static_cast<std::int64_t>(checks.disclosed), "field"),
                                      checks.withheld,
                                      checks.erased);
    }
    if (signer.result == CheckResult::Passed) {
        signer.reason = fmt::format("Ed25519, log key {}, pack key {}",
                                    m_facts.logKeyId,
                                    m_facts.certificateKey.substr(0, 8));
    }
    trust.result = CheckResult::NotChecked;
    trust.reason
        = "paper cannot vouch for its own keys: compare them with what reached you another "
          "way";
    return {{{"Question", 62}, {"Answer", 72}, {"Because", 1}},
            {answerRow("Integrity", integrity),
             answerRow("Coverage", coverage),
             answerRow("Signer", signer),
             answerRow("Trust", trust),
             answerRow("Time", time)},
            {}};
}

Table ReportParts::items() const
{
    Table table{{{"Item", 92}, {"Value", 1}}, {}, {}};
    const auto add = [&table](const char* item, Text value) {
        table.rows.push_back({{{plain(item)}, {std::move(value)}}});
    };
    addCertificate(table, m_facts);
    add("Log, tree size", mono(fmt::format("{}, {}", oneLine(m_facts.origin), m_facts.treeSize)));
    add("Signed root", mono(m_facts.root));
    for (const auto& log : m_facts.checks.laterLogs) {
        const bool ours = log.previous == m_facts.origin;
        add(ours ? "Log ended" : "Log before",
            plain(fmt::format("{}: {} ({}) of {}",
                              oneLine(ours ? log.previous : log.origin),
                              ours ? "goes on as " + oneLine(log.origin)
                                   : "took over from " + oneLine(log.previous),
                              oneLine(log.cause),
                              oneLine(log.openedAt))));
    }
    if (m_facts.incidentEntry) {
        add("Entry, leaf",
            mono(fmt::format("seq {}, {}", *m_facts.incidentEntry, m_facts.incidentLeaf)));
    }
    add("Pack", mono(toHex(asView(m_facts.sha256))));
    if (m_bundle.snapshot) {
        add("Policy snapshot",
            mono(fmt::format("{}, {}",
                             m_bundle.snapshot->snapshotId,
                             toHex(asView(m_bundle.snapshot->contentHash)))));
    }
    add("Log key", mono(m_facts.logKeyId));
    add("Pack key", mono(m_facts.certificateKey));
    return table;
}

Notice ReportParts::withheld() const
{
    constexpr std::size_t kNamedMax = 12; // The rest is in the pack's data/redactions.json.
    Notice notice{{{"Withheld or erased: ", {.bold = true}}}, true};
    const auto count = std::min(kNamedMax, m_facts.redactions.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto& redaction = m_facts.redactions[i];
        notice.text.push_back(
            {fmt::format("seq {} {}", redaction.sequence, bounded(oneLine(redaction.path), 100)),
             {.mono = true}});
        notice.text.push_back({fmt::format(", {}{}; ",
                                           redaction.erasedBy ? "erased: " : "",
                                           bounded(oneLine(redaction.reason), 200)),
                               {}});
    }
    if (m_facts.redactions.size() > count) {
        notice.text.push_back(
            {fmt::format("and {} more; ", m_facts.redactions.size() - count), {}});
    }
    notice.text.push_back({"their digests stay in the entries.", {}});
    return notice;
}

Result<Table> ReportParts::answersWithCode() const
{
    const auto root = fromBase64(m_facts.root);
    std::string text
        = fmt::format("EXH1*{}*{}*{}*{}*{}",
                      m_facts.origin,
                      m_facts.treeSize,
                      urlSafe(toBase64(root ? *root : Bytes())),
                      m_facts.certificate ? urlSafe(toBase64(asView(m_facts.certificatePayload)))
                                          : std::string("-"),
                      m_facts.logKeyId);
    std::string caption = "Scan to compare with the pack. No link, no personal data.";
    if (m_facts.certificate && m_facts.certificate->verificationUrl) {
        // A telephone opens the page; what stands behind "#" proves without it, and is not sent.
        text = *m_facts.certificate->verificationUrl + "#" + text;
        caption
            = "Scan to open the certificate’s page. What follows # is to compare with the pack.";
    }
    Table questions = answers();
    EXHIBIT_TRY(questions.beside, makeCode(text));
    questions.beside->caption = caption;
    questions.beside->alternative = "QR code with the text " + text;
    return questions;
}

Result<void> ReportParts::certificate(Document& document, const std::string& number) const
{
    document.blocks.emplace_back(Heading{number + " Evidence certificate"});
    EXHIBIT_TRY(auto questions, answersWithCode());
    document.blocks.emplace_back(std::move(questions));
    document.blocks.emplace_back(items());
    if (!m_facts.redactions.empty()) {
        document.blocks.emplace_back(withheld());
    }
    if (m_facts.neighboursWithheld > 0) {
        document.blocks.emplace_back(Paragraph{
            {{fmt::format("{} of neighbouring entries, which are not about this incident, are "
                          "withheld as well.",
                          counted(static_cast<std::int64_t>(m_facts.neighboursWithheld), "field")),
              {.quiet = true}}}});
    }
    return {};
}

void ReportParts::basis(Document& document, const std::string& number) const
{
    document.blocks.emplace_back(Heading{number + " What this report rests on"});
    document.blocks.emplace_back(Paragraph{plain(fmt::format(
        "These pages render the bundle {} of the evidence pack that is attached to this file. "
        "Every "
        "statement follows by rule from what was recorded while the call happened; nothing was "
        "added. {} The pack prevails over the paper: whoever has it makes the same pages again.",
        oneLine(m_bundle.bundleId),
        m_bundle.redacted ? "What the shipped patterns find of personal data and secrets, and the "
                            "ids of users and sessions, was replaced for this export; nothing else "
                            "was, so that names and what no pattern knows may stand in it."
                          : "Nothing was redacted."))});
    if (const auto words = leftOutInWords(m_bundle.leftOut); !words.empty()) {
        document.blocks.emplace_back(Paragraph{plain(words)});
    }
    document.blocks.emplace_back(Paragraph{
        {{"To check it without us: ", {.bold = true}},
         {"take the pack out of this file, compare its SHA-256 with the foot of this page, and "
          "verify it with keys "
          "that reached you another way: ",
          {}},
         {"exhibitctl verify FILE --trust-log VKEY --trust-certificate HEX", {.mono = true}},
         {", or with ", {}},
         {"sha256sum", {.mono = true}},
         {" and ", {}},
         {"openssl", {.mono = true}},
         {" alone, as the README inside the pack says.", {}}}});
}

} // namespace exhibit::report
