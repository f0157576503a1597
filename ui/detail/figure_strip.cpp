// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/figure_strip.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace exhibit::ui {

FigureStrip::FigureStrip(QWidget* parent)
    : QWidget(parent)
{
}

void FigureStrip::setFigures(const QList<QPair<QString, QString>>& figures)
{
    m_figures = figures;
    QStringList words;
    for (const auto& [name, value] : figures) {
        words << name + QLatin1Char(' ') + value;
    }
    setAccessibleName(words.join(QStringLiteral(", ")));
    update();
}

QString FigureStrip::figure(const QString& name) const
{
    for (const auto& [known, value] : m_figures) {
        if (known == name) {
            return value;
        }
    }
    return {};
}

QSize FigureStrip::sizeHint() const
{
    return {scaled(300), scaled(42)};
}

void FigureStrip::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(rect().topLeft(), rect().topRight());
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
    const auto count = static_cast<int>(m_figures.size());
    for (int i = 0; i < count; ++i) {
        const QRect cell = QStyle::visualRect(
            layoutDirection(), rect(), QRect(width() * i / count, 0, width() / count, height()));
        if (i > 0) {
            painter.setPen(colour(Role::Hairline));
            painter.drawLine(cell.topLeft(), cell.bottomLeft());
        }
        const QRect inner = cell.adjusted(scaled(12), scaled(4), -scaled(4), -scaled(4));
        painter.setFont(typeFont(TypeRole::Caption));
        painter.setPen(colour(Role::Text3));
        painter.drawText(inner, Qt::AlignTop | Qt::AlignLeft, m_figures.at(i).first);
        painter.setFont(boldFont(TypeRole::Body));
        painter.setPen(colour(Role::Text));
        painter.drawText(inner, Qt::AlignBottom | Qt::AlignLeft, m_figures.at(i).second);
    }
}

} // namespace exhibit::ui
