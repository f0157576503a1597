// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_pages.h"

#include "models/base/sha256.h"
#include "models/report/pdf_suspects.h"

#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFFileSpecObjectHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>

#include <set>

namespace exhibit::report {
namespace {

using Object = QPDFObjectHandle;

constexpr int kDepthMax = 40;
constexpr std::size_t kObjectsMax = 2'000'000; ///< Visited of one file.

/// Hashes what an object holds, wherever it stands in the file.
class ContentHash {
public:
    Digest of(Object page)
    {
        Sha256 hash;
        addMembers(hash, page, 0, {"/Parent", "/Annots", "/StructParents"});
        return hash.finish();
    }

private:
    void add(Sha256& hash, Object object, int depth)
    {
        if (depth > kDepthMax || ++m_visited > kObjectsMax) {
            throw std::runtime_error("objects are nested too deep");
        }
        if (object.isIndirect()) { // Shared fonts are hashed once.
            const auto id = object.getObjGen();
            auto found = m_known.find(id);
            if (found == m_known.end()) {
                m_known.emplace(id, Digest{}); // A circle ends here.
                Sha256 own;
                addContent(own, object, depth);
                found = m_known.insert_or_assign(id, own.finish()).first;
            }
            hash.update(asView(found->second));
            return;
        }
        addContent(hash, object, depth);
    }

    void addContent(Sha256& hash, Object object, int depth)
    {
        if (object.isStream()) {
            const auto data = object.getStreamData(qpdf_dl_specialized);
            hash.update("stream").update(
                {reinterpret_cast<const char*>(data->getBuffer()), data->getSize()});
            addMembers(hash, object.getDict(), depth, {"/Length", "/Filter", "/DecodeParms"});
        } else if (object.isDictionary()) {
            addMembers(hash, object, depth, {"/Parent", "/StructParent", "/StructParents"});
        } else if (object.isArray()) {
            hash.update("[");
            for (auto& item : object.getArrayAsVector()) {
                add(hash, item, depth + 1);
            }
            hash.update("]");
        } else {
            hash.update(object.unparseResolved()).update(" ");
        }
    }

    void addMembers(Sha256& hash, Object object, int depth, const std::set<std::string>& but)
    {
        hash.update("<<");
        for (const auto& key : object.getKeys()) { // Sorted.
            if (!but.contains(key)) {
                hash.update(key);
                add(hash, object.getKey(key), depth + 1);
            }
        }
        hash.update(">>");
    }

    std::map<QPDFObjGen, Digest> m_known;
    std::size_t m_visited = 0;
};

std::string textOf(Object info, const char* key)
{
    auto value = info.isDictionary() ? info.getKey(key) : Object::newNull();
    return value.isString() ? value.getUTF8Value() : std::string();
}

} // namespace

Result<PdfContent> readPdf(BytesView bytes)
{
    try {
        QPDF pdf;
        pdf.setSuppressWarnings(true);
        pdf.setAttemptRecovery(false);
        pdf.processMemoryFile("report", bytes.data(), bytes.size());
        PdfContent content;
        ContentHash hash;
        QPDFPageDocumentHelper pages(pdf);
        pages.pushInheritedAttributesToPage(); // What a page shows may stand above it.
        for (auto& page : pages.getAllPages()) {
            content.pages.push_back(toHex(asView(hash.of(page.getObjectHandle()))));
        }
        auto info = pdf.getTrailer().getKey("/Info");
        content.producer = textOf(info, "/Producer");
        content.fonts = textOf(info, "/ExhibitFonts");
        content.report = textOf(info, "/ExhibitReport");
        for (const auto& [name, file] : QPDFEmbeddedFileDocumentHelper(pdf).getEmbeddedFiles()) {
            const auto data = file->getEmbeddedFileStream().getStreamData(qpdf_dl_generalized);
            content.attachments.emplace(
                name, Bytes(reinterpret_cast<const char*>(data->getBuffer()), data->getSize()));
        }
        content.suspicious = suspiciousParts(pdf);
        return content;
    } catch (const std::exception&) {
        return fail(ErrorCode::InvalidInput, "not readable as a PDF without repairing it");
    }
}

} // namespace exhibit::report
