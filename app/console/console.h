// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/console/borrowed_settings.h"
#include "app/console/command_line.h"
#include "app/console/connection.h"
#include "app/console/key_store.h"
#include "app/console/local_gateways.h"
#include "app/console/record_windows.h"
#include "app/console/session_store.h"
#include "app/console/single_instance.h"
#include "ui/theme/theme.h"
#include "ui/windows/main_window.h"
#include "ui/windows/welcome.h"

#include <QTranslator>

#include <memory>
#include <optional>
#include <vector>

namespace exhibit::console {

/// The panes and workspaces of every feature, in the order of the window.
void registerPanes(ui::PaneRegistry& registry);

/// The console as one process: windows, connection, session. Composition only.
class Console : public QObject {
    Q_OBJECT

public:
    explicit Console(CommandLine options);
    ~Console() override;
    /// The event loop's exit code.
    int run();

    /// The first one, which may have been closed: then it is hidden.
    [[nodiscard]] ui::MainWindow& window() { return *m_windows.front(); }
    /// The last one that is visible; where none is, the first is shown again.
    [[nodiscard]] ui::MainWindow& shownWindow();
    [[nodiscard]] ui::SourceHub& hub() { return m_hub; }
    [[nodiscard]] Connection& connection() { return *m_connection; }
    [[nodiscard]] const CommandLine& options() const { return m_options; }
    [[nodiscard]] RecordWindows& records() { return *m_records; }
    [[nodiscard]] LocalGateways& gateways() { return m_local; }
    [[nodiscard]] ui::Welcome& welcome() { return *m_welcomes.front(); }
    void openWindow();
    /// Connects to what the command line or the session names, or offers what a crash left.
    void begin();
    /// What a later start was asked for, done here instead.
    void takeOver(const HandedOver& asked);

protected:
    /// Quit that is asked of the program: by the desktop, or at the end of its session.
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void connectTo(const ui::ConnectChoice& choice);
    void connectWith(const QString& address, const Secret& key);
    void askToSend(const QString& address, const Secret& key);
    void keepKey();
    void forgetServer(const QString& address);
    void showRecent();
    void showKeyStoreNote(const QString& error = {});
    /// What is asked for on the welcome page, before there is a server to do it on.
    enum class Step : std::uint8_t { None, Newest, Inflection };

    [[nodiscard]] ui::Welcome* makeWelcome(ui::MainWindow& shown);
    void followGateways();
    void startLocal(ui::MainWindow& from, LocalGateways::Kind kind);
    void openFirst(ui::MainWindow& from, Step step);
    void goOn();
    void endGateways();
    void connected();
    void failed(const QString& why);
    void goOffline();
    void connectIfNamed(const QString& server, Secret key);
    void connectWith(const QString& server, const QString& keyFile);
    /// `isArranged`: the docks of the first window stand as somebody put them in this run.
    void restoreSession(bool isArranged);
    void restoreWindow(ui::MainWindow& shown, const WindowState& state);
    [[nodiscard]] bool isLastOpen(const ui::MainWindow& closing) const;
    /// `closing`: a window that is about to go, and comes back only where it is the last one.
    void saveState(const ui::MainWindow* closing = nullptr);
    void leaveSession();
    void saveNotes();
    void quit();
    /// False, and the question is open, when a job of any window would be lost.
    [[nodiscard]] bool beginQuitting();
    void journal(ui::MainWindow& shown);
    [[nodiscard]] QString dataFolder() const;
    [[nodiscard]] static Secret readKey(const QString& file);
    [[nodiscard]] Secret keyFromOptions() const;

    CommandLine m_options;
    std::optional<BorrowedSettings> m_borrowed; ///< In safe mode.
    QTranslator m_plurals;
    ui::Theme m_theme;
    ui::SourceHub m_hub;
    ui::PaneRegistry m_registry;
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<KeyStore> m_keys;
    std::unique_ptr<SessionStore> m_session;
    LocalGateways m_local;
    ui::ConnectChoice m_toKeep; ///< Until the server takes its key.
    QStringList m_sentReadable; ///< Servers that get the key readable by others: somebody said so.
    Step m_step = Step::None;
    QPointer<ui::MainWindow> m_stepWindow;
    std::unique_ptr<RecordWindows> m_records;
    QTimer m_journalDelay;
    QTimer m_notesDelay;
    QString m_sessionOf; ///< The server whose session the windows are; empty: of none yet.
    bool m_restores = true; ///< Not after a crash, until somebody says so.
    bool m_opensOthers = true; ///< Further windows of the session, once.
    bool m_quits = false; ///< What all windows were is kept already.
    SingleInstance m_single;
    std::vector<std::unique_ptr<ui::MainWindow>> m_windows;
    std::vector<ui::Welcome*> m_welcomes; ///< Owned by their windows.
};

} // namespace exhibit::console
