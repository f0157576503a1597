// SPDX-License-Identifier: Apache-2.0
// Where in the run one stands: its steps, its findings, and what is kept of it.
#include "ui/text.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"
#include "ui/widgets/time_display.h"

#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <utility>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

void TimelinePane::step(int direction)
{
    const auto& selection = *m_services.selection;
    const auto event = selection.event();
    const int at = event ? m_model->rowOf(*event) : -1;
    const int row = selection.instant() && direction < 0 ? at : at + direction;
    if (row >= 0 && row < m_model->rowCount()) {
        m_services.selection->chooseEvent(m_model->index(row, 0).data(kEventRole).toUInt());
    }
}

std::optional<std::size_t> TimelinePane::inflection() const
{
    const auto* reply = m_model->reply();
    if (reply == nullptr || reply->events.empty()) {
        return std::nullopt;
    }
    // That of a long run may be far from the incident, and not be here: then its decision or call.
    const auto* hit = m_services.selection->hit();
    std::optional<std::size_t> found;
    std::optional<std::size_t> own;
    for (std::size_t i = 0; i < reply->events.size() && !found; ++i) {
        const auto& event = reply->events[i];
        if (event.isInflection || reply->inflectionStep == event.stepIndex) {
            found = i;
        } else if (hit != nullptr && event.callId == hit->incident.callId
                   && (!own
                       || (event.decisionId && event.decisionId == hit->incident.decisionId))) {
            own = i;
        }
    }
    return found.value_or(own.value_or(0));
}

void TimelinePane::goToRootCause()
{
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->index(row, 0).data(kIsRootCauseRole).toBool()) {
            m_services.selection->chooseEvent(m_model->index(row, 0).data(kEventRole).toUInt());
        }
    }
}

void TimelinePane::describe()
{
    const auto event = m_services.selection->event();
    if (!event) {
        return;
    }
    const auto& view = m_timeline->view();
    const qint64 all = m_timeline->data().durationUs();
    const auto inside = [all](double us) { return std::clamp<qint64>(std::llround(us), 0, all); };
    const qint64 from = inside(view.fromUs());
    const qint64 to = inside(view.toUs());
    const QString seen = from == 0 && to == all
        ? tr("The whole run is seen, %1.").arg(durationText(all))
        : tr("Seen: %1 to %2 of %3.").arg(durationText(from), durationText(to), durationText(all));
    const QModelIndex card = m_model->index(m_model->rowOf(*event), 0);
    m_timeline->setAccessibleDescription(
        tr("%1 %2 The event list below holds the same events.")
            .arg(card.data(Qt::AccessibleTextRole).toString(), seen));
}

RunPlace TimelinePane::place() const
{
    const auto& selection = *m_services.selection;
    if (m_kept && selection.hit() != nullptr
        && m_kept->incident == selection.hit()->incident.incidentId.text()) {
        return m_kept->place; // The run is still on its way.
    }
    if (!selection.timeline()) {
        return {};
    }
    const auto& view = m_timeline->view();
    return {selection.event(), selection.instant(), view.fromUs(), view.toUs()};
}

void TimelinePane::goTo(const RunPlace& place)
{
    m_kept = Kept{m_services.selection->hit()->incident.incidentId.text(), place};
    if (m_services.selection->timeline()) {
        showKept();
    }
}

QJsonObject TimelinePane::state() const
{
    const auto& selection = *m_services.selection;
    if (!m_kept && (selection.hit() == nullptr || !selection.timeline())) {
        return {};
    }
    const Kept kept = m_kept ? *m_kept : Kept{selection.hit()->incident.incidentId.text(), place()};
    QJsonObject state{{"incident"_L1, toQt(kept.incident)},
                      {"from_us"_L1, kept.place.fromUs},
                      {"to_us"_L1, kept.place.toUs}};
    if (kept.place.event) {
        state.insert("event"_L1, static_cast<qint64>(*kept.place.event));
    }
    if (kept.place.instant) {
        state.insert("instant"_L1, toQt(formatTime(*kept.place.instant)));
    }
    return state;
}

void TimelinePane::restore(const QJsonObject& state)
{
    Kept kept{fromQt(state.value("incident"_L1).toString()), {}};
    if (const auto event = state.value("event"_L1).toInteger(-1); event >= 0) {
        kept.place.event = static_cast<std::size_t>(event);
    }
    if (const auto at = parseTime(fromQt(state.value("instant"_L1).toString()))) {
        kept.place.instant = *at;
    }
    kept.place.fromUs = state.value("from_us"_L1).toDouble();
    kept.place.toUs = state.value("to_us"_L1).toDouble();
    m_kept = kept.incident.empty() ? std::nullopt : std::optional(std::move(kept));
}

void TimelinePane::showKept()
{
    const auto kept = std::exchange(m_kept, std::nullopt);
    auto& selection = *m_services.selection;
    if (!kept || kept->incident != selection.hit()->incident.incidentId.text()) {
        return;
    }
    if (kept->place.instant) {
        selection.setInstant(*kept->place.instant);
    } else if (kept->place.event && *kept->place.event < selection.timeline()->events.size()) {
        selection.setEvent(*kept->place.event);
    } else {
        selection.setEvent(inflection()); // Left before it was here.
    }
    if (kept->place.fromUs < kept->place.toUs) {
        m_timeline->showRange(kept->place.fromUs, kept->place.toUs);
    }
}

} // namespace exhibit::ui
