// SPDX-License-Identifier: Apache-2.0
#include "models/report/page_images.h"

#include "models/report/block_setter.h"
#include "models/report/tiff.h"

#include <cairo.h>

#include <cmath>
#include <memory>

namespace exhibit::report {
namespace {

constexpr std::uint32_t kDotsPerInch = 300;
constexpr double kScale = kDotsPerInch / 72.0;
constexpr std::uint32_t kDark = 128; ///< Below it a pixel is black.

struct SurfaceFree {
    void operator()(cairo_surface_t* surface) const noexcept { cairo_surface_destroy(surface); }
};
struct ContextFree {
    void operator()(cairo_t* context) const noexcept { cairo_destroy(context); }
};

/// White paper; the pages of reports have nothing but greys.
class Paper {
public:
    Paper()
        : m_surface(
            cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                       static_cast<int>(std::lround(page::kWidth * kScale)),
                                       static_cast<int>(std::lround(page::kHeight * kScale))))
        , m_context(cairo_create(m_surface.get()))
    {
        cairo_scale(m_context.get(), kScale, kScale);
        clear();
    }

    [[nodiscard]] cairo_t* context() const { return m_context.get(); }
    [[nodiscard]] bool sound() const
    {
        return cairo_status(m_context.get()) == CAIRO_STATUS_SUCCESS;
    }

    void clear() const
    {
        cairo_set_source_rgb(m_context.get(), 1, 1, 1);
        cairo_paint(m_context.get());
    }

    [[nodiscard]] Bitmap bitmap() const
    {
        cairo_surface_flush(m_surface.get());
        Bitmap bitmap;
        bitmap.width = static_cast<std::uint32_t>(cairo_image_surface_get_width(m_surface.get()));
        bitmap.height = static_cast<std::uint32_t>(cairo_image_surface_get_height(m_surface.get()));
        bitmap.dotsPerInch = kDotsPerInch;
        const std::size_t rowBytes = (bitmap.width + 7) / 8;
        bitmap.rows.resize(rowBytes * bitmap.height);
        const unsigned char* row = cairo_image_surface_get_data(m_surface.get());
        for (std::uint32_t y = 0; y < bitmap.height; ++y) {
            const auto* const pixels = reinterpret_cast<const std::uint32_t*>(row);
            for (std::uint32_t x = 0; x < bitmap.width; ++x) {
                if ((pixels[x] & 0xFFU) < kDark) {
                    auto& byte = bitmap.rows[rowBytes * y + x / 8];
                    byte = static_cast<char>(static_cast<unsigned char>(byte) | 0x80U >> (x % 8));
                }
            }
            row += cairo_image_surface_get_stride(m_surface.get());
        }
        return bitmap;
    }

private:
    std::unique_ptr<cairo_surface_t, SurfaceFree> m_surface;
    std::unique_ptr<cairo_t, ContextFree> m_context;
};

} // namespace

Result<std::size_t> countPages(const Document& document)
{
    EXHIBIT_TRY(const Typeface face, Typeface::open(document.language));
    PageFlow flow(document, face);
    flow.start(nullptr, 0);
    setBlocks(document, flow);
    return flow.page();
}

Result<void> drawPageImages(const Document& document,
                            const std::function<Result<void>(Bytes tiff)>& take)
{
    EXHIBIT_TRY(const Typeface face, Typeface::open(document.language));
    PageFlow flow(document, face);
    flow.start(nullptr, 0);
    setBlocks(document, flow);
    const Paper paper;
    Result<void> result;
    flow.start(paper.context(), flow.page(), [&] {
        if (result) {
            auto tiff = writeTiff(paper.bitmap());
            result = tiff ? take(*std::move(tiff)) : tl::make_unexpected(tiff.error());
            paper.clear();
        }
    });
    setBlocks(document, flow);
    if (result && !paper.sound()) {
        return fail(ErrorCode::Internal, "The page images could not be drawn.");
    }
    return result;
}

} // namespace exhibit::report
