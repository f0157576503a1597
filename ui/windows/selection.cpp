// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/selection.h"

#include "ui/text.h"

#include <algorithm>
#include <utility>

namespace exhibit::ui {

void Selection::setIncident(std::shared_ptr<const domain::SearchHit> hit)
{
    const bool same = hit && m_hit && hit->incident.incidentId == m_hit->incident.incidentId;
    m_hit = std::move(hit);
    if (m_hit) {
        m_wanted.clear();
    }
    if (!same) {
        m_timeline.reset();
        m_event.reset();
        m_instant.reset();
    }
    Q_EMIT incidentChanged();
    if (!same) {
        Q_EMIT timelineChanged();
        Q_EMIT eventChanged();
    }
}

Selection::Marked Selection::marked() const
{
    if (m_mark) {
        if (auto rows = m_mark(); rows.rows > 0) {
            return rows;
        }
    }
    return m_hit ? Marked{{m_hit}, 1} : Marked{};
}

void Selection::setTimeline(std::shared_ptr<const domain::TimelineReply> timeline)
{
    m_timeline = std::move(timeline);
    m_event.reset();
    m_instant.reset();
    Q_EMIT timelineChanged();
}

bool Selection::awaitsCall() const
{
    return m_hit && m_timeline
        && std::none_of(
               m_timeline->events.begin(), m_timeline->events.end(), [this](const auto& event) {
                   return event.callId == m_hit->incident.callId;
               });
}

void Selection::setEvent(std::optional<std::size_t> index)
{
    if (index && (!m_timeline || *index >= m_timeline->events.size())) {
        index.reset();
    }
    const bool wasBetween = std::exchange(m_instant, std::nullopt).has_value();
    if (index != m_event || wasBetween) {
        m_event = index;
        Q_EMIT eventChanged();
    }
}

void Selection::setInstant(UtcTime at)
{
    if (!m_timeline || m_timeline->events.empty()) {
        return;
    }
    const auto& events = m_timeline->events;
    std::size_t last = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        // A root cause is a finding, not something that happened then.
        if (events[i].time <= at && events[i].type != domain::StepType::RootCause) {
            last = i;
        }
    }
    m_event = last;
    m_instant = at;
    Q_EMIT eventChanged();
}

void Selection::chooseIncident(std::shared_ptr<const domain::SearchHit> hit)
{
    if (!m_hit || !hit || m_hit->incident.incidentId != hit->incident.incidentId) {
        Q_EMIT stepBegins(StepKind::Incident);
    }
    setIncident(std::move(hit));
}

void Selection::chooseEvent(std::size_t index)
{
    if (m_timeline && index < m_timeline->events.size() && (index != m_event || m_instant)) {
        Q_EMIT stepBegins(StepKind::Event);
        setEvent(index);
    }
}

void Selection::chooseInstant(UtcTime at)
{
    if (m_timeline && !m_timeline->events.empty() && at != m_instant) {
        Q_EMIT stepBegins(StepKind::Event);
        setInstant(at);
    }
}

Place Selection::place() const
{
    return {m_hit, m_guide ? m_guide() : RunPlace{m_event, m_instant}};
}

void Selection::goTo(const Place& place)
{
    const bool same
        = m_hit && place.hit && m_hit->incident.incidentId == place.hit->incident.incidentId;
    if (!same && m_hit != place.hit) { // Else it is here, and may have changed since.
        setIncident(place.hit);
    }
    if (m_hit) {
        Q_EMIT placeAsked(place.run);
    }
}

void Selection::offerFilter(QMenu& menu, query::Field field, const std::string& value)
{
    if (!value.empty()) {
        Q_EMIT filterOffered(&menu, field, value);
    }
}

void Selection::setCounts(qint64 selected, qint64 total, bool estimate)
{
    m_counts = tr("%1 of %2 selected").arg(grouped(selected), totalText(total, estimate));
    Q_EMIT countsChanged();
}

} // namespace exhibit::ui
