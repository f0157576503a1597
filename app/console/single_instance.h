// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLocalServer>
#include <QObject>
#include <QStringList>

namespace exhibit::console {

/// One console per user and data folder: a later start hands its files over a socket only this user
/// can reach, and ends.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    SingleInstance(const QString& name, QObject* parent);
    /// True when another console took the files; this one should end then.
    [[nodiscard]] bool handOver(const QStringList& files) const;
    void listen();

Q_SIGNALS:
    void asked(const QStringList& files);

private:
    void accept();

    QString m_name;
    QLocalServer m_server;
};

} // namespace exhibit::console
