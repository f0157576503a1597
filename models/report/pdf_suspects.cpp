// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_suspects.h"

#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>

#include <algorithm>
#include <set>

namespace exhibit::report {
namespace {

using Object = QPDFObjectHandle;

bool isEmptyBox(Object box)
{
    if (!box.isArray() || box.getArrayNItems() != 4) {
        return false;
    }
    auto corners = box.getArrayAsVector();
    return std::all_of(corners.begin(), corners.end(), [](Object& corner) {
        return corner.isNumber() && corner.getNumericValue() == 0;
    });
}

/// One normal appearance, and nothing in it.
bool showsNothing(Object appearance)
{
    if (!appearance.isDictionary() || appearance.getKeys() != std::set<std::string>{"/N"}) {
        return false;
    }
    auto normal = appearance.getKey("/N");
    return normal.isStream() && isEmptyBox(normal.getDict().getKey("/BBox"))
        && normal.getStreamData(qpdf_dl_generalized)->getSize() == 0;
}

bool isSignatureField(Object field)
{
    const std::set<std::string> known{
        "/Type", "/Subtype", "/FT", "/T", "/Rect", "/F", "/AP", "/P", "/V"};
    if (!field.isDictionary()) {
        return false;
    }
    const auto keys = field.getKeys();
    return std::includes(known.begin(), known.end(), keys.begin(), keys.end())
        && field.getKey("/Subtype").isNameAndEquals("/Widget")
        && field.getKey("/FT").isNameAndEquals("/Sig") && isEmptyBox(field.getKey("/Rect"))
        && showsNothing(field.getKey("/AP"));
}

/// The form of a signed report: that one field. Null where there is none or another.
Object signatureField(Object form)
{
    const std::set<std::string> known{"/Fields", "/SigFlags"};
    if (!form.isDictionary() || form.getKeys() != known) {
        return Object::newNull();
    }
    auto fields = form.getKey("/Fields");
    const bool one = fields.isArray() && fields.getArrayNItems() == 1
        && fields.getArrayItem(0).isIndirect() && isSignatureField(fields.getArrayItem(0));
    return one ? fields.getArrayItem(0) : Object::newNull();
}

void noteAnnotations(QPDF& pdf, Object field, std::vector<std::string>& found)
{
    std::size_t fields = 0;
    for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages()) {
        auto object = page.getObjectHandle();
        auto notes = object.getKey("/Annots");
        bool strange = object.hasKey("/AA") || (!notes.isArray() && !notes.isNull());
        for (auto& note : notes.isArray() ? notes.getArrayAsVector() : std::vector<Object>{}) {
            const bool own = field.isIndirect() && note.isIndirect()
                && note.getObjGen() == field.getObjGen() && ++fields == 1;
            strange = strange || !own;
        }
        if (strange) {
            found.emplace_back("/Annots");
        }
    }
}

} // namespace

std::vector<std::string> suspiciousParts(QPDF& pdf)
{
    std::vector<std::string> found;
    auto root = pdf.getRoot();
    for (const auto* key : {"/OpenAction",
                            "/AA",
                            "/OCProperties",
                            "/JavaScript",
                            "/URI",
                            "/Collection",
                            "/Threads",
                            "/Requirements"}) {
        if (root.hasKey(key)) {
            found.emplace_back(key);
        }
    }
    auto names = root.getKey("/Names");
    for (const auto* key : {"/JavaScript", "/URLS", "/Pages", "/Templates"}) {
        if (names.isDictionary() && names.hasKey(key)) {
            found.emplace_back(std::string("/Names") + key);
        }
    }
    auto field = signatureField(root.getKey("/AcroForm"));
    if (root.hasKey("/AcroForm") && field.isNull()) {
        found.emplace_back("/AcroForm");
    }
    noteAnnotations(pdf, field, found);
    return found;
}

} // namespace exhibit::report
