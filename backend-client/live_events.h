// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/event_reader.h"
#include "backend-client/transport.h"
#include "models/domain/incident_source.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <deque>

class QNetworkReply;

namespace exhibit::client {

/// GET /api/v1/events, kept open: reconnects with back-off (1 s doubling to 30 s, with jitter) and
/// continues after the last event seen. A connection that says nothing for longer than a server
/// does is taken for dead: a suspend or a router may drop it without a word. The thread of the
/// transport.
class LiveEvents : public QObject {
    Q_OBJECT

public:
    /// A server says that it is alive every 15 s.
    static constexpr std::chrono::milliseconds kSilenceMax{45'000};

    /// `transport` outlives this.
    LiveEvents(Transport& transport,
               QObject* parent,
               std::chrono::milliseconds silenceMax = kSilenceMax);
    ~LiveEvents() override;
    void start();
    /// Now instead of when the wait is over, or once more after a refusal.
    void retryNow();

Q_SIGNALS:
    void connected();
    /// The stream ended or could not be opened; the next attempt follows in `seconds`.
    void lost(const QString& why, int seconds);
    /// The key is not accepted: no attempt follows by itself.
    void refused(const QString& why);
    void arrived(const exhibit::domain::LiveEvent& event);

private:
    void open();
    void read();
    void ended();
    [[nodiscard]] bool isTold(const domain::LiveEvent& event);
    [[nodiscard]] QString reason() const;

    Transport& m_transport;
    QPointer<QNetworkReply> m_reply;
    EventReader m_reader;
    QTimer m_wait;
    QTimer m_silence;
    QString m_trouble; ///< Of this connection, where more is known than that it ended.
    std::string m_lastId;
    std::deque<std::string> m_told; ///< Ids; a server may send again what came last.
    int m_failures = 0;
    bool m_isConnected = false;
};

} // namespace exhibit::client
