// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_finish.h"

#include "models/report/cairo_pages.h"
#include "models/report/pdf_metadata.h"
#include "models/report/pdf_writer.h"

#include <fmt/format.h>
#include <qpdf/QPDFObjectHandle.hh>

#include <algorithm>
#include <map>

namespace exhibit::report {
namespace {

using Packing = PdfWriter::Packing;

/// Ten digits each: written first, filled in when the file's places are known.
constexpr std::string_view kRangePlaces = "[ 0 9999999999 9999999999 9999999999 ]";

std::string emptySignature()
{
    return "<" + std::string(2 * kSignatureBytes, '0') + ">";
}

std::string textOf(const std::string& text)
{
    return QPDFObjectHandle::newUnicodeString(text).unparse();
}

std::string nameOf(const std::string& name)
{
    return QPDFObjectHandle::newName("/" + name).unparse();
}

std::string dateOf(const Document& document)
{
    return "(" + pdfDate(document.createdAt) + ")";
}

/// What a screen reader hears of each picture, in the order of the pages.
std::vector<std::string> alternativesOf(const Document& document)
{
    std::vector<std::string> all;
    for (const auto& block : document.blocks) {
        const auto* table = std::get_if<Table>(&block);
        if (table != nullptr && table->beside) {
            all.push_back(table->beside->alternative);
        }
    }
    return all;
}

/// Goes through Cairo's objects once, each to the writer, and adds what Cairo has no word for.
class Finisher {
public:
    Finisher(const CairoPages& pages, const Document& document, const PdfFinish& finish)
        : m_pages(pages)
        , m_document(document)
        , m_finish(finish)
        , m_out(pages.size())
        , m_alternatives(alternativesOf(document))
        , m_dropped(pages.size())
    {
    }

    Bytes run()
    {
        Bytes root(m_pages.object(m_pages.root()));
        Bytes page(m_pages.object(m_pages.firstPage()));
        const std::size_t info = m_out.newId();
        m_out.writePacked(info, about());
        root = withMember(root, described());
        root = withMember(root, addColours());
        if (!m_finish.attachments.empty()) {
            root = withMember(root, addAttachments());
        }
        if (m_finish.sign) {
            const std::size_t field = m_out.newId();
            page = withMember(page, fmt::format("/Annots [{} 0 R]", field));
            root = withMember(root, addSignature(field));
        }
        m_out.writePacked(m_pages.root(), root);
        m_out.writePacked(m_pages.firstPage(), page);
        for (const std::size_t id : {m_pages.root(), m_pages.firstPage(), m_pages.info()}) {
            m_dropped[id] = true;
        }
        for (std::size_t id = 1; id < m_pages.size(); ++id) {
            write(id);
        }
        return m_out.finish(m_pages.root(), info);
    }

private:
    [[nodiscard]] std::string about() const
    {
        return fmt::format("<< /Title {} /Subject {} /Creator {} /Producer {} /ExhibitFonts {} "
                           "/ExhibitReport {} /CreationDate {} /ModDate {} >>",
                           textOf(m_document.title),
                           textOf(m_document.subject),
                           textOf(std::string(kProducer)),
                           textOf(std::string(kProducer)),
                           textOf(fontFingerprint()),
                           textOf(m_document.report),
                           dateOf(m_document),
                           dateOf(m_document));
    }

    std::string described()
    {
        const std::size_t id = m_out.newId();
        // Not packed: programs look for it in the bytes.
        m_out.writeStream(id, "/Type /Metadata /Subtype /XML", xmpOf(m_document), Packing::None);
        return fmt::format("/Metadata {} 0 R /Lang {} /ViewerPreferences << /DisplayDocTitle true "
                           ">>",
                           id,
                           textOf(m_document.language));
    }

    std::string addColours()
    {
        const std::size_t profile = m_out.newId();
        m_out.writeStream(profile, "/N 3", colourProfile(), Packing::Deflate);
        return fmt::format("/OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 "
                           "/OutputConditionIdentifier (sRGB) /Info (sRGB) "
                           "/DestOutputProfile {} 0 R >>]",
                           profile);
    }

    std::string addAttachments()
    {
        const std::string date = dateOf(m_document);
        std::map<std::string, std::size_t> files; // Names of a tree are sorted.
        std::string associated;
        for (const auto& attachment : m_finish.attachments) {
            const std::size_t data = m_out.newId();
            m_out.writeStream(data,
                              fmt::format("/Type /EmbeddedFile /Subtype {} /Params << /Size {} "
                                          "/CreationDate {} /ModDate {} >>",
                                          nameOf(attachment.mimeType),
                                          attachment.bytes.size(),
                                          date,
                                          date),
                              attachment.bytes,
                              Packing::Deflate);
            const std::size_t file = m_out.newId();
            const std::string name = textOf(attachment.name);
            m_out.writePacked(file,
                              fmt::format("<< /Type /Filespec /F {} /UF {} /Desc {} "
                                          "/AFRelationship /Source /EF << /F {} 0 R /UF {} 0 R >> "
                                          ">>",
                                          name,
                                          name,
                                          textOf(attachment.description),
                                          data,
                                          data));
            files[name] = file;
            associated += fmt::format("{} 0 R ", file);
        }
        std::string names;
        for (const auto& [name, file] : files) {
            names += fmt::format("{} {} 0 R ", name, file);
        }
        return fmt::format(
            "/Names << /EmbeddedFiles << /Names [ {}] >> >> /AF [ {}]", names, associated);
    }

    /// One invisible field that certifies the file: no change whatever is permitted (DocMDP 1).
    std::string addSignature(std::size_t field)
    {
        const std::size_t value = m_out.newId();
        m_out.writePlain(
            value, // Found in the bytes of the file afterwards.
            fmt::format("<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
                        "/ByteRange {} /Contents {} /M {} /Reason {} /Reference [<< /Type /SigRef "
                        "/TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 "
                        "/V /1.2 >> >>] >>",
                        kRangePlaces,
                        emptySignature(),
                        dateOf(m_document),
                        textOf(m_finish.signReason)));
        const std::size_t appearance = m_out.newId();
        m_out.writeStream(appearance,
                          "/Type /XObject /Subtype /Form /BBox [0 0 0 0] /Resources << >>",
                          "",
                          Packing::None);
        m_out.writePacked(field,
                          fmt::format("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Exhibit) "
                                      "/Rect [0 0 0 0] /F 132 /AP << /N {} 0 R >> /P {} 0 R "
                                      "/V {} 0 R >>",
                                      appearance,
                                      m_pages.firstPage(),
                                      value));
        return fmt::format("/AcroForm << /SigFlags 3 /Fields [{} 0 R] >> /Perms << /DocMDP {} 0 R "
                           ">>",
                           field,
                           value);
    }

    void write(std::size_t id)
    {
        const BytesView object = m_dropped[id] ? BytesView() : m_pages.object(id);
        if (object.empty()) {
            return;
        }
        if (object.ends_with("endstream")) {
            m_out.writePlain(id, withLength(object));
        } else {
            writeChanged(id, object);
        }
    }

    /// Cairo names its length in an object of its own, behind it.
    Bytes withLength(BytesView stream)
    {
        constexpr std::string_view kBegin = "\nstream\n";
        constexpr std::string_view kEnd = "\nendstream";
        const auto begin = stream.find(kBegin) + kBegin.size();
        const BytesView members = stream.substr(0, begin);
        const auto length = reference(members, "/Length");
        if (!length) {
            return Bytes(stream);
        }
        m_dropped[*length] = true;
        const std::string named = fmt::format("/Length {} 0 R", *length);
        const auto at = members.find(named);
        return fmt::format("{}/Length {}{}",
                           members.substr(0, at),
                           stream.size() - kEnd.size() - begin,
                           stream.substr(at + named.size()));
    }

    void writeChanged(std::size_t id, BytesView object)
    {
        const auto role = roleOf(object);
        if (role == "TH") {
            m_out.writePacked(
                id,
                withMember(object, fmt::format("/A << /O /Table /Scope /{} >>", scopeOf(object))));
        } else if (role == "Figure" && m_figure < m_alternatives.size()) {
            m_out.writePacked(id, withMember(object, "/Alt " + textOf(m_alternatives[m_figure++])));
        } else if (isBareFont(object)) {
            m_out.writePacked(id, withMember(object, "/CIDToGIDMap /Identity"));
        } else {
            m_out.writePacked(id, object);
        }
    }

    /// Which way a head looks: along its row where values stand beside it.
    [[nodiscard]] std::string_view scopeOf(BytesView head) const
    {
        const auto row = reference(head, "/P");
        const auto cells = references(row ? m_pages.object(*row) : BytesView(), "/K");
        const bool values = std::any_of(cells.begin(), cells.end(), [this](std::size_t cell) {
            return roleOf(m_pages.object(cell)) == "TD";
        });
        return values ? "Row" : "Column";
    }

    /// Cairo leaves out what is Identity; PDF/A wants it said (ISO 19005-3, 6.2.11.3.2).
    static bool isBareFont(BytesView object)
    {
        return object.find("/Type /Font") != object.npos
            && object.find("/Subtype /CIDFontType2") != object.npos
            && object.find("/CIDToGIDMap") == object.npos;
    }

    const CairoPages& m_pages;
    const Document& m_document;
    const PdfFinish& m_finish;
    PdfWriter m_out;
    std::vector<std::string> m_alternatives;
    std::size_t m_figure = 0;
    std::vector<bool> m_dropped; ///< By id: written already, or of no use.
};

/// Fills in the places that the signature field left.
Result<Bytes> signFile(Bytes file, const PdfSigner& sign)
{
    const auto range = file.find(kRangePlaces);
    const std::string empty = emptySignature();
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
    Bytes rewritten;
    auto objects = CairoPages::open(pages);
    if (!objects) {
        EXHIBIT_TRY(rewritten, unpacked(pages));
        objects = CairoPages::open(rewritten);
    }
    if (!objects) {
        return tl::make_unexpected(objects.error());
    }
    Bytes file = Finisher(*objects, document, finish).run();
    return finish.sign ? signFile(std::move(file), finish.sign) : Result<Bytes>(std::move(file));
}

} // namespace exhibit::report
