// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/mark_row.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

namespace exhibit::ui {

MarkRow::MarkRow(Mark mark, QString text, QWidget* parent)
    : QWidget(parent)
{
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
    return {scaled(200), scaled(18)};
}

QSize MarkRow::minimumSizeHint() const
{
    const int word = QFontMetrics(boldFont(TypeRole::Body)).horizontalAdvance(wordOf(m_mark));
    return {scaled(22) + word, scaled(18)};
}

void MarkRow::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight); // A sign, a wire word and ids.
    paintMark(painter, m_mark, QPointF(scaled(7), height() / 2.0), scaled(14));
    painter.setFont(boldFont(TypeRole::Body));
    painter.setPen(colour(roleOf(m_mark)));
    const QString word = wordOf(m_mark);
    painter.drawText(rect().adjusted(scaled(20), 0, 0, 0), Qt::AlignVCenter, word);
    const int x = scaled(28) + painter.fontMetrics().horizontalAdvance(word);
    painter.setFont(typeFont(TypeRole::Small));
    painter.setPen(colour(Role::Text2));
    painter.drawText(rect().adjusted(x, 0, 0, 0), Qt::AlignVCenter, m_text);
}

} // namespace exhibit::ui
