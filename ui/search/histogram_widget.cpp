// SPDX-License-Identifier: Apache-2.0
#include "ui/search/histogram_widget.h"

#include "ui/search/histogram_accessible.h"
#include "ui/text.h"
#include "ui/theme/style.h"
#include "ui/widgets/time_display.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kLabelHeight = 16;
constexpr int kBarsLeast = 60;
constexpr std::chrono::microseconds kInstant{1}; ///< A range ends before its end.

QString widthText(std::int64_t seconds)
{
    if (seconds < 60) {
        return HistogramWidget::tr("%n-second bars", nullptr, static_cast<int>(seconds));
    }
    if (seconds < 3600) {
        return HistogramWidget::tr("%n-minute bars", nullptr, static_cast<int>(seconds / 60));
    }
    if (seconds < 86400) {
        return HistogramWidget::tr("%n-hour bars", nullptr, static_cast<int>(seconds / 3600));
    }
    return HistogramWidget::tr("%n-day bars", nullptr, static_cast<int>(seconds / 86400));
}

} // namespace

HistogramWidget::HistogramWidget(QWidget* parent)
    : QWidget(parent)
{
    installHistogramAccessibility(); // Before its name is told: what reads it then is kept.
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Histogram of all matches"));
    describe();
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, [this] {
        describe();
        update();
    });
}

void HistogramWidget::setBars(const domain::HistogramReply& bars, Counted counted)
{
    // What is chosen are times: the bars that come may begin elsewhere, or be wider.
    const auto brush = m_brush
        ? std::optional(std::pair(startOf(m_brush->first), startOf(m_brush->last + 1) - kInstant))
        : std::nullopt;
    const UtcTime cursor = startOf(m_cursor);
    const UtcTime anchor = startOf(m_anchor);
    m_counted = counted;
    m_bars = bars;
    // Little data does not become a few doors: empty time before it makes up the axis.
    const int missing = kBarsLeast - barCount();
    if (barCount() > 0 && missing > 0) {
        m_bars.from -= std::chrono::seconds(m_bars.barSeconds * missing);
        m_bars.counts.insert(m_bars.counts.begin(), static_cast<std::size_t>(missing), 0);
    }
    m_highest = 1;
    for (const auto count : m_bars.counts) {
        m_highest = std::max(m_highest, count);
    }
    m_cursor = barOf(cursor);
    m_anchor = m_anchor < 0 ? m_anchor : barOf(anchor);
    m_brush = brush && barCount() > 0
        ? std::optional(Brush{barOf(brush->first), barOf(brush->second)})
        : std::nullopt;
    describe();
    update();
}

void HistogramWidget::setRange(std::optional<UtcTime> from, std::optional<UtcTime> to)
{
    if (m_dragging) {
        return;
    }
    const auto before = std::exchange(m_brush, std::nullopt);
    if ((from || to) && barCount() > 0) {
        m_brush = Brush{from ? barOf(*from) : 0, to ? barOf(*to - kInstant) : barCount() - 1};
    }
    if (m_brush != before) {
        m_anchor = -1; // Another range than the one that grows here.
    }
    describe();
    update();
}

qint64 HistogramWidget::countIn(int first, int last) const
{
    return std::accumulate(
        m_bars.counts.begin() + first, m_bars.counts.begin() + last + 1, std::int64_t{0});
}

QString HistogramWidget::counted(qint64 incidents) const
{
    return (m_bars.isEstimate ? QStringLiteral(u"\u2248\u2009") : QString()) + grouped(incidents);
}

bool HistogramWidget::isChosen(int bar) const
{
    return m_brush && bar >= m_brush->first && bar <= m_brush->last;
}

QString HistogramWidget::timesText(int first, int last) const
{
    auto& times = TimeDisplay::instance();
    if (m_bars.barSeconds >= 86400) {
        const QString begin = times.day(startOf(first));
        const QString end = times.day(startOf(last + 1) - std::chrono::seconds(1));
        return begin == end ? begin : tr("%1 to %2").arg(begin, end);
    }
    const auto clock = [&](UtcTime at) {
        return m_bars.barSeconds < 60 ? times.clock(at) : times.shortClock(at);
    };
    return tr("%1 to %2").arg(clock(startOf(first)), clock(startOf(last + 1)));
}

QString HistogramWidget::chosenText() const
{
    if (!m_brush) {
        return {};
    }
    const qint64 count = countIn(m_brush->first, m_brush->last);
    return tr("Chosen: %1, %2 incident(s)", nullptr, forPlural(count))
        .arg(timesText(m_brush->first, m_brush->last), counted(count));
}

QString HistogramWidget::barText(int bar) const
{
    const qint64 count = countIn(bar, bar);
    const QString text = tr("%1, %2 incident(s), bar %3 of %4", nullptr, forPlural(count))
                             .arg(timesText(bar, bar),
                                  counted(count),
                                  QString::number(bar + 1),
                                  QString::number(barCount()));
    return m_brush ? text + u". "_s + chosenText() : text;
}

void HistogramWidget::describe()
{
    const QString keys = tr("Arrows move, Shift and arrows choose a range, Escape clears it");
    setAccessibleDescription(m_brush && barCount() > 0 ? chosenText() + u". "_s + keys : keys);
}

/// Of a painted picture a screen reader hears what has the focus in it.
void HistogramWidget::announceBar()
{
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(m_cursor);
    QAccessible::updateAccessibility(&event);
}

QString HistogramWidget::summary() const
{
    if (m_counted != Counted::Yes) {
        return m_counted == Counted::NotYet ? tr("counting …") : tr("not counted");
    }
    if (barCount() == 0) {
        return tr("no matches to plot");
    }
    const Brush range = m_brush.value_or(Brush{0, barCount() - 1});
    return tr("%1, %2 in range")
        .arg(widthText(m_bars.barSeconds), counted(countIn(range.first, range.last)));
}

QSize HistogramWidget::sizeHint() const
{
    return {scaled(200), scaled(64)};
}

QRectF HistogramWidget::plot() const
{
    return QRectF(rect()).adjusted(scaled(8), scaled(4), -scaled(8), -scaled(kLabelHeight));
}

double HistogramWidget::xOf(double bar) const
{
    return plot().left() + bar * plot().width() / std::max(1, barCount());
}

QRect HistogramWidget::barRect(int bar) const
{
    return QRectF(xOf(bar), plot().top(), xOf(bar + 1) - xOf(bar), plot().height()).toRect();
}

int HistogramWidget::barAt(double x) const
{
    const double width = xOf(1) - xOf(0);
    return std::clamp(
        static_cast<int>(std::floor((x - plot().left()) / width)), 0, std::max(0, barCount() - 1));
}

/// The nearest there is.
int HistogramWidget::barOf(UtcTime at) const
{
    const auto bar
        = (at - m_bars.from) / std::chrono::seconds(std::max<qint64>(1, m_bars.barSeconds));
    return static_cast<int>(std::clamp<qint64>(bar, 0, std::max(0, barCount() - 1)));
}

UtcTime HistogramWidget::startOf(int bar) const
{
    return m_bars.from + std::chrono::seconds(m_bars.barSeconds * bar);
}

void HistogramWidget::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.fillRect(rect(), colour(Role::Base));
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
    if (barCount() == 0) {
        painter.drawLine(plot().bottomLeft(), plot().bottomRight());
        return;
    }
    paintBrush(painter);
    paintBars(painter);
    paintLabels(painter);
    if (hasFocus()) {
        painter.setPen(QPen(colour(Role::Accent), 1));
        const QRectF cursor(
            xOf(m_cursor), plot().top(), xOf(m_cursor + 1) - xOf(m_cursor), plot().height());
        painter.drawRect(cursor.adjusted(-1, 0, 0, 0));
    }
}

void HistogramWidget::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && barCount() > 0) {
        m_anchor = m_cursor = barAt(event->position().x());
        m_brush = Brush{m_anchor, m_anchor};
        m_dragging = true;
        update();
    }
}

void HistogramWidget::mouseMoveEvent(QMouseEvent* event)
{
    if (barCount() == 0) {
        return;
    }
    const int bar = barAt(event->position().x());
    if (m_dragging) {
        m_cursor = bar;
        m_brush = Brush{std::min(m_anchor, bar), std::max(m_anchor, bar)};
        update();
        return;
    }
    setToolTip(tr("%1: %2").arg(TimeDisplay::instance().dateAndClock(startOf(bar)),
                                counted(m_bars.counts[static_cast<std::size_t>(bar)])));
}

void HistogramWidget::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && m_dragging) {
        m_dragging = false;
        describe();
        commit();
    }
}

void HistogramWidget::commit()
{
    if (m_brush) {
        Q_EMIT rangeChosen(startOf(m_brush->first), startOf(m_brush->last + 1));
    }
}

bool HistogramWidget::event(QEvent* event)
{
    // Escape takes the range away first, then ends a search, which is a shortcut of the window.
    if (event->type() == QEvent::ShortcutOverride && m_brush
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void HistogramWidget::keyPressEvent(QKeyEvent* event)
{
    const bool left = event->key() == Qt::Key_Left;
    if ((left || event->key() == Qt::Key_Right) && barCount() > 0
        && !(event->modifiers() & Qt::AltModifier)) {
        return moveCursor(left ? -1 : 1, (event->modifiers() & Qt::ShiftModifier) != 0);
    }
    if (event->key() == Qt::Key_Escape && m_brush) {
        m_brush.reset();
        m_anchor = -1;
        describe();
        update();
        Q_EMIT rangeCleared();
        return;
    }
    QWidget::keyPressEvent(event);
}

void HistogramWidget::moveCursor(int by, bool chooses)
{
    const bool begins = chooses && m_anchor < 0;
    if (begins || !chooses) {
        m_anchor = chooses ? m_cursor : -1;
    }
    m_cursor = std::clamp(m_cursor + by, 0, barCount() - 1);
    if (chooses) {
        m_brush = Brush{std::min(m_anchor, m_cursor), std::max(m_anchor, m_cursor)};
        describe();
        Q_EMIT rangeGrows(startOf(m_brush->first), startOf(m_brush->last + 1), begins);
    }
    announceBar();
    update();
}

void HistogramWidget::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    update();
}

} // namespace exhibit::ui
