// SPDX-License-Identifier: Apache-2.0
// What one start of the console takes over from the one before.
#include "app/console/console.h"
#include "models/base/limits.h"
#include "ui/search/search_controller.h"
#include "ui/text.h"
#include "ui/windows/note_drafts.h"

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
    if (!session.notes.isEmpty()) {
        parts << Console::tr("%n unsaved note(s)", nullptr, int(session.notes.size()));
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
        return connectIfNamed(server);
    }
    const bool crashed = m_session->crashed();
    m_session->beginRun();
    const SessionState last = m_session->readState();
    if (!crashed || last.server.isEmpty()) {
        return connectIfNamed(server.isEmpty() ? last.server : server);
    }
    m_restores = false;
    m_welcomes.front()->offerSession(
        describe(last),
        [this, last] {
            m_restores = true;
            connectIfNamed(last.server);
        },
        [this, server] { connectIfNamed(server); });
}

void Console::connectIfNamed(const QString& server)
{
    if (!server.isEmpty()) {
        m_welcomes.front()->setAddress(server);
        connectTo({server, keyFromOptions(), false});
    }
}

void Console::restoreSession()
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
    restoreWindow(window(), last.windows.first());
    if (std::exchange(m_opensOthers, false)) {
        for (qsizetype i = 1; i < last.windows.size(); ++i) {
            openWindow();
            restoreWindow(*m_windows.back(), last.windows.at(i));
        }
    }
    m_records->reopen(last.records);
    ui::NoteDrafts::of(m_hub).restore(last.notes);
    if (!last.notes.isEmpty()) {
        window().statusBar()->showMessage(
            tr("%n unsaved note(s) kept: select the incident and add a note to go on",
               nullptr,
               int(last.notes.size())),
            kNotesKeptMs);
    }
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
}

/// All windows close one after the other: what they were together comes back, not the last one.
void Console::beginQuitting()
{
    saveState();
    m_quits = true;
    QMetaObject::invokeMethod( // Where a window stays, it is written again.
        this,
        [this] { m_quits = false; },
        Qt::QueuedConnection);
}

void Console::saveState(const ui::MainWindow* closing)
{
    const QString server = m_connection->address();
    if (m_quits || m_options.safeMode || server.isEmpty()
        || m_local.servesAt(LocalGateways::Kind::Sample,
                            server)) { // Nothing of it is there next time.
        return;
    }
    SessionState state{server, {}, m_records->states(), ui::NoteDrafts::of(m_hub).all()};
    for (const auto& one : m_windows) {
        if (!one->isVisible() || (one.get() == closing && !isLastOpen(*closing))) {
            continue;
        }
        const auto& search = ui::SearchController::of(one->services());
        const auto* hit = one->services().selection->hit();
        state.windows << WindowState{search.text(),
                                     hit != nullptr ? ui::toQt(hit->incident.incidentId.text())
                                                    : QString(),
                                     ui::printOrder(search.order()),
                                     one->saveGeometry(),
                                     one->dockLayout(),
                                     one->paneStates()};
    }
    if (!state.windows.isEmpty()) {
        m_session->saveState(state);
    }
}

} // namespace exhibit::console
