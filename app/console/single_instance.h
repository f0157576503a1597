// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLocalServer>
#include <QObject>
#include <QStringList>

namespace exhibit::console {

/// Where that socket of a data folder lies: in a folder that only this user can enter. Empty when
/// there is none; then every start is a console of its own.
[[nodiscard]] QString socketPathFor(const QString& dataFolder);

/// What a start was asked for. The key itself stays in its file.
struct HandedOver {
    QStringList files;
    QString server;
    QString keyFile;
    QString query;

    bool operator==(const HandedOver&) const = default;
};

/// One console per user and data folder: a later start hands over what it was asked for, on a
/// socket only this user can reach, and ends.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    /// `path` is absolute, as socketPathFor() gives it.
    SingleInstance(QString path, QObject* parent);
    /// True when another console of this user took it; this one should end then. Paths are
    /// absolute.
    [[nodiscard]] bool handOver(const HandedOver& what) const;
    void listen();
    /// A later start is a console of its own from now on.
    void close() { m_server.close(); }

Q_SIGNALS:
    void asked(const exhibit::console::HandedOver& what);

private:
    void accept();

    QString m_path;
    QLocalServer m_server;
};

} // namespace exhibit::console
