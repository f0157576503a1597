// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/timeline_data.h"
#include "ui/timeline/timeline_view.h"

#include <QPainter>

#include <optional>

namespace exhibit::ui {

/// Where the parts of the timeline stand in its widget.
struct TimelineGeometry {
    QRect overview;
    QRect ruler;
    QRect lanes;
    int laneHeight = 0;
    int headerWidth = 0;

    [[nodiscard]] QRect lane(Lane lane) const
    {
        return {lanes.left(),
                lanes.top() + static_cast<int>(lane) * laneHeight,
                lanes.width(),
                laneHeight};
    }
};

/// The strip that shows the whole run.
[[nodiscard]] QRect overviewStrip(const TimelineGeometry& geometry);
/// What each of its columns of pixels holds: of the data and the strip alone, so that it is kept
/// from frame to frame.
[[nodiscard]] std::vector<Bucket> overviewColumns(const TimelineData& data,
                                                  const TimelineView& view,
                                                  const QRect& strip);

/// What is to be seen besides the data.
struct TimelineScene {
    const TimelineData& data;
    const domain::TimelineReply* reply; ///< For labels; nullptr when only marks are known.
    const TimelineView& view;
    const std::vector<Bucket>& overview;
    TimelineGeometry geometry;
    std::optional<double> playheadUs;
    std::optional<std::pair<double, double>> measuredUs;
    std::optional<std::uint32_t> selected;
    std::optional<std::uint32_t> causedBy; ///< Both ends of the causal link, if recorded.
    std::optional<std::uint32_t> causes;
};

/// Paints a scene; the cost of a frame depends on its width, not on the number of events.
class TimelinePainter {
public:
    TimelinePainter(QPainter& painter, const TimelineScene& scene);
    void paint();

private:
    void paintOverview();
    void paintRuler();
    void paintHeaders();
    void paintLane(Lane lane);
    void paintDense(Lane lane, const QRect& rect);
    void paintSparse(Lane lane, const QRect& rect, std::size_t begin, std::size_t end);
    void paintSpan(const TimelineItem& item, const QRect& rect);
    void paintTick(const TimelineItem& item, const QRect& rect);
    void paintCausalLink();
    void paintPlayhead();
    void paintMeasure();

    QPainter& m_painter;
    const TimelineScene& m_scene;
    std::optional<double> m_causeEnd; ///< Of the root cause's label, once its lane is painted.
};

/// Labels of the visible events of a lane that is not crowded: those that would overlap are left
/// out, secondary text first, then the label, never the mark.
/// Returns where the root cause's label ended, if it is one of them.
std::optional<double> paintLabels(
    QPainter& painter, const TimelineScene& scene, Lane lane, std::size_t begin, std::size_t end);

/// The label "ROOT CAUSE", inverse, since it is a finding and not a verdict; returns its width.
int paintRootCauseLabel(QPainter& painter, const QPoint& leftCentre);

} // namespace exhibit::ui
