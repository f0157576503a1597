// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/typeface.h"

#include <deque>
#include <functional>

namespace exhibit::report {

/// A4 in points, with the type area inside its margins.
namespace page {
inline constexpr double kWidth = 595.276;
inline constexpr double kHeight = 841.89;
inline constexpr double kLeft = 48;
inline constexpr double kRight = kWidth - 48;
inline constexpr double kTop = 66;
inline constexpr double kBottom = kHeight - 66;
inline constexpr double kBodySize = 9.2;
inline constexpr double kTableSize = 8.4;
inline constexpr double kSmallSize = 7.4;
} // namespace page

/// Where the next thing goes, page by page. A document is gone through twice: first without a
/// surface, which counts the pages, then drawing. Heights of the first time serve the second.
class PageFlow {
public:
    PageFlow(const Document& document, const Typeface& face);

    /// Takes a page that is drawn.
    using PageDone = std::function<void()>;

    /// Starts from the first page; draws when there is a context. Without `pageDone` the pages are
    /// the surface's own.
    void start(_cairo* context, std::size_t pageCount, PageDone pageDone = {});
    /// Ends the last page.
    void finish();

    [[nodiscard]] bool drawing() const { return m_context != nullptr; }
    [[nodiscard]] _cairo* context() const { return m_context; }
    [[nodiscard]] const Typeface& face() const { return m_face; }
    [[nodiscard]] std::size_t page() const { return m_page; }
    [[nodiscard]] int unknownGlyphs() const { return m_unknownGlyphs; }
    [[nodiscard]] double left() const { return page::kLeft; }
    [[nodiscard]] double width() const { return page::kRight - page::kLeft; }
    [[nodiscard]] double y() const { return m_y; }
    [[nodiscard]] double room() const { return page::kBottom - m_y; }
    [[nodiscard]] bool atTop() const { return m_y <= page::kTop; }
    /// What a page has room for.
    [[nodiscard]] static constexpr double height() { return page::kBottom - page::kTop; }

    void advance(double height) { m_y += height; }
    /// Space between blocks; none at the top of a page.
    void space(double height);
    /// A new page unless that much fits. True when there is a new one.
    bool need(double height);
    void newPage();

    /// The text's height: measured the first time, remembered for the second.
    [[nodiscard]] double measure(const Text& text, const Typeface::Setting& setting);
    /// The text, or as much of its beginning as is not higher than that, which says that it is cut.
    [[nodiscard]] Text fitted(const Text& text, const Typeface::Setting& setting, double heightMax);
    void draw(const Text& text, const Typeface::Setting& setting, double x, double y) const;
    /// A horizontal rule.
    void rule(double x, double y, double width, double thickness) const;
    /// An entry of the outline that leads here.
    void outline(const std::string& text);

    /// Marks what is drawn while it lives as an element of the document's structure.
    class Element {
    public:
        Element(const PageFlow& flow, const char* name);
        ~Element();
        Element(const Element&) = delete;
        Element& operator=(const Element&) = delete;

    private:
        _cairo* m_context;
        const char* m_name;
    };

private:
    void drawMargins() const;

    const Document& m_document;
    const Typeface& m_face;
    _cairo* m_context = nullptr;
    PageDone m_pageDone;
    std::size_t m_page = 0;
    std::size_t m_pageCount = 0;
    double m_y = 0;
    int m_unknownGlyphs = 0;
    std::deque<double> m_heights;
};

} // namespace exhibit::report
