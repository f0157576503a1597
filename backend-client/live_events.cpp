// SPDX-License-Identifier: Apache-2.0
#include "backend-client/live_events.h"

#include "models/domain/incident_source_json.h"

#include <QNetworkReply>
#include <QRandomGenerator>

#include <algorithm>

namespace exhibit::client {
namespace {

constexpr int kWaitSecondsMax = 30;

int waitSeconds(int failures)
{
    const int seconds = std::min(1 << std::min(failures, 5), kWaitSecondsMax);
    // Consoles that lost the same server do not all come back in the same second.
    return seconds + QRandomGenerator::global()->bounded(1 + seconds / 4);
}

} // namespace

LiveEvents::LiveEvents(Transport& transport, QObject* parent)
    : QObject(parent)
    , m_transport(transport)
{
    m_wait.setSingleShot(true);
    connect(&m_wait, &QTimer::timeout, this, &LiveEvents::open);
}

LiveEvents::~LiveEvents()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->abort();
        m_reply->deleteLater();
    }
}

void LiveEvents::start()
{
    open();
}

void LiveEvents::retryNow()
{
    if (!m_reply) {
        m_wait.stop();
        open();
    }
}

void LiveEvents::open()
{
    m_reader = EventReader();
    m_isConnected = false;
    m_reply = m_transport.openStream("/api/v1/events", m_lastId);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, [this] {
        const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (status == 200 && !m_isConnected) {
            m_isConnected = true;
            m_failures = 0;
            Q_EMIT connected();
        }
    });
    connect(m_reply, &QNetworkReply::readyRead, this, &LiveEvents::read);
    connect(m_reply, &QNetworkReply::finished, this, &LiveEvents::ended);
}

void LiveEvents::read()
{
    const QByteArray bytes = m_reply->readAll();
    if (!m_isConnected) {
        return; // The body of a refusal.
    }
    std::vector<ServerSentEvent> events;
    if (!m_reader.add({bytes.constData(), static_cast<std::size_t>(bytes.size())}, events)) {
        m_reply->abort();
        return;
    }
    for (const auto& message : events) {
        m_lastId = message.id;
        const auto json = parseJson(message.data);
        auto event = json ? fromJson<domain::LiveEvent>(*json)
                          : Result<domain::LiveEvent>(tl::make_unexpected(json.error()));
        if (event) { // What this version does not know is skipped.
            Q_EMIT arrived(*event);
        }
    }
}

void LiveEvents::ended()
{
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QString why = m_reply->errorString();
    m_reply->deleteLater();
    m_reply.clear();
    if (status == 401 || status == 403) {
        Q_EMIT refused(why);
        return;
    }
    const int seconds = waitSeconds(m_failures++);
    m_wait.start(seconds * 1000);
    Q_EMIT lost(why, seconds);
}

} // namespace exhibit::client
