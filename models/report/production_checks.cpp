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
#include "models/report/production_proofs.h"
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
constexpr std::string_view kPackEnding = ".exhibit";

std::string slashes(std::string path)
{
    std::replace(path.begin(), path.end(), '\\', '/');
    return path;
}

/// A pack that is produced has a verification of its own.
void checkPack(const ArchiveFiles& files,
               const std::string& path,
               const evidence::TrustAnchors& anchors,
               VerificationReport& report)
{
    const auto content = files.read(path);
    if (!content) {
        return;
    }
    const auto pack = evidence::verifyPack(content->view(), anchors);
    const std::string said(wireName(pack.verdict));
    if (pack.hasFailure() || pack.verdict > Verdict::Untrusted) {
        report.failed("report", path, "the pack in it is " + said);
        return;
    }
    report.passed("report", path, "the pack in it is " + said);
    if (pack.verdict != Verdict::Valid) {
        report.notChecked("trust", path, "not all that signed the pack is pinned");
    }
}

/// What an archive holds, against the list of its files that the cover signs. One use.
class ProductionChecks {
public:
    ProductionChecks(const ArchiveFiles& files,
                     const LegalDiscoveryBundle& bundle,
                     const evidence::TrustAnchors& anchors,
                     ArchiveReport& checked)
        : m_files(files)
        , m_bundle(bundle)
        , m_anchors(anchors)
        , m_checked(checked)
        , m_report(checked.report)
    {
    }

    void run()
    {
        checkFiles();
        const std::string stem = m_bundle.volume + "/DATA/" + m_bundle.volume;
        checkDat(stem + ".DAT");
        checkOpt(stem + ".OPT");
        checkLoaded();
        checkProductionProofs(m_files, m_bundle, m_anchors, m_checked);
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
                if (!m_files.corrupt().contains(file.path)) {
                    m_report.failed("coverage", file.path, "incomplete: the list has it");
                }
                continue;
            }
            const bool same = found->second == file.sha256
                && m_files.size(file.path) == static_cast<std::uint64_t>(file.bytes);
            agreement.expect(same, file.path, "modified: it is not the file that the list names");
            if (same) {
                m_checked.compared.insert(file.path);
            }
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

    std::optional<evidence::ZipContent> contentOf(const std::string& path)
    {
        auto content = m_files.read(path);
        if (!content) {
            m_report.failed("coverage", path, "incomplete: " + content.error().message);
            return std::nullopt;
        }
        return *std::move(content);
    }

    /// A row for each document, which says what the list says of it.
    void checkDat(const std::string& path)
    {
        const auto content = contentOf(path);
        if (!content) {
            return;
        }
        const auto rows
            = readDat(content->view(), m_bundle.encoding, m_bundle.documents.size() + 1);
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
        const auto pages = readOpt(content->view(), m_files.digests().size()); // An image for each.
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

    /// However many documents name one.
    void checkPacks()
    {
        std::set<std::string> packs;
        for (const auto& document : m_bundle.documents) {
            if (document.docType == kProducedPack && document.nativePath) {
                packs.insert(*document.nativePath);
            }
        }
        for (const auto& path : packs) {
            checkPack(m_files, path, m_anchors, m_report);
        }
    }

    const ArchiveFiles& m_files;
    const LegalDiscoveryBundle& m_bundle;
    const evidence::TrustAnchors& m_anchors;
    ArchiveReport& m_checked;
    VerificationReport& m_report; ///< Of m_checked.
    std::set<std::string, std::less<>> m_loaded; ///< Paths that load files name.
};

/// The cover, when it is sound.
std::optional<evidence::ZipContent> checkCover(const ArchiveFiles& files,
                                               const evidence::TrustAnchors& anchors,
                                               const std::vector<Bytes>& certificates,
                                               ArchiveReport& checked)
{
    auto cover = files.read(kCover);
    if (!cover) {
        checked.report.failed(
            "coverage", kCover, "incomplete: nothing in it is signed without its cover");
        return std::nullopt;
    }
    checked.report = verifyReportPdf(cover->view(), anchors, certificates);
    const auto& checks = checked.report.checks;
    const bool isSigned = std::any_of(checks.begin(), checks.end(), [](const auto& one) {
        return one.id == "report" && one.subject == "signature"
            && one.result == evidence::CheckResult::Passed;
    });
    if (!checked.report.hasFailure() && !isSigned) {
        checked.report.failed("report", kCover, "it is a report that nobody signed");
        return std::nullopt;
    }
    if (checked.report.hasFailure()) {
        // The checks of a report name its parts; here the file is one of many.
        checked.report.failed("report", kCover, "it is not a cover as it was signed");
        return std::nullopt;
    }
    checked.compared.insert(kCover);
    return *std::move(cover);
}

/// Whether the list is the one that the cover carries.
bool isListOf(BytesView cover, BytesView list, ArchiveReport& checked)
{
    const std::string name(kAttachedLegal);
    const auto pdf = readPdf(cover);
    if (!pdf || pdf->report != wireName(ReportKind::LegalDiscovery)
        || !pdf->attachments.contains(name) || pdf->attachments.at(name) != list) {
        checked.report.failed("report", name, "it is not the list that the signed cover carries");
        return false;
    }
    checked.report.passed("report", name, "it is the list that the signed cover carries");
    checked.compared.insert(name);
    return true;
}

/// The list of the production as the signed cover carries it, or nullopt: what nobody signed says
/// nothing of the files.
std::optional<LegalDiscoveryBundle> signedList(const ArchiveFiles& files,
                                               const std::optional<evidence::ZipContent>& cover,
                                               ArchiveReport& checked)
{
    auto& report = checked.report;
    const std::string name(kAttachedLegal);
    const auto text = files.read(name);
    if (!text) {
        report.failed("coverage", name, "incomplete: " + text.error().message);
    } else if (!cover) {
        report.notChecked("report", name, "no cover vouches for it");
    } else if (isListOf(cover->view(), text->view(), checked)) {
        const auto json = parseBundle(text->view());
        if (!json) {
            report.failed("report", name, json.error().message);
        } else if (checkSchema(*json, name, report)) {
            return readBundleOf<LegalDiscoveryBundle>(*json, report);
        }
    }
    report.notChecked("coverage", "files", "there is no signed list to hold each against");
    return std::nullopt;
}

} // namespace

void checkLegalBundle(const Json& json, evidence::VerificationReport& report)
{
    const auto bundle = readBundleOf<LegalDiscoveryBundle>(json, report);
    if (!bundle) {
        return;
    }
    Agreement agreement("content", report);
    const auto fault = faultOfAttachments(printJson(json), ReportKind::LegalDiscovery, {});
    agreement.expect(!fault, "", fault.value_or(""));
    agreement.conclude("numbers without a gap, a listed file for each document, and a reason for "
                       "what is not shown");
    report.notChecked("coverage", "files", "they are not here: verify the whole production");
    noteUnsigned(formatTime(bundle->createdAt), report);
}

ArchiveReport verifyProduction(const ArchiveFiles& files,
                               const evidence::TrustAnchors& anchors,
                               const std::vector<Bytes>& certificates)
{
    ArchiveReport checked;
    auto& report = checked.report;
    const auto cover = checkCover(files, anchors, certificates, checked);
    checkManifest(files, checked);
    if (const auto bundle = signedList(files, cover, checked)) {
        ProductionChecks(files, *bundle, anchors, checked).run();
    } else {
        for (const auto& [path, digest] : files.digests()) {
            if (path.ends_with(kPackEnding)) {
                checkPack(files, path, anchors, report);
            }
        }
    }
    const bool open
        = std::any_of(report.checks.begin(), report.checks.end(), [](const auto& check) {
              return check.id == "trust" && check.result == evidence::CheckResult::NotChecked;
          });
    report.verdict = report.hasFailure()           ? Verdict::Invalid
        : report.verdict == Verdict::Valid && open ? Verdict::Untrusted
                                                   : report.verdict;
    return checked;
}

} // namespace exhibit::report
