// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/timeline_widget.h"

#include "ui/theme/style.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>

#include <cmath>

namespace exhibit::ui {
namespace {

constexpr int kHeader = 92;
constexpr double kZoomStep = 1.25;
constexpr double kPanShare = 0.15;

} // namespace

TimelineWidget::TimelineWidget(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Decision timeline"));
    setAccessibleDescription(tr("The event list below holds the same events"));
    setLayoutDirection(Qt::LeftToRight); // Time runs left to right everywhere.
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize TimelineWidget::sizeHint() const
{
    return {scaled(400), scaled(28 + 24) + kLaneCount * scaled(28)};
}

TimelineGeometry TimelineWidget::geometryOf() const
{
    TimelineGeometry geometry;
    geometry.headerWidth = scaled(kHeader);
    geometry.laneHeight = scaled(28);
    geometry.overview = QRect(0, 0, width(), scaled(28));
    geometry.ruler = QRect(0, geometry.overview.height(), width(), scaled(24));
    geometry.lanes
        = QRect(0, geometry.ruler.bottom() + 1, width(), kLaneCount * geometry.laneHeight);
    return geometry;
}

void TimelineWidget::setData(TimelineData data,
                             std::shared_ptr<const domain::TimelineReply> reply,
                             const std::optional<domain::RootCause>& cause)
{
    m_data = std::move(data);
    m_overview.clear();
    m_reply = std::move(reply);
    m_selected.reset();
    m_playhead.reset();
    m_measure.reset();
    m_cause.reset();
    m_effect.reset();
    if (m_reply && cause) { // Drawn only when the record names both steps.
        for (std::size_t i = 0; i < m_reply->events.size(); ++i) {
            const auto& event = m_reply->events[i];
            if (event.stepIndex == cause->causingStep) {
                m_cause = static_cast<std::uint32_t>(i);
            }
            if (m_reply->inflectionStep == event.stepIndex) {
                m_effect = static_cast<std::uint32_t>(i);
            }
        }
    }
    place();
    m_view.setDuration(m_data.durationUs());
    update();
}

void TimelineWidget::place()
{
    m_view.setWidth(scaled(kHeader), width() - scaled(kHeader) - scaled(8));
}

void TimelineWidget::setSelected(std::optional<std::uint32_t> event)
{
    m_selected = event;
    m_playhead.reset();
    if (event) {
        if (const auto found = m_data.find(*event)) {
            m_playhead = double(found->second.atUs);
            m_view.reveal(*m_playhead);
        }
    }
    update();
}

void TimelineWidget::setInstant(std::int64_t us)
{
    m_selected.reset();
    m_playhead = std::clamp(double(us), 0.0, double(m_data.durationUs()));
    update();
}

void TimelineWidget::moveTo(const TimelineView& next)
{
    if (!next.isLike(m_view)) {
        Q_EMIT moving();
        m_view = next;
        update();
        Q_EMIT moved();
    }
}

void TimelineWidget::zoom(double factor)
{
    TimelineView next = m_view;
    next.zoomAt(m_playhead ? next.xOf(*m_playhead) : next.left() + next.width() / 2, factor);
    moveTo(next);
}

void TimelineWidget::pan(int direction)
{
    TimelineView next = m_view;
    next.pan(direction * next.width() * kPanShare);
    moveTo(next);
}

void TimelineWidget::fit()
{
    TimelineView next = m_view;
    next.fit();
    moveTo(next);
}

void TimelineWidget::showRange(double fromUs, double toUs)
{
    m_view.show(fromUs, toUs);
    update();
    Q_EMIT moved();
}

void TimelineWidget::setMeasuring(bool on)
{
    m_measuring = on;
    if (!on) {
        m_measure.reset();
    }
    setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
    update();
}

void TimelineWidget::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight); // A painter follows the application, not this.
    const TimelineGeometry geometry = geometryOf();
    const QRect strip = overviewStrip(geometry);
    if (m_overview.size() != static_cast<std::size_t>(strip.width())) {
        m_overview = overviewColumns(m_data, m_view, strip);
    }
    const TimelineScene scene{m_data,
                              m_reply.get(),
                              m_view,
                              m_overview,
                              geometry,
                              m_playhead,
                              m_measure,
                              m_selected,
                              m_cause,
                              m_effect};
    TimelinePainter(painter, scene).paint();
    if (hasFocus()) {
        painter.setPen(QPen(colour(Role::Accent), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void TimelineWidget::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    place();
}

void TimelineWidget::choose(const QPointF& at)
{
    const auto geometry = geometryOf();
    const int row = geometry.lanes.contains(at.toPoint())
        ? static_cast<int>((at.y() - geometry.lanes.top()) / geometry.laneHeight)
        : -1;
    const double us = m_view.usAt(at.x());
    std::optional<TimelineItem> best;
    double distance = scaled(14) * m_view.usPerPixel();
    for (int lane = 0; lane < kLaneCount; ++lane) {
        if (row >= 0 && lane != row) {
            continue;
        }
        const auto& items = m_data.lane(static_cast<Lane>(lane));
        const std::size_t near = m_data.lowerBound(static_cast<Lane>(lane), std::llround(us));
        for (std::size_t i = near >= 3 ? near - 3 : 0; i < std::min(items.size(), near + 3); ++i) {
            const auto& item = items[i];
            const bool inside = item.lengthUs > 0 && us >= double(item.atUs)
                && us <= double(item.atUs + item.lengthUs);
            const double off = inside ? 0 : std::abs(double(item.atUs) - us);
            if (off <= distance) {
                distance = off;
                best = item;
            }
        }
    }
    if (best) {
        Q_EMIT eventChosen(best->event);
    } else {
        chooseInstant(at.x());
    }
}

void TimelineWidget::chooseInstant(double x)
{
    const auto last = static_cast<double>(m_data.durationUs());
    Q_EMIT instantChosen(std::llround(std::clamp(m_view.usAt(x), 0.0, last)));
}

void TimelineWidget::moveOverview(double x)
{
    TimelineView whole = m_view;
    const auto geometry = geometryOf();
    whole.setWidth(geometry.headerWidth, width() - geometry.headerWidth - scaled(8));
    whole.fit();
    const double span = m_view.toUs() - m_view.fromUs();
    const double middle = whole.usAt(x);
    TimelineView next = m_view;
    next.show(middle - span / 2, middle + span / 2);
    moveTo(next);
}

void TimelineWidget::mousePressEvent(QMouseEvent* event)
{
    const auto geometry = geometryOf();
    if (event->position().x() < geometry.headerWidth) {
        return;
    }
    if (event->button() == Qt::RightButton
        && geometry.lanes.contains(event->position().toPoint())) {
        return choose(event->position()); // The menu that follows is of what stands here.
    }
    if (event->button() != Qt::LeftButton) {
        return;
    }
    if (geometry.overview.contains(event->position().toPoint())) {
        m_dragOverview = true;
        moveOverview(event->position().x());
    } else if (m_measuring) {
        m_dragMeasure = true;
        const double at = m_view.usAt(event->position().x());
        m_measure = {at, at};
    } else if (event->modifiers() & Qt::ShiftModifier) {
        m_dragPan = event->position().x();
    } else {
        choose(event->position());
        m_dragPlayhead = event->position().x();
    }
}

void TimelineWidget::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragOverview) {
        moveOverview(event->position().x());
    } else if (m_dragMeasure && m_measure) {
        m_measure->second = m_view.usAt(event->position().x());
        update();
    } else if (m_dragPan) {
        TimelineView next = m_view;
        next.pan(*m_dragPan - event->position().x());
        m_dragPan = event->position().x();
        moveTo(next);
    } else if (m_dragPlayhead) {
        const double x = event->position().x();
        const bool moves = *m_dragPlayhead < 0
            || std::abs(x - *m_dragPlayhead) >= QApplication::startDragDistance();
        if (moves) {
            m_dragPlayhead = -1;
            chooseInstant(x);
        }
    }
}

void TimelineWidget::mouseReleaseEvent(QMouseEvent* event)
{
    Q_UNUSED(event);
    m_dragOverview = false;
    m_dragMeasure = false;
    m_dragPan.reset();
    m_dragPlayhead.reset();
}

void TimelineWidget::wheelEvent(QWheelEvent* event)
{
    const QPoint turn = event->angleDelta();
    const bool sideways
        = std::abs(turn.x()) > std::abs(turn.y()) || (event->modifiers() & Qt::ShiftModifier);
    TimelineView next = m_view;
    if (sideways) {
        next.pan(-(turn.x() != 0 ? turn.x() : turn.y()));
    } else {
        next.zoomAt(event->position().x(), std::pow(kZoomStep, -turn.y() / 120.0));
    }
    event->accept();
    moveTo(next);
}

} // namespace exhibit::ui
