// SPDX-License-Identifier: Apache-2.0
#include "models/report/handed_out.h"

#include "models/evidence/container_check.h"
#include "models/evidence/verifier.h"
#include "models/report/bundle_agreement.h"
#include "models/report/pdf_verifier.h"
#include "models/report/production_checks.h"
#include "models/report/soc2_checks.h"

#include <algorithm>

namespace exhibit::report {
namespace {

using evidence::CheckResult;
using evidence::Verdict;
using evidence::VerificationReport;

constexpr std::string_view kSoc2Folder = "soc2-";
constexpr std::string_view kProductionFolder = "production-";

/// What looks at a bundle beyond its schema.
struct BundleKind {
    std::string_view type; ///< Its member `type`, which the schema pins.
    void (*check)(const Json& bundle, const Anchors& anchors, VerificationReport& report);
};
constexpr BundleKind kBundleKinds[] = {
    {"evidence",
     [](const Json& bundle, const Anchors&, VerificationReport& report) {
         checkEvidenceBundle(bundle, report);
     }},
    {"soc2",
     [](const Json& bundle, const Anchors& anchors, VerificationReport& report) {
         checkSoc2Bundle(bundle, anchors.keys, report);
     }},
    {"ai_act_art73",
     [](const Json& bundle, const Anchors&, VerificationReport& report) {
         checkArt73Bundle(bundle, report);
     }},
    {"legal_discovery",
     [](const Json& bundle, const Anchors&, VerificationReport& report) {
         checkLegalBundle(bundle, report);
     }},
};

VerificationReport verifyBundle(const Json& bundle, const Anchors& anchors)
{
    VerificationReport report;
    report.verdict = Verdict::Unauthenticated;
    if (!checkSchema(bundle, "schema", report)) {
        noteUnsigned(std::string(stringMember(bundle, "created_at")), report);
        return report;
    }
    const auto type = stringMember(bundle, "type");
    const auto* const kind = std::find_if(std::begin(kBundleKinds),
                                          std::end(kBundleKinds),
                                          [type](const auto& one) { return one.type == type; });
    if (kind != std::end(kBundleKinds)) {
        kind->check(bundle, anchors, report);
    } else {
        report.notChecked("report", "content", "of this kind nothing but the form is looked at");
        noteUnsigned(std::string(stringMember(bundle, "created_at")), report);
    }
    return report;
}

/// nullopt: it is no bundle of ours.
std::optional<VerificationReport> verifyText(BytesView bytes, const Anchors& anchors)
{
    const auto start = bytes.find_first_not_of(" \t\r\n");
    if (start == bytes.npos || bytes[start] != '{') {
        return std::nullopt;
    }
    VerificationReport report;
    if (const auto sized = checkBundleSize(bytes); !sized) {
        report.failed("container", "", sized.error().message);
        return report;
    }
    const auto json = parseBundle(bytes);
    if (!json || !isBundle(*json)) {
        return std::nullopt;
    }
    report = verifyBundle(*json, anchors);
    report.verdict = report.hasFailure() ? Verdict::Invalid : report.verdict;
    return report;
}

bool isArchiveOf(BytesView bytes, std::string_view folder)
{
    return firstNameIn(bytes).starts_with(folder);
}

ArchiveReport verifyArchive(const ArchiveFiles& files, BytesView bytes, const Anchors& anchors)
{
    auto checked = isArchiveOf(bytes, kSoc2Folder)
        ? verifySoc2Archive(files, anchors.keys)
        : verifyProduction(files, anchors.keys, anchors.reportCertificates);
    auto& report = checked.report;
    evidence::checkContainer(files.archive(), report);
    report.verdict = report.hasFailure() ? Verdict::Invalid : report.verdict;
    return checked;
}

/// An archive with what lies in it.
evidence::Inspection inspectArchive(BytesView bytes, const Anchors& anchors)
{
    evidence::Inspection inspection;
    inspection.kind = evidence::FileKind::Archive;
    const auto files = ArchiveFiles::open(bytes);
    if (!files) {
        inspection.report.failed("container", files.error().subject, files.error().message);
        return inspection;
    }
    auto checked = verifyArchive(*files, bytes, anchors);
    inspection.report = std::move(checked.report);
    inspection.folder = files->folder();
    std::map<std::string, CheckResult> results; // Nothing is known of what no check looked at.
    for (const auto& [path, digest] : files->digests()) {
        const bool bad = inspection.report.blame().files.contains(path);
        results[path] = bad                   ? CheckResult::Failed
            : checked.compared.contains(path) ? CheckResult::Passed
                                              : CheckResult::NotChecked;
    }
    for (const auto& [path, why] : files->corrupt()) {
        results[path] = CheckResult::Failed;
    }
    for (const auto& [path, result] : results) {
        inspection.files.push_back({path, files->size(path), result});
    }
    return inspection;
}

/// nullopt: what models/evidence verifies, or nothing of ours.
std::optional<evidence::Inspection> inspectExport(BytesView bytes, const Anchors& anchors)
{
    evidence::Inspection inspection;
    if (looksLikePdf(bytes)) {
        inspection.kind = evidence::FileKind::Report;
        inspection.report = verifyReportPdf(bytes, anchors.keys, anchors.reportCertificates);
    } else if (isArchiveOf(bytes, kSoc2Folder) || isArchiveOf(bytes, kProductionFolder)) {
        inspection = inspectArchive(bytes, anchors);
    } else if (auto report = verifyText(bytes, anchors)) {
        inspection.kind = evidence::FileKind::Bundle;
        inspection.report = *std::move(report);
    } else {
        return std::nullopt;
    }
    inspection.size = bytes.size();
    return inspection;
}

} // namespace

VerificationReport verifyHandedOut(BytesView bytes, const Anchors& anchors)
{
    auto inspection = inspectExport(bytes, anchors);
    return inspection ? std::move(inspection->report) : evidence::verifyFile(bytes, anchors.keys);
}

evidence::Inspection inspectHandedOut(BytesView bytes, const Anchors& anchors)
{
    auto inspection = inspectExport(bytes, anchors);
    if (!inspection) {
        return evidence::inspectFile(bytes, anchors.keys);
    }
    inspection->digests.push_back({"File", toHex(asView(sha256(bytes)))});
    return *std::move(inspection);
}

} // namespace exhibit::report
