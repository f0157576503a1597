// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/console/session_store.h"
#include "ui/windows/record_window.h"

#include <QPointer>

#include <map>

namespace exhibit::console {

/// The windows of single records, of all main windows. They close with the last of those.
class RecordWindows : public QObject {
    Q_OBJECT

public:
    RecordWindows(const ui::PaneRegistry& registry,
                  ui::SourceHub& sources,
                  std::function<void(const QStringList&)> openFiles,
                  bool safeMode);
    ~RecordWindows() override;

    /// One window for each incident: one that is open is raised.
    ui::RecordWindow& open(std::shared_ptr<const domain::SearchHit> hit);
    /// Those of an earlier session, once the server has told what they are.
    void reopen(const QList<RecordState>& records);
    void closeAll();
    [[nodiscard]] QList<ui::RecordWindow*> windows() const;
    [[nodiscard]] QStringList incidents() const;
    /// Also of those that are still asked for, and could not be read now: they are tried again.
    [[nodiscard]] QList<RecordState> states() const;

Q_SIGNALS:
    void changed();
    void quitAsked(); ///< Of the program, in one of these windows.

private:
    const ui::PaneRegistry& m_registry;
    ui::SourceHub& m_sources;
    std::function<void(const QStringList&)> m_openFiles;
    bool m_safeMode;
    QList<QPointer<ui::RecordWindow>> m_windows; ///< They delete themselves.
    std::map<std::string, domain::Question> m_questions; ///< By incident.
    std::map<std::string, RecordState> m_awaited; ///< Reopened, and not here; by incident.
};

} // namespace exhibit::console
