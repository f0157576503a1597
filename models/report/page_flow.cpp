// SPDX-License-Identifier: Apache-2.0
#include "models/report/page_flow.h"

#include <fmt/format.h>

#include <cairo-pdf.h>

#include <algorithm>

namespace exhibit::report {

using namespace page;

PageFlow::PageFlow(const Document& document, const Typeface& face)
    : m_document(document)
    , m_face(face)
{
}

void PageFlow::start(_cairo* context, std::size_t pageCount, PageDone pageDone)
{
    m_context = context;
    m_pageDone = std::move(pageDone);
    m_pageCount = pageCount;
    m_page = 1;
    m_y = kTop;
}

void PageFlow::finish()
{
    if (drawing()) {
        drawMargins();
        if (m_pageDone) {
            m_pageDone();
        } else {
            cairo_show_page(m_context);
        }
    }
}

void PageFlow::newPage()
{
    finish();
    ++m_page;
    m_y = kTop;
}

bool PageFlow::need(double height)
{
    if (height <= room() || atTop()) {
        return false;
    }
    newPage();
    return true;
}

void PageFlow::space(double height)
{
    m_y += atTop() ? 0 : height;
}

namespace {

/// Digits are equally wide (tnum), so that a number is as high as any other of its length: those
/// of a long trace are all different, and none needs to be set to be measured.
Text asHigh(const Text& text)
{
    constexpr std::string_view kNumber = "0123456789+-.:";
    constexpr std::size_t kNumberBytesMax = 24;
    Text alike = text;
    for (auto& span : alike) {
        const bool number = span.text.size() <= kNumberBytesMax
            && span.text.find_first_not_of(kNumber) == std::string::npos;
        for (char& c : span.text) {
            c = number && c >= '0' && c <= '9' ? '0' : c;
        }
    }
    return alike;
}

constexpr const char* kCut = "… (cut here: the whole is in the data that the pages are drawn from)";

std::size_t bytesOf(const Text& text)
{
    std::size_t bytes = 0;
    for (const auto& span : text) {
        bytes += span.text.size();
    }
    return bytes;
}

/// At most so many bytes of it, cut at a character, and that it is cut.
Text cutAfter(const Text& text, std::size_t bytes)
{
    Text cut;
    for (const auto& span : text) {
        auto length = std::min(bytes, span.text.size());
        while (length < span.text.size() && length > 0 && (span.text[length] & 0xC0) == 0x80) {
            --length;
        }
        cut.push_back({span.text.substr(0, length), span.look});
        bytes -= std::min(bytes, span.text.size());
    }
    cut.push_back({kCut, {.quiet = true}});
    return cut;
}

} // namespace

Text PageFlow::fitted(const Text& text, const Typeface::Setting& setting, double heightMax)
{
    // More than a page holds at any size: a megabyte is not set to find that it does not fit.
    constexpr std::size_t kBytesMax = 40'000;
    Text cut = bytesOf(text) > kBytesMax ? cutAfter(text, kBytesMax) : text;
    double height = measure(cut, setting);
    for (std::size_t bytes = std::min(bytesOf(text), kBytesMax); height > heightMax && bytes > 0;) {
        const double share = std::min(0.9, heightMax / height);
        bytes = static_cast<std::size_t>(static_cast<double>(bytes) * share);
        cut = cutAfter(text, bytes);
        height = m_face.set(cut, setting)->height();
    }
    return cut;
}

double PageFlow::measure(const Text& text, const Typeface::Setting& setting)
{
    if (!drawing()) {
        const auto set = m_face.set(asHigh(text), setting);
        m_unknownGlyphs += set->unknownGlyphs();
        m_heights.push_back(set->height());
        return m_heights.back();
    }
    const double height = m_heights.front();
    m_heights.pop_front();
    return height;
}

void PageFlow::draw(const Text& text, const Typeface::Setting& setting, double x, double y) const
{
    if (drawing()) {
        m_face.set(text, setting)->draw(m_context, x, y);
    }
}

void PageFlow::rule(double x, double y, double width, double thickness) const
{
    if (drawing()) {
        const double grey = thickness < 0.6 ? 0.45 : 0;
        cairo_set_source_rgb(m_context, grey, grey, grey);
        cairo_rectangle(m_context, x, y - thickness / 2, width, thickness);
        cairo_fill(m_context);
    }
}

void PageFlow::outline(const std::string& text)
{
    if (drawing() && !m_pageDone) {
        const std::string where = fmt::format("page={} pos=[{:.1f} {:.1f}]", m_page, kLeft, m_y);
        cairo_pdf_surface_add_outline(cairo_get_target(m_context),
                                      CAIRO_PDF_OUTLINE_ROOT,
                                      text.c_str(),
                                      where.c_str(),
                                      cairo_pdf_outline_flags_t{});
    }
}

void PageFlow::drawMargins() const
{
    const Typeface::Setting small{.size = kSmallSize};
    const Typeface::Setting right{.size = kSmallSize, .width = width() / 3, .right = true};
    const double rightX = kRight - width() / 3;
    draw(bold(m_document.kind), small, kLeft, 42);
    draw(plain(m_document.marking), right, rightX, 42);
    rule(kLeft, kBottom + 18, width(), 0.8);
    draw(m_document.footer, small, kLeft, kBottom + 23);
    draw(plain(m_document.footerNote), small, kLeft, kBottom + 33);
    if (const auto& stamp = m_document.stamp) {
        const auto number = stamp->first + static_cast<std::int64_t>(m_page) - 1;
        draw(bold(batesText(stamp->prefix, number)),
             {.size = kBodySize, .width = width() / 3, .right = true},
             rightX,
             kBottom + 21);
    } else {
        draw(mono(m_document.footerId), right, rightX, kBottom + 23);
    }
    draw(bold(fmt::format("Page {} of {}", m_page, m_pageCount)), right, rightX, kBottom + 33);
}

PageFlow::Element::Element(const PageFlow& flow, const char* name)
    : m_context(flow.context())
    , m_name(name)
{
    if (m_context != nullptr) {
        cairo_tag_begin(m_context, m_name, nullptr);
    }
}

PageFlow::Element::~Element()
{
    if (m_context != nullptr) {
        cairo_tag_end(m_context, m_name);
    }
}

} // namespace exhibit::report
