// SPDX-License-Identifier: Apache-2.0
#include "models/report/block_setter.h"
#include "models/report/marks.h"

#include <cairo.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using namespace page;
using Element = PageFlow::Element;

constexpr double kGapOfNumbers = 5;
constexpr double kPadding = 4.6; ///< Above and below the text of a row.
constexpr double kGutter = 8; ///< Between columns.
constexpr double kPointsFrom = 10; ///< Column::width above it is points.
constexpr double kCodeSide = 104;
constexpr double kCodeGap = 16;
constexpr double kBegunRow = 60; ///< Of a row that is split at the least, before a page ends.

class TableSetter {
public:
    TableSetter(PageFlow& flow, const Table& table)
        : m_flow(flow)
        , m_table(table)
        , m_width(flow.width() - (table.beside ? kCodeSide + kCodeGap : 0))
    {
        double fixed = kGutter * static_cast<double>(table.columns.size() - 1);
        double shares = 0;
        for (const auto& column : table.columns) {
            (column.width > kPointsFrom ? fixed : shares) += column.width;
        }
        for (const auto& column : table.columns) {
            m_widths.push_back(column.width > kPointsFrom
                                   ? column.width
                                   : (m_width - fixed) * column.width / shares);
        }
        for (const auto& column : table.columns) {
            m_head.cells.push_back({bold(column.title), Mark::None});
        }
    }

    void run()
    {
        const Element element(m_flow, "Table");
        m_flow.need(beginning());
        const double top = m_flow.y();
        bool begun = false;
        for (const auto& row : m_table.rows) {
            const double height = heightOf(row);
            const bool whole = fitsAPage(height);
            if (!begun || m_flow.need(whole ? height : kBegunRow)) {
                drawHead();
                begun = true;
            }
            if (whole) {
                drawRow(row, height, "TD");
            } else {
                drawSplit(row);
            }
            m_flow.rule(m_flow.left(), m_flow.y(), m_width, 0.4);
        }
        if (m_table.beside) {
            drawCodeBeside(*m_table.beside, top);
        }
        m_flow.advance(7);
    }

    /// What stands together at its beginning: head and first row; with a code beside it, all rows.
    [[nodiscard]] double beginning()
    {
        m_headHeight = heightOf(m_head);
        double height = m_headHeight;
        for (const auto& row : m_table.rows) {
            const double one = heightOf(row);
            height += m_table.beside || fitsAPage(one) ? one : kBegunRow;
            if (!m_table.beside) {
                break;
            }
        }
        return m_table.beside ? std::max(height, kCodeSide + 40) : height;
    }

private:
    [[nodiscard]] Typeface::Setting setting(std::size_t column, const Cell& cell) const
    {
        // Numbers do not touch the words beside them.
        const bool right = m_table.columns[column].right;
        const double gap = right && column + 1 < m_widths.size() ? kGapOfNumbers : 0;
        return {.size = kTableSize,
                .width = m_widths[column] - (cell.mark == Mark::None ? 0 : kMarkWidth) - gap,
                .right = right};
    }

    [[nodiscard]] double heightOf(const Row& row)
    {
        double height = 0;
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            height = std::max(height, m_flow.measure(row.cells[i].text, setting(i, row.cells[i])));
        }
        return height + 2 * kPadding;
    }

    [[nodiscard]] bool fitsAPage(double rowHeight) const
    {
        return rowHeight <= PageFlow::height() - m_headHeight;
    }

    /// Line by line over as many pages as it needs, each with the head of the table.
    void drawSplit(const Row& row)
    {
        std::vector<std::shared_ptr<const SetText>> texts;
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            texts.push_back(m_flow.face().set(row.cells[i].text, setting(i, row.cells[i])));
        }
        std::vector<Lines> lines(texts.size());
        while (true) {
            double height = 0;
            bool more = false;
            for (std::size_t i = 0; i < texts.size(); ++i) {
                height = std::max(height, takeLines(*texts[i], lines[i]));
                more = more || lines[i].last < texts[i]->lineCount();
            }
            drawPiece(row, texts, lines, height + 2 * kPadding);
            if (!more) {
                return;
            }
            m_flow.newPage();
            drawHead();
        }
    }

    struct Lines {
        int first = 0;
        int last = 0; ///< Exclusive.
    };
    /// The lines after those that were taken before, as many as the page has room for; one at the
    /// least where a page begins. Their height.
    [[nodiscard]] double takeLines(const SetText& text, Lines& lines) const
    {
        const double room = m_flow.room() - 2 * kPadding;
        double height = 0;
        lines.first = lines.last;
        while (lines.last < text.lineCount()) {
            const double next = text.height(lines.last, lines.last + 1);
            if (height + next > room && (height > 0 || next <= room)) {
                break;
            }
            height += next;
            ++lines.last;
        }
        return height;
    }

    void drawPiece(const Row& row,
                   const std::vector<std::shared_ptr<const SetText>>& texts,
                   const std::vector<Lines>& lines,
                   double height)
    {
        if (m_flow.drawing()) {
            shade(row, height);
            const Element element(m_flow, "TR");
            double x = m_flow.left();
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const Element tagged(m_flow, "TD");
                const double indent = row.cells[i].mark == Mark::None ? 0 : kMarkWidth;
                const double y = m_flow.y() + kPadding;
                if (lines[i].first == 0) {
                    drawMark(m_flow.context(), row.cells[i].mark, x + 4.5, y + 5.6);
                }
                if (lines[i].first < lines[i].last) {
                    texts[i]->draw(m_flow.context(), x + indent, y, lines[i].first, lines[i].last);
                }
                x += m_widths[i] + kGutter;
            }
        }
        m_flow.advance(height);
    }

    void shade(const Row& row, double height) const
    {
        if (row.shaded) {
            cairo_set_source_rgb(m_flow.context(), 0.925, 0.925, 0.925);
            cairo_rectangle(m_flow.context(), m_flow.left(), m_flow.y(), m_width, height);
            cairo_fill(m_flow.context());
        }
    }

    void drawHead()
    {
        m_flow.rule(m_flow.left(), m_flow.y(), m_width, 0.8);
        drawRow(m_head, m_headHeight, "TH");
        m_flow.rule(m_flow.left(), m_flow.y(), m_width, 0.8);
    }

    void drawRow(const Row& row, double height, const char* cellName)
    {
        if (m_flow.drawing()) {
            shade(row, height);
            const Element element(m_flow, "TR");
            double x = m_flow.left();
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                const auto& cell = row.cells[i];
                const Element tagged(m_flow, cellName);
                const double indent = cell.mark == Mark::None ? 0 : kMarkWidth;
                const double y = m_flow.y() + kPadding;
                drawMark(m_flow.context(), cell.mark, x + 4.5, y + 5.6);
                m_flow.draw(cell.text, setting(i, cell), x + indent, y);
                x += m_widths[i] + kGutter;
            }
        }
        m_flow.advance(height);
    }

    void drawCodeBeside(const Code& code, double top)
    {
        const double x = m_flow.left() + m_width + kCodeGap;
        const Typeface::Setting caption{.size = kSmallSize - 0.4, .width = kCodeSide};
        const double captionHeight = m_flow.measure(plain(code.caption), caption);
        if (m_flow.drawing()) {
            {
                const Element figure(m_flow, "Figure");
                drawCode(m_flow.context(), code, x, top, kCodeSide);
            }
            const Element element(m_flow, "Caption");
            m_flow.draw(plain(code.caption), caption, x, top + kCodeSide + 1);
        }
        m_flow.advance(std::max(0.0, top + kCodeSide + captionHeight + 4 - m_flow.y()));
    }

    PageFlow& m_flow;
    const Table& m_table;
    double m_width;
    std::vector<double> m_widths;
    Row m_head;
    double m_headHeight = 0;
};

} // namespace

double beginningOf(const Table& table, PageFlow& flow)
{
    return table.rows.empty() ? 0 : TableSetter(flow, table).beginning();
}

void BlockSetter::operator()(const Table& table)
{
    if (table.rows.empty()) {
        return;
    }
    m_flow.space(6);
    TableSetter(m_flow, table).run();
}

} // namespace exhibit::report
