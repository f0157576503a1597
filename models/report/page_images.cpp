// SPDX-License-Identifier: Apache-2.0
#include "models/report/page_images.h"

#include "models/report/block_setter.h"
#include "models/report/tiff.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

namespace exhibit::report {
namespace {

constexpr std::uint32_t kDotsPerInch = 300;
constexpr double kScale = kDotsPerInch / 72.0;
constexpr std::uint32_t kBright = 0x80; ///< From here on a pixel stays white.

/// As bright as it looks (ITU-R BT.601): of yellow and red a colour emoji keeps its shape.
std::uint32_t brightness(std::uint32_t pixel)
{
    const std::uint32_t blue = pixel & 0xffU;
    const std::uint32_t green = pixel >> 8U & 0xffU;
    const std::uint32_t red = pixel >> 16U & 0xffU;
    return red == green && green == blue ? blue : (299 * red + 587 * green + 114 * blue) / 1000;
}

/// Eight pixels of one row, or as many as are left of it; the first one is the highest bit.
char packed(const std::uint32_t* pixels, std::uint32_t count)
{
    std::uint32_t byte = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        byte = byte << 1U | (brightness(pixels[i]) < kBright ? 1U : 0U);
    }
    return static_cast<char>(static_cast<unsigned char>(byte << (8 - count)));
}

} // namespace

/// White paper; the pages of reports have nothing but greys, beside emoji in colour.
class PageImages::Paper {
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
        cairo_surface_flush(m_surface.get());
        const auto* const first = cairo_image_surface_get_data(m_surface.get());
        if (first != nullptr) {
            m_white.assign(first, first + cairo_image_surface_get_stride(m_surface.get()));
        }
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

    /// What is drawn; the sheet is white again afterwards. Most rows of a page are white: they are
    /// neither packed nor cleared.
    [[nodiscard]] Bitmap take()
    {
        cairo_surface_flush(m_surface.get());
        Bitmap bitmap;
        bitmap.width = static_cast<std::uint32_t>(cairo_image_surface_get_width(m_surface.get()));
        bitmap.height = static_cast<std::uint32_t>(cairo_image_surface_get_height(m_surface.get()));
        bitmap.dotsPerInch = kDotsPerInch;
        const std::size_t rowBytes = (bitmap.width + 7) / 8;
        bitmap.rows.resize(rowBytes * bitmap.height);
        unsigned char* row = cairo_image_surface_get_data(m_surface.get());
        for (std::uint32_t y = 0; y < bitmap.height; ++y, row += m_white.size()) {
            if (std::memcmp(row, m_white.data(), m_white.size()) == 0) {
                continue;
            }
            const auto* const pixels = reinterpret_cast<const std::uint32_t*>(row);
            char* byte = bitmap.rows.data() + y * rowBytes;
            for (std::uint32_t x = 0; x < bitmap.width; x += 8) {
                *byte++ = packed(pixels + x, std::min(bitmap.width - x, 8U));
            }
            std::memcpy(row, m_white.data(), m_white.size());
        }
        cairo_surface_mark_dirty(m_surface.get());
        return bitmap;
    }

private:
    struct SurfaceFree {
        void operator()(cairo_surface_t* surface) const noexcept { cairo_surface_destroy(surface); }
    };
    struct ContextFree {
        void operator()(cairo_t* context) const noexcept { cairo_destroy(context); }
    };

    std::unique_ptr<cairo_surface_t, SurfaceFree> m_surface;
    std::unique_ptr<cairo_t, ContextFree> m_context;
    std::vector<unsigned char> m_white; ///< A row with nothing on it.
};

PageImages::PageImages()
    : m_paper(std::make_unique<Paper>())
{
}

PageImages::~PageImages() = default;

Result<std::size_t> countPages(const Document& document)
{
    EXHIBIT_TRY(const Typeface face, Typeface::open(document.language));
    PageFlow flow(document, face);
    flow.start(nullptr, 0);
    setBlocks(document, flow);
    return flow.page();
}

Result<void> PageImages::draw(const Document& document,
                              const std::function<Result<void>(Bytes tiff)>& take)
{
    EXHIBIT_TRY(const Typeface face, Typeface::open(document.language));
    PageFlow flow(document, face);
    flow.start(nullptr, 0);
    setBlocks(document, flow);
    Result<void> result;
    flow.start(m_paper->context(), flow.page(), [&] {
        if (result) {
            auto tiff = writeTiff(m_paper->take());
            result = tiff ? take(*std::move(tiff)) : tl::make_unexpected(tiff.error());
        } else {
            m_paper->clear();
        }
    });
    setBlocks(document, flow);
    if (result && !m_paper->sound()) {
        return fail(ErrorCode::Internal, "The page images could not be drawn.");
    }
    return result;
}

} // namespace exhibit::report
