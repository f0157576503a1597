// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/timeline_painter.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/timeline/event_text.h"

#include <QCoreApplication>

#include <cmath>

namespace exhibit::ui {
namespace {

constexpr int kTickPixels = 110;
constexpr std::size_t kSparseMax = 400; ///< Events of a lane that are drawn one by one.
constexpr double kMergePixels = 3;

/// Microseconds in one of what the ruler counts, and what the ruler says of it.
struct RulerUnit {
    double us;
    const char* caption;
};

RulerUnit rulerUnit(double tickUs)
{
    if (tickUs >= 1e6) {
        return {1e6, QT_TRANSLATE_NOOP("Timeline", "s from start")};
    }
    return tickUs >= 1000 ? RulerUnit{1000, QT_TRANSLATE_NOOP("Timeline", "ms from start")}
                          : RulerUnit{1, QT_TRANSLATE_NOOP("Timeline", "µs from start")};
}

} // namespace

QRect overviewStrip(const TimelineGeometry& geometry)
{
    return geometry.overview.adjusted(geometry.headerWidth, scaled(4), -scaled(8), -scaled(4));
}

std::vector<Bucket> overviewColumns(const TimelineData& data,
                                    const TimelineView& view,
                                    const QRect& strip)
{
    TimelineView whole = view;
    whole.setWidth(strip.left(), strip.width());
    whole.fit();
    std::vector<Bucket> columns(static_cast<std::size_t>(std::max(0, strip.width())));
    for (int lane = 0; lane < kLaneCount; ++lane) {
        const auto at = static_cast<Lane>(lane);
        std::size_t begin = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const double right = whole.usAt(strip.left() + static_cast<double>(i) + 1);
            const std::size_t end = data.lowerBound(at, std::llround(right));
            const Bucket part = data.bucket(at, begin, std::max(begin, end));
            columns[i].count += part.count;
            if (badness(part.worst) > badness(columns[i].worst)) {
                columns[i].worst = part.worst;
            }
            begin = std::max(begin, end);
        }
    }
    return columns;
}

TimelinePainter::TimelinePainter(QPainter& painter, const TimelineScene& scene)
    : m_painter(painter)
    , m_scene(scene)
{
}

void TimelinePainter::paint()
{
    const auto& geometry = m_scene.geometry;
    m_painter.fillRect(geometry.lanes, colour(Role::Base));
    paintOverview();
    paintRuler();
    for (int lane = 0; lane < kLaneCount; ++lane) {
        paintLane(static_cast<Lane>(lane));
    }
    paintHeaders();
    m_painter.save();
    m_painter.setClipRect(
        geometry.lanes.united(geometry.ruler).adjusted(geometry.headerWidth, 0, 0, 0));
    paintCausalLink();
    paintMeasure();
    paintPlayhead();
    m_painter.restore();
}

void TimelinePainter::paintOverview()
{
    const auto& geometry = m_scene.geometry;
    m_painter.fillRect(geometry.overview, colour(Role::Window));
    m_painter.setFont(typeFont(TypeRole::Caption));
    m_painter.setPen(colour(Role::Text3));
    m_painter.drawText(geometry.overview.adjusted(scaled(8), 0, 0, 0),
                       Qt::AlignVCenter,
                       QCoreApplication::translate("Timeline", "Overview"));
    const QRect strip = overviewStrip(geometry);
    m_painter.fillRect(strip, colour(Role::Base));
    TimelineView whole = m_scene.view;
    whole.setWidth(strip.left(), strip.width());
    whole.fit();
    // One line per column of pixels, as tall as the worst result is bad.
    for (std::size_t at = 0; at < m_scene.overview.size(); ++at) {
        const Bucket& column = m_scene.overview[at];
        if (column.count > 0) {
            const bool bad = badness(column.worst) >= 2;
            const int height = bad ? strip.height() - 4 : strip.height() / 2;
            m_painter.fillRect(QRect(strip.left() + static_cast<int>(at),
                                     strip.center().y() - height / 2,
                                     bad ? 3 : 1,
                                     height),
                               colour(bad ? roleOf(column.worst) : Role::PlotBar));
        }
    }
    const double left = std::max<double>(strip.left(), whole.xOf(m_scene.view.fromUs()));
    const double right = std::min<double>(strip.right(), whole.xOf(m_scene.view.toUs()));
    m_painter.setPen(QPen(colour(Role::Accent), 2));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawRect(QRectF(left, strip.top(), std::max(6.0, right - left), strip.height()));
}

void TimelinePainter::paintRuler()
{
    const auto& geometry = m_scene.geometry;
    const double tick = m_scene.view.tickUs(scaled(kTickPixels));
    const RulerUnit unit = rulerUnit(tick);
    m_painter.fillRect(geometry.ruler, colour(Role::Base));
    m_painter.setFont(typeFont(TypeRole::Caption));
    m_painter.setPen(colour(Role::Text3));
    m_painter.drawText(geometry.ruler.adjusted(scaled(8), 0, 0, 0),
                       Qt::AlignVCenter,
                       QCoreApplication::translate("Timeline", unit.caption));
    for (double us = std::ceil(m_scene.view.fromUs() / tick) * tick; us < m_scene.view.toUs();
         us += tick) {
        const double x = m_scene.view.xOf(us);
        if (x < geometry.headerWidth || us < 0) {
            continue;
        }
        m_painter.setPen(colour(Role::Hairline));
        m_painter.drawLine(QPointF(x, geometry.ruler.bottom() - scaled(5)),
                           QPointF(x, geometry.ruler.bottom()));
        m_painter.setPen(colour(Role::Text3));
        m_painter.drawText(
            QRectF(x - 60, geometry.ruler.top(), 120, geometry.ruler.height() - scaled(4)),
            Qt::AlignCenter,
            QString::number(us / unit.us, 'f', 0));
    }
    m_painter.setPen(colour(Role::Hairline));
    m_painter.drawLine(geometry.ruler.bottomLeft(), geometry.ruler.bottomRight());
}

void TimelinePainter::paintHeaders()
{
    const auto& geometry = m_scene.geometry;
    const QRect column(0, geometry.lanes.top(), geometry.headerWidth, geometry.lanes.height());
    m_painter.fillRect(column, colour(Role::Window));
    m_painter.setFont(typeFont(TypeRole::Label));
    for (int lane = 0; lane < kLaneCount; ++lane) {
        const QRect rect = geometry.lane(static_cast<Lane>(lane));
        m_painter.setPen(colour(Role::Text2));
        m_painter.drawText(
            rect.adjusted(scaled(8), 0, 0, 0), Qt::AlignVCenter, laneName(static_cast<Lane>(lane)));
        m_painter.setPen(colour(Role::Hairline));
        m_painter.drawLine(rect.bottomLeft(), rect.bottomRight());
    }
    m_painter.drawLine(column.topRight(), column.bottomRight());
}

void TimelinePainter::paintLane(Lane lane)
{
    const QRect rect = m_scene.geometry.lane(lane);
    const auto& view = m_scene.view;
    const auto& items = m_scene.data.lane(lane);
    if (items.empty()) {
        if ((lane == Lane::Tool || lane == Lane::Context) && m_scene.data.size() > 0) {
            m_painter.setFont(typeFont(TypeRole::Small));
            m_painter.setPen(colour(Role::Text3));
            m_painter.drawText(
                rect.adjusted(m_scene.geometry.headerWidth + scaled(10), 0, 0, 0),
                Qt::AlignVCenter,
                lane == Lane::Tool
                    ? QCoreApplication::translate("Timeline", "No tool calls in this run")
                    : QCoreApplication::translate("Timeline", "No context facts in this run"));
        }
        return;
    }
    m_painter.save();
    m_painter.setClipRect(rect.adjusted(m_scene.geometry.headerWidth, 0, 0, 0));
    // A span that began before the window still reaches into it; spans are few, so one step back
    // over those that could is enough.
    std::size_t begin = m_scene.data.lowerBound(lane, std::llround(view.fromUs()));
    const std::size_t end = m_scene.data.lowerBound(lane, std::llround(view.toUs()) + 1);
    if (end - begin > kSparseMax) {
        paintDense(lane, rect);
    } else {
        for (std::size_t back = 0; begin > 0 && back < 8; ++back) {
            --begin;
        }
        paintSparse(lane, rect, begin, end);
    }
    m_painter.restore();
}

void TimelinePainter::paintDense(Lane lane, const QRect& rect)
{
    const auto& view = m_scene.view;
    std::size_t begin = m_scene.data.lowerBound(lane, std::llround(view.fromUs()));
    const int first = m_scene.geometry.headerWidth;
    for (int x = first; x < rect.right(); ++x) {
        const std::size_t end = m_scene.data.lowerBound(lane, std::llround(view.usAt(x + 1)));
        if (end > begin) {
            const Bucket bucket = m_scene.data.bucket(lane, begin, end);
            const bool bad = badness(bucket.worst) >= 2;
            const int inset = bad ? scaled(4) : scaled(8);
            m_painter.fillRect(x,
                               rect.top() + inset,
                               1,
                               rect.height() - 2 * inset,
                               colour(bad ? roleOf(bucket.worst) : Role::PlotSpanEdge));
        }
        begin = end;
    }
}

void TimelinePainter::paintSparse(Lane lane, const QRect& rect, std::size_t begin, std::size_t end)
{
    const auto& items = m_scene.data.lane(lane);
    std::vector<std::size_t> marks;
    double lastX = -1e9;
    Mark lastMark = Mark::None;
    for (std::size_t i = begin; i < end; ++i) {
        const auto& item = items[i];
        if (item.lengthUs > 0) {
            paintSpan(item, rect);
            continue;
        }
        const double x = m_scene.view.xOf(double(item.atUs));
        // Closer than 3 px they are one tick; the worst of them is the one that is seen.
        if (x - lastX < kMergePixels && badness(item.mark) <= badness(lastMark)) {
            continue;
        }
        badness(item.mark) >= 2 ? marks.push_back(i) : paintTick(item, rect);
        lastX = x;
        lastMark = item.mark;
    }
    for (const std::size_t i : marks) { // Never under the tick of what passed.
        paintTick(items[i], rect);
    }
    if (const auto causeEnd = paintLabels(m_painter, m_scene, lane, begin, end)) {
        m_causeEnd = causeEnd;
    }
}

void TimelinePainter::paintSpan(const TimelineItem& item, const QRect& rect)
{
    const double from = m_scene.view.xOf(double(item.atUs));
    const double to = m_scene.view.xOf(double(item.atUs + item.lengthUs));
    const QRectF box(
        from, rect.top() + scaled(6), std::max(3.0, to - from), rect.height() - scaled(12));
    const bool chosen = m_scene.selected == item.event;
    m_painter.fillRect(box, colour(chosen ? Role::Sel : Role::PlotSpan));
    m_painter.setPen(QPen(colour(chosen ? Role::Accent : Role::PlotSpanEdge), 1));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawRect(box);
    if (m_scene.reply == nullptr) {
        return;
    }
    const auto& data = m_scene.reply->events[item.event].data;
    if (const auto first = integerOf(data, "first_byte_us"); first > 0) {
        const double x = m_scene.view.xOf(double(item.atUs + first));
        m_painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
    }
}

void TimelinePainter::paintTick(const TimelineItem& item, const QRect& rect)
{
    const double x = m_scene.view.xOf(double(item.atUs));
    const QPointF centre(x, rect.center().y() + 0.5);
    if (badness(item.mark) >= 2) {
        paintMark(m_painter, item.mark, centre, scaled(15));
        return;
    }
    const Role role = item.mark == Mark::Pass ? Role::Passed : Role::Text;
    m_painter.fillRect(QRectF(x - 1.5, rect.top() + scaled(6), 3, rect.height() - scaled(12)),
                       colour(role));
}

void TimelinePainter::paintCausalLink()
{
    if (!m_scene.causedBy || !m_scene.causes) {
        return;
    }
    const auto cause = m_scene.data.find(*m_scene.causedBy);
    const auto effect = m_scene.data.find(*m_scene.causes);
    if (!cause || !effect || cause->first == effect->first) {
        return;
    }
    const QRect from = m_scene.geometry.lane(cause->first);
    const QRect to = m_scene.geometry.lane(effect->first);
    const double x = m_scene.view.xOf(double(effect->second.atUs));
    const bool down = to.top() > from.top();
    const double begin = from.center().y() + (down ? scaled(6) : -scaled(6));
    const double end = down ? to.center().y() - scaled(9) : to.center().y() + scaled(9);
    m_painter.setRenderHint(QPainter::Antialiasing);
    m_painter.setPen(QPen(colour(Role::Text), 1.5));
    if (m_causeEnd && x - *m_causeEnd > scaled(24)) { // From the cause's label over to the effect.
        const double level = from.center().y() + 0.5;
        m_painter.drawLine(QPointF(*m_causeEnd, level), QPointF(x, level));
        m_painter.drawLine(QPointF(x, level), QPointF(x, end));
    } else {
        m_painter.drawLine(QPointF(x, begin), QPointF(x, end));
    }
    const double tip = down ? -4 : 4;
    const QPointF head[] = {{x, end}, {x - 3.5, end + tip}, {x + 3.5, end + tip}};
    m_painter.setBrush(colour(Role::Text));
    m_painter.drawPolygon(head, 3);
}

void TimelinePainter::paintMeasure()
{
    if (!m_scene.measuredUs) {
        return;
    }
    const auto [from, to] = std::minmax(m_scene.measuredUs->first, m_scene.measuredUs->second);
    const QRectF box(m_scene.view.xOf(from),
                     m_scene.geometry.lanes.top(),
                     m_scene.view.xOf(to) - m_scene.view.xOf(from),
                     m_scene.geometry.lanes.height());
    QColor tint = colour(Role::Brush);
    tint.setAlphaF(0.15F);
    m_painter.fillRect(box, tint);
    m_painter.setPen(QPen(colour(Role::Brush), 1));
    m_painter.drawRect(box);
    m_painter.setFont(boldFont(TypeRole::Caption));
    m_painter.setPen(colour(Role::Text));
    m_painter.drawText(box.adjusted(4, 2, 200, 0),
                       Qt::AlignTop | Qt::AlignLeft,
                       offsetText(std::llround(to - from)).mid(1));
}

void TimelinePainter::paintPlayhead()
{
    if (!m_scene.playheadUs) {
        return;
    }
    const double x = m_scene.view.xOf(*m_scene.playheadUs);
    m_painter.setRenderHint(QPainter::Antialiasing);
    m_painter.setPen(QPen(colour(Role::Accent), 1.5));
    m_painter.drawLine(QPointF(x, m_scene.geometry.ruler.bottom()),
                       QPointF(x, m_scene.geometry.lanes.bottom()));
    m_painter.setFont(boldFont(TypeRole::Small));
    const QString text = offsetText(std::llround(*m_scene.playheadUs));
    const double width = m_painter.fontMetrics().horizontalAdvance(text) + scaled(10);
    QRectF flag(x - width / 2, m_scene.geometry.ruler.top() + scaled(3), width, scaled(17));
    flag.moveLeft(std::clamp(
        flag.left(), double(m_scene.geometry.headerWidth), m_scene.geometry.ruler.right() - width));
    m_painter.fillRect(flag, colour(Role::Accent));
    m_painter.setPen(colour(Role::AccentText));
    m_painter.drawText(flag, Qt::AlignCenter, text);
    const QPointF tip[] = {{x - 4, flag.bottom()}, {x + 4, flag.bottom()}, {x, flag.bottom() + 4}};
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(colour(Role::Accent));
    m_painter.drawPolygon(tip, 3);
}

} // namespace exhibit::ui
