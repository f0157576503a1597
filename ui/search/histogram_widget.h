// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "ui/search/counted.h"

#include <QWidget>

#include <optional>

namespace exhibit::ui {

/// All matches over time, painted. A range is chosen by dragging or with Shift and the arrows,
/// snaps to whole bars and ends with Esc; the keyboard's bar is outlined, and read out.
class HistogramWidget : public QWidget {
    Q_OBJECT

public:
    explicit HistogramWidget(QWidget* parent);

    void setBars(const domain::HistogramReply& bars, Counted counted);
    /// What the query says; the brush shows it.
    void setRange(std::optional<UtcTime> from, std::optional<UtcTime> to);
    /// "2-minute bars, 213 in range", or why nothing is said of the rows.
    [[nodiscard]] QString summary() const;
    [[nodiscard]] int barCount() const { return static_cast<int>(m_bars.counts.size()); }
    /// "21 Nov 10:00 to 21 Nov 11:00, 42 incidents, bar 3 of 120", and what is chosen, if any.
    [[nodiscard]] QString barText(int bar) const;
    [[nodiscard]] QRect barRect(int bar) const;
    [[nodiscard]] bool isChosen(int bar) const;
    [[nodiscard]] int cursorBar() const { return m_cursor; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void rangeChosen(exhibit::UtcTime from, exhibit::UtcTime to);
    /// By a key, of which more follow; `begins`: the first of them.
    void rangeGrows(exhibit::UtcTime from, exhibit::UtcTime to, bool begins);
    void rangeCleared();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Brush {
        int first = 0; ///< Bars, both inclusive.
        int last = 0;

        bool operator==(const Brush&) const = default;
    };

    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] double xOf(double bar) const;
    [[nodiscard]] int barAt(double x) const;
    [[nodiscard]] int barOf(UtcTime at) const;
    [[nodiscard]] UtcTime startOf(int bar) const;
    [[nodiscard]] qint64 countIn(int first, int last) const;
    [[nodiscard]] QString counted(qint64 incidents) const; ///< With ≈ where it is about.
    [[nodiscard]] QString timesText(int first, int last) const;
    [[nodiscard]] QString chosenText() const;
    void commit();
    void moveCursor(int by, bool chooses);
    void describe();
    void announceBar();
    void paintBars(QPainter& painter) const;
    void paintBrush(QPainter& painter) const;
    void paintLabels(QPainter& painter) const;

    domain::HistogramReply m_bars;
    Counted m_counted = Counted::NotYet;
    std::int64_t m_highest = 1;
    std::optional<Brush> m_brush;
    int m_anchor = -1; ///< Bar where a drag or a keyboard range began.
    int m_cursor = 0; ///< The keyboard's bar.
    bool m_dragging = false;
};

} // namespace exhibit::ui
