// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "ui/theme/icons.h"
#include "ui/windows/recent_files.h"

#include <QWidget>

#include <functional>

class QCheckBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace exhibit::ui {

class MessageBar;

struct ConnectChoice {
    QString address;
    Secret key;
    bool keepKey = false;
};

struct RecentServer {
    QString address;
    QString when;
};

/// What is seen before there is anything to investigate: connect, or start a server here; and three
/// steps to the first incident, on sample traffic.
class Welcome : public QWidget {
    Q_OBJECT

public:
    struct Doings {
        std::function<void(ConnectChoice)> connectTo;
        std::function<void()> startLocal; ///< Its data stays.
        std::function<void()> startSample; ///< Six stories, thrown away at the end.
        std::function<void()> openFirstIncident;
        std::function<void()> jumpToInflection;
        std::function<void()> openEvidence;
        std::function<void()> pasteEvidence; ///< Its path is on the clipboard.
        std::function<void(const QStringList& files)> openFiles;
        /// The server, and a key that is kept for it.
        std::function<void(const QString& address)> forgetServer;
        std::function<void()> forgetFiles;
    };

    Welcome(Doings doings, QWidget* parent);
    void setAddress(const QString& address);
    void setRecent(const QList<RecentServer>& servers, const QList<RecentFile>& files);
    /// Before a key goes where others can read it. One of the two is done, and the question gone.
    void askToSendReadable(const QString& address,
                           const std::function<void()>& send,
                           const std::function<void()>& leave);
    void takeQuestionBack();
    [[nodiscard]] MessageBar& question() { return *m_question; }
    /// What the key store can promise; an empty text means the platform's own.
    void setKeyStoreNote(const QString& note);
    /// Working, failed or nothing; says it beside the buttons, never in a dialog.
    void setProgress(const QString& text, bool failed);
    [[nodiscard]] QString progressText() const;
    /// What an end that was none left behind, with the choice of what to do about it.
    void offerSession(const QString& what,
                      std::function<void()> restore,
                      std::function<void()> startFresh);
    [[nodiscard]] MessageBar& offer() { return *m_offer; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QWidget* connectPart();
    QWidget* stepsPart();
    QWidget* recentPart(QVBoxLayout*& list);
    QWidget* addRecent(QVBoxLayout& list,
                       Icon sign,
                       const QString& text,
                       const QString& note,
                       std::function<void()> run);
    void submit();

    Doings m_doings;
    QLineEdit* m_address = nullptr;
    QLineEdit* m_key = nullptr;
    QCheckBox* m_keep = nullptr;
    QLabel* m_keyNote = nullptr;
    QLabel* m_progress = nullptr;
    QVBoxLayout* m_servers = nullptr; ///< Recent ones.
    QVBoxLayout* m_files = nullptr;
    MessageBar* m_offer = nullptr;
    MessageBar* m_question = nullptr;
};

} // namespace exhibit::ui
