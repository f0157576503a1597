// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/timeline_painter.h"

#include <QWidget>

#include <memory>

namespace exhibit::ui {

/// The decision timeline: overview, ruler, lanes, playhead. The list of event cards is its
/// accessible twin; both follow one selection.
class TimelineWidget : public QWidget {
    Q_OBJECT

public:
    explicit TimelineWidget(QWidget* parent);

    void setData(TimelineData data,
                 std::shared_ptr<const domain::TimelineReply> reply,
                 const std::optional<domain::RootCause>& cause);
    void setSelected(std::optional<std::uint32_t> event);
    /// The playhead alone, where no event is.
    void setInstant(std::int64_t us);
    [[nodiscard]] const TimelineData& data() const { return m_data; }
    [[nodiscard]] const TimelineView& view() const { return m_view; }

    /// Of a person, as the wheel and the overview are.
    void zoom(double factor);
    void pan(int direction);
    void fit();
    /// A stretch of the run, in microseconds from its start.
    void showRange(double fromUs, double toUs);
    void setMeasuring(bool on);
    [[nodiscard]] bool isMeasuring() const { return m_measuring; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void eventChosen(quint32 event);
    /// A person is about to see another stretch.
    void moving();
    void moved(); ///< Whoever did it.
    /// A moment between events, or where the playhead was dragged to; from the start of the run.
    void instantChosen(qint64 us);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    [[nodiscard]] TimelineGeometry geometryOf() const;
    void place();
    void moveTo(const TimelineView& next);
    void moveOverview(double x);
    void choose(const QPointF& at);
    void chooseInstant(double x);

    TimelineData m_data;
    std::vector<Bucket> m_overview; ///< Of m_data at the present width; empty: not known.
    std::shared_ptr<const domain::TimelineReply> m_reply;
    TimelineView m_view;
    std::optional<std::uint32_t> m_selected;
    std::optional<double> m_playhead;
    std::optional<std::uint32_t> m_cause;
    std::optional<std::uint32_t> m_effect;
    std::optional<std::pair<double, double>> m_measure;
    bool m_measuring = false;
    bool m_dragOverview = false;
    bool m_dragMeasure = false;
    std::optional<double> m_dragPan;
    std::optional<double> m_dragPlayhead; ///< Where it was pressed; below 0 once it moves.
};

} // namespace exhibit::ui
