// SPDX-License-Identifier: Apache-2.0
#include "models/report/typeface.h"

#include <pango/pangocairo.h>

#include <span>
#include <string_view>

namespace exhibit::report {
namespace {

constexpr double kLeading = 1.1; ///< Of a line over what its font asks for.
constexpr double kDotSize = 8;

double points(int units)
{
    return static_cast<double>(units) / PANGO_SCALE;
}

double heightOf(PangoLayoutIter* at)
{
    PangoRectangle logical{};
    pango_layout_iter_get_line_extents(at, nullptr, &logical);
    return points(logical.height) * kLeading;
}

void drawFrame(cairo_t* context, Frame frame, const PangoRectangle& area)
{
    cairo_rectangle(context,
                    points(area.x) + 0.5,
                    points(area.y) + 0.5,
                    points(area.width) - 1,
                    points(area.height) - 1);
    cairo_set_source_rgb(context, 0, 0, 0);
    if (frame == Frame::Inverse) {
        cairo_fill(context);
        return;
    }
    cairo_save(context);
    cairo_set_line_width(context, 0.6);
    if (frame == Frame::Dashed) {
        const double dashes[] = {2, 1.5};
        cairo_set_dash(context, dashes, 2, 0);
    }
    cairo_stroke(context);
    cairo_restore(context);
}

} // namespace

void SetText::Free::operator()(_PangoLayout* layout) const noexcept
{
    g_object_unref(layout);
}

SetText::SetText(_PangoLayout* owned, std::vector<FramedRange> frames)
    : m_layout(owned)
    , m_frames(std::move(frames))
{
    PangoLayoutIter* const at = pango_layout_get_iter(m_layout.get());
    m_tops.push_back(0);
    do {
        m_tops.push_back(m_tops.back() + heightOf(at));
    } while (pango_layout_iter_next_line(at) != 0);
    pango_layout_iter_free(at);
}

double SetText::height() const
{
    return height(0, lineCount());
}

double SetText::width() const
{
    int width = 0;
    pango_layout_get_size(m_layout.get(), &width, nullptr);
    return points(width);
}

int SetText::lineCount() const
{
    return pango_layout_get_line_count(m_layout.get());
}

int SetText::unknownGlyphs() const
{
    return pango_layout_get_unknown_glyphs_count(m_layout.get());
}

double SetText::height(int first, int last) const
{
    return m_tops[static_cast<std::size_t>(last)] - m_tops[static_cast<std::size_t>(first)];
}

void SetText::draw(_cairo* context, double x, double y, int first, int last) const
{
    PangoLayoutIter* const at = pango_layout_get_iter(m_layout.get());
    int number = 0;
    do {
        if (number < first) {
            continue;
        }
        PangoRectangle logical{};
        pango_layout_iter_get_line_extents(at, nullptr, &logical);
        auto* const line = pango_layout_iter_get_line_readonly(at);
        const double height = heightOf(at);
        const double top = y + (height - points(logical.height)) / 2;
        drawFrames(context, x, top, line, points(logical.height));
        cairo_set_source_rgb(context, 0, 0, 0);
        const double baseline = top + points(pango_layout_iter_get_baseline(at) - logical.y);
        writeColoured(context, x + points(logical.x), baseline, line); // Pictures cover it.
        cairo_move_to(context, x + points(logical.x), baseline);
        pango_cairo_show_layout_line(context, line);
        y += height;
    } while (++number < last && pango_layout_iter_next_line(at) != 0);
    pango_layout_iter_free(at);
}

void SetText::drawFrames(_cairo* context, double x, double y, void* opaque, double lineHeight) const
{
    auto* const line = static_cast<PangoLayoutLine*>(opaque);
    for (const auto& range : m_frames) {
        int* ranges = nullptr;
        int count = 0;
        if (range.begin >= line->start_index + line->length || range.end <= line->start_index) {
            continue;
        }
        pango_layout_line_get_x_ranges(line, range.begin, range.end, &ranges, &count);
        const std::span<const int> edges(ranges, 2 * static_cast<std::size_t>(count));
        for (std::size_t i = 0; i < edges.size(); i += 2) {
            const int begin = edges[i];
            const auto at = [](double value) { return static_cast<int>(value * PANGO_SCALE); };
            const PangoRectangle area{begin + at(x), at(y), edges[i + 1] - begin, at(lineHeight)};
            drawFrame(context, range.frame, area);
        }
        g_free(ranges);
    }
}

namespace {

/// A white dot that stands for the text: what readers of the file find and hear, and nobody sees.
/// A space would do, but Cairo leaves out what shows nothing.
void writeUnseen(cairo_t* context, PangoContext* fonts, std::string_view text, double x, double y)
{
    constexpr std::string_view kDot = "\xC2\xB7";
    PangoFontDescription* const wanted = pango_font_description_from_string(kSansFamilies);
    pango_font_description_set_absolute_size(wanted, kDotSize * PANGO_SCALE);
    PangoFont* const font = pango_context_load_font(fonts, wanted);
    pango_font_description_free(wanted);
    if (font == nullptr) {
        return;
    }
    cairo_glyph_t* glyphs = nullptr;
    int count = 0;
    cairo_set_scaled_font(context, pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font)));
    cairo_scaled_font_text_to_glyphs(cairo_get_scaled_font(context),
                                     x,
                                     y,
                                     kDot.data(),
                                     static_cast<int>(kDot.size()),
                                     &glyphs,
                                     &count,
                                     nullptr,
                                     nullptr,
                                     nullptr);
    const cairo_text_cluster_t cluster{static_cast<int>(text.size()), count};
    cairo_set_source_rgb(context, 1, 1, 1);
    cairo_show_text_glyphs(context,
                           text.data(),
                           static_cast<int>(text.size()),
                           glyphs,
                           count,
                           &cluster,
                           1,
                           cairo_text_cluster_flags_t{});
    cairo_set_source_rgb(context, 0, 0, 0);
    cairo_glyph_free(glyphs);
    g_object_unref(font);
}

} // namespace

/// Characters of coloured fonts are pictures in a PDF, of which no reader knows the text.
void SetText::writeColoured(_cairo* context, double x, double baseline, void* opaque) const
{
    const char* const text = pango_layout_get_text(m_layout.get());
    int begin = 0; // Of the run, from the line's.
    for (const GSList* at = static_cast<PangoLayoutLine*>(opaque)->runs; at; at = at->next) {
        auto* const run = static_cast<PangoGlyphItem*>(at->data);
        PangoGlyphItemIter cluster;
        bool more = pango_glyph_item_iter_init_start(&cluster, run, text) != 0;
        for (int offset = 0; more; more = pango_glyph_item_iter_next_cluster(&cluster) != 0) {
            const std::span<const PangoGlyphInfo> glyphs(
                run->glyphs->glyphs, static_cast<std::size_t>(run->glyphs->num_glyphs));
            if (glyphs[static_cast<std::size_t>(cluster.start_glyph)].attr.is_color != 0) {
                const std::string_view said(
                    text + cluster.start_index,
                    static_cast<std::size_t>(cluster.end_index - cluster.start_index));
                writeUnseen(context,
                            pango_layout_get_context(m_layout.get()),
                            said,
                            x + points(begin + offset) + kDotSize / 4,
                            baseline);
            }
            for (int i = cluster.start_glyph; i < cluster.end_glyph; ++i) {
                offset += glyphs[static_cast<std::size_t>(i)].geometry.width;
            }
        }
        begin += pango_glyph_string_get_width(run->glyphs);
    }
}

} // namespace exhibit::report
