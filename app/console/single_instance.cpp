// SPDX-License-Identifier: Apache-2.0
#include "app/console/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QStandardPaths>

#ifdef Q_OS_LINUX
#include <sys/socket.h>
#include <unistd.h>
#endif

#include <memory>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPatienceMs = 500;
constexpr qint64 kMessageBytesMax = 256 * 1024;

/// Whoever else could have made or reached the socket must not learn which files are opened.
bool isOwnPeer(const QLocalSocket& socket)
{
#ifdef Q_OS_LINUX
    ucred peer{};
    socklen_t size = sizeof peer;
    return getsockopt(
               static_cast<int>(socket.socketDescriptor()), SOL_SOCKET, SO_PEERCRED, &peer, &size)
        == 0
        && peer.uid == geteuid();
#else
    return socket.state() == QLocalSocket::ConnectedState;
#endif
}

} // namespace

QString socketPathFor(const QString& dataFolder)
{
    const auto digest = QCryptographicHash::hash(dataFolder.toUtf8(), QCryptographicHash::Sha256);
    const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    if (!runtime.isEmpty()) {
        return runtime + u"/exhibit-"_s + QString::fromLatin1(digest.toHex().left(16));
    }
    constexpr auto kOwnerAlone = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner;
    return QDir().mkpath(dataFolder) && QFile::setPermissions(dataFolder, kOwnerAlone)
        ? dataFolder + u"/console.socket"_s
        : QString();
}

SingleInstance::SingleInstance(QString path, QObject* parent)
    : QObject(parent)
    , m_path(std::move(path))
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::accept);
}

bool SingleInstance::handOver(const HandedOver& what) const
{
    QLocalSocket socket;
    socket.connectToServer(m_path);
    if (m_path.isEmpty() || !socket.waitForConnected(kPatienceMs) || !isOwnPeer(socket)) {
        return false;
    }
    const QJsonObject message{{u"files"_s, QJsonArray::fromStringList(what.files)},
                              {u"server"_s, what.server},
                              {u"key_file"_s, what.keyFile},
                              {u"query"_s, what.query}};
    socket.write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    return socket.waitForBytesWritten(kPatienceMs);
}

void SingleInstance::listen()
{
    if (!m_path.isEmpty() && !m_server.listen(m_path)) {
        QLocalServer::removeServer(
            m_path); // Left by a console that crashed: nobody answered on it.
        m_server.listen(m_path);
    }
}

void SingleInstance::accept()
{
    auto* socket = m_server.nextPendingConnection();
    auto line = std::make_shared<QByteArray>();
    connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
    if (!isOwnPeer(*socket)) {
        socket->abort();
        socket->deleteLater();
        return;
    }
    connect(socket, &QLocalSocket::readyRead, this, [this, socket, line] {
        line->append(socket->read(kMessageBytesMax));
        if (line->size() > kMessageBytesMax) {
            socket->abort();
        } else if (line->endsWith('\n')) {
            const QJsonObject message = QJsonDocument::fromJson(*line).object();
            Q_EMIT asked({message.value("files"_L1).toVariant().toStringList(),
                          message.value("server"_L1).toString(),
                          message.value("key_file"_L1).toString(),
                          message.value("query"_L1).toString()});
            socket->disconnectFromServer();
        }
    });
}

} // namespace exhibit::console
