// SPDX-License-Identifier: Apache-2.0
#include "models/report/production_checks.h"

#include "models/evidence/verifier.h"
#include "models/report/bates.h"
#include "models/report/bundle_agreement.h"
#include "models/report/dat_fields.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/load_file_reader.h"
#include "models/report/pdf_pages.h"
#include "models/report/pdf_verifier.h"
#include "models/report/step_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace exhibit::report {
namespace {

using evidence::Verdict;
using evidence::VerificationReport;

constexpr const char* kCover = "production_cover.pdf";
constexpr const char* kProducedPack = "evidence_pack";

std::string slashes(std::string path)
{
    std::replace(path.begin(), path.end(), '\\', '/');
    return path;
}

/// What an archive holds, against the list of its files that the cover signs. One use.
class ProductionChecks {
public:
    ProductionChecks(const ArchiveFiles& files,
                     const LegalDiscoveryBundle& bundle,
                     const evidence::TrustAnchors& anchors,
                     VerificationReport& report)
        : m_files(files)
        , m_bundle(bundle)
        , m_anchors(anchors)
        , m_report(report)
    {
    }

    void run()
    {
        checkFiles();
        const std::string stem = m_bundle.volume + "/DATA/" + m_bundle.volume;
        checkDat(stem + ".DAT");
        checkOpt(stem + ".OPT");
        checkLoaded();
        checkProofs();
        checkPacks();
    }

private:
    /// Each that is listed is there as it is listed, and nothing is beside them.
    void checkFiles()
    {
        Agreement agreement("files", m_report);
        std::set<std::string, std::less<>> listed{
            kCover, std::string(kAttachedLegal), std::string(kFileManifest)};
        for (const auto& file : m_bundle.files) {
            listed.insert(file.path);
            const auto found = m_files.digests().find(file.path);
            if (found == m_files.digests().end()) {
                m_report.failed("coverage", file.path, "incomplete: the list has it");
                continue;
            }
            agreement.expect(found->second == file.sha256
                                 && m_files.size(file.path)
                                     == static_cast<std::uint64_t>(file.bytes),
                             file.path,
                             "modified: it is not the file that the list names");
        }
        for (const auto& [path, digest] : m_files.digests()) {
            if (!listed.contains(path)) {
                m_report.failed("coverage", path, "the list of the production does not have it");
            }
        }
        agreement.conclude(
            fmt::format("{}, each the one that the list names by its SHA-256",
                        counted(static_cast<std::int64_t>(m_bundle.files.size()), "file")));
    }

    std::optional<Bytes> contentOf(const std::string& path)
    {
        const auto content = m_files.read(path);
        if (!content) {
            m_report.failed("coverage", path, "incomplete: " + content.error().message);
            return std::nullopt;
        }
        return Bytes(content->view());
    }

    /// A row for each document, which says what the list says of it.
    void checkDat(const std::string& path)
    {
        const auto content = contentOf(path);
        if (!content) {
            return;
        }
        const auto rows = readDat(*content, m_bundle.encoding);
        if (!rows) {
            m_report.failed("report", path, rows.error().subject + ": " + rows.error().message);
            return;
        }
        Agreement agreement(path, m_report);
        agreement.expect(
            rows->size() == m_bundle.documents.size() + 1,
            "",
            fmt::format("{} rows for {} documents", rows->size(), m_bundle.documents.size()));
        for (std::size_t i = 0; agreement.holds() && i < m_bundle.documents.size(); ++i) {
            compareRow(rows->front(), (*rows)[i + 1], m_bundle.documents[i], agreement);
        }
        agreement.conclude(
            fmt::format("{}, one for each document, with its numbers, paths and hashes",
                        counted(static_cast<std::int64_t>(m_bundle.documents.size()), "row")));
    }

    void compareRow(const std::vector<Bytes>& names,
                    const std::vector<Bytes>& values,
                    const ProducedDocument& document,
                    Agreement& agreement)
    {
        for (const auto& [name, value] : datFields(m_bundle, document)) {
            if (!isExactDatField(name)) {
                continue;
            }
            const auto column = std::find(names.begin(), names.end(), name);
            const bool same = column != names.end()
                && values[static_cast<std::size_t>(column - names.begin())] == value;
            agreement.expect(
                same,
                "",
                fmt::format("{} of {} is not what the list says", name, document.begBates));
        }
        for (const auto& path : {document.textPath, document.nativePath.value_or("")}) {
            m_loaded.insert(path);
            agreement.expect(path.empty() || m_files.has(path), "", path + " is not there");
        }
    }

    /// A page image for each number, in their order, and where each document begins.
    void checkOpt(const std::string& path)
    {
        const auto content = contentOf(path);
        if (!content) {
            return;
        }
        const auto pages = readOpt(*content);
        if (!pages) {
            m_report.failed("report", path, pages.error().subject + ": " + pages.error().message);
            return;
        }
        std::map<std::string, std::int64_t> begins;
        for (const auto& document : m_bundle.documents) {
            begins.emplace(document.begBates, document.pageCount);
        }
        Agreement agreement(path, m_report);
        const auto count = static_cast<std::int64_t>(pages->size());
        agreement.expect(count == m_bundle.batesLast - m_bundle.batesFirst + 1,
                         "",
                         fmt::format("{} pages for another count of numbers", count));
        for (std::int64_t i = 0; i < count; ++i) {
            const auto& page = (*pages)[static_cast<std::size_t>(i)];
            const auto begin = begins.find(page.key);
            const auto documentPages = begin == begins.end() ? 0 : begin->second;
            const std::string image = slashes(page.path);
            m_loaded.insert(image);
            agreement.expect(
                page.key == batesText(m_bundle.batesPrefix, m_bundle.batesFirst + i)
                    && page.volume == m_bundle.volume && m_files.has(image)
                    && static_cast<std::int64_t>(page.documentPages) == documentPages,
                "",
                fmt::format("the page {} is not the one of the list, or has no image", page.key));
        }
        agreement.conclude(
            fmt::format("{}, one image for each number, none left out", counted(count, "page")));
    }

    /// What lies in the volume and in no load file would never be seen by a reviewer.
    void checkLoaded()
    {
        const std::string volume = m_bundle.volume + "/";
        std::size_t loaded = 0;
        bool all = true;
        for (const auto& [path, digest] : m_files.digests()) {
            if (!path.starts_with(volume) || path.starts_with(volume + "DATA/")) {
                continue;
            }
            ++loaded;
            if (!m_loaded.contains(path)) {
                m_report.failed("coverage", path, "no load file has it");
                all = false;
            }
        }
        if (all) {
            m_report.passed("coverage",
                            m_bundle.volume,
                            fmt::format("each of its {} is in a load file",
                                        counted(static_cast<std::int64_t>(loaded), "file")));
        }
    }

    /// The cover carries as many as a report may; PROOFS has the entry of every document.
    void checkProofs()
    {
        LogClaims claims;
        LogProofs proofs;
        for (const auto& document : m_bundle.documents) {
            if (!document.entrySeq || !document.proofPath) {
                continue;
            }
            const EntryClaim claim{m_bundle.logOrigin, *document.entrySeq, document.entryHash};
            if (!claims.entries.insert(claim).second) {
                continue;
            }
            const std::string stem = fmt::format("PROOFS/{:010}", *document.entrySeq);
            const auto entry = m_files.read(stem + ".json");
            const auto proof = m_files.read(*document.proofPath);
            if (entry && proof) {
                proofs.entries.push_back({Bytes(entry->view()), std::string(proof->view())});
            }
        }
        if (claims.entries.empty()) {
            return;
        }
        claims.heads.push_back({m_bundle.logOrigin, m_bundle.treeSize, m_bundle.root});
        VerificationReport shown;
        checkLogClaims(claims, proofs, m_anchors, shown);
        for (const auto& check : shown.checks) {
            if (check.result == evidence::CheckResult::Failed) {
                m_report.failed(check.id, "PROOFS, " + check.subject, check.detail);
            }
        }
        if (!shown.hasFailure()) {
            m_report.passed(
                "inclusion",
                "PROOFS",
                fmt::format(
                    "{} of documents, each in the tree under the head that "
                    "the list names",
                    counted(static_cast<std::int64_t>(claims.entries.size()), "entry", "entries")));
        }
    }

    /// The pack that is produced has a verification of its own.
    void checkPacks()
    {
        for (const auto& document : m_bundle.documents) {
            const bool isPack = document.docType == kProducedPack && document.nativePath;
            const auto content
                = isPack ? m_files.read(*document.nativePath) : fail(ErrorCode::NotFound, "");
            if (!content) {
                continue;
            }
            const auto pack = evidence::verifyPack(content->view(), m_anchors);
            const std::string said(wireName(pack.verdict));
            if (pack.hasFailure() || pack.verdict > Verdict::Untrusted) {
                m_report.failed("report", *document.nativePath, "the pack in it is " + said);
                continue;
            }
            m_report.passed("report", *document.nativePath, "the pack in it is " + said);
            if (pack.verdict != Verdict::Valid) {
                m_report.notChecked(
                    "trust", *document.nativePath, "not all that signed the pack is pinned");
            }
        }
    }

    const ArchiveFiles& m_files;
    const LegalDiscoveryBundle& m_bundle;
    const evidence::TrustAnchors& m_anchors;
    VerificationReport& m_report;
    std::set<std::string, std::less<>> m_loaded; ///< Paths that load files name.
};

/// The list of the production: as the signed cover carries it, or nullopt.
std::optional<LegalDiscoveryBundle> signedList(const ArchiveFiles& files,
                                               BytesView cover,
                                               VerificationReport& report)
{
    const std::string name(kAttachedLegal);
    const auto text = files.read(name);
    const auto json = text ? parseJson(text->view()) : tl::make_unexpected(text.error());
    if (!json) {
        report.failed(text ? "report" : "coverage", name, json.error().message);
        return std::nullopt;
    }
    const auto pdf = readPdf(cover);
    if (pdf && pdf->attachments.contains(name) && pdf->attachments.at(name) == text->view()) {
        report.passed("report", name, "it is the list that the signed cover carries");
    } else {
        report.failed("report", name, "it is not the list that the signed cover carries");
    }
    if (!checkSchema(*json, name, report)) {
        return std::nullopt;
    }
    return readBundleOf<LegalDiscoveryBundle>(*json, report);
}

} // namespace

void checkLegalBundle(const Json& json, evidence::VerificationReport& report)
{
    const auto bundle = readBundleOf<LegalDiscoveryBundle>(json, report);
    if (!bundle) {
        return;
    }
    Agreement agreement("content", report);
    const bool numbered = bundle->batesFirst > 0 && bundle->batesLast <= kBatesMax
        && std::all_of(bundle->documents.begin(),
                       bundle->documents.end(),
                       [](const auto& document) { return document.pageCount <= kBatesMax; });
    agreement.expect(numbered, "/bates_last", "no production has such numbers");
    const auto fault = numbered
        ? faultOfAttachments(printJson(json), ReportKind::LegalDiscovery, {})
        : std::nullopt;
    agreement.expect(!fault, "", fault.value_or(""));
    agreement.conclude("numbers without a gap, a listed file for each document, and a reason for "
                       "what is not shown");
    report.notChecked("coverage", "files", "they are not here: verify the whole production");
    noteUnsigned(formatTime(bundle->createdAt), report);
}

VerificationReport verifyProduction(const ArchiveFiles& files,
                                    const evidence::TrustAnchors& anchors,
                                    const std::vector<Bytes>& certificates)
{
    const auto cover = files.read(kCover);
    VerificationReport report
        = cover ? verifyReportPdf(cover->view(), anchors, certificates) : VerificationReport();
    if (!cover) {
        report.failed("coverage", kCover, "incomplete: nothing in it is signed without its cover");
    }
    checkManifest(files, report);
    const auto bundle = signedList(files, cover ? cover->view() : BytesView(), report);
    if (bundle) {
        ProductionChecks(files, *bundle, anchors, report).run();
    }
    const bool open
        = std::any_of(report.checks.begin(), report.checks.end(), [](const auto& check) {
              return check.id == "trust" && check.result == evidence::CheckResult::NotChecked;
          });
    report.verdict = report.hasFailure()           ? Verdict::Invalid
        : report.verdict == Verdict::Valid && open ? Verdict::Untrusted
                                                   : report.verdict;
    return report;
}

} // namespace exhibit::report
