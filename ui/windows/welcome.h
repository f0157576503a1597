// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"

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
    };

    Welcome(Doings doings, QWidget* parent);
    void setAddress(const QString& address);
    void setRecent(const QList<RecentServer>& recent);
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
    QWidget* recentPart();
    void submit();

    Doings m_doings;
    QLineEdit* m_address = nullptr;
    QLineEdit* m_key = nullptr;
    QCheckBox* m_keep = nullptr;
    QLabel* m_keyNote = nullptr;
    QLabel* m_progress = nullptr;
    QVBoxLayout* m_recent = nullptr;
    MessageBar* m_offer = nullptr;
};

} // namespace exhibit::ui
