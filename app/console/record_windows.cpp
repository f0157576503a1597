// SPDX-License-Identifier: Apache-2.0
#include "app/console/record_windows.h"

#include "ui/text.h"

namespace exhibit::console {

RecordWindows::RecordWindows(const ui::PaneRegistry& registry,
                             ui::SourceHub& sources,
                             std::function<void(const QStringList&)> openFiles,
                             bool safeMode)
    : m_registry(registry)
    , m_sources(sources)
    , m_openFiles(std::move(openFiles))
    , m_safeMode(safeMode)
{
    connect(&sources, &ui::SourceHub::sourceChanged, this, [this] { m_questions.clear(); });
}

RecordWindows::~RecordWindows()
{
    closeAll();
}

void RecordWindows::closeAll()
{
    m_questions.clear();
    m_awaited.clear();
    for (const auto& window : std::exchange(m_windows, {})) {
        if (window) {
            window->disconnect(this); // The session keeps what was open.
            delete window.data();
        }
    }
}

ui::RecordWindow& RecordWindows::open(std::shared_ptr<const domain::SearchHit> hit)
{
    for (auto* window : windows()) {
        const bool same = window->incidentId() == hit->incident.incidentId.text();
        if (same && window->isVisible()) {
            window->raise();
            window->activateWindow();
            return *window;
        }
    }
    m_awaited.erase(hit->incident.incidentId.text());
    auto* window = new ui::RecordWindow( // Deletes itself when closed.
        {m_registry,
         {QStringLiteral("timeline"), QStringLiteral("record")},
         m_openFiles,
         m_safeMode},
        m_sources,
        std::move(hit));
    m_windows << window;
    connect(window,
            &ui::RecordWindow::quitAsked,
            this,
            &RecordWindows::quitAsked,
            Qt::QueuedConnection); // It may be deleted before that is done.
    connect(window, &QObject::destroyed, this, [this] {
        m_windows.removeIf([](const auto& one) { return one.isNull(); });
        Q_EMIT changed();
    });
    window->show();
    Q_EMIT changed();
    return *window;
}

void RecordWindows::reopen(const QList<RecordState>& records)
{
    m_questions.clear();
    m_awaited.clear(); // Of the session before.
    for (const auto& record : records) {
        const std::string incident = ui::fromQt(record.incident);
        m_awaited[incident] = record;
        m_questions[incident] = m_sources.source()->incident(
            incident, [this, incident, record](domain::SourceResult<domain::Incident> reply) {
                const auto done = std::move(m_questions[incident]);
                m_questions.erase(incident);
                if (!reply) {
                    if (reply.error().error.code == ErrorCode::NotFound) {
                        m_awaited.erase(incident);
                        Q_EMIT changed();
                    }
                    return;
                }
                auto& window = open(std::make_shared<domain::SearchHit>(
                    domain::SearchHit{*std::move(reply), {}, {}}));
                window.restoreGeometry(record.geometry);
                ui::Layouts::bringOnScreen(&window);
                window.restorePanes(record.panes);
            });
    }
}

QList<ui::RecordWindow*> RecordWindows::windows() const
{
    QList<ui::RecordWindow*> list;
    for (const auto& window : m_windows) {
        if (window) {
            list << window.data();
        }
    }
    return list;
}

QStringList RecordWindows::incidents() const
{
    QStringList list;
    for (const auto* window : windows()) {
        list << ui::toQt(window->incidentId());
    }
    return list;
}

QList<RecordState> RecordWindows::states() const
{
    QList<RecordState> list;
    for (const auto* window : windows()) {
        list << RecordState{
            ui::toQt(window->incidentId()), window->saveGeometry(), window->paneStates()};
    }
    for (const auto& [incident, record] : m_awaited) {
        list << record;
    }
    return list;
}

} // namespace exhibit::console
