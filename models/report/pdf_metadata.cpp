// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_metadata.h"

#include "models/base/sha256.h"

#include <cairo.h>
#include <fmt/format.h>
#include <fontconfig/fontconfig.h>
#include <lcms2.h>
#include <pango/pango.h>

#include <set>

namespace exhibit::report {
namespace {

std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string stringOf(FcPattern* pattern, const char* object)
{
    FcChar8* text = nullptr;
    return FcPatternGetString(pattern, object, 0, &text) == FcResultMatch
        ? reinterpret_cast<const char*>(text)
        : "";
}

} // namespace

std::string pdfDate(UtcTime time)
{
    std::string digits;
    for (const char c : formatTime(time).substr(0, 19)) {
        if (c >= '0' && c <= '9') {
            digits += c;
        }
    }
    return "D:" + digits + "Z";
}

std::string xmpOf(const Document& document)
{
    const std::string date = formatTime(document.createdAt).substr(0, 19) + "Z";
    return fmt::format(R"(<?xpacket begin="{}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{}</xmp:CreateDate>
<xmp:ModifyDate>{}</xmp:ModifyDate>
<xmp:CreatorTool>{}</xmp:CreatorTool>
<pdf:Producer>{}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>)",
                       "\xEF\xBB\xBF",
                       escaped(document.title),
                       escaped(document.subject),
                       escaped(document.language),
                       date,
                       date,
                       kProducer,
                       kProducer);
}

Bytes colourProfile()
{
    constexpr std::size_t kDateAt = 24; // Six numbers of two bytes in the profile's header.
    constexpr std::size_t kIdAt = 84;
    cmsHPROFILE profile = cmsCreate_sRGBProfile();
    cmsSetProfileVersion(profile, 2.1);
    cmsUInt32Number size = 0;
    cmsSaveProfileToMem(profile, nullptr, &size);
    Bytes bytes(size, '\0');
    cmsSaveProfileToMem(profile, bytes.data(), &size);
    cmsCloseProfile(profile);
    constexpr char kDate[12] = {'\x07', '\xEA', 0, 1, 0, 1, 0, 0, 0, 0, 0, 0}; // 2026-01-01
    bytes.replace(kDateAt, sizeof kDate, kDate, sizeof kDate);
    bytes.replace(kIdAt, 16, 16, '\0');
    return bytes;
}

std::string fontFingerprint()
{
    std::set<std::string> fonts; // In an order that does not depend on the disk's.
    const FcFontSet* const set = FcConfigGetFonts(nullptr, FcSetSystem);
    for (int i = 0; set != nullptr && i < set->nfont; ++i) {
        int version = 0;
        FcPatternGetInteger(set->fonts[i], FC_FONTVERSION, 0, &version);
        fonts.insert(fmt::format("{}|{}|{}",
                                 stringOf(set->fonts[i], FC_FAMILY),
                                 stringOf(set->fonts[i], FC_STYLE),
                                 version));
    }
    Sha256 hash;
    hash.update(fmt::format("{} {} {}", kProducer, pango_version_string(), cairo_version_string()));
    for (const auto& font : fonts) {
        hash.update(font).update("\n");
    }
    return toHex(asView(hash.finish()));
}

} // namespace exhibit::report
