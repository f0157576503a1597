// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/change_incidents.h"

#include "ui/text.h"
#include "ui/windows/incident_changes.h"
#include "ui/windows/jobs.h"

#include <QPointer>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr qsizetype kNamedMax = 5; ///< Ids that a message has room for.
constexpr std::size_t kJobLeast = 50; ///< Incidents of a step that takes more than a moment.

} // namespace

ChangeIncidents::ChangeIncidents(IncidentChanges& changes,
                                 const std::vector<domain::Incident>& before,
                                 const WantedChange& wanted,
                                 const QString& text)
    : QUndoCommand(text)
    , m_changes(changes)
{
    for (const auto& incident : before) {
        m_steps.push_back(std::make_shared<Step>(
            Step{incident.incidentId.text(), wanted, incident.status, incident.assignee}));
    }
}

void ChangeIncidents::undo()
{
    send(false);
}

void ChangeIncidents::redo()
{
    send(true);
}

domain::IncidentChange ChangeIncidents::Step::change(bool forward, const domain::Incident* last)
{
    domain::IncidentChange change;
    if (wanted.note) {
        if (forward) {
            change.addNote = wanted.note;
        } else {
            change.withdrawNote = note;
        }
        return change;
    }
    if (wanted.assignee) {
        if (forward && last != nullptr) {
            assigneeBefore = last->assignee;
        }
        change.assignee = forward ? *wanted.assignee : assigneeBefore;
        change.assigneeWas = forward ? assigneeBefore : *wanted.assignee;
        return change;
    }
    if (!wanted.status) {
        (forward != wanted.removesTag ? change.addTags : change.removeTags) = {wanted.tag};
        return change;
    }
    if (forward && last != nullptr) {
        before = last->status; // The row did not show the change before this one yet.
    }
    change.status = forward ? *wanted.status : before;
    change.statusWas = forward ? before : *wanted.status;
    return change;
}

/// Its note is the newest with that text.
void ChangeIncidents::Step::take(const domain::Incident& done)
{
    if (!wanted.note || !done.notes) {
        return;
    }
    for (const auto& one : *done.notes) {
        if (one.text == *wanted.note && !one.withdrawnAt) {
            note = one.noteId;
        }
    }
}

void ChangeIncidents::send(bool forward)
{
    auto run = std::make_shared<Run>(Run{forward, m_steps.size(), 0, {}});
    if (m_steps.size() > kJobLeast) {
        // What is half undone could neither be done again nor undone.
        run->job = m_changes.jobs().start(forward ? text() : tr("Undo %1").arg(text()),
                                          forward ? [run] { run->isCancelled = true; }
                                                  : std::function<void()>());
    }
    for (const auto& step : m_steps) {
        m_changes.send(
            step->id,
            [run, step](const domain::Incident* last) {
                return run->isCancelled ? std::nullopt
                                        : std::optional(step->change(run->forward, last));
            },
            [self = QPointer(this), run, step](
                const domain::SourceResult<domain::Incident>& reply) {
                const bool isLast = run->take(step->id, reply);
                if (self) {
                    self->answered(*run, *step, reply, isLast);
                }
            });
    }
}

bool ChangeIncidents::Run::take(const std::string& id,
                                const domain::SourceResult<domain::Incident>& reply)
{
    ++answered;
    if (!reply) {
        failures[toQt(reply.error().error.message)] << toQt(id);
    }
    const bool isLast = answered == asked;
    if (job) {
        job->progress(static_cast<qint64>(answered), static_cast<qint64>(asked));
    }
    if (job && isLast) {
        const auto failed = failures.empty() ? QString() : failures.begin()->first;
        job->finish(failures.empty() ? Job::State::Done : Job::State::Failed, failed);
    }
    return isLast;
}

void ChangeIncidents::answered(const Run& run,
                               Step& step,
                               const domain::SourceResult<domain::Incident>& reply,
                               bool isLast)
{
    if (reply && run.forward) {
        step.take(*reply);
    }
    if (!reply) {
        std::erase_if(m_steps, [&step](const auto& one) { return one.get() == &step; });
    }
    if (isLast) {
        report(run);
    }
    if (m_steps.empty() && !isObsolete()) {
        leaveStack();
    }
}

void ChangeIncidents::report(const Run& run)
{
    if (run.failures.empty()) {
        const bool isNote = !m_steps.empty() && m_steps.front()->wanted.note.has_value();
        if (isNote && !run.forward) {
            Q_EMIT m_changes.doneForAll(tr("Undone: %1").arg(text()),
                                        tr("The note stays in the record, marked as taken back."));
        } else if (run.asked > 1) {
            Q_EMIT m_changes.doneForAll(
                (run.forward ? tr("Done: %1") : tr("Undone: %1")).arg(text()),
                run.forward ? tr("Edit, Undo takes it back.") : QString());
        }
        return;
    }
    const QString what = (run.forward ? tr("Not done: %1") : tr("Not undone: %1")).arg(text());
    if (run.asked == 1) {
        Q_EMIT m_changes.failed(what, run.failures.begin()->first);
        return;
    }
    qsizetype failed = 0;
    QStringList reasons;
    QStringList all;
    for (const auto& [why, ids] : run.failures) {
        failed += ids.size();
        QString named = ids.mid(0, kNamedMax).join(u", "_s);
        if (ids.size() > kNamedMax) {
            named = tr("%1 and %2 more").arg(named).arg(ids.size() - kNamedMax);
        }
        reasons << tr("%1: %2").arg(named, why);
        all << tr("%1: %2").arg(ids.join(u", "_s), why);
    }
    Q_EMIT m_changes.failed(tr("%1 – for %2 of %3").arg(what).arg(failed).arg(run.asked),
                            reasons.join(u' '),
                            all.join(u'\n'));
}

/// The stack asks it once more, without effect, and drops it: at once where it is the last.
void ChangeIncidents::leaveStack()
{
    setObsolete(true);
    auto* stack = &m_changes.undo();
    QMetaObject::invokeMethod(
        stack,
        [stack, self = QPointer(this)] {
            if (self && stack->canUndo() && stack->command(stack->index() - 1) == self) {
                stack->undo();
            }
        },
        Qt::QueuedConnection);
}

} // namespace exhibit::ui
