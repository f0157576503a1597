// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/change_incidents.h"
#include "ui/windows/pane_registry.h"

#include <deque>
#include <map>
#include <optional>

class QInputDialog;
class QPoint;

namespace exhibit::ui {

class MessageBar;

/// What a window changes of incidents: status, assignee, tags and notes, each a step that can be
/// undone. They are sent as differences, for each incident one after the other, so that what others
/// changed stays (docs/decisions/0096). One per window; outlives the window's undo steps. GUI
/// thread.
class IncidentChanges : public QObject {
    Q_OBJECT

public:
    using Incident = domain::Incident;
    using Incidents = std::vector<Incident>;
    using Answer = std::function<void(const domain::SourceResult<Incident>& reply)>;
    /// Made when its turn has come; `last` is what the change before it left, nullptr at first.
    /// None: it is not wanted any more, and answered so.
    using Change = std::function<std::optional<domain::IncidentChange>(const Incident* last)>;

    IncidentChanges(const Services& services, QObject* parent);

    /// The one of the window; nullptr where nothing is changed.
    [[nodiscard]] static IncidentChanges* of(const Services& services);

    /// What failed is said there from now on.
    void reportTo(MessageBar& bar);
    /// Asks for a tag of the marked incidents (Selection::marked).
    void askTag();
    /// The tag "bookmark", for the marked incidents; taken away where all of them have it.
    void bookmark();
    /// Offers the statuses of the marked incidents.
    void openStatusMenu(const QPoint& at);
    /// Offers to remove the tags that they have.
    void openUntagMenu(const QPoint& at);
    /// One step for all of them; those that have the tag (or have it not), or the status, are left
    /// out.
    void tag(const Incidents& incidents, const QString& tag);
    void untag(const Incidents& incidents, const QString& tag);
    void setStatus(const Incidents& incidents, domain::IncidentStatus status);
    /// To whom they are assigned: asked for, and set; nobody when it is empty.
    void askAssignee();
    void assign(const Incidents& incidents, const QString& assignee);
    /// A note for the marked incidents: written in a dialog, whose text no crash loses.
    void askNote();
    void note(const Incidents& incidents, const QString& text);
    /// The answer always comes, later.
    void send(const std::string& id, Change change, Answer answer);
    [[nodiscard]] QUndoStack& undo() const { return *m_services.undo; }
    [[nodiscard]] JobList& jobs() const { return *m_services.jobs; }

Q_SIGNALS:
    void changed(const exhibit::domain::Incident& incident);
    /// `all` is `why` where that has no room for every incident, else empty.
    void failed(const QString& what, const QString& why, const QString& all = {});
    /// A step that was of several incidents is done for all of them.
    void doneForAll(const QString& what, const QString& more);

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
    void begin(const std::string& id);
    void endAll();
    void complete(QInputDialog& dialog);
    void forgetDraft(const Incidents& incidents, const std::string& text);
    /// Has it called with the marked incidents, at once or when all that a search finds are read;
    /// not where not all of them are here or can be read, or they are too many: that is said.
    void withMarked(std::function<void(const Incidents&)> then);
    void askTagOf(const Incidents& incidents);
    void askAssigneeOf(const Incidents& incidents);
    void offerStatuses(const Incidents& incidents, const QPoint& at);
    void offerTags(const Incidents& incidents, const QPoint& at);
    void push(const Incidents& incidents, const WantedChange& wanted, const QString& what);

    Services m_services;
    std::map<std::string, Line> m_lines; ///< By incident.
    std::deque<std::string> m_ready; ///< Incidents that wait until fewer are asked.
    int m_asked = 0;
};

/// Undo and redo of a window, named after their steps.
void handleUndo(const Services& services);

} // namespace exhibit::ui
