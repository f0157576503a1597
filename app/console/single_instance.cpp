// SPDX-License-Identifier: Apache-2.0
#include "app/console/single_instance.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QLocalSocket>

#include <memory>

namespace exhibit::console {
namespace {

constexpr int kPatienceMs = 500;
constexpr qint64 kMessageBytesMax = 256 * 1024;

} // namespace

SingleInstance::SingleInstance(const QString& name, QObject* parent)
    : QObject(parent)
    , m_name(name)
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::accept);
}

bool SingleInstance::handOver(const QStringList& files) const
{
    QLocalSocket socket;
    socket.connectToServer(m_name);
    if (!socket.waitForConnected(kPatienceMs)) {
        return false;
    }
    socket.write(QJsonDocument(QJsonArray::fromStringList(files)).toJson(QJsonDocument::Compact)
                 + '\n');
    return socket.waitForBytesWritten(kPatienceMs);
}

void SingleInstance::listen()
{
    if (!m_server.listen(m_name)) {
        QLocalServer::removeServer(
            m_name); // Left by a console that crashed: nobody answered on it.
        m_server.listen(m_name);
    }
}

void SingleInstance::accept()
{
    auto* socket = m_server.nextPendingConnection();
    auto line = std::make_shared<QByteArray>();
    connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
    connect(socket, &QLocalSocket::readyRead, this, [this, socket, line] {
        line->append(socket->read(kMessageBytesMax));
        if (line->size() > kMessageBytesMax) {
            socket->abort();
        } else if (line->endsWith('\n')) {
            QStringList files;
            for (const auto& value : QJsonDocument::fromJson(*line).array()) {
                files << value.toString();
            }
            Q_EMIT asked(files);
            socket->disconnectFromServer();
        }
    });
}

} // namespace exhibit::console
