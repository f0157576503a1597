// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/main_window.h"
#include "ui/windows/note_drafts.h"

#include <QJsonObject>
#include <QString>

namespace exhibit::console {

/// One window with a search.
struct WindowState {
    QString query;
    QString incident; ///< That is selected.
    QString order; ///< printOrder().
    QByteArray geometry;
    QByteArray layout; ///< Of its docks.
    QJsonObject panes; ///< PaneRegistry::statesOf().
    QString page = {}; ///< MainWindow::shownPage().
    QStringList files = {}; ///< That its page has open.
};

/// One window of a single record.
struct RecordState {
    QString incident;
    QByteArray geometry;
    QJsonObject panes;
};

struct SessionState {
    QString server;
    QList<WindowState> windows; ///< In the order they were opened.
    QList<RecordState> records;

    /// Of the first window; empty without one.
    [[nodiscard]] QString query() const
    {
        return windows.isEmpty() ? QString() : windows.first().query;
    }
};

/// Windows, layout, server, queries and selections across starts. What is searched and where one
/// stands goes to a journal file as it changes (atomically), so that a crash loses none. A file
/// that is damaged, too long or of another version gives what can be read of it. Notes that were
/// not sent have a file of their own, of every server: no session takes them with it.
class SessionStore {
public:
    static constexpr qsizetype kWindowsMax = 16;
    static constexpr qsizetype kRecordsMax = 32;
    static constexpr qint64 kFileBytesMax = 1 << 20;
    static constexpr qint64 kNotesBytesMax = 8 << 20; ///< More than NoteDrafts ever holds.

    explicit SessionStore(QString folder);

    void saveWindow(const ui::MainWindow& window) const;
    void restoreWindow(ui::MainWindow& window) const;
    /// A query that has no room in the file is left out, then a window or record.
    void saveState(const SessionState& state) const;
    [[nodiscard]] SessionState readState() const;
    void saveNotes(const ui::NoteDrafts::Texts& notes) const;
    [[nodiscard]] ui::NoteDrafts::Texts readNotes() const;
    /// True when the last console ended without endCleanly(): what it left can be offered.
    [[nodiscard]] bool crashed() const;
    void beginRun() const;
    void endCleanly() const;
    void rememberServer(const QString& address) const;
    void forgetServer(const QString& address) const;
    [[nodiscard]] QList<QPair<QString, QString>> recentServers() const; ///< Address, day.

private:
    QString m_folder;
};

} // namespace exhibit::console
