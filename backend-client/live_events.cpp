// SPDX-License-Identifier: Apache-2.0
#include "backend-client/live_events.h"

#include "backend-client/tls_errors.h"
#include "models/domain/incident_source_json.h"

#include <QNetworkReply>
#include <QRandomGenerator>

#include <algorithm>

namespace exhibit::client {
namespace {

constexpr int kWaitSecondsMax = 30;
constexpr std::size_t kToldMax = 1000;

int waitSeconds(int failures)
{
    const int seconds = std::min(1 << std::min(failures, 5), kWaitSecondsMax);
    // Consoles that lost the same server do not all come back in the same second.
    return seconds + QRandomGenerator::global()->bounded(1 + seconds / 4);
}

} // namespace

LiveEvents::LiveEvents(Transport& transport, QObject* parent, std::chrono::milliseconds silenceMax)
    : QObject(parent)
    , m_transport(transport)
{
    m_wait.setSingleShot(true);
    connect(&m_wait, &QTimer::timeout, this, &LiveEvents::open);
    m_silence.setSingleShot(true);
    m_silence.setInterval(silenceMax);
    connect(&m_silence, &QTimer::timeout, this, [this] {
        const auto seconds
            = std::chrono::duration_cast<std::chrono::seconds>(m_silence.intervalAsDuration());
        m_trouble = tr("The server has said nothing for %n s.", nullptr, int(seconds.count()));
        m_reply->abort(); // Which ends it.
    });
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
    m_trouble.clear();
    m_silence.start();
    m_reply = m_transport.openStream("/api/v1/events", m_lastId);
    connect(m_reply, &QNetworkReply::sslErrors, this, [this](const QList<QSslError>& errors) {
        if (!errors.isEmpty()) { // Told, never ignored.
            m_trouble = explainTlsError(errors.first().error());
        }
    });
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
    m_silence.start();
    if (!m_isConnected) {
        return; // The body of a refusal.
    }
    std::vector<ServerSentEvent> events;
    if (!m_reader.add({bytes.constData(), static_cast<std::size_t>(bytes.size())}, events)) {
        m_trouble = tr("The server sends something else than events.");
        m_reply->abort();
        return;
    }
    for (const auto& message : events) {
        m_lastId = message.id;
        const auto json = parseJson(message.data);
        auto event = json ? fromJson<domain::LiveEvent>(*json)
                          : Result<domain::LiveEvent>(tl::make_unexpected(json.error()));
        if (event && !isTold(*event)) { // What this version does not know is skipped.
            Q_EMIT arrived(*event);
        }
    }
}

/// A change carries its incident's id alone, a resync none: there may be many, and reading again
/// twice does no harm.
bool LiveEvents::isTold(const domain::LiveEvent& event)
{
    if (event.type == "incident.changed" || event.type == "resync") {
        return false;
    }
    if (std::find(m_told.begin(), m_told.end(), event.id) != m_told.end()) {
        return true;
    }
    m_told.push_back(event.id);
    if (m_told.size() > kToldMax) {
        m_told.pop_front();
    }
    return false;
}

void LiveEvents::ended()
{
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QString why = reason();
    m_silence.stop();
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

QString LiveEvents::reason() const
{
    if (!m_trouble.isEmpty()) {
        return m_trouble;
    }
    return m_reply->error() == QNetworkReply::NoError ? tr("The server ended the connection.")
                                                      : m_reply->errorString();
}

} // namespace exhibit::client
