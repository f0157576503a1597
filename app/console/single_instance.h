// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLocalServer>
#include <QObject>
#include <QStringList>

namespace exhibit::console {

/// Where that socket of a data folder lies: in a folder that only this user can enter. Empty when
/// there is none; then every start is a console of its own.
[[nodiscard]] QString socketPathFor(const QString& dataFolder);

/// One console per user and data folder: a later start hands its files over a socket only this user
/// can reach, and ends.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    /// `path` is absolute, as socketPathFor() gives it.
    SingleInstance(QString path, QObject* parent);
    /// True when another console of this user took the files; this one should end then.
    [[nodiscard]] bool handOver(const QStringList& files) const;
    void listen();
    /// A later start is a console of its own from now on.
    void close() { m_server.close(); }

Q_SIGNALS:
    void asked(const QStringList& files);

private:
    void accept();

    QString m_path;
    QLocalServer m_server;
};

} // namespace exhibit::console
