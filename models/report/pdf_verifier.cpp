// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_verifier.h"

#include "models/evidence/timestamp.h"
#include "models/evidence/timestamp_token.h"
#include "models/evidence/verifier.h"
#include "models/report/bundle_agreement.h"
#include "models/report/pdf_metadata.h"
#include "models/report/pdf_pages.h"
#include "models/report/pdf_signature.h"
#include "models/report/pdf_text.h"
#include "models/report/report_pdf.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

using evidence::Verdict;
using evidence::VerificationReport;

constexpr const char* kReport = "report";

/// When the report was signed at the latest, by the word of an authority.
void checkTime(const CmsSigner& signer,
               const std::vector<Bytes>& authorities,
               VerificationReport& report)
{
    if (!signer.timeStamp) {
        report.notChecked("time", kReport, "no time stamp: the date of the report is its own word");
        return;
    }
    const bool pinned = !authorities.empty();
    const auto time = evidence::verifyTimestamp(
        evidence::responseOfToken(*signer.timeStamp),
        signer.signature,
        {.roots = authorities, .intermediates = {}, .believeEnclosed = !pinned});
    if (!time) {
        report.failed("time", kReport, time.error().message);
    } else if (pinned) {
        report.passed("time", kReport, "the signature existed at " + formatTime(*time));
    } else {
        report.notChecked("time",
                          kReport,
                          "no authority was named to check the time stamp with; it says "
                              + formatTime(*time));
    }
}

void checkSignature(BytesView pdf,
                    const evidence::TrustAnchors& anchors,
                    const std::vector<Bytes>& certificates,
                    VerificationReport& report)
{
    const auto place = findSignature(pdf);
    if (!place) {
        report.failed(kReport, "signature", place.error().message);
        return;
    }
    Bytes content(pdf.substr(0, place->holeBegin));
    content += pdf.substr(place->holeEnd);
    const auto signer = checkCms(place->cms, content, certificates);
    if (!signer) {
        report.failed(kReport, "signature", signer.error().message);
        return;
    }
    report.passed(kReport,
                  "signature",
                  fmt::format("covers the whole file and permits no change; {}, certificate {}",
                              signer->subject,
                              signer->fingerprint));
    if (signer->verdict == CmsVerdict::Pinned) {
        report.passed("trust",
                      "report",
                      "the certificate of the report, or one above it, is pinned outside the file: "
                          + signer->pinned);
    } else {
        report.notChecked(
            "trust", "report", "the certificate of the report comes from inside the file");
    }
    checkTime(*signer, anchors.timestampAuthorities, report);
}

/// The report again, from what is attached to it.
Result<Bytes> makeAgain(const PdfContent& content, ReportKind kind)
{
    auto attachments = content.attachments;
    const auto source = attachments.extract(std::string(attachmentOf(kind)));
    const BytesView bytes = source ? BytesView(source.mapped()) : BytesView();
    return attachmentOf(kind) == kAttachedPack ? makeReport(bytes, kind, {})
                                               : makeBundleReport(bytes, kind, attachments, {});
}

/// Of a file without a signature every byte has to be as it was made.
void checkBytes(BytesView pdf, const Bytes& made, VerificationReport& report)
{
    if (made == pdf) {
        report.passed(kReport, "file", "every byte of it is what the attachment gives");
    } else {
        report.failed(kReport,
                      "file",
                      "it is not the draft as it was made: whoever completed, signed or changed it "
                      "vouches for it");
    }
}

/// Of pages that cannot be compared as they are drawn: a weaker finding, and one of its own.
void checkWords(BytesView pdf, const Bytes& made, VerificationReport& report)
{
    constexpr const char* kText = "text";
    const auto text = readPdfText(pdf);
    const auto again = text ? readPdfText(made) : tl::make_unexpected(text.error());
    if (!again) {
        report.notChecked(kReport, kText, "cannot be compared: " + again.error().message);
    } else if (const auto page = firstDifference(*text, *again)) {
        report.notChecked(kReport,
                          kText,
                          fmt::format("does not match from page {} on; fonts and releases may set "
                                      "the same facts otherwise, what is attached prevails",
                                      *page));
    } else {
        report.passed(kReport,
                      kText,
                      fmt::format("text matches: as programs read them, all {} pages say what the "
                                  "attachment gives; how they look was not compared",
                                  text->pageEnds.size()));
    }
}

void checkPages(BytesView pdf,
                const PdfContent& content,
                ReportKind kind,
                VerificationReport& report)
{
    const auto made = makeAgain(content, kind);
    const auto again = made ? readPdf(*made) : tl::make_unexpected(made.error());
    if (!again) {
        report.notChecked(kReport, "pages", "they cannot be made again: " + again.error().message);
        return;
    }
    if (again->pages == content.pages) {
        report.passed(kReport,
                      "pages",
                      fmt::format("all {} are exactly those that the attachment gives",
                                  content.pages.size()));
        if (isSignedByNobody(kind)) {
            checkBytes(pdf, *made, report);
        }
        return;
    }
    const bool otherRelease = content.producer != again->producer;
    if (content.fonts != again->fonts || otherRelease) {
        report.notChecked(kReport,
                          "pages",
                          fmt::format("drawn {}, so that their looks cannot be compared; what is "
                                      "attached prevails",
                                      otherRelease ? "by another release than this one"
                                                   : "with other fonts than this machine has"));
        checkWords(pdf, *made, report);
        return;
    }
    std::size_t first = 0;
    while (first < content.pages.size() && first < again->pages.size()
           && content.pages[first] == again->pages[first]) {
        ++first;
    }
    report.failed(kReport,
                  "pages",
                  fmt::format("page {} is not the one that the attachment gives", first + 1));
}

/// What vouches for a report before its own signature is looked at: its pack, or nothing.
void checkPack(const Bytes& pack,
               const evidence::TrustAnchors& anchors,
               VerificationReport& report,
               std::optional<std::string>& fault)
{
    report = evidence::verifyPack(pack, anchors);
    std::erase_if(report.checks, [](const auto& check) { return check.id == kReport; });
    if (report.verdict == Verdict::Unreadable) {
        fault = "the attached file is no evidence pack";
    }
}

void checkAttachment(const PdfContent& content,
                     ReportKind kind,
                     const evidence::TrustAnchors& anchors,
                     VerificationReport& report)
{
    const std::string name(attachmentOf(kind));
    const auto found = content.attachments.find(name);
    if (found == content.attachments.end()) {
        report.failed(kReport, "attachment", name + " is not attached");
        return;
    }
    std::optional<std::string> fault;
    const auto pack = content.attachments.find(std::string(kAttachedPack));
    if (pack != content.attachments.end()) {
        checkPack(pack->second, anchors, report, fault);
    } else { // Signed as a whole; trust decides. A draft is signed by nobody.
        report.verdict = isSignedByNobody(kind) ? Verdict::Unauthenticated : Verdict::Valid;
    }
    if (!fault && name != kAttachedPack) {
        if (const auto bundle = parseBundle(found->second); bundle && isOfOtherRelease(*bundle)) {
            report.notChecked(kReport, "attachment", "this release does not have its schema");
            report.verdict = Verdict::Unauthenticated; // What was not looked at is not called good.
            return;
        }
        fault = faultOfAttachments(found->second, kind, content.attachments);
        if (!fault && content.producer == kProducer) { // Other releases have other words.
            fault = faultAgainstPack(found->second, kind, content.attachments);
        }
        checkProofsBeside(found->second, kind, content.attachments, anchors, report);
    }
    if (fault) {
        report.failed(kReport, "attachment", *fault);
    } else {
        report.passed(
            kReport, "attachment", name + ", SHA-256 " + toHex(asView(sha256(found->second))));
    }
}

bool isPassed(const VerificationReport& report, std::string_view subject)
{
    return std::any_of(report.checks.begin(), report.checks.end(), [&](const auto& check) {
        return check.id == kReport && check.subject == subject
            && check.result == evidence::CheckResult::Passed;
    });
}

/// The pack's verdict holds for the report as well, unless the report has troubles of its own.
Verdict judge(const VerificationReport& report, ReportKind kind)
{
    if (report.hasFailure()) {
        return Verdict::Invalid;
    }
    if (isSignedByNobody(kind) && !isPassed(report, "file")) {
        return Verdict::Unauthenticated; // Nothing but its own word is for its pages.
    }
    const bool open
        = std::any_of(report.checks.begin(), report.checks.end(), [](const evidence::Check& check) {
              return check.id == "trust" && check.result == evidence::CheckResult::NotChecked;
          });
    return report.verdict == Verdict::Valid && open ? Verdict::Untrusted : report.verdict;
}

} // namespace

VerificationReport verifyReportPdf(BytesView pdf,
                                   const evidence::TrustAnchors& anchors,
                                   const std::vector<Bytes>& certificates)
{
    VerificationReport report;
    const auto content = readPdf(pdf);
    if (!content) {
        report.failed("container", "", content.error().message);
        return report;
    }
    const auto kind = parseEnum<ReportKind>(content->report);
    if (!kind) {
        report.failed("container", "", "the file does not say which report it is");
        return report;
    }
    checkAttachment(*content, *kind, anchors, report);
    if (isSignedByNobody(*kind)) {
        report.notChecked(kReport,
                          "signature",
                          "a draft for a person to sign; this program signs it in nobody's name");
    } else {
        checkSignature(pdf, anchors, certificates, report);
    }
    for (const auto& key : content->suspicious) {
        report.failed(kReport, "form", "the file holds " + key + ", which no report has");
    }
    if (!report.hasFailure()) { // Nothing is made of what is not sound.
        checkPages(pdf, *content, *kind, report);
    }
    report.verdict = judge(report, *kind);
    return report;
}

} // namespace exhibit::report
