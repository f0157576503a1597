// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/mark_row.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

namespace exhibit::ui {

namespace {

constexpr int kLine = 18;
constexpr int kWord = 20; ///< Behind the mark.
constexpr int kWrap = Qt::AlignTop | Qt::TextWordWrap | Qt::TextWrapAnywhere;

} // namespace

MarkRow::MarkRow(Mark mark, QString text, QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setMark(mark, text);
}

void MarkRow::setMark(Mark mark, const QString& text)
{
    m_mark = mark;
    m_text = text;
    setAccessibleName(wordOf(mark) + QLatin1Char(' ') + m_text);
    updateGeometry();
    update();
}

QSize MarkRow::sizeHint() const
{
    return {scaled(200), heightForWidth(scaled(200))};
}

QSize MarkRow::minimumSizeHint() const
{
    const int word = QFontMetrics(boldFont(TypeRole::Body)).horizontalAdvance(wordOf(m_mark));
    return {scaled(22) + word, scaled(kLine)};
}

int MarkRow::heightForWidth(int width) const
{
    return std::max(scaled(kLine), textRect(width).bottom() + 1);
}

QRect MarkRow::textRect(int width) const
{
    const QFontMetrics letters(typeFont(TypeRole::Small));
    const int word = QFontMetrics(boldFont(TypeRole::Body)).horizontalAdvance(wordOf(m_mark));
    const int beside = scaled(kWord + 8) + word;
    if (m_text.isEmpty() || beside + letters.horizontalAdvance(m_text) <= width) {
        return {beside, 0, std::max(0, width - beside), scaled(kLine)};
    }
    const int room = std::max(1, width - scaled(kWord));
    const int height = letters.boundingRect(QRect(0, 0, room, 10'000), kWrap, m_text).height();
    return {scaled(kWord), scaled(kLine), room, height};
}

void MarkRow::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight); // A sign, a wire word and ids.
    const QRect first(0, 0, width(), scaled(kLine));
    paintMark(painter, m_mark, QPointF(scaled(7), first.height() / 2.0), scaled(14));
    painter.setFont(boldFont(TypeRole::Body));
    painter.setPen(colour(roleOf(m_mark)));
    painter.drawText(first.adjusted(scaled(kWord), 0, 0, 0), Qt::AlignVCenter, wordOf(m_mark));
    painter.setFont(typeFont(TypeRole::Small));
    painter.setPen(colour(Role::Text2));
    const QRect text = textRect(width());
    painter.drawText(text, text.top() > 0 ? kWrap : int(Qt::AlignVCenter), m_text);
}

} // namespace exhibit::ui
