// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QUndoCommand>

namespace exhibit::ui {

/// A change of status or tags of one incident, as one step that can be undone. The server is asked;
/// a refusal shows in the results pane and takes the step off the stack's effect.
class ChangeIncident : public QObject, public QUndoCommand {
    Q_OBJECT

public:
    ChangeIncident(SearchController& search,
                   const domain::Incident& before,
                   domain::IncidentChange change,
                   const QString& text);
    void undo() override;
    void redo() override;

private:
    void send(const domain::IncidentChange& change);

    SearchController& m_search;
    std::string m_id;
    domain::IncidentChange m_after;
    domain::IncidentChange m_before;
    domain::Question m_question;
};

} // namespace exhibit::ui
