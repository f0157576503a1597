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
    if (!session.query.isEmpty()) {
        parts << Console::tr("query %1").arg(session.query.left(kQueryShown));
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
    const SessionState last = same ? kept : SessionState{};
    const QString asked = std::exchange(m_options.query, {}); // Once, not at every connection.
    const ui::SearchStep step{asked.isEmpty() ? last.query : asked, ui::parseOrder(last.order)};
    window().services().selection->want(ui::fromQt(last.incident));
    if (step != ui::SearchStep{}) {
        ui::SearchController::of(window().services()).show(step);
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

/// The journal: what is typed, found, selected and open, a moment after it changed.
void Console::saveState()
{
    const QString server = m_connection->address();
    if (m_windows.empty() || m_options.safeMode || server.isEmpty()
        || m_local.servesAt(LocalGateways::Kind::Sample,
                            server)) { // Nothing of it is there next time.
        return;
    }
    const auto& search = ui::SearchController::of(window().services());
    const auto* hit = window().services().selection->hit();
    m_session->saveState({server,
                          search.text(),
                          hit != nullptr ? ui::toQt(hit->incident.incidentId.text()) : QString(),
                          ui::printOrder(search.order()),
                          m_records->incidents(),
                          ui::NoteDrafts::of(m_hub).all()});
}

} // namespace exhibit::console
