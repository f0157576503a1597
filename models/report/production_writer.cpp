// SPDX-License-Identifier: Apache-2.0
// The second half of a production: its numbers are known, its files are written.
#include "models/base/limits.h"
#include "models/evidence/zip_writer.h"
#include "models/report/csv.h"
#include "models/report/dat_fields.h"
#include "models/report/declaration.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/page_images.h"
#include "models/report/production.h"
#include "models/report/report_pdf.h"
#include "models/report/safe_text.h"
#include "models/report/typesetter.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::size_t kFilesOfFolder = 1000;

constexpr const char* kReadme
    = "A production of documents.\n"
      "\n"
      "production_cover.pdf   what is produced and what is not; signed, legal_discovery.json "
      "attached\n"
      "legal_discovery.json   the same as a machine reads it, with the SHA-256 of every file\n"
      "VOLUME/DATA            load files: Concordance DAT (documents), Opticon OPT (page images)\n"
      "VOLUME/IMAGES          one TIFF a page, CCITT Group 4, 300 dpi, named by Bates number\n"
      "VOLUME/NATIVES, TEXT   one file a document, named by its first Bates number; texts are "
      "UTF-8\n"
      "PROOFS                 log entries and their proofs (C2SP tlog-proof)\n"
      "LOGS                   privilege log and chain of custody\n"
      "draft_declaration.pdf  a draft for a qualified person to complete and sign; nobody has\n"
      "\n"
      "sha256sum --strict -c manifest-sha256.txt checks the files as they were unpacked;\n"
      "exhibitctl verify PRODUCTION.zip checks the archive as it was received, every file in it,\n"
      "exhibitctl verify production_cover.pdf the cover alone: both with keys that came by "
      "another\n"
      "way (--trust-log, --trust-certificate, --pdf-ca).\n"
      "The DAT file has the field separator U+0014, the qualifier U+00FE and U+00AE for a line "
      "break\n"
      "inside a field, in the encoding that the cover states.\n";

class Writer {
public:
    Writer(ProductionPlan plan, const Numbering& numbering, const PagesDrawn& drawn)
        : m_plan(std::move(plan))
        , m_drawn(drawn)
        , m_bundle(m_plan.bundle)
        , m_volume(m_bundle.volume)
        , m_root("production-" + m_bundle.bundleId + "/")
        , m_next(numbering.first)
        , m_archive([this](BytesView bytes) -> Result<void> {
            m_zip += bytes;
            return {};
        })
    {
        m_bundle.batesFirst = numbering.first;
        m_bundle.batesLast = numbering.first + m_plan.pages - 1;
        m_bundle.earlierAllocations = numbering.earlier;
        m_bundle.earlierLeftOut = numbering.earlierLeftOut;
    }

    Result<Bytes> run(const PdfSigner& sign)
    {
        EXHIBIT_CHECK(add("README.txt", kReadme));
        for (auto& document : m_plan.documents) {
            EXHIBIT_CHECK(addDocument(document));
        }
        EXHIBIT_CHECK(addDat());
        EXHIBIT_CHECK(add(m_volume + "/DATA/" + m_volume + ".OPT", m_opt));
        for (const auto& [path, bytes] : m_plan.proofs) {
            EXHIBIT_CHECK(add(path, bytes));
        }
        EXHIBIT_CHECK(addLogs());
        EXHIBIT_TRY(const Bytes draft, draftPdf());
        EXHIBIT_CHECK(add("draft_declaration.pdf", draft));
        std::sort(m_bundle.files.begin(), m_bundle.files.end(), [](const auto& a, const auto& b) {
            return a.path < b.path;
        });
        return finish(sign);
    }

private:
    /// What lists the other files is not listed itself.
    Result<Bytes> finish(const PdfSigner& sign)
    {
        const Bytes json = printJson(toJson(m_bundle));
        EXHIBIT_TRY(const Bytes cover,
                    makeBundleReport(json,
                                     ReportKind::LegalDiscovery,
                                     {{std::string(kAttachedProofs), proofsOfCover()}},
                                     sign));
        EXHIBIT_CHECK(addUnlisted("production_cover.pdf", cover));
        EXHIBIT_CHECK(addUnlisted(std::string(kAttachedLegal), json));
        std::string manifest;
        for (const auto& [path, hash] : m_hashes) {
            manifest += toHex(asView(hash)) + "  " + path + "\n";
        }
        EXHIBIT_CHECK(addUnlisted("manifest-sha256.txt", manifest));
        EXHIBIT_CHECK(m_archive.finish());
        return std::move(m_zip);
    }

    /// Into the archive at once: of ten thousand pages no two are held.
    Result<void> add(const std::string& path, BytesView bytes)
    {
        EXHIBIT_CHECK(addUnlisted(path, bytes));
        m_bundle.files.push_back({path, static_cast<std::int64_t>(bytes.size()), m_hashes[path]});
        return {};
    }
    Result<void> addUnlisted(const std::string& path, BytesView bytes)
    {
        m_hashes.emplace(path, sha256(bytes));
        return m_archive.add(m_root + path, bytes);
    }

    /// Of the documents, as many as a report carries; PROOFS has them all.
    Bytes proofsOfCover() const
    {
        LogProofs proofs;
        if (!m_plan.head.empty()) {
            proofs.heads.push_back(m_plan.head);
        }
        std::set<std::int64_t> shown;
        for (const auto& document : m_bundle.documents) {
            const bool next = document.entrySeq && shown.insert(*document.entrySeq).second;
            if (!next || proofs.entries.size() == limits::kPackRangeMax) {
                continue;
            }
            const std::string stem = fmt::format("PROOFS/{:010}", *document.entrySeq);
            proofs.entries.push_back(
                {m_plan.proofs.at(stem + ".json"), m_plan.proofs.at(stem + ".tlog-proof")});
        }
        return writeLogProofs(proofs);
    }

    /// "VOL001/TEXT/0001/EXH0000001.txt"
    std::string placeOf(const char* kind,
                        std::size_t count,
                        const std::string& name,
                        std::string_view ending) const
    {
        return fmt::format(
            "{}/{}/{:04}/{}{}", m_volume, kind, count / kFilesOfFolder + 1, name, ending);
    }

    Result<void> addDocument(PlannedDocument& document)
    {
        auto& fields = document.fields;
        const std::int64_t first = m_next;
        fields.begBates = batesText(m_bundle.batesPrefix, first);
        fields.endBates = batesText(m_bundle.batesPrefix, first + fields.pageCount - 1);
        document.pages.stamp
            = BatesRange{m_bundle.batesPrefix, first, first + fields.pageCount - 1};
        EXHIBIT_CHECK(m_pageImages.draw(document.pages, [&](const Bytes& tiff) -> Result<void> {
            return addImage(tiff, m_next == first ? fields.pageCount : 0);
        }));
        fields.textPath = placeOf("TEXT", m_documents, fields.begBates, ".txt");
        EXHIBIT_CHECK(add(fields.textPath, document.text));
        if (document.native) {
            const auto& name = fields.fileName;
            fields.nativePath
                = placeOf("NATIVES", m_documents, fields.begBates, name.substr(name.rfind('.')));
            EXHIBIT_CHECK(add(*fields.nativePath, *document.native));
        }
        if (document.privilege) {
            document.privilege->begBates = fields.begBates;
            document.privilege->endBates = fields.endBates;
            m_bundle.privilegeLog.push_back(std::move(*document.privilege));
        }
        m_bundle.documents.push_back(std::move(fields));
        document = {}; // Nothing but its fields is needed any more.
        ++m_documents;
        return {};
    }

    Result<void> addImage(BytesView tiff, std::int64_t documentPages)
    {
        const std::string number = batesText(m_bundle.batesPrefix, m_next++);
        const std::string path = placeOf("IMAGES", m_images++, number, ".tif");
        EXHIBIT_TRY(
            const auto line,
            optLine(
                {number, m_volume, backslashes(path), static_cast<std::size_t>(documentPages)}));
        m_opt += line;
        EXHIBIT_CHECK(add(path, tiff));
        return m_drawn(static_cast<std::int64_t>(m_images));
    }

    Result<void> addDat()
    {
        std::vector<std::string> names;
        for (const auto& [name, value] : datFields(m_bundle, {})) {
            names.emplace_back(name);
        }
        Bytes dat = datStart(m_bundle.encoding);
        EXHIBIT_TRY(const auto head, datRow(names, m_bundle.encoding));
        dat += head;
        for (const auto& document : m_bundle.documents) {
            std::vector<std::string> values;
            for (auto& [name, value] : datFields(m_bundle, document)) {
                values.push_back(std::move(value));
            }
            EXHIBIT_TRY(const auto row, datRow(values, m_bundle.encoding));
            dat += row;
        }
        return add(m_volume + "/DATA/" + m_volume + ".DAT", dat);
    }

    Result<void> addLogs()
    {
        Bytes csv = csvLine({"begbates",
                             "endbates",
                             "date",
                             "doctype",
                             "author",
                             "recipients",
                             "treatment",
                             "basis",
                             "description"});
        for (const auto& entry : m_bundle.privilegeLog) {
            csv += csvLine({entry.begBates,
                            entry.endBates,
                            entry.date ? formatTime(*entry.date) : "",
                            entry.docType,
                            oneLine(entry.author),
                            oneLine(entry.recipients),
                            std::string(wireName(entry.treatment)),
                            entry.basis,
                            entry.description});
        }
        EXHIBIT_CHECK(add("LOGS/privilege_log.csv", csv));
        Bytes custody;
        for (const auto& record : m_bundle.custody) {
            custody += printJson(toJson(record)) + "\n";
        }
        return add("LOGS/custody.jsonl", custody);
    }

    Result<Bytes> draftPdf() const
    {
        DeclarationFacts facts;
        facts.system = declaredSystem();
        facts.tenantName = m_bundle.tenantName;
        facts.origin = m_bundle.logOrigin;
        facts.treeSize = m_bundle.treeSize;
        facts.root = m_bundle.root;
        facts.acquiredAt = m_bundle.createdAt;
        facts.acquiredBy = namedKey(m_bundle.exportedBy, m_bundle.exportedByLabel);
        for (const auto& document : m_bundle.documents) {
            facts.items.push_back(
                {batesSpan(document.begBates, document.endBates), document.sha256});
        }
        return makeBundleReport(printJson(toJson(facts)), ReportKind::Fre902, {}, {});
    }

    ProductionPlan m_plan;
    const PagesDrawn& m_drawn;
    LegalDiscoveryBundle& m_bundle;
    const std::string m_volume;
    const std::string m_root; ///< The archive's one folder.
    std::int64_t m_next;
    std::size_t m_documents = 0;
    std::size_t m_images = 0;
    PageImages m_pageImages;
    Bytes m_opt;
    std::map<std::string, Digest> m_hashes; ///< By path.
    Bytes m_zip;
    evidence::ZipWriter m_archive;
};

} // namespace

Result<Bytes> writeProduction(ProductionPlan plan,
                              const Numbering& numbering,
                              const PdfSigner& sign,
                              const PagesDrawn& drawn)
{
    return Writer(std::move(plan), numbering, drawn).run(sign);
}

} // namespace exhibit::report
