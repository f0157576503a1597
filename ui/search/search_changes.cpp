// SPDX-License-Identifier: Apache-2.0
// What becomes of the results while somebody looks at them.
#include "ui/search/search_controller.h"

#include <QMainWindow>

namespace exhibit::ui {
namespace {

constexpr std::size_t kChangedMax = 1000;
constexpr std::size_t kChangedAtOnce = 4;

} // namespace

void SearchController::followLive(const domain::LiveEvent& event)
{
    const auto* hit = m_services.selection->hit();
    const bool isOfRun
        = event.type == "run.stopped" && hit != nullptr && event.runId == hit->incident.runId;
    const bool isChange = event.type == "incident.changed" && event.incidentId;
    const bool isAny = event.type == "resync"; // Which of them changed is not known.
    if (!m_services.window->isVisible()) {
        m_missed = m_missed || isOfRun || isChange || isAny;
    } else if (isAny) {
        readAll();
    } else if (isChange) {
        readAgain(*event.incidentId);
    } else if (isOfRun) {
        readAgain(hit->incident.incidentId);
    }
    if (event.type == "incident.opened" && !m_newDelay.isActive()) {
        m_newDelay.start();
    }
}

bool SearchController::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_services.window && event->type() == QEvent::Show
        && std::exchange(m_missed, false)) {
        readAll();
    }
    return QObject::eventFilter(watched, event);
}

/// The results, and what is selected of them.
void SearchController::readAll()
{
    refresh();
    if (const auto* hit = m_services.selection->hit()) {
        readAgain(hit->incident.incidentId);
    }
}

void SearchController::readAgain(const IncidentId& incident)
{
    if (m_changed.size() < kChangedMax) {
        m_changed.insert(incident);
    }
    readChanged();
}

/// Only what is here, and a few at a time: others are read when they are looked at. Rows that are
/// on their way may be older than the change, so they are waited for.
void SearchController::readChanged()
{
    auto* source = m_services.sources->source();
    const auto* hit = m_services.selection->hit();
    if (source == nullptr || m_state == SearchState::Working) {
        return;
    }
    std::erase_if(m_changed, [this, hit](const IncidentId& id) {
        return !m_results->holds(id) && (hit == nullptr || hit->incident.incidentId != id);
    });
    for (auto at = m_changed.begin();
         at != m_changed.end() && m_changedQuestions.size() < kChangedAtOnce;) {
        if (m_changedQuestions.contains(*at)) {
            ++at; // Its answer may be older than this change: asked again after it.
            continue;
        }
        const IncidentId id = *at;
        at = m_changed.erase(at);
        m_changedQuestions[id]
            = source->incident(id.text(), [this, id](domain::SourceResult<domain::Incident> reply) {
                  const auto done = std::move(m_changedQuestions[id]);
                  m_changedQuestions.erase(id);
                  if (reply) {
                      showChanged(*reply);
                  }
                  readChanged();
              });
    }
}

void SearchController::showChanged(const domain::Incident& incident)
{
    m_results->showChanged(incident);
    auto& selection = *m_services.selection;
    if (selection.hit() != nullptr && selection.hit()->incident.incidentId == incident.incidentId) {
        auto changed = std::make_shared<domain::SearchHit>(*selection.hit());
        changed->incident = incident;
        selection.setIncident(std::move(changed));
    }
}

} // namespace exhibit::ui
