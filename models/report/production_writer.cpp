// SPDX-License-Identifier: Apache-2.0
// The second half of a production: its numbers are known, its files are written.
#include "models/base/limits.h"
#include "models/evidence/zip_writer.h"
#include "models/report/csv.h"
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
      "sha256sum --strict -c manifest-sha256.txt checks the files;\n"
      "exhibitctl verify production_cover.pdf checks the cover, with keys that came by another "
      "way.\n"
      "The DAT file has the field separator U+0014, the qualifier U+00FE and U+00AE for a line "
      "break\n"
      "inside a field, in the encoding that the cover states.\n";

std::string backslashes(std::string path)
{
    std::replace(path.begin(), path.end(), '/', '\\');
    return path;
}

class Writer {
public:
    Writer(ProductionPlan plan, const Numbering& numbering, const PagesDrawn& drawn)
        : m_plan(std::move(plan))
        , m_drawn(drawn)
        , m_bundle(m_plan.bundle)
        , m_volume(m_bundle.volume)
        , m_next(numbering.first)
    {
        m_bundle.batesFirst = numbering.first;
        m_bundle.batesLast = numbering.first + m_plan.pages - 1;
        m_bundle.earlierAllocations = numbering.earlier;
        m_bundle.earlierLeftOut = numbering.earlierLeftOut;
    }

    Result<Bytes> run(const PdfSigner& sign)
    {
        for (auto& document : m_plan.documents) {
            EXHIBIT_CHECK(addDocument(document));
        }
        EXHIBIT_CHECK(addDat());
        const Bytes shown = proofsOfCover();
        m_files[m_volume + "/DATA/" + m_volume + ".OPT"] = std::move(m_opt);
        m_files.merge(std::move(m_plan.proofs));
        addLogs();
        EXHIBIT_TRY(m_files["draft_declaration.pdf"], draftPdf());
        m_files["README.txt"] = kReadme;
        for (const auto& [path, bytes] : m_files) {
            m_bundle.files.push_back(
                {path, static_cast<std::int64_t>(bytes.size()), sha256(bytes)});
        }
        const Bytes json = printJson(toJson(m_bundle));
        EXHIBIT_TRY(
            m_files["production_cover.pdf"],
            makeBundleReport(
                json, ReportKind::LegalDiscovery, {{std::string(kAttachedProofs), shown}}, sign));
        m_files[std::string(kAttachedLegal)] = json;
        return archive();
    }

private:
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
        EXHIBIT_CHECK(m_pageImages.draw(document.pages, [&](Bytes tiff) -> Result<void> {
            return addImage(std::move(tiff), m_next == first ? fields.pageCount : 0);
        }));
        fields.textPath = placeOf("TEXT", m_documents, fields.begBates, ".txt");
        m_files[fields.textPath] = std::move(document.text);
        if (document.native) {
            const auto& name = fields.fileName;
            fields.nativePath
                = placeOf("NATIVES", m_documents, fields.begBates, name.substr(name.rfind('.')));
            m_files[*fields.nativePath] = *std::move(document.native);
        }
        if (document.privilege) {
            document.privilege->begBates = fields.begBates;
            document.privilege->endBates = fields.endBates;
            m_bundle.privilegeLog.push_back(std::move(*document.privilege));
        }
        m_bundle.documents.push_back(std::move(fields));
        ++m_documents;
        return {};
    }

    Result<void> addImage(Bytes tiff, std::int64_t documentPages)
    {
        const std::string number = batesText(m_bundle.batesPrefix, m_next++);
        const std::string path = placeOf("IMAGES", m_images++, number, ".tif");
        EXHIBIT_TRY(
            const auto line,
            optLine(
                {number, m_volume, backslashes(path), static_cast<std::size_t>(documentPages)}));
        m_opt += line;
        m_files[path] = std::move(tiff);
        return m_drawn(static_cast<std::int64_t>(m_images));
    }

    Result<void> addDat()
    {
        const auto encoding = m_bundle.encoding;
        Bytes dat = datStart(encoding);
        EXHIBIT_TRY(
            const auto head,
            datRow({"BEGBATES",   "ENDBATES",      "BEGATTACH", "ENDATTACH",       "CUSTODIAN",
                    "DOCTYPE",    "FILENAME",      "FILEEXT",   "FILESIZE",        "DATECREATED",
                    "DATESENT",   "FROM",          "TO",        "SUBJECT",         "SHA256HASH",
                    "NATIVEPATH", "TEXTPATH",      "PAGECOUNT", "CONFIDENTIALITY", "REDACTED",
                    "EXH_SEQ",    "EXH_ENTRYHASH", "EXH_ROOT",  "EXH_PROOF"},
                   encoding));
        dat += head;
        for (const auto& document : m_bundle.documents) {
            EXHIBIT_TRY(const auto row, datRow(valuesOf(document), encoding));
            dat += row;
        }
        m_files[m_volume + "/DATA/" + m_volume + ".DAT"] = std::move(dat);
        return {};
    }

    std::vector<std::string> valuesOf(const ProducedDocument& document) const
    {
        const auto text
            = [this](const std::string& recorded) { return datText(recorded, m_bundle.encoding); };
        const bool sent
            = !document.to.empty() && (document.docType == "input" || document.docType == "output");
        const std::string date = document.dateCreated ? formatTime(*document.dateCreated) : "";
        const auto& name = document.fileName;
        return {document.begBates,
                document.endBates,
                batesText(m_bundle.batesPrefix, m_bundle.batesFirst), // One family.
                batesText(m_bundle.batesPrefix, m_bundle.batesLast),
                text(document.custodian),
                document.docType,
                name,
                name.empty() ? "" : name.substr(name.rfind('.') + 1),
                std::to_string(document.fileSize),
                date,
                sent ? date : "",
                text(document.from),
                text(document.to),
                text(document.subject),
                toHex(asView(document.sha256)),
                backslashes(document.nativePath.value_or("")),
                backslashes(document.textPath),
                std::to_string(document.pageCount),
                text(m_bundle.confidentiality),
                document.treatment == Treatment::Produced ? "N" : "Y",
                document.entrySeq ? std::to_string(*document.entrySeq) : "",
                document.entryHash ? toHex(asView(*document.entryHash)) : "",
                m_bundle.root,
                backslashes(document.proofPath.value_or(""))};
    }

    void addLogs()
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
        m_files["LOGS/privilege_log.csv"] = std::move(csv);
        Bytes custody;
        for (const auto& record : m_bundle.custody) {
            custody += printJson(toJson(record)) + "\n";
        }
        m_files["LOGS/custody.jsonl"] = std::move(custody);
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

    Result<Bytes> archive()
    {
        std::string manifest;
        for (const auto& [path, bytes] : m_files) {
            manifest += toHex(asView(sha256(bytes))) + "  " + path + "\n";
        }
        m_files["manifest-sha256.txt"] = std::move(manifest);
        Bytes zip;
        evidence::ZipWriter writer([&zip](BytesView bytes) -> Result<void> {
            zip += bytes;
            return {};
        });
        for (const auto& [path, bytes] : m_files) {
            EXHIBIT_CHECK(writer.add("production-" + m_bundle.bundleId + "/" + path, bytes));
        }
        EXHIBIT_CHECK(writer.finish());
        return zip;
    }

    ProductionPlan m_plan;
    const PagesDrawn& m_drawn;
    LegalDiscoveryBundle& m_bundle;
    const std::string m_volume;
    std::int64_t m_next;
    std::size_t m_documents = 0;
    std::size_t m_images = 0;
    PageImages m_pageImages;
    Bytes m_opt;
    std::map<std::string, Bytes> m_files;
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
