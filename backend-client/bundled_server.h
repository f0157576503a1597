// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QTimer>

namespace exhibit::client {

/// A gateway as a process of this one, on a loopback port: watched, started again when it ends by
/// itself (three times at most, unless it ran well in between), and ended with its parent.
class BundledServer : public QObject {
    Q_OBJECT

public:
    struct Plan {
        QString program; ///< exhibitd; without a folder exhibit-demo, which starts its own.
        QString
            dataDir; ///< Of exhibitd: its data and its key. Empty: sample traffic, then nothing.
        quint16 port = 0; ///< Asked for first, so that applications find it again. 0: any.
    };

    BundledServer(Plan plan, QObject* parent);
    /// Waits for a process that still runs: stop() and ended() before keep a window alive.
    ~BundledServer() override;
    /// Ends in ready() or failed(). Where it runs already, ready() comes again.
    void start();
    /// Asks it to end, and makes it end where it does not; ended() says when. Not while none runs.
    void stop();
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    /// "http://HOST:PORT" of the last start; empty before.
    [[nodiscard]] QString address() const { return m_address; }

Q_SIGNALS:
    void ready(const QString& address, const QString& keyFile);
    void note(const QString& text); ///< What it is doing.
    void restarting(); ///< It was ready and ended by itself.
    void failed(const QString& why); ///< It does not run and is not tried again.
    void ended(); ///< After stop().

private:
    void launch();
    void readOutput();
    void finished(int code);
    void takeLine(const QByteArray& line);
    void becomeReady(const QString& address, const QString& keyFile);

    Plan m_plan;
    QProcess m_process;
    QTimer m_patience; ///< With an end that was asked for.
    QElapsedTimer m_sinceReady;
    QByteArray m_lines;
    QByteArray m_errors;
    QString m_address;
    QString m_keyFile;
    int m_restarts = 0;
    bool m_isReady = false; ///< This process said so.
    bool m_stopping = false;
    bool m_again = false; ///< Asked to start while it was ending.
};

} // namespace exhibit::client
