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
    return m_usePlatform
        ? QString()
        : tr("No key store runs on this desktop. A kept key goes to a file that only "
             "your account can read: %1")
              .arg(m_fallbackDir);
}

void KeyStore::read(const QString& server, std::function<void(Secret)> done)
{
    if (!m_usePlatform) {
        return done(readFile(server));
    }
    auto* job = new QKeychain::ReadPasswordJob(kService, this); // Deletes itself when done.
    job->setInsecureFallback(false);
    job->setKey(server);
    connect(job, &QKeychain::Job::finished, this, [this, job, server, done](QKeychain::Job*) {
        if (job->error() == QKeychain::NoBackendAvailable) {
            m_usePlatform = false; // From now on note() says where keys go.
        }
        done(job->error() == QKeychain::NoError ? Secret(ui::fromQt(job->textData()))
                                                : readFile(server));
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
        if (job->error() == QKeychain::NoBackendAvailable) {
            m_usePlatform = false;
            return done(writeFile(server, key));
        }
        done(job->error() == QKeychain::NoError ? QString() : job->errorString());
    });
    job->start();
}

void KeyStore::forget(const QString& server)
{
    QFile::remove(fileOf(server));
    if (m_usePlatform) {
        auto* job = new QKeychain::DeletePasswordJob(kService, this); // Deletes itself when done.
        job->setInsecureFallback(false);
        job->setKey(server);
        job->start();
    }
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
