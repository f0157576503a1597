// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QUndoCommand>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exhibit::ui {

class IncidentChanges;
class Job;

/// One of them: a status to set, somebody to assign it to (nobody: empty inside), a note to add, or
/// else a tag to give or to remove.
struct WantedChange {
    std::optional<domain::IncidentStatus> status;
    std::string tag;
    std::optional<std::optional<std::string>> assignee{};
    std::optional<std::string> note{};
    bool removesTag = false;
};

/// One change of one incident, or the same of several. Those that failed have no part in it any
/// more; a step of which nothing is left leaves the stack.
class ChangeIncidents : public QObject, public QUndoCommand {
    Q_OBJECT

public:
    /// `before` is not empty.
    ChangeIncidents(IncidentChanges& changes,
                    const std::vector<domain::Incident>& before,
                    const WantedChange& wanted,
                    const QString& text);
    void undo() override;
    void redo() override;

private:
    /// Of one incident; shared with the questions: what was asked goes on when the stack drops the
    /// step.
    struct Step {
        std::string id;
        WantedChange wanted;
        domain::IncidentStatus before; ///< The status that undoing sets again.
        std::optional<std::string> assigneeBefore; ///< The same of whom it is assigned to.
        std::optional<domain::NoteId> note{}; ///< The one that was added.

        [[nodiscard]] domain::IncidentChange change(bool forward, const domain::Incident* last);
        /// What a change that was made left behind, for undoing it.
        void take(const domain::Incident& done);
    };
    /// What came of one undo() or redo().
    struct Run {
        bool forward = true;
        std::size_t asked = 0;
        std::size_t answered = 0;
        std::map<QString, QStringList> failures; ///< Why, and of which.
        QPointer<Job> job{}; ///< Of many.
        bool isCancelled = false; ///< What is not asked yet is not any more.

        /// Whether that was the last answer. The stack may have dropped the step by then.
        bool take(const std::string& id, const domain::SourceResult<domain::Incident>& reply);
    };

    void send(bool forward);
    void answered(const Run& run,
                  Step& step,
                  const domain::SourceResult<domain::Incident>& reply,
                  bool isLast);
    void report(const Run& run);
    void leaveStack();

    IncidentChanges& m_changes;
    std::vector<std::shared_ptr<Step>> m_steps;
};

} // namespace exhibit::ui
