// SPDX-License-Identifier: Apache-2.0
#include "ui/search/histogram_widget.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/time_display.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kLabelSpacing = 104; ///< At least this far apart.

/// Labels stand at round times: the least unit of the clock that is not shorter than `seconds`.
std::int64_t labelUnit(std::int64_t seconds)
{
    constexpr std::int64_t kUnits[]
        = {1,    2,    5,    10,    15,    30,    60,    120,    300,    600,    900,
           1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000};
    const auto* found = std::lower_bound(std::begin(kUnits), std::end(kUnits), seconds);
    return found != std::end(kUnits) ? *found : seconds;
}

} // namespace

void HistogramWidget::paintBars(QPainter& painter) const
{
    const QRectF area = plot();
    const double width = xOf(1) - xOf(0);
    const double gap = width >= 4 ? 1.5 : 0;
    for (int bar = 0; bar < barCount(); ++bar) {
        const auto count = m_bars.counts[static_cast<std::size_t>(bar)];
        if (count == 0) {
            continue;
        }
        const double height = std::max(2.0, double(count) / double(m_highest) * area.height());
        const bool inside = !m_brush || isChosen(bar);
        painter.fillRect(
            QRectF(xOf(bar), area.bottom() - height, std::max(1.0, width - gap), height),
            colour(inside && m_counted == Counted::Yes ? Role::PlotBar : Role::PlotDim));
    }
}

void HistogramWidget::paintBrush(QPainter& painter) const
{
    if (!m_brush) {
        return;
    }
    const QRectF area = plot();
    const QRectF box(xOf(m_brush->first),
                     area.top(),
                     xOf(m_brush->last + 1) - xOf(m_brush->first),
                     area.height());
    QColor tint = colour(Role::Brush);
    tint.setAlphaF(Theme::instance().isHighContrast() ? 0.0F : 0.16F);
    painter.fillRect(box, tint);
    painter.setPen(QPen(colour(Role::Brush), 1.5));
    for (const double x : {box.left(), box.right()}) {
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        const QRectF handle(x - 2.5, area.center().y() - 6, 5, 12);
        painter.setBrush(colour(Role::Base));
        painter.drawRect(handle);
    }
}

void HistogramWidget::paintLabels(QPainter& painter) const
{
    painter.setFont(typeFont(TypeRole::Caption));
    painter.setPen(colour(Role::Text3));
    const double width = xOf(1) - xOf(0);
    const std::int64_t unit
        = labelUnit(std::llround(scaled(kLabelSpacing) / width * double(m_bars.barSeconds)));
    const bool days = m_bars.barSeconds >= 86400;
    const bool seconds = m_bars.barSeconds < 60;
    const auto format = seconds ? u"HH:mm:ss"_s : u"HH:mm"_s;
    for (int bar = 0; bar < barCount(); ++bar) {
        const double x = xOf(bar);
        const QDateTime start = TimeDisplay::instance().inZone(startOf(bar));
        const std::int64_t local = start.toSecsSinceEpoch() + start.offsetFromUtc();
        if (local % unit >= m_bars.barSeconds || x + scaled(kLabelSpacing) / 2 > rect().right()) {
            continue;
        }
        painter.drawLine(QPointF(x, plot().bottom() + 1), QPointF(x, plot().bottom() + 4));
        const QString label
            = days ? TimeDisplay::instance().day(startOf(bar)) : start.toString(format);
        painter.drawText(QRectF(x + scaled(4), plot().bottom(), scaled(kLabelSpacing), scaled(14)),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         label);
    }
}

} // namespace exhibit::ui
