// SPDX-License-Identifier: Apache-2.0
#include "models/report/production_proofs.h"

#include "models/report/log_proofs.h"
#include "models/report/step_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using evidence::CheckResult;

constexpr std::string_view kProofs = "PROOFS";

/// What is claimed of the log and what is there to show it.
struct Shown {
    LogClaims claims;
    LogProofs proofs;
    std::map<std::string, std::string> paths; ///< Of proofs, by what a check calls the entry.
};

Shown readProofs(const ArchiveFiles& files,
                 const LegalDiscoveryBundle& bundle,
                 evidence::VerificationReport& report)
{
    Shown shown;
    for (const auto& document : bundle.documents) {
        if (!document.entrySeq || !document.proofPath) {
            continue;
        }
        const EntryClaim claim{bundle.logOrigin, *document.entrySeq, document.entryHash};
        if (!shown.claims.entries.insert(claim).second) {
            continue;
        }
        const auto number = static_cast<std::uint64_t>(*document.entrySeq);
        const auto entry = files.read(fmt::format("{}/{:010}.json", kProofs, number));
        const auto proof = files.read(*document.proofPath);
        if (entry && proof) {
            shown.paths.emplace(evidence::entryName(bundle.logOrigin, number), *document.proofPath);
            shown.proofs.entries.push_back({Bytes(entry->view()), std::string(proof->view())});
        } else {
            report.failed("inclusion",
                          *document.proofPath,
                          "incomplete: the entry or its proof is not there");
        }
    }
    return shown;
}

/// Adds the checks of `from` as ones of PROOFS, also what was not looked at. True: nothing but
/// whose key it was is open.
bool tell(const evidence::VerificationReport& from,
          const std::map<std::string, std::string>& paths,
          evidence::VerificationReport& report)
{
    bool whole = true;
    for (const auto& check : from.checks) {
        const std::string subject = fmt::format("{}, {}", kProofs, check.subject);
        const auto path = paths.find(check.subject);
        if (check.result == CheckResult::Failed) {
            report.failed(check.id, subject, check.detail, path == paths.end() ? "" : path->second);
        } else if (check.result == CheckResult::NotChecked) {
            report.notChecked(check.id, subject, check.detail);
        }
        const bool isOpen = check.result == CheckResult::NotChecked && check.id == "trust";
        whole = whole && (check.result == CheckResult::Passed || isOpen);
    }
    return whole;
}

} // namespace

void checkProductionProofs(const ArchiveFiles& files,
                           const LegalDiscoveryBundle& bundle,
                           const evidence::TrustAnchors& anchors,
                           ArchiveReport& checked)
{
    auto shown = readProofs(files, bundle, checked.report);
    const auto count = shown.claims.entries.size();
    if (count == 0) {
        return;
    }
    shown.claims.heads.push_back({bundle.logOrigin, bundle.treeSize, bundle.root});
    evidence::VerificationReport found;
    checkLogClaims(shown.claims, shown.proofs, anchors, found);
    if (tell(found, shown.paths, checked.report) && shown.proofs.entries.size() == count) {
        checked.report.passed(
            "inclusion",
            std::string(kProofs),
            fmt::format("{} of documents, each in the tree under the head that the list names",
                        counted(static_cast<std::int64_t>(count), "entry", "entries")));
    } else { // Not each that is to blame can be named.
        std::erase_if(checked.compared, [](const auto& path) { return path.starts_with(kProofs); });
    }
}

} // namespace exhibit::report
