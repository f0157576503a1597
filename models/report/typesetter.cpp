// SPDX-License-Identifier: Apache-2.0
#include "models/report/typesetter.h"

#include "models/report/block_setter.h"

#include <cairo-pdf.h>

#include <memory>

namespace exhibit::report {
namespace {

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length)
{
    static_cast<Bytes*>(closure)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

struct SurfaceFree {
    void operator()(cairo_surface_t* surface) const noexcept { cairo_surface_destroy(surface); }
};
struct ContextFree {
    void operator()(cairo_t* context) const noexcept { cairo_destroy(context); }
};

void describe(cairo_surface_t* surface, const Document& document)
{
    const std::string date = formatTime(document.createdAt).substr(0, 19) + "Z";
    const auto set = [surface](cairo_pdf_metadata_t what, const std::string& value) {
        cairo_pdf_surface_set_metadata(surface, what, value.c_str());
    };
    set(CAIRO_PDF_METADATA_TITLE, document.title);
    set(CAIRO_PDF_METADATA_SUBJECT, document.subject);
    set(CAIRO_PDF_METADATA_CREATOR, "Exhibit " EXHIBIT_VERSION);
    set(CAIRO_PDF_METADATA_CREATE_DATE, date);
    set(CAIRO_PDF_METADATA_MOD_DATE, date);
}

} // namespace

Result<Typeset> typeset(const Document& document)
{
    EXHIBIT_TRY(const Typeface face, Typeface::open(document.language));
    PageFlow flow(document, face);
    flow.start(nullptr, 0);
    setBlocks(document, flow);

    Typeset result;
    result.pages = flow.page();
    result.unknownGlyphs = flow.unknownGlyphs();
    const std::unique_ptr<cairo_surface_t, SurfaceFree> surface(
        cairo_pdf_surface_create_for_stream(append, &result.pdf, page::kWidth, page::kHeight));
    // Before 1.5 Cairo does not say which text a picture or a ligature stands for.
    cairo_pdf_surface_restrict_to_version(surface.get(), CAIRO_PDF_VERSION_1_5);
    describe(surface.get(), document);
    {
        const std::unique_ptr<cairo_t, ContextFree> context(cairo_create(surface.get()));
        flow.start(context.get(), result.pages);
        setBlocks(document, flow);
        if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS) {
            return fail(ErrorCode::Internal,
                        "The pages could not be drawn.",
                        cairo_status_to_string(cairo_status(context.get())));
        }
    }
    cairo_surface_finish(surface.get());
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
        return fail(ErrorCode::Internal,
                    "The PDF could not be written.",
                    cairo_status_to_string(cairo_surface_status(surface.get())));
    }
    return result;
}

} // namespace exhibit::report
