// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/main_window.h"

#include <QMap>
#include <QString>
#include <QStringList>

namespace exhibit::console {

struct SessionState {
    QString server;
    QString query;
    QString incident;
    QString order; ///< printOrder().
    QStringList records; ///< Incidents in windows of their own.
    QMap<QString, QString> notes{}; ///< Not sent yet, as NoteDrafts has them.
};

/// Window, layout, server, query and selection across starts. The query goes to a journal file as
/// it changes (atomically), so that a crash loses none; the rest at closing.
class SessionStore {
public:
    explicit SessionStore(QString folder);

    void saveWindow(const ui::MainWindow& window) const;
    void restoreWindow(ui::MainWindow& window) const;
    void saveState(const SessionState& state) const;
    [[nodiscard]] SessionState readState() const;
    /// True when the last console ended without endCleanly(): what it left can be offered.
    [[nodiscard]] bool crashed() const;
    void beginRun() const;
    void endCleanly() const;
    void rememberServer(const QString& address) const;
    [[nodiscard]] QList<QPair<QString, QString>> recentServers() const; ///< Address, day.

private:
    QString m_folder;
};

} // namespace exhibit::console
