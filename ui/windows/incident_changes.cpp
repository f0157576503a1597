// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/incident_changes.h"

#include "ui/text.h"
#include "ui/theme/marks.h"
#include "ui/widgets/message_bar.h"
#include "ui/windows/matching_incidents.h"
#include "ui/windows/note_dialog.h"
#include "ui/windows/note_drafts.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QInputDialog>
#include <QMainWindow>
#include <QMenu>

#include <algorithm>
#include <set>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr domain::IncidentStatus kStatuses[] = {domain::IncidentStatus::Open,
                                                domain::IncidentStatus::Investigating,
                                                domain::IncidentStatus::Contained,
                                                domain::IncidentStatus::Resolved,
                                                domain::IncidentStatus::FalsePositive};

constexpr int kAskedMax = 4; ///< Incidents that are asked at the same time.

} // namespace

IncidentChanges::IncidentChanges(const Services& services, QObject* parent)
    : QObject(parent)
    , m_services(services)
{
    connect(services.sources, &SourceHub::sourceChanged, this, &IncidentChanges::endAll);
}

IncidentChanges* IncidentChanges::of(const Services& services)
{
    return services.window->findChild<IncidentChanges*>();
}

void IncidentChanges::reportTo(MessageBar& bar)
{
    connect(this,
            &IncidentChanges::failed,
            &bar,
            [&bar](const QString& what, const QString& why, const QString& all) {
                bar.showMessage(MessageBar::Kind::Error, what, why);
                const QString text = what + u'\n' + (all.isEmpty() ? why : all);
                bar.addAction(tr("Copy"), [text] {
                    QGuiApplication::clipboard()->setText(withoutIsolates(text));
                });
                bar.addAction(tr("Close"), [&bar] { bar.clear(); });
            });
    connect(
        this, &IncidentChanges::doneForAll, &bar, [&bar](const QString& what, const QString& more) {
            bar.showMessage(MessageBar::Kind::Note, what, more);
            bar.addAction(tr("Close"), [&bar] { bar.clear(); });
        });
}

/// No step is half a step.
void IncidentChanges::withMarked(std::function<void(const Incidents&)> then)
{
    const auto marked = m_services.selection->marked();
    const auto here = static_cast<qint64>(marked.hits.size());
    const auto most = marked.all ? MatchingIncidents::kMax : Selection::kMarkedMax;
    if (marked.rows > most) {
        Q_EMIT failed(tr("Nothing was changed: %1 rows are selected.").arg(grouped(marked.rows)),
                      tr("At most %1 are changed in one step.").arg(grouped(most)));
        return;
    }
    if (here < marked.rows && !marked.all) {
        Q_EMIT failed(tr("Nothing was changed: %1 of the %2 selected rows are not here yet.")
                          .arg(marked.rows - here)
                          .arg(marked.rows),
                      tr("They are being read. Do it again when they are."));
        return;
    }
    if (here < marked.rows) {
        auto* all = new MatchingIncidents(m_services, *marked.all, marked.rows, this);
        connect(all, &MatchingIncidents::read, this, std::move(then));
        connect(all, &MatchingIncidents::failed, this, [this](const QString& why) {
            Q_EMIT failed(tr("Nothing was changed: not all of them could be read."), why);
        });
        return;
    }
    Incidents incidents;
    for (const auto& hit : marked.hits) {
        incidents.push_back(hit->incident);
    }
    if (!incidents.empty()) {
        then(incidents);
    }
}

void IncidentChanges::openStatusMenu(const QPoint& at)
{
    withMarked([this, at](const Incidents& incidents) { offerStatuses(incidents, at); });
}

void IncidentChanges::offerStatuses(const Incidents& incidents, const QPoint& at)
{
    auto* menu = new QMenu(m_services.window);
    menu->setObjectName(u"status.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto status : kStatuses) {
        auto* action = menu->addAction(wordOf(status));
        action->setCheckable(true);
        action->setChecked(
            std::all_of(incidents.begin(), incidents.end(), [status](const Incident& incident) {
                return incident.status == status;
            }));
        connect(action, &QAction::triggered, this, [this, incidents, status] {
            setStatus(incidents, status);
        });
    }
    menu->popup(at);
}

void IncidentChanges::setStatus(const Incidents& incidents, domain::IncidentStatus status)
{
    Incidents others;
    std::copy_if(incidents.begin(),
                 incidents.end(),
                 std::back_inserter(others),
                 [status](const Incident& incident) { return incident.status != status; });
    push(others, {status, {}}, tr("status %1").arg(wordOf(status)));
}

void IncidentChanges::askAssignee()
{
    withMarked([this](const Incidents& incidents) { askAssigneeOf(incidents); });
}

void IncidentChanges::askAssigneeOf(const Incidents& incidents)
{
    auto* dialog = new QInputDialog(m_services.window);
    dialog->setObjectName(u"assignee.dialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Assign"));
    dialog->setLabelText(
        incidents.size() == 1
            ? tr("Who looks after this incident (empty: nobody)")
            : tr("Who looks after these %1 incidents (empty: nobody)").arg(incidents.size()));
    dialog->setTextValue(toQt(incidents.front().assignee.value_or("")));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, incidents](const QString& text) {
        assign(incidents, text.trimmed());
    });
    dialog->open();
}

void IncidentChanges::assign(const Incidents& incidents, const QString& assignee)
{
    const auto wanted
        = assignee.isEmpty() ? std::nullopt : std::optional<std::string>(fromQt(assignee));
    Incidents others;
    std::copy_if(incidents.begin(),
                 incidents.end(),
                 std::back_inserter(others),
                 [&wanted](const Incident& incident) { return incident.assignee != wanted; });
    push(others,
         {std::nullopt, {}, wanted},
         wanted ? tr("assign to %1").arg(isolatedText(assignee)) : tr("assign to nobody"));
}

void IncidentChanges::askNote()
{
    withMarked([this](const Incidents& incidents) {
        auto* dialog = new NoteDialog( // Deletes itself when closed.
            *this,
            NoteDrafts::of(*m_services.sources),
            incidents,
            m_services.window);
        dialog->open();
    });
}

void IncidentChanges::note(const Incidents& incidents, const QString& text)
{
    push(incidents, {std::nullopt, {}, std::nullopt, fromQt(text)}, tr("note"));
    forgetDraft(incidents, fromQt(text));
}

/// The draft stays until every one of them has the note.
void IncidentChanges::forgetDraft(const Incidents& incidents, const std::string& text)
{
    auto waiting = std::make_shared<std::set<IncidentId>>();
    for (const auto& incident : incidents) {
        waiting->insert(incident.incidentId);
    }
    auto* watcher = new QObject(this); // Deletes itself when all have it; else goes with this.
    connect(
        this,
        &IncidentChanges::changed,
        watcher,
        [this, waiting, watcher, text, key = NoteDrafts::of(*m_services.sources).keyOf(incidents)](
            const Incident& incident) {
            const auto& notes = incident.notes;
            const bool hasIt
                = notes && std::any_of(notes->begin(), notes->end(), [&text](const auto& one) {
                      return one.text == text;
                  });
            if (hasIt && waiting->erase(incident.incidentId) > 0 && waiting->empty()) {
                auto& drafts = NoteDrafts::of(*m_services.sources);
                if (fromQt(drafts.text(key).trimmed()) == text) {
                    drafts.forget(key);
                }
                watcher->deleteLater();
            }
        });
}

void IncidentChanges::push(const Incidents& incidents,
                           const WantedChange& wanted,
                           const QString& what)
{
    if (!incidents.empty()) {
        undo().push(new ChangeIncidents( // The stack owns it.
            *this,
            incidents,
            wanted,
            incidents.size() == 1 ? what
                                  : tr("%1 of %2 incidents").arg(what).arg(incidents.size())));
    }
}

void IncidentChanges::send(const std::string& id, Change change, Answer answer)
{
    auto& line = m_lines[id];
    line.waiting.push_back({std::move(change), std::move(answer)});
    if (line.waiting.size() == 1) {
        QMetaObject::invokeMethod( // Later: nothing answers whoever still asks.
            this,
            [this, id] { begin(id); },
            Qt::QueuedConnection);
    }
}

/// Many incidents are asked a few at a time: the rest of the window has questions too.
void IncidentChanges::begin(const std::string& id)
{
    if (m_asked < kAskedMax) {
        next(id);
    } else {
        m_ready.push_back(id);
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
        --m_asked;
        if (reply) {
            mine.last = *reply;
            Q_EMIT changed(*reply);
        }
        wait.answer(reply);
        next(id);
        if (!m_ready.empty() && m_asked < kAskedMax) {
            const auto other = std::move(m_ready.front());
            m_ready.pop_front();
            next(other);
        }
    };
    ++m_asked;
    auto change = line.waiting.front().change(line.last ? &*line.last : nullptr);
    if (change) {
        line.question = source->change(id, *std::move(change), std::move(answered));
        return;
    }
    const auto question = std::make_shared<int>();
    line.question = question;
    QMetaObject::invokeMethod( // Later, as every answer; not when all has ended by then.
        this,
        [asked = std::weak_ptr(question), answered] {
            if (!asked.expired()) {
                answered(tl::make_unexpected(domain::SourceFailure{
                    {ErrorCode::Unavailable, fromQt(tr("cancelled")), {}}, {}, {}, {}}));
            }
        },
        Qt::QueuedConnection);
}

/// What was asked last may have been done all the same: nobody is left to tell.
void IncidentChanges::endAll()
{
    const domain::SourceFailure gone{
        {ErrorCode::Unavailable, fromQt(tr("There is no connection to the server.")), {}},
        {},
        {},
        {}};
    m_ready.clear();
    m_asked = 0;
    for (const auto& [id, line] : std::exchange(m_lines, {})) {
        for (const auto& wait : line.waiting) {
            wait.answer(tl::make_unexpected(gone));
        }
    }
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
