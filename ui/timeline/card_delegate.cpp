// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/card_delegate.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/timeline/event_text.h"
#include "ui/timeline/timeline_data.h"
#include "ui/timeline/timeline_model.h"
#include "ui/timeline/timeline_painter.h"

#include <QAbstractItemView>
#include <QPainter>
#include <QTextLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPlain = 148;
constexpr int kCause = 232;
constexpr int kInflection = 420;
constexpr int kPadding = 10;
constexpr int kHeadGap = 6;

/// Text over several lines, the last one elided; returns the height used.
int paintLines(QPainter& painter, const QRect& rect, const QString& text)
{
    QTextLayout layout(text, painter.font());
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere); // JSON has no words.
    layout.setTextOption(option);
    layout.beginLayout();
    int y = rect.top();
    const int leading = painter.fontMetrics().height() + 1;
    for (;;) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) {
            break;
        }
        line.setLineWidth(rect.width());
        const bool last = y + 2 * leading > rect.bottom() + 4;
        const bool more = line.textStart() + line.textLength() < text.size();
        const QString piece = last && more ? painter.fontMetrics().elidedText(
                                  text.mid(line.textStart()), Qt::ElideRight, rect.width())
                                           : text.mid(line.textStart(), line.textLength());
        painter.drawText(rect.left(), y + painter.fontMetrics().ascent(), piece);
        y += leading;
        if (last) {
            break;
        }
    }
    layout.endLayout();
    return y - rect.top();
}

/// Everything of one card, from the top down.
class Card {
public:
    Card(QPainter& painter, const QRect& rect, const domain::TimelineEvent& event, bool loud)
        : m_painter(painter)
        , m_rect(rect)
        , m_event(event)
        , m_text(colour(loud ? Role::SelText : Role::Text))
        , m_text2(colour(loud ? Role::SelText : Role::Text2))
        , m_loud(loud)
    {
    }

    void head(const CardHead& head)
    {
        m_painter.setFont(typeFont(TypeRole::Label));
        m_painter.setPen(m_text2);
        const QRect line(m_rect.left(), m_rect.top(), m_rect.width(), scaled(16));
        m_painter.drawText(line, Qt::AlignVCenter, head.step);
        m_painter.setFont(typeFont(TypeRole::Caption));
        m_painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, head.offset);
        m_y = line.bottom() + scaled(4);
    }

    void rootCause()
    {
        paintRootCauseLabel(m_painter, QPoint(m_rect.left(), m_y + scaled(8)));
        m_y += scaled(20);
    }

    void title(bool inflection)
    {
        int x = m_rect.left();
        const Mark mark = m_event.result ? markOf(*m_event.result) : Mark::None;
        if (mark != Mark::None) {
            paintMark(m_painter,
                      mark,
                      QPointF(x + scaled(7), m_y + scaled(9)),
                      scaled(14),
                      m_loud ? m_text : QColor());
            x += scaled(21);
        }
        QFont bold = boldFont(TypeRole::Body);
        m_painter.setFont(bold);
        m_painter.setPen(mark == Mark::None || m_loud ? m_text : colour(roleOf(mark)));
        const int reserved = inflection ? scaled(96) : 0;
        const QRect line(x, m_y, m_rect.right() - x - reserved, scaled(18));
        m_painter.drawText(
            line,
            Qt::AlignVCenter,
            m_painter.fontMetrics().elidedText(eventTitle(m_event), Qt::ElideRight, line.width()));
        if (inflection) {
            m_painter.setFont(typeFont(TypeRole::Label));
            m_painter.setPen(m_text);
            const QString word = wordOf(Mark::Inflection);
            const int width = m_painter.fontMetrics().horizontalAdvance(word);
            m_painter.drawText(
                QRect(m_rect.right() - width, m_y, width + 2, scaled(18)), Qt::AlignVCenter, word);
            paintMark(m_painter,
                      Mark::Inflection,
                      QPointF(m_rect.right() - width - scaled(9), m_y + scaled(9)),
                      scaled(10),
                      m_text);
        }
        m_y += scaled(21);
    }

    void facts()
    {
        m_painter.setFont(typeFont(TypeRole::Mono));
        for (const auto& fact : factsOf(m_event)) {
            if (fact.state == FactState::Present || m_y + scaled(20) > m_rect.bottom()) {
                continue;
            }
            m_painter.setFont(typeFont(TypeRole::Mono));
            m_painter.setPen(m_text);
            const QString path = m_painter.fontMetrics().elidedText(
                fact.path, Qt::ElideLeft, m_rect.width() - scaled(50));
            m_painter.drawText(
                QRect(m_rect.left(), m_y, m_rect.width(), scaled(18)), Qt::AlignVCenter, path);
            paintFactValue(
                m_painter,
                QPoint(m_rect.left() + m_painter.fontMetrics().horizontalAdvance(path) + scaled(6),
                       m_y + scaled(9)),
                {},
                fact.state == FactState::Null,
                fact.state == FactState::Absent);
            m_y += scaled(20);
        }
    }

    void summary(const QString& text, int bottom)
    {
        m_painter.setFont(typeFont(TypeRole::Small));
        m_painter.setPen(m_text2);
        m_y += paintLines(m_painter, QRect(m_rect.left(), m_y, m_rect.width(), bottom - m_y), text);
    }

    void shouldAndDid()
    {
        const int middle = m_rect.left() + m_rect.width() / 2;
        m_y += scaled(4);
        m_painter.setPen(colour(Role::Line2));
        m_painter.drawLine(m_rect.left(), m_y, m_rect.right(), m_y);
        m_painter.drawLine(middle, m_y + scaled(6), middle, m_rect.bottom());
        column(QRect(m_rect.left(),
                     m_y + scaled(5),
                     m_rect.width() / 2 - scaled(8),
                     m_rect.bottom() - m_y),
               CardDelegate::tr("Should have"),
               textOf(m_event.data, "should_have"),
               m_text2);
        column(QRect(middle + scaled(9),
                     m_y + scaled(5),
                     m_rect.width() / 2 - scaled(8),
                     m_rect.bottom() - m_y),
               CardDelegate::tr("Actually did"),
               textOf(m_event.data, "actually_did"),
               m_loud ? m_text : colour(Role::Failed));
    }

    [[nodiscard]] int bottom() const { return m_rect.bottom(); }

private:
    void column(const QRect& rect, const QString& heading, const QString& text, const QColor& tint)
    {
        m_painter.setFont(boldFont(TypeRole::Caption));
        m_painter.setPen(tint);
        m_painter.drawText(
            QRect(rect.left(), rect.top(), rect.width(), scaled(15)), Qt::AlignVCenter, heading);
        m_painter.setFont(typeFont(TypeRole::Small));
        m_painter.setPen(m_text);
        paintLines(m_painter, rect.adjusted(0, scaled(16), 0, -scaled(6)), text);
    }

    QPainter& m_painter;
    QRect m_rect;
    const domain::TimelineEvent& m_event;
    QColor m_text;
    QColor m_text2;
    bool m_loud;
    int m_y = 0;
};

bool isInflection(const QModelIndex& index)
{
    return index.data(kIsInflectionRole).toBool();
}

} // namespace

CardHead cardHead(const TimelineModel& model, int row, int width)
{
    const auto& event = model.event(row);
    const QString offset = offsetText(offsetOf(*model.reply(), event.time));
    const int room = width - QFontMetrics(typeFont(TypeRole::Caption)).horizontalAdvance(offset)
        - scaled(kHeadGap);
    const QString step = u"%1 %2"_s.arg(event.stepIndex).arg(laneName(laneOf(event.type)));
    return {QFontMetrics(typeFont(TypeRole::Label)).elidedText(step, Qt::ElideRight, room), offset};
}

int paintFactValue(
    QPainter& painter, const QPoint& at, const QString& value, bool isNull, bool isAbsent)
{
    painter.save();
    painter.setFont(isNull ? boldFont(TypeRole::Mono) : typeFont(TypeRole::Mono));
    const QString text = isNull ? u"null"_s : isAbsent ? u"absent"_s : value;
    const int width = painter.fontMetrics().horizontalAdvance(text);
    painter.setPen(colour(isAbsent ? Role::Text3 : Role::Text));
    if (!isNull && !isAbsent) {
        painter.drawText(at.x(), at.y() + painter.fontMetrics().ascent() / 2 - 1, text);
        painter.restore();
        return width;
    }
    const QRect box(at.x(), at.y() - scaled(8), width + scaled(8), scaled(16));
    painter.drawText(box, Qt::AlignCenter, text);
    painter.setPen(QPen(
        colour(isAbsent ? Role::Text3 : Role::Text), 1, isAbsent ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box.adjusted(0, 0, -1, -1));
    painter.restore();
    return box.width();
}

void CardDelegate::paint(QPainter* painter,
                         const QStyleOptionViewItem& option,
                         const QModelIndex& index) const
{
    const auto* model = qobject_cast<const TimelineModel*>(index.model());
    if (model == nullptr || model->reply() == nullptr) {
        return;
    }
    painter->save();
    painter->setLayoutDirection(Qt::LeftToRight); // Cards mirror as a row; evidence does not.
    const auto& event = model->event(index.row());
    const bool cause = index.data(kIsRootCauseRole).toBool();
    const bool selected = option.state & QStyle::State_Selected;
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    const bool focused = selected && view != nullptr && view->hasFocus();
    const QRect frame = option.rect.adjusted(0, 0, -scaled(6), 0);
    painter->fillRect(frame, colour(selected ? Role::Sel : Role::Base));
    const bool loud = selected && Theme::instance().isHighContrast();
    const QColor edge = focused ? colour(Role::Accent)
        : cause                 ? colour(Role::Inverse)
                                : colour(Role::Line2);
    painter->setPen(QPen(edge, cause || focused ? 2 : 1));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(cause || focused ? frame.adjusted(1, 1, -1, -1)
                                       : frame.adjusted(0, 0, -1, -1));
    const int padding = scaled(kPadding);
    const QRect inner = frame.adjusted(padding, scaled(7), -padding, -scaled(7));
    Card card(*painter, inner, event, loud);
    card.head(cardHead(*model, index.row(), inner.width()));
    if (cause) {
        card.rootCause();
    }
    if (event.type == domain::StepType::Context) {
        card.facts();
    } else {
        card.title(isInflection(index));
    }
    const bool wide = isInflection(index) && findMember(event.data, "should_have") != nullptr;
    card.summary(index.data(Qt::ToolTipRole).toString(),
                 wide ? card.bottom() - scaled(62) : card.bottom());
    if (wide) {
        card.shouldAndDid();
    }
    painter->restore();
}

QSize CardDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    Q_UNUSED(option);
    const int width = isInflection(index)       ? kInflection
        : index.data(kIsRootCauseRole).toBool() ? kCause
                                                : kPlain;
    return {scaled(width) + scaled(6), scaled(146)};
}

} // namespace exhibit::ui
