// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"

#include <QObject>
#include <QProcess>
#include <QTimer>

namespace exhibit::client {

/// exhibitd as a process of this one: started on a free loopback port, watched, started again
/// (three times at most) when it ends by itself, stopped with its parent.
class BundledServer : public QObject {
    Q_OBJECT

public:
    struct Programs {
        QString server; ///< exhibitd.
        QString sample; ///< exhibit-demo: starts exhibitd with sample traffic. Empty: without.
        QString dataDir;
    };

    BundledServer(Programs programs, QObject* parent);
    ~BundledServer() override;
    void start();
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }

Q_SIGNALS:
    void ready(const QString& address, const QString& keyFile);
    void note(const QString& text); ///< What it is doing.
    void failed(const QString& why);

private:
    void readOutput();
    void ended(int code);
    void takeLine(const QByteArray& line);

    Programs m_programs;
    QProcess m_process;
    QByteArray m_lines;
    QByteArray m_errors;
    int m_restarts = 0;
    bool m_wasReady = false;
    bool m_stopping = false;
};

} // namespace exhibit::client
