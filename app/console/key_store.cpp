// SPDX-License-Identifier: Apache-2.0
#include "app/console/key_store.h"

#include "models/base/limits.h"
#include "ui/text.h"

#include <qt6keychain/keychain.h>

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSaveFile>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

const QString kService = u"org.exhibit.Console"_s;

/// The stores of Linux desktops are reached over the session bus; elsewhere one always exists.
bool platformStoreMayRun()
{
#ifdef Q_OS_LINUX
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS");
#else
    return true;
#endif
}

} // namespace

KeyStore::KeyStore(QString fallbackDir, bool usePlatform, QObject* parent)
    : QObject(parent)
    , m_fallbackDir(std::move(fallbackDir))
    , m_usePlatform(usePlatform && platformStoreMayRun())
{
}

QString KeyStore::note() const
{
    const QString where = tr("A kept key goes to a file that only your account can read: %1")
                              .arg(ui::isolated(m_fallbackDir));
    if (!m_trouble.isEmpty()) {
        return tr("The key store of this desktop cannot be used (%1).").arg(m_trouble)
            + QLatin1Char(' ') + where;
    }
    return m_usePlatform ? QString()
                         : tr("No key store runs on this desktop.") + QLatin1Char(' ') + where;
}

/// A store that is locked or refuses is asked again next time; one that is not there is not.
void KeyStore::followError(int error, const QString& text)
{
    if (error == QKeychain::NoError || error == QKeychain::EntryNotFound) {
        m_trouble.clear();
        return;
    }
    if (error == QKeychain::NoBackendAvailable || error == QKeychain::NotImplemented) {
        m_usePlatform = false;
    }
    if (error == QKeychain::AccessDenied || error == QKeychain::AccessDeniedByUser) {
        m_trouble = tr("it is locked or does not let this program in");
    } else {
        m_trouble = text.isEmpty() ? tr("error %1").arg(error) : text;
    }
}

void KeyStore::read(const QString& server, std::function<void(Secret)> done)
{
    Secret kept = readFile(server);
    if (!m_usePlatform || !kept.empty()) {
        return done(std::move(kept));
    }
    auto* job = new QKeychain::ReadPasswordJob(kService, this); // Deletes itself when done.
    job->setInsecureFallback(false);
    job->setKey(server);
    connect(job, &QKeychain::Job::finished, this, [this, job, done](QKeychain::Job*) {
        followError(job->error(), job->errorString());
        done(job->error() == QKeychain::NoError ? Secret(ui::fromQt(job->textData())) : Secret());
    });
    job->start();
}

void KeyStore::write(const QString& server, const Secret& key, std::function<void(QString)> done)
{
    if (!m_usePlatform) {
        return done(writeFile(server, key));
    }
    auto* job = new QKeychain::WritePasswordJob(kService, this); // Deletes itself when done.
    job->setInsecureFallback(false);
    job->setKey(server);
    job->setTextData(ui::toQt(key.expose()));
    connect(job, &QKeychain::Job::finished, this, [this, job, server, key, done](QKeychain::Job*) {
        followError(job->error(), job->errorString());
        if (job->error() != QKeychain::NoError) {
            return done(writeFile(server, key));
        }
        QFile::remove(fileOf(server)); // Else what was kept there would be taken for newer.
        done({});
    });
    job->start();
}

void KeyStore::forget(const QString& server, std::function<void(QString)> done)
{
    QFile file(fileOf(server));
    if (file.exists() && !file.remove()) {
        return done(file.errorString());
    }
    if (!m_usePlatform) {
        return done({});
    }
    auto* job = new QKeychain::DeletePasswordJob(kService, this); // Deletes itself when done.
    job->setInsecureFallback(false);
    job->setKey(server);
    connect(job, &QKeychain::Job::finished, this, [this, job, done](QKeychain::Job*) {
        followError(job->error(), job->errorString());
        const bool isGone = job->error() == QKeychain::NoError
            || job->error() == QKeychain::EntryNotFound
            || job->error() == QKeychain::NoBackendAvailable; // Where none is, none is kept.
        done(isGone ? QString() : m_trouble);
    });
    job->start();
}

QString KeyStore::fileOf(const QString& server) const
{
    const QByteArray digest = QCryptographicHash::hash(server.toUtf8(), QCryptographicHash::Sha256);
    return m_fallbackDir + u"/"_s + QString::fromLatin1(digest.toHex().left(32)) + u".key"_s;
}

Secret KeyStore::readFile(const QString& server) const
{
    QFile file(fileOf(server));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    return Secret(file.read(limits::kKeyFileBytesMax).trimmed().toStdString());
}

QString KeyStore::writeFile(const QString& server, const Secret& key) const
{
    QDir().mkpath(m_fallbackDir);
    QFile::setPermissions(m_fallbackDir, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QSaveFile file(fileOf(server));
    if (!file.open(QIODevice::WriteOnly)) {
        return file.errorString();
    }
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    file.write(QByteArray::fromStdString(key.expose()));
    return file.commit() ? QString() : file.errorString();
}

} // namespace exhibit::console
