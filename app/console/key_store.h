// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"

#include <QObject>
#include <QString>

#include <functional>

namespace exhibit::console {

/// Keys of servers in the platform's key store (Secret Service, KWallet, Keychain, Credential
/// Manager); where none runs, or it is locked or refuses, in files only the user can read, and the
/// interface says so. A file is the newer one of the two: keeping a key elsewhere removes it.
class KeyStore : public QObject {
    Q_OBJECT

public:
    /// `fallbackDir` is made with mode 0700 on the first write.
    KeyStore(QString fallbackDir, bool usePlatform, QObject* parent);

    /// What a person should know before a key is kept; empty when the platform's store works.
    [[nodiscard]] QString note() const;
    /// `done` gets an empty key when none is kept.
    void read(const QString& server, std::function<void(Secret)> done);
    void write(const QString& server, const Secret& key, std::function<void(QString error)> done);
    void forget(const QString& server, std::function<void(QString error)> done);

private:
    void followError(int error, const QString& text);
    [[nodiscard]] QString fileOf(const QString& server) const;
    [[nodiscard]] Secret readFile(const QString& server) const;
    [[nodiscard]] QString writeFile(const QString& server, const Secret& key) const;

    QString m_fallbackDir;
    bool m_usePlatform;
    QString m_trouble; ///< What the platform's store said last, where it did not do it.
};

} // namespace exhibit::console
