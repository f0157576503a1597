// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_verifier.h"

#include "models/evidence/verifier.h"
#include "models/report/pdf_metadata.h"
#include "models/report/pdf_pages.h"
#include "models/report/pdf_signature.h"
#include "models/report/report_pdf.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

using evidence::Verdict;
using evidence::VerificationReport;

constexpr const char* kReport = "report";

void checkSignature(BytesView pdf,
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
        report.passed(
            "trust", "report", "the certificate of the report is pinned outside the file");
    } else {
        report.notChecked(
            "trust", "report", "the certificate of the report comes from inside the file");
    }
}

void checkPages(const PdfContent& content, BytesView pack, VerificationReport& report)
{
    const auto kind = parseEnum<ReportKind>(content.report);
    if (!kind) {
        report.failed(kReport, "pages", "the file does not say which report it is");
        return;
    }
    const auto made = makeReport(pack, *kind, {});
    const auto again = made ? readPdf(*made) : tl::make_unexpected(made.error());
    if (!again) {
        report.notChecked(kReport, "pages", "they cannot be made again: " + again.error().message);
        return;
    }
    if (again->pages == content.pages) {
        report.passed(
            kReport,
            "pages",
            fmt::format("all {} are exactly what the attached pack gives", content.pages.size()));
        return;
    }
    if (content.fonts != again->fonts || content.producer != again->producer) {
        report.notChecked(kReport,
                          "pages",
                          "made with other fonts or by another release than this one, so that they "
                          "cannot be compared; the pack prevails");
        return;
    }
    std::size_t first = 0;
    while (first < content.pages.size() && first < again->pages.size()
           && content.pages[first] == again->pages[first]) {
        ++first;
    }
    report.failed(
        kReport, "pages", fmt::format("page {} is not what the attached pack gives", first + 1));
}

/// The pack's verdict holds for the report as well, unless the report has troubles of its own.
Verdict judge(const VerificationReport& report)
{
    if (report.hasFailure()) {
        return Verdict::Invalid;
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
    if (content->pack) {
        report = evidence::verifyPack(*content->pack, anchors);
        std::erase_if(report.checks, [](const auto& check) { return check.id == kReport; });
    } else {
        report.verdict = Verdict::Unauthenticated;
    }
    checkSignature(pdf, certificates, report);
    for (const auto& key : content->suspicious) {
        report.failed(kReport, "form", "the file holds " + key + ", which no report has");
    }
    if (!content->pack) {
        report.failed(kReport, "attachment", "no evidence pack is attached");
    } else if (report.verdict == Verdict::Unreadable) {
        report.failed(kReport, "attachment", "the attached file is no evidence pack");
    } else {
        report.passed(kReport, "attachment", "SHA-256 " + toHex(asView(sha256(*content->pack))));
        checkPages(*content, *content->pack, report);
    }
    report.verdict = judge(report);
    return report;
}

} // namespace exhibit::report
