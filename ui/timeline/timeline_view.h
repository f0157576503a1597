// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace exhibit::ui {

/// Which stretch of a run is visible, and the arithmetic between time and pixels.
class TimelineView {
public:
    void setDuration(std::int64_t durationUs);
    void setWidth(double left, double width);
    void fit();
    /// Keeps the time under `x` where it is; `factor` below 1 zooms in.
    void zoomAt(double x, double factor);
    void pan(double pixels);
    void show(double fromUs, double toUs);
    /// Moves as little as needed, so that the time is inside.
    void reveal(double atUs);

    /// Whether nobody could tell one from the other.
    [[nodiscard]] bool isLike(const TimelineView& other) const;
    /// Whether all of the run is visible.
    [[nodiscard]] bool isWhole() const;
    [[nodiscard]] double fromUs() const { return m_from; }
    [[nodiscard]] double toUs() const { return m_to; }
    [[nodiscard]] double left() const { return m_left; }
    [[nodiscard]] double width() const { return m_width; }
    [[nodiscard]] double xOf(double us) const
    {
        return m_left + (us - m_from) * m_width / (m_to - m_from);
    }
    [[nodiscard]] double usAt(double x) const
    {
        return m_from + (x - m_left) * (m_to - m_from) / m_width;
    }
    [[nodiscard]] double usPerPixel() const { return (m_to - m_from) / m_width; }
    /// Bounds of the whole run with its margins.
    [[nodiscard]] double least() const;
    [[nodiscard]] double most() const;
    /// Distance of ruler lines: 1, 2 or 5 times a power of ten, at least `pixels` apart.
    [[nodiscard]] double tickUs(double pixels) const;

private:
    void keepInside();

    double m_duration = 1;
    double m_from = 0;
    double m_to = 1;
    double m_left = 0;
    double m_width = 1;
};

} // namespace exhibit::ui
