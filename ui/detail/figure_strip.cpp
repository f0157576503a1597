// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/figure_strip.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace exhibit::ui {
namespace {

constexpr int kPadding = 10;

} // namespace

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
    const QList<int> widths = cellWidths();
    int x = 0;
    for (qsizetype i = 0; i < m_figures.size(); ++i) {
        const QRect cell
            = QStyle::visualRect(layoutDirection(), rect(), QRect(x, 0, widths.at(i), height()));
        x += widths.at(i);
        if (i > 0) {
            painter.setPen(colour(Role::Hairline));
            const int edge = layoutDirection() == Qt::RightToLeft ? cell.right() : cell.left();
            painter.drawLine(edge, cell.top(), edge, cell.bottom());
        }
        const QRect inner = cell.adjusted(scaled(kPadding), scaled(4), -scaled(4), -scaled(4));
        const auto start = QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft);
        painter.setFont(typeFont(TypeRole::Caption));
        painter.setPen(colour(Role::Text3));
        painter.drawText(inner, int(Qt::AlignTop | start), m_figures.at(i).first);
        painter.setFont(boldFont(TypeRole::Body));
        painter.setPen(colour(Role::Text));
        painter.drawText(inner,
                         int(Qt::AlignBottom | start),
                         painter.fontMetrics().elidedText(
                             m_figures.at(i).second, Qt::ElideRight, inner.width()));
    }
}

QList<int> FigureStrip::cellWidths() const
{
    // Each as wide as its text needs; what is left is shared out evenly.
    const QFontMetrics names(typeFont(TypeRole::Caption));
    const QFontMetrics values(boldFont(TypeRole::Body));
    QList<int> widths;
    int needed = 0;
    for (const auto& [name, value] : m_figures) {
        widths << std::max(names.horizontalAdvance(name), values.horizontalAdvance(value))
                + scaled(kPadding + 6);
        needed += widths.last();
    }
    const int count = std::max(1, static_cast<int>(widths.size()));
    for (int& each : widths) {
        each += (width() - needed) / count;
    }
    return widths;
}

QList<QPair<QString, QString>> releasedFigures(const AnswerBytes& all)
{
    const QString unit = all.isWire ? FigureStrip::tr("%1 B, no text") : FigureStrip::tr("%1 B");
    return {{FigureStrip::tr("Released"),
             (all.recovered ? FigureStrip::tr("at most %1").arg(unit) : unit)
                 .arg(grouped(all.released))},
            {FigureStrip::tr("Withheld"), FigureStrip::tr("%1 B").arg(grouped(all.withheld))}};
}

} // namespace exhibit::ui
