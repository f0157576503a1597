// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/incident_changes.h"

#include "ui/text.h"
#include "ui/theme/marks.h"
#include "ui/widgets/message_bar.h"

#include <QInputDialog>
#include <QMainWindow>
#include <QMenu>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr domain::IncidentStatus kStatuses[] = {domain::IncidentStatus::Open,
                                                domain::IncidentStatus::Investigating,
                                                domain::IncidentStatus::Contained,
                                                domain::IncidentStatus::Resolved,
                                                domain::IncidentStatus::FalsePositive};

} // namespace

IncidentChanges::IncidentChanges(const Services& services, QObject* parent)
    : QObject(parent)
    , m_services(services)
{
    connect(services.sources, &SourceHub::sourceChanged, this, &IncidentChanges::endAll);
}

void IncidentChanges::reportTo(MessageBar& bar)
{
    connect(this, &IncidentChanges::failed, &bar, [&bar](const QString& what, const QString& why) {
        bar.showMessage(MessageBar::Kind::Error, what, why);
        bar.addAction(tr("Close"), [&bar] { bar.clear(); });
    });
}

void IncidentChanges::askTag()
{
    const auto hit = m_services.selection->shared();
    if (!hit) {
        return;
    }
    auto* dialog = new QInputDialog(m_services.window);
    dialog->setObjectName(u"tag.dialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Tag"));
    dialog->setLabelText(tr("Tag for this incident"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, hit](const QString& text) {
        if (!text.trimmed().isEmpty()) {
            tag(hit->incident, text.trimmed());
        }
    });
    dialog->open();
}

void IncidentChanges::openStatusMenu(const QPoint& at)
{
    const auto hit = m_services.selection->shared();
    if (!hit) {
        return;
    }
    auto* menu = new QMenu(m_services.window);
    menu->setObjectName(u"status.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto status : kStatuses) {
        auto* action = menu->addAction(wordOf(status));
        action->setCheckable(true);
        action->setChecked(status == hit->incident.status);
        connect(action, &QAction::triggered, this, [this, hit, status] {
            setStatus(hit->incident, status);
        });
    }
    menu->popup(at);
}

void IncidentChanges::tag(const Incident& incident, const QString& tag)
{
    const std::string text = fromQt(tag);
    if (std::find(incident.tags.begin(), incident.tags.end(), text) == incident.tags.end()) {
        undo().push(new ChangeIncident( // The stack owns it.
            *this,
            incident,
            {std::nullopt, text},
            tr("tag “%1”").arg(tag)));
    }
}

void IncidentChanges::setStatus(const Incident& incident, domain::IncidentStatus status)
{
    if (status != incident.status) {
        undo().push(new ChangeIncident( // The stack owns it.
            *this,
            incident,
            {status, {}},
            tr("status %1").arg(wordOf(status))));
    }
}

void IncidentChanges::send(const std::string& id, Change change, Answer answer)
{
    auto& line = m_lines[id];
    line.waiting.push_back({std::move(change), std::move(answer)});
    if (line.waiting.size() == 1) {
        QMetaObject::invokeMethod( // Later: nothing answers whoever still asks.
            this,
            [this, id] { next(id); },
            Qt::QueuedConnection);
    }
}

void IncidentChanges::next(const std::string& id)
{
    const auto found = m_lines.find(id);
    if (found == m_lines.end() || found->second.question) {
        return;
    }
    auto& line = found->second;
    if (line.waiting.empty()) {
        m_lines.erase(found);
        return;
    }
    auto* source = m_services.sources->source();
    if (source == nullptr) {
        return endAll();
    }
    auto answered = [this, id](const domain::SourceResult<Incident>& reply) {
        auto& mine = m_lines.at(id);
        const auto done = std::exchange(mine.question, nullptr);
        const auto wait = std::move(mine.waiting.front());
        mine.waiting.pop_front();
        if (reply) {
            mine.last = *reply;
            Q_EMIT changed(*reply);
        }
        wait.answer(reply);
        next(id);
    };
    line.question = source->change(
        id, line.waiting.front().change(line.last ? &*line.last : nullptr), std::move(answered));
}

/// What was asked last may have been done all the same: nobody is left to tell.
void IncidentChanges::endAll()
{
    const domain::SourceFailure gone{
        {ErrorCode::Unavailable, fromQt(tr("There is no connection to the server.")), {}},
        {},
        {},
        {}};
    for (const auto& [id, line] : std::exchange(m_lines, {})) {
        for (const auto& wait : line.waiting) {
            wait.answer(tl::make_unexpected(gone));
        }
    }
}

ChangeIncident::ChangeIncident(IncidentChanges& changes,
                               const domain::Incident& before,
                               Wanted wanted,
                               const QString& text)
    : QUndoCommand(text)
    , m_changes(changes)
    , m_id(before.incidentId.text())
    , m_step(std::make_shared<Step>(Step{std::move(wanted), before.status}))
{
}

void ChangeIncident::undo()
{
    if (!isObsolete()) {
        send(false);
    }
}

void ChangeIncident::redo()
{
    if (!isObsolete()) {
        send(true);
    }
}

domain::IncidentChange ChangeIncident::Step::change(bool forward, const domain::Incident* last)
{
    domain::IncidentChange change;
    if (!wanted.status) {
        (forward ? change.addTags : change.removeTags) = {wanted.tag};
        return change;
    }
    if (forward && last != nullptr) {
        before = last->status; // The row did not show the change before this one yet.
    }
    change.status = forward ? *wanted.status : before;
    change.statusWas = forward ? before : *wanted.status;
    return change;
}

void ChangeIncident::send(bool forward)
{
    m_changes.send(
        m_id,
        [step = m_step, forward](const domain::Incident* last) {
            return step->change(forward, last);
        },
        [self = QPointer(this), forward](const domain::SourceResult<domain::Incident>& reply) {
            if (self && !reply) {
                self->fail(forward, reply.error());
            }
        });
}

void ChangeIncident::fail(bool forward, const domain::SourceFailure& failure)
{
    setObsolete(true);
    Q_EMIT m_changes.failed((forward ? tr("Not done: %1") : tr("Not undone: %1")).arg(text()),
                            toQt(failure.error.message));
    auto* stack = &m_changes.undo();
    // The stack asks it once more, without effect, and drops it: at once where it is the last.
    QMetaObject::invokeMethod(
        stack,
        [stack, self = QPointer(this)] {
            if (self && stack->canUndo() && stack->command(stack->index() - 1) == self) {
                stack->undo();
            }
        },
        Qt::QueuedConnection);
}

void handleUndo(const Services& services)
{
    auto* undo = services.undo;
    auto* actions = services.actions;
    actions->handle(u"edit.undo", undo, [undo] { undo->undo(); });
    actions->handle(u"edit.redo", undo, [undo] { undo->redo(); });
    const auto name = [undo, actions] {
        auto* back = actions->action(u"edit.undo");
        auto* again = actions->action(u"edit.redo");
        back->setText(undo->canUndo() ? IncidentChanges::tr("&Undo %1").arg(undo->undoText())
                                      : IncidentChanges::tr("&Undo"));
        again->setText(undo->canRedo() ? IncidentChanges::tr("&Redo %1").arg(undo->redoText())
                                       : IncidentChanges::tr("&Redo"));
        back->setEnabled(undo->canUndo());
        again->setEnabled(undo->canRedo());
    };
    QObject::connect(undo, &QUndoStack::indexChanged, actions, name);
    name();
}

} // namespace exhibit::ui
