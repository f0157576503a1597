// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>

#include <chrono>
#include <optional>
#include <utility>

namespace exhibit::ui {

/// What was changed on the way from one place to the next.
enum class StepKind : std::uint8_t { Search, Incident, Event, Stretch };

/// The way through one window: what Back and Forward walk. The place where one stands is written
/// down when it is left, so that what came of itself meanwhile belongs to it.
template <class Place>
class Trail {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr qsizetype kPlacesMax = 500;
    /// What stood for less is passed through: rows that scroll by under the arrows are one step.
    static constexpr std::chrono::milliseconds kPassing{1000};

    [[nodiscard]] bool isEmpty() const { return m_places.isEmpty(); }
    /// Where one stands, as it was when one came; not when empty.
    [[nodiscard]] const Place& current() const { return m_places.at(m_at); }
    /// From the first place to where one stands.
    [[nodiscard]] QList<Place> walked() const { return m_places.mid(0, m_at + 1); }
    [[nodiscard]] bool canGoBack() const { return m_at > 0; }
    [[nodiscard]] bool canGoForward() const { return m_at + 1 < m_places.size(); }

    /// Arrives somewhere else; what was ahead is gone.
    void push(Place place)
    {
        m_places = m_places.mid(0, m_at + 1);
        m_places << std::move(place);
        if (m_places.size() > kPlacesMax) {
            m_places.removeFirst();
        }
        m_at = m_places.size() - 1;
        m_step.reset();
    }

    /// Writes down the place that is about to be left.
    void settle(Place now)
    {
        if (!isEmpty()) {
            m_places[m_at] = std::move(now);
        }
    }

    /// Of a person who is about to move on; `now`: the place that is left.
    void begin(const Place& now, StepKind step, Clock::time_point at)
    {
        const bool passes = step == m_step && at - m_steppedAt < kPassing;
        if (!passes) {
            settle(now);
            push(now);
        }
        m_step = step;
        m_steppedAt = at;
    }

    /// Where that is among them; goTo() with one that is there.
    [[nodiscard]] qsizetype at() const { return m_at; }
    void goTo(qsizetype at)
    {
        m_at = at;
        m_step.reset();
    }

    [[nodiscard]] Place back(Place now) { return move(std::move(now), canGoBack() ? -1 : 0); }
    [[nodiscard]] Place forward(Place now) { return move(std::move(now), canGoForward() ? 1 : 0); }

private:
    Place move(Place now, int by)
    {
        settle(std::move(now));
        m_step.reset();
        m_at += by;
        return current();
    }

    QList<Place> m_places;
    qsizetype m_at = -1;
    std::optional<StepKind> m_step; ///< That led here; none after Back and Forward.
    Clock::time_point m_steppedAt;
};

} // namespace exhibit::ui
