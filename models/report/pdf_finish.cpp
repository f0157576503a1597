// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_finish.h"

#include "models/report/pdf_metadata.h"

#include <fmt/format.h>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFEFStreamObjectHelper.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFFileSpecObjectHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include <set>

namespace exhibit::report {
namespace {

using Object = QPDFObjectHandle;

constexpr int kStructureDepthMax = 16;
/// Ten digits each: written first, filled in when the file's places are known.
constexpr std::string_view kRangePlaces = "[ 0 9999999999 9999999999 9999999999 ]";

class Finisher {
public:
    Finisher(QPDF& pdf, const Document& document, const PdfFinish& finish)
        : m_pdf(pdf)
        , m_root(pdf.getRoot())
        , m_document(document)
        , m_finish(finish)
    {
    }

    void run()
    {
        describe();
        addColours();
        addGlyphMaps();
        addAttachments();
        addAlternatives();
        if (m_finish.sign) {
            addSignatureField();
        }
    }

private:
    void describe()
    {
        const std::string date = pdfDate(m_document.createdAt);
        auto info = m_pdf.makeIndirectObject(Object::newDictionary());
        const auto set = [&info](const char* key, const std::string& value) {
            info.replaceKey(key, Object::newUnicodeString(value));
        };
        set("/Title", m_document.title);
        set("/Subject", m_document.subject);
        set("/Creator", std::string(kProducer));
        set("/Producer", std::string(kProducer));
        set("/ExhibitFonts", fontFingerprint());
        set("/ExhibitReport", m_document.report);
        info.replaceKey("/CreationDate", Object::newString(date));
        info.replaceKey("/ModDate", Object::newString(date));
        m_pdf.getTrailer().replaceKey("/Info", info);

        auto xmp = Object::newStream(&m_pdf, xmpOf(m_document));
        xmp.getDict().replaceKey("/Type", Object::newName("/Metadata"));
        xmp.getDict().replaceKey("/Subtype", Object::newName("/XML"));
        m_root.replaceKey("/Metadata", xmp);
        m_root.replaceKey("/Lang", Object::newString(m_document.language));
        m_root.replaceKey("/ViewerPreferences", Object::parse("<< /DisplayDocTitle true >>"));
        m_root.replaceKey("/MarkInfo", Object::parse("<< /Marked true >>"));
    }

    /// Cairo leaves out what is Identity; PDF/A wants it said (ISO 19005-3, 6.2.11.3.2).
    void addGlyphMaps()
    {
        for (auto& object : m_pdf.getAllObjects()) {
            if (object.isDictionaryOfType("/Font", "/CIDFontType2")
                && !object.hasKey("/CIDToGIDMap")) {
                object.replaceKey("/CIDToGIDMap", Object::newName("/Identity"));
            }
        }
    }

    void addColours()
    {
        auto profile = Object::newStream(&m_pdf, colourProfile());
        profile.getDict().replaceKey("/N", Object::newInteger(3));
        auto intent = Object::parse("<< /Type /OutputIntent /S /GTS_PDFA1 "
                                    "/OutputConditionIdentifier (sRGB) /Info (sRGB) >>");
        intent.replaceKey("/DestOutputProfile", profile);
        m_root.replaceKey("/OutputIntents", Object::newArray({m_pdf.makeIndirectObject(intent)}));
    }

    void addAttachments()
    {
        const std::string date = pdfDate(m_document.createdAt);
        QPDFEmbeddedFileDocumentHelper files(m_pdf);
        auto associated = Object::newArray();
        for (const auto& attachment : m_finish.attachments) {
            auto stream
                = QPDFEFStreamObjectHelper::createEFStream(m_pdf, std::string(attachment.bytes));
            stream.setSubtype(attachment.mimeType).setCreationDate(date).setModDate(date);
            auto file = QPDFFileSpecObjectHelper::createFileSpec(m_pdf, attachment.name, stream);
            file.setDescription(attachment.description);
            file.getObjectHandle().replaceKey("/AFRelationship", Object::newName("/Source"));
            files.replaceEmbeddedFile(attachment.name, file);
            associated.appendItem(file.getObjectHandle());
        }
        if (!m_finish.attachments.empty()) {
            m_root.replaceKey("/AF", associated);
        }
    }

    /// What Cairo's tags cannot say: what a picture shows, and which way a head looks.
    void addAlternatives()
    {
        for (const auto& block : m_document.blocks) {
            const auto* table = std::get_if<Table>(&block);
            if (table != nullptr && table->beside) {
                m_alternatives.push_back(table->beside->alternative);
            }
        }
        walkStructure(m_root.getKey("/StructTreeRoot"), 0);
    }

    void walkStructure(Object element, int depth)
    {
        if (depth > kStructureDepthMax) {
            return;
        }
        if (element.isArray()) {
            for (auto& child : element.getArrayAsVector()) {
                walkStructure(child, depth);
            }
            return;
        }
        if (!element.isDictionary()) {
            return;
        }
        auto kind = element.getKey("/S");
        if (kind.isNameAndEquals("/Figure") && m_figure < m_alternatives.size()) {
            element.replaceKey("/Alt", Object::newUnicodeString(m_alternatives[m_figure++]));
        } else if (kind.isNameAndEquals("/TH")) {
            element.replaceKey("/A", Object::parse("<< /O /Table /Scope /Column >>"));
        }
        walkStructure(element.getKey("/K"), depth + 1);
    }

    /// One invisible field that certifies the file: no change whatever is permitted (DocMDP 1).
    void addSignatureField()
    {
        auto reference = Object::parse("<< /Type /SigRef /TransformMethod /DocMDP /TransformParams "
                                       "<< /Type /TransformParams /P 1 /V /1.2 >> >>");
        auto value = Object::parse("<< /Type /Sig /Filter /Adobe.PPKLite "
                                   "/SubFilter /ETSI.CAdES.detached >>");
        value.replaceKey("/ByteRange", Object::parse(std::string(kRangePlaces)));
        value.replaceKey("/Contents", Object::newString(std::string(kSignatureBytes, '\0')));
        value.replaceKey("/M", Object::newString(pdfDate(m_document.createdAt)));
        value.replaceKey("/Reason", Object::newUnicodeString(m_finish.signReason));
        value.replaceKey("/Reference", Object::newArray({reference}));
        value = m_pdf.makeIndirectObject(value);

        auto page = QPDFPageDocumentHelper(m_pdf).getAllPages().front().getObjectHandle();
        auto appearance = Object::newStream(&m_pdf, "");
        appearance.replaceDict(
            Object::parse("<< /Type /XObject /Subtype /Form /BBox [0 0 0 0] /Resources << >> >>"));
        auto field = Object::parse("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Exhibit) "
                                   "/Rect [0 0 0 0] /F 132 >>");
        auto normal = Object::newDictionary();
        normal.replaceKey("/N", appearance);
        field.replaceKey("/AP", normal);
        field.replaceKey("/P", page);
        field.replaceKey("/V", value);
        field = m_pdf.makeIndirectObject(field);
        page.replaceKey("/Annots", Object::newArray({field}));
        auto form = Object::parse("<< /SigFlags 3 >>");
        form.replaceKey("/Fields", Object::newArray({field}));
        m_root.replaceKey("/AcroForm", m_pdf.makeIndirectObject(form));
        auto permissions = Object::newDictionary();
        permissions.replaceKey("/DocMDP", value);
        m_root.replaceKey("/Perms", permissions);
    }

    QPDF& m_pdf;
    Object m_root;
    const Document& m_document;
    const PdfFinish& m_finish;
    std::vector<std::string> m_alternatives;
    std::size_t m_figure = 0;
};

Bytes write(QPDF& pdf)
{
    QPDFWriter writer(pdf);
    writer.setOutputMemory();
    writer.setMinimumPDFVersion("1.7");
    writer.setDeterministicID(true);
    writer.setObjectStreamMode(qpdf_o_generate);
    writer.setNewlineBeforeEndstream(true);
    writer.write();
    const auto buffer = writer.getBufferSharedPointer();
    return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

/// Fills in the places that the signature field left.
Result<Bytes> signFile(Bytes file, const PdfSigner& sign)
{
    const auto range = file.find(kRangePlaces);
    const std::string empty = "<" + std::string(2 * kSignatureBytes, '0') + ">";
    const auto hole = range == file.npos ? file.npos : file.find(empty, range);
    if (hole == file.npos) {
        return fail(ErrorCode::Internal, "The place of the signature is not found in the file.");
    }
    const std::size_t behind = hole + empty.size();
    const std::string places = fmt::format("[ 0 {} {} {}", hole, behind, file.size() - behind);
    file.replace(range, kRangePlaces.size(), kRangePlaces.size(), ' ');
    file.replace(range, places.size(), places);
    file[range + kRangePlaces.size() - 1] = ']';
    Sha256 hash;
    const BytesView all = file;
    hash.update(all.substr(0, hole)).update(all.substr(behind));
    EXHIBIT_TRY(const Bytes signature, sign(hash.finish()));
    if (signature.size() > kSignatureBytes) {
        return fail(ErrorCode::TooLarge, "The signature is larger than its place in the file.");
    }
    const std::string hex = toHex(signature);
    file.replace(hole + 1, hex.size(), hex);
    return file;
}

} // namespace

Result<Bytes> finishPdf(BytesView pages, const Document& document, const PdfFinish& finish)
{
    Bytes file;
    try {
        QPDF pdf;
        pdf.setSuppressWarnings(true);
        pdf.processMemoryFile("report", pages.data(), pages.size());
        Finisher(pdf, document, finish).run();
        file = write(pdf);
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, "The PDF could not be finished.", error.what());
    }
    return finish.sign ? signFile(std::move(file), finish.sign) : Result<Bytes>(std::move(file));
}

} // namespace exhibit::report
