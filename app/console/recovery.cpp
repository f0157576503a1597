// SPDX-License-Identifier: Apache-2.0
// What one start of the console takes over from the one before.
#include "app/console/console.h"
#include "models/base/limits.h"
#include "ui/search/search_controller.h"
#include "ui/text.h"
#include "ui/windows/close_question.h"
#include "ui/windows/note_drafts.h"

#include <QApplication>
#include <QStatusBar>

#include <utility>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr qsizetype kQueryShown = 80;
constexpr int kNotesKeptMs = 30'000;

QString describe(const SessionState& session)
{
    QStringList parts{session.server};
    if (!session.query().isEmpty()) {
        parts << Console::tr("query %1").arg(ui::isolated(session.query().left(kQueryShown)));
    }
    if (session.windows.size() > 1) {
        parts << Console::tr("%n window(s)", nullptr, int(session.windows.size()));
    }
    if (!session.records.isEmpty()) {
        parts << Console::tr("%n record(s) in windows", nullptr, int(session.records.size()));
    }
    return Console::tr("It left: %1.").arg(parts.join(u", "_s));
}

} // namespace

/// After an end that was none nothing is restored without being asked: it may be why it ended.
void Console::begin()
{
    QString server
        = m_options.server.isEmpty() ? qEnvironmentVariable("EXHIBIT_SERVER") : m_options.server;
    if (m_options.safeMode) {
        return connectIfNamed(server, keyFromOptions());
    }
    const bool crashed = m_session->crashed();
    m_session->beginRun();
    const SessionState last = m_session->readState();
    if (!crashed || last.server.isEmpty()) {
        return connectIfNamed(server.isEmpty() ? last.server : server, keyFromOptions());
    }
    m_restores = false;
    m_welcomes.front()->offerSession(
        describe(last),
        [this, last, server] {
            m_restores = true;
            const bool isItsKey = server.isEmpty() || server == last.server;
            connectIfNamed(last.server, isItsKey ? keyFromOptions() : Secret()); // Else that kept.
        },
        [this, server] { connectIfNamed(server, keyFromOptions()); });
}

void Console::connectIfNamed(const QString& server, Secret key)
{
    if (!server.isEmpty()) {
        m_welcomes.front()->setAddress(server);
        connectTo({server, std::move(key), false});
    }
}

void Console::restoreSession(bool isArranged)
{
    const SessionState kept = m_session->readState();
    const bool same = m_restores && !m_options.safeMode && kept.server == m_connection->address();
    SessionState last = same ? kept : SessionState{};
    if (last.windows.isEmpty()) {
        last.windows << WindowState{};
    }
    if (const QString asked = std::exchange(m_options.query, {}); !asked.isEmpty()) {
        last.windows.first().query = asked; // Once, not at every connection.
    }
    if (isArranged) {
        auto& first = last.windows.first();
        first.geometry.clear();
        first.layout.clear();
        first.page.clear();
        first.files.clear();
    }
    restoreWindow(window(), last.windows.first());
    if (std::exchange(m_opensOthers, false)) {
        for (qsizetype i = 1; i < last.windows.size(); ++i) {
            openWindow();
            restoreWindow(*m_windows.back(), last.windows.at(i));
        }
    }
    m_records->reopen(last.records);
    if (const int notes = ui::NoteDrafts::of(m_hub).ofServer(); notes > 0) {
        window().statusBar()->showMessage(
            tr("%n unsaved note(s) kept: select the incident and add a note to go on",
               nullptr,
               notes),
            kNotesKeptMs);
    }
    m_sessionOf = m_connection->address();
}

void Console::restoreWindow(ui::MainWindow& shown, const WindowState& state)
{
    if (!state.geometry.isEmpty() && shown.restoreGeometry(state.geometry)) {
        ui::Layouts::bringOnScreen(&shown);
    }
    if (!state.layout.isEmpty() && !shown.isHome()) {
        shown.restoreState(state.layout, ui::kLayoutVersion);
    }
    shown.services().selection->want(ui::fromQt(state.incident));
    shown.restorePanes(state.panes);
    const ui::SearchStep step{state.query, ui::parseOrder(state.order)};
    if (step != ui::SearchStep{}) {
        ui::SearchController::of(shown.services()).show(step);
    }
    shown.restorePage(state.page, state.files);
}

/// What is typed, found, selected and looked at, a moment after it changed.
void Console::journal(ui::MainWindow& shown)
{
    auto& search = ui::SearchController::of(shown.services());
    const auto later = [this] { m_journalDelay.start(); };
    connect(&search, &ui::SearchController::resultsShown, this, later);
    connect(&search, &ui::SearchController::textChanged, this, later);
    connect(shown.services().selection, &ui::Selection::incidentChanged, this, later);
    connect(shown.services().selection, &ui::Selection::eventChanged, this, later);
    connect(shown.services().selection, &ui::Selection::stepBegins, this, later);
}

void Console::quit()
{
    if (beginQuitting()) {
        QApplication::closeAllWindows();
    }
}

bool Console::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == qApp && event->type() == QEvent::Quit && !m_quits && !beginQuitting()) {
        event->ignore(); // Until the question is answered.
        return true;
    }
    return QObject::eventFilter(watched, event);
}

/// All windows close one after the other: what they were together comes back, not the last one.
/// Asked for all of them before the first one is gone.
bool Console::beginQuitting()
{
    QList<ui::JobList*> jobs;
    QMainWindow* asking = nullptr;
    for (const auto& one : m_windows) {
        jobs << one->services().jobs;
        asking = one->isVisible() ? one.get() : asking;
    }
    for (auto* record : m_records->windows()) {
        jobs << record->services().jobs;
        asking = asking == nullptr ? record : asking;
    }
    if (asking != nullptr && !ui::CloseQuestion::mayQuit(*asking, jobs, [this] { quit(); })) {
        return false;
    }
    saveState();
    m_quits = true;
    QMetaObject::invokeMethod( // Where a window stays, it is written again.
        this,
        [this] { m_quits = false; },
        Qt::QueuedConnection);
    return true;
}

/// What is on its way from one server to another is no session: that of the last one stays.
void Console::leaveSession()
{
    if (m_journalDelay.isActive()) {
        m_journalDelay.stop();
        saveState();
    }
    m_sessionOf.clear();
}

/// Of every server but a sample, of which nothing is there next time.
void Console::saveNotes()
{
    m_notesDelay.stop();
    auto notes = ui::NoteDrafts::of(m_hub).all();
    notes.removeIf([this](const ui::NoteDrafts::Texts::iterator note) {
        return m_local.servesAt(LocalGateways::Kind::Sample, note.key().first);
    });
    m_session->saveNotes(notes);
}

void Console::saveState(const ui::MainWindow* closing)
{
    if (m_quits || m_options.safeMode || m_sessionOf.isEmpty()
        || m_local.servesAt(LocalGateways::Kind::Sample,
                            m_sessionOf)) { // Nothing of it is there next time.
        return;
    }
    SessionState state{m_sessionOf, {}, m_records->states()};
    for (const auto& one : m_windows) {
        if (!one->isVisible() || (one.get() == closing && !isLastOpen(*closing))) {
            continue;
        }
        const auto& search = ui::SearchController::of(one->services());
        const auto& selection = *one->services().selection;
        const auto* hit = selection.hit();
        state.windows << WindowState{
            search.text(),
            ui::toQt(hit != nullptr ? hit->incident.incidentId.text() : selection.wanted()),
            ui::printOrder(search.order()),
            one->saveGeometry(),
            one->dockLayout(),
            one->paneStates(),
            one->shownPage(),
            one->openedFiles()};
    }
    if (!state.windows.isEmpty()) {
        m_session->saveState(state);
    }
}

} // namespace exhibit::console
