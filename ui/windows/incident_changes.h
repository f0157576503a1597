// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

#include <QPointer>
#include <QUndoCommand>

#include <deque>
#include <map>

class QPoint;

namespace exhibit::ui {

class MessageBar;

/// What a window changes of incidents: status and tags, each a step that can be undone. They are
/// sent as differences, for each incident one after the other, so that what others changed stays
/// (docs/decisions/0096). One per window; outlives the window's undo steps. GUI thread.
class IncidentChanges : public QObject {
    Q_OBJECT

public:
    using Incident = domain::Incident;
    using Answer = std::function<void(const domain::SourceResult<Incident>& reply)>;
    /// Made when its turn has come; `last` is what the change before it left, nullptr at first.
    using Change = std::function<domain::IncidentChange(const Incident* last)>;

    IncidentChanges(const Services& services, QObject* parent);

    /// What failed is said there from now on.
    void reportTo(MessageBar& bar);
    /// Asks for a tag of the selected incident.
    void askTag();
    /// Offers the statuses of the selected incident.
    void openStatusMenu(const QPoint& at);
    void tag(const Incident& incident, const QString& tag);
    void setStatus(const Incident& incident, domain::IncidentStatus status);
    /// The answer always comes, later.
    void send(const std::string& id, Change change, Answer answer);
    [[nodiscard]] QUndoStack& undo() const { return *m_services.undo; }

Q_SIGNALS:
    void changed(const exhibit::domain::Incident& incident);
    void failed(const QString& what, const QString& why);

private:
    struct Wait {
        Change change;
        Answer answer;
    };
    struct Line {
        std::deque<Wait> waiting; ///< The first one is asked.
        std::optional<Incident> last;
        domain::Question question;
    };

    void next(const std::string& id);
    void endAll();

    Services m_services;
    std::map<std::string, Line> m_lines; ///< By incident.
};

/// One change of one incident. A step that failed has no effect any more and leaves the stack.
class ChangeIncident : public QObject, public QUndoCommand {
    Q_OBJECT

public:
    /// A status to set, else a tag to add.
    struct Wanted {
        std::optional<domain::IncidentStatus> status;
        std::string tag;
    };

    ChangeIncident(IncidentChanges& changes,
                   const domain::Incident& before,
                   Wanted wanted,
                   const QString& text);
    void undo() override;
    void redo() override;

private:
    /// Shared with the questions: what was asked goes on when the stack drops the step.
    struct Step {
        Wanted wanted;
        domain::IncidentStatus before; ///< The status that undoing sets again.

        [[nodiscard]] domain::IncidentChange change(bool forward, const domain::Incident* last);
    };

    void send(bool forward);
    void fail(bool forward, const domain::SourceFailure& failure);

    IncidentChanges& m_changes;
    std::string m_id;
    std::shared_ptr<Step> m_step;
};

/// Undo and redo of a window, named after their steps.
void handleUndo(const Services& services);

} // namespace exhibit::ui
