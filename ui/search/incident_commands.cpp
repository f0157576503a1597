// SPDX-License-Identifier: Apache-2.0
#include "ui/search/incident_commands.h"

#include "ui/text.h"

namespace exhibit::ui {

ChangeIncident::ChangeIncident(SearchController& search,
                               const domain::Incident& before,
                               domain::IncidentChange change,
                               const QString& text)
    : QUndoCommand(text)
    , m_search(search)
    , m_id(before.incidentId.text())
    , m_after(std::move(change))
{
    if (m_after.status) {
        m_before.status = before.status;
    }
    if (m_after.tags) {
        m_before.tags = before.tags;
    }
}

void ChangeIncident::undo()
{
    send(m_before);
}

void ChangeIncident::redo()
{
    send(m_after);
}

void ChangeIncident::send(const domain::IncidentChange& change)
{
    auto* source = m_search.services().sources->source();
    if (source == nullptr) {
        return;
    }
    m_question = source->change(m_id, change, [this](domain::SourceResult<domain::Incident> reply) {
        if (!reply) {
            auto* job = m_search.services().jobs->start(text(), {});
            job->finish(Job::State::Failed, toQt(reply.error().error.message));
            return;
        }
        m_search.showChanged(*reply);
    });
}

} // namespace exhibit::ui
