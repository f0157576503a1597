// SPDX-License-Identifier: Apache-2.0
#include "models/report/block_setter.h"

#include "models/report/marks.h"

#include <cairo.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using namespace page;
using Element = PageFlow::Element;

constexpr double kLabelWidth = 76;
constexpr double kPairPadding = 8;
constexpr double kTitleMax = 160; ///< How high one may be; what is longer is cut, and says so.
constexpr double kValueMax = 200;
constexpr const char* kUnknownGlyphs
    = "Some characters stand here as a box with their number: no font that is installed where "
      "these pages were set has them. The data that the pages are drawn from has them unchanged.";

struct FactColumn {
    double x = 0;
    double width = 0;
    double labelWidth = kLabelWidth;
};

/// One labelled value of a grid, as high as it is allowed to be.
struct GridFact {
    GridFact(const Fact& shown, const FactColumn& where, PageFlow& flow)
        : fact(shown)
        , column(where)
        , setting{.size = kBodySize - 0.3, .width = where.width - where.labelWidth - indent()}
        , value(flow.fitted(shown.value, setting, kValueMax))
        , height(flow.measure(value, setting))
    {
    }

    [[nodiscard]] double indent() const { return fact.mark == Mark::None ? 0 : kMarkWidth; }
    void draw(PageFlow& flow) const
    {
        const double valueX = column.x + column.labelWidth;
        {
            const Element head(flow, "TH");
            flow.draw(
                {{fact.label, {.quiet = true}}}, {.size = kBodySize - 0.3}, column.x, flow.y());
        }
        const Element cell(flow, "TD");
        if (flow.drawing()) {
            drawMark(flow.context(), fact.mark, valueX + 4.5, flow.y() + 6);
        }
        flow.draw(value, setting, valueX + indent(), flow.y());
    }

    const Fact& fact;
    const FactColumn& column;
    Typeface::Setting setting;
    Text value;
    double height;
};

constexpr double kRoomToSign = 48; ///< Of a row of lines, with what is above it.
constexpr double kIntroduction = 60; ///< Of a paragraph that says what is signed.

/// 0 for a block on which nobody signs, and for none.
double roomToSign(const Block* block)
{
    const auto* lines = block == nullptr ? nullptr : std::get_if<SignatureLines>(block);
    return lines == nullptr ? 0 : kRoomToSign * static_cast<double>((lines->labels.size() + 1) / 2);
}

} // namespace

void BlockSetter::operator()(const Title& title)
{
    const Typeface::Setting large{.size = 17, .width = m_flow.width()};
    const Typeface::Setting under{.size = kBodySize, .width = m_flow.width()};
    {
        const Element element(m_flow, "H1");
        const Text text = m_flow.fitted(bold(title.text), large, kTitleMax);
        const double height = m_flow.measure(text, large);
        m_flow.need(height);
        m_flow.outline(title.text);
        m_flow.draw(text, large, m_flow.left(), m_flow.y());
        m_flow.advance(height + 3);
    }
    if (!title.under.empty()) {
        const Element element(m_flow, "P");
        const Text text = m_flow.fitted({{title.under, {.quiet = true}}}, under, kTitleMax);
        const double height = m_flow.measure(text, under);
        m_flow.need(height);
        m_flow.draw(text, under, m_flow.left(), m_flow.y());
        m_flow.advance(height + 9);
    }
}

void BlockSetter::operator()(const Heading& heading)
{
    const Typeface::Setting setting{.size = 11.6, .width = m_flow.width()};
    const Text text = m_flow.fitted(bold(heading.text), setting, kTitleMax);
    const double height = m_flow.measure(text, setting);
    m_flow.space(15);
    // Not alone at the foot of a page.
    const auto* table = m_following == nullptr ? nullptr : std::get_if<Table>(m_following);
    const double lines = roomToSign(m_afterNext);
    const double signing = lines == 0 ? 0 : kIntroduction + lines;
    m_flow.need(
        height
        + std::max({70.0, signing, table == nullptr ? 0 : 11 + beginningOf(*table, m_flow)}));
    m_flow.outline(heading.text);
    const Element element(m_flow, "H2");
    m_flow.draw(text, setting, m_flow.left(), m_flow.y());
    m_flow.advance(height + 5);
}

void BlockSetter::operator()(const Paragraph& paragraph)
{
    const Typeface::Setting setting{.size = kBodySize, .width = m_flow.width()};
    // Long ones flow over the page's end line by line; measured as a whole only to count glyphs.
    static_cast<void>(m_flow.measure(paragraph.text, setting));
    const Element element(m_flow, "P");
    const auto set = m_flow.face().set(paragraph.text, setting);
    if (const double lines = roomToSign(m_following); lines > 0) {
        m_flow.need(std::min(set->height(), kIntroduction) + lines); // Not without what it names.
    }
    for (int first = 0; first < set->lineCount();) {
        int last = first + 1;
        double height = set->height(first, last);
        m_flow.need(height);
        while (last < set->lineCount() && height + set->height(last, last + 1) <= m_flow.room()) {
            height += set->height(last, last + 1);
            ++last;
        }
        if (m_flow.drawing()) {
            set->draw(m_flow.context(), m_flow.left(), m_flow.y(), first, last);
        }
        m_flow.advance(height);
        first = last;
    }
    m_flow.advance(5);
}

void BlockSetter::operator()(const FactGrid& grid)
{
    const double gap = 18;
    const double leftWidth = grid.right.empty() ? m_flow.width() : m_flow.width() * 0.62;
    const FactColumn columns[] = {{m_flow.left(), leftWidth - gap, kLabelWidth},
                                  {m_flow.left() + leftWidth, m_flow.width() - leftWidth, 56}};
    const Element element(m_flow, "Table");
    m_flow.rule(m_flow.left(), m_flow.y(), m_flow.width(), 0.8);
    m_flow.advance(7);
    const std::size_t rows = std::max(grid.left.size(), grid.right.size());
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<GridFact> facts;
        double height = 0;
        for (const bool onRight : {false, true}) {
            const auto& side = onRight ? grid.right : grid.left;
            if (row < side.size()) {
                facts.emplace_back(side[row], columns[onRight ? 1 : 0], m_flow);
                height = std::max(height, facts.back().height);
            }
        }
        m_flow.need(height);
        const Element tableRow(m_flow, "TR");
        for (const auto& fact : facts) {
            fact.draw(m_flow);
        }
        m_flow.advance(height + 3);
    }
    m_flow.advance(4);
    m_flow.rule(m_flow.left(), m_flow.y(), m_flow.width(), 0.8);
}

void BlockSetter::operator()(const Pair& pair)
{
    const double width = m_flow.width() / 2;
    const Typeface::Setting setting{.size = kBodySize, .width = width - 2 * kPairPadding};
    const double title = m_flow.measure(bold(pair.leftTitle), setting);
    const double around = kPairPadding * 2 + title + 2;
    const Text left = m_flow.fitted(pair.left, setting, PageFlow::height() - around);
    const Text right = m_flow.fitted(pair.right, setting, PageFlow::height() - around);
    const double height
        = around + std::max(m_flow.measure(left, setting), m_flow.measure(right, setting));
    m_flow.space(4);
    m_flow.need(height);
    const double top = m_flow.y();
    if (m_flow.drawing()) {
        cairo_t* const context = m_flow.context();
        cairo_set_source_rgb(context, 0, 0, 0);
        cairo_set_line_width(context, 0.8);
        cairo_rectangle(context, m_flow.left(), top, m_flow.width(), height);
        cairo_move_to(context, m_flow.left() + width, top);
        cairo_rel_line_to(context, 0, height);
        cairo_stroke(context);
    }
    const auto side = [&](double x, const std::string& name, const Text& text) {
        const Element element(m_flow, "Sect");
        {
            const Element head(m_flow, "H3");
            m_flow.draw(bold(name), setting, x + kPairPadding, top + kPairPadding);
        }
        const Element body(m_flow, "P");
        m_flow.draw(text, setting, x + kPairPadding, top + kPairPadding + title + 2);
    };
    side(m_flow.left(), pair.leftTitle, left);
    side(m_flow.left() + width, pair.rightTitle, right);
    m_flow.advance(height + 7);
}

void BlockSetter::operator()(const Notice& notice)
{
    const double padding = 8;
    const Typeface::Setting setting{.size = kBodySize, .width = m_flow.width() - 4 * padding};
    const Text text = m_flow.fitted(notice.text, setting, PageFlow::height() - 2 * padding);
    const double textHeight = m_flow.measure(text, setting);
    const double height = textHeight + 2 * padding;
    m_flow.space(7);
    m_flow.need(height);
    if (m_flow.drawing()) {
        cairo_t* const context = m_flow.context();
        if (notice.hatched) {
            drawHatching(context, m_flow.left(), m_flow.y(), m_flow.width(), height);
        }
        cairo_set_source_rgb(context, 1, 1, 1); // The words stand on white.
        cairo_rectangle(context,
                        m_flow.left() + padding,
                        m_flow.y() + padding - 3,
                        m_flow.width() - 2 * padding,
                        textHeight + 6);
        cairo_fill(context);
        cairo_set_source_rgb(context, 0, 0, 0);
        cairo_set_line_width(context, 0.8);
        cairo_rectangle(context, m_flow.left(), m_flow.y(), m_flow.width(), height);
        cairo_stroke(context);
    }
    const Element element(m_flow, "P");
    m_flow.draw(text, setting, m_flow.left() + 2 * padding, m_flow.y() + padding);
    m_flow.advance(height + 5);
}

void BlockSetter::operator()(const SignatureLines& lines)
{
    const double width = (m_flow.width() - 24) / 2;
    const std::size_t rows = (lines.labels.size() + 1) / 2;
    m_flow.need(kRoomToSign * static_cast<double>(rows)); // Signed on one page.
    for (std::size_t i = 0; i < lines.labels.size(); i += 2) {
        m_flow.advance(30);
        for (std::size_t j = i; j < std::min(i + 2, lines.labels.size()); ++j) {
            const double x = m_flow.left() + (j == i ? 0 : width + 24);
            m_flow.rule(x, m_flow.y(), width, 0.8);
            const Element element(m_flow, "P");
            m_flow.draw(
                {{lines.labels[j], {.quiet = true}}}, {.size = kSmallSize}, x, m_flow.y() + 3);
        }
        m_flow.advance(16);
    }
}

void BlockSetter::operator()(const PageBreak&)
{
    if (!m_flow.atTop()) {
        m_flow.newPage();
    }
}

void setBlocks(const Document& document, PageFlow& flow)
{
    BlockSetter setter(flow);
    const PageFlow::Element whole(flow, "Document");
    const auto& blocks = document.blocks;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        setter.setFollowing(i + 1 < blocks.size() ? &blocks[i + 1] : nullptr,
                            i + 2 < blocks.size() ? &blocks[i + 2] : nullptr);
        std::visit(setter, blocks[i]);
    }
    if (flow.unknownGlyphs() > 0) { // Known since the first time through, which counts.
        setter.setFollowing(nullptr, nullptr);
        setter(Notice{plain(kUnknownGlyphs)});
    }
    flow.finish();
}

} // namespace exhibit::report
