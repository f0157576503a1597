// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/timeline_view.h"

#include <algorithm>
#include <cmath>

namespace exhibit::ui {
namespace {

constexpr double kSpanLeast = 10; ///< Microseconds across the widget: finer is not recorded.
constexpr double kMargin = 0.03; ///< On both sides of the run, so that its ends can be seen.

} // namespace

void TimelineView::setDuration(std::int64_t durationUs)
{
    m_duration = std::max<double>(1000, double(durationUs));
    fit();
}

void TimelineView::setWidth(double left, double width)
{
    m_left = left;
    m_width = std::max(1.0, width);
}

double TimelineView::least() const
{
    return -m_duration * kMargin;
}

double TimelineView::most() const
{
    return m_duration * (1 + 4 * kMargin);
}

void TimelineView::fit()
{
    m_from = least();
    m_to = most();
}

bool TimelineView::isLike(const TimelineView& other) const
{
    const double unseen = usPerPixel() / 100;
    return std::abs(m_from - other.m_from) < unseen && std::abs(m_to - other.m_to) < unseen;
}

bool TimelineView::isWhole() const
{
    TimelineView whole = *this;
    whole.fit();
    return isLike(whole);
}

void TimelineView::zoomAt(double x, double factor)
{
    const double at = usAt(x);
    const double span = std::clamp((m_to - m_from) * factor, kSpanLeast, most() - least());
    const double share = (at - m_from) / (m_to - m_from);
    m_from = at - share * span;
    m_to = m_from + span;
    keepInside();
}

void TimelineView::pan(double pixels)
{
    const double shift = pixels * usPerPixel();
    m_from += shift;
    m_to += shift;
    keepInside();
}

void TimelineView::show(double fromUs, double toUs)
{
    m_from = fromUs;
    m_to = std::max(toUs, fromUs + kSpanLeast);
    keepInside();
}

void TimelineView::reveal(double atUs)
{
    const double span = m_to - m_from;
    if (atUs < m_from || atUs > m_to) {
        m_from = atUs - span / 2;
        m_to = m_from + span;
        keepInside();
    }
}

void TimelineView::keepInside()
{
    const double span = std::min(m_to - m_from, most() - least());
    m_from = std::clamp(m_from, least(), std::max(least(), most() - span)); // They are rounded.
    m_to = m_from + span;
}

double TimelineView::tickUs(double pixels) const
{
    const double wanted = usPerPixel() * pixels;
    const double power = std::pow(10, std::floor(std::log10(wanted)));
    for (const double step : {1.0, 2.0, 5.0, 10.0}) {
        if (power * step >= wanted) {
            return power * step;
        }
    }
    return power * 10;
}

} // namespace exhibit::ui
