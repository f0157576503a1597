// SPDX-License-Identifier: Apache-2.0
// Where in the run one stands: its steps, its findings, and what is kept of it.
#include "ui/text.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"

#include <QJsonObject>

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
        m_services.selection->setEvent(m_model->index(row, 0).data(kEventRole).toUInt());
    }
}

void TimelinePane::goToInflection()
{
    const auto* reply = m_model->reply();
    if (reply == nullptr) {
        return;
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
    m_services.selection->setEvent(found.value_or(own.value_or(0)));
}

void TimelinePane::goToRootCause()
{
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->index(row, 0).data(kIsRootCauseRole).toBool()) {
            m_services.selection->setEvent(m_model->index(row, 0).data(kEventRole).toUInt());
        }
    }
}

QJsonObject TimelinePane::state() const
{
    const auto& selection = *m_services.selection;
    if (!m_kept.isEmpty()) {
        return m_kept; // The run is still on its way.
    }
    if (selection.hit() == nullptr || !selection.timeline()) {
        return {};
    }
    const auto& view = m_timeline->view();
    QJsonObject state{{"incident"_L1, toQt(selection.hit()->incident.incidentId.text())},
                      {"from_us"_L1, view.fromUs()},
                      {"to_us"_L1, view.toUs()}};
    if (selection.event()) {
        state.insert("event"_L1, static_cast<qint64>(*selection.event()));
    }
    return state;
}

void TimelinePane::showKept()
{
    const QJsonObject kept = std::exchange(m_kept, {});
    const auto& incident = m_services.selection->hit()->incident.incidentId;
    if (kept.value("incident"_L1).toString() != toQt(incident.text())) {
        return;
    }
    const auto event = kept.value("event"_L1).toInteger(-1);
    const auto events = static_cast<qint64>(m_model->reply()->events.size());
    if (event >= 0 && event < events) {
        m_services.selection->setEvent(static_cast<std::size_t>(event));
    }
    const double from = kept.value("from_us"_L1).toDouble();
    const double to = kept.value("to_us"_L1).toDouble();
    if (from < to) {
        m_timeline->showRange(from, to);
    }
}

} // namespace exhibit::ui
