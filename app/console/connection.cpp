// SPDX-License-Identifier: Apache-2.0
#include "app/console/connection.h"

#include "models/base/limits.h"
#include "ui/text.h"

#include <QUrl>

namespace exhibit::console {
namespace {

/// A member of ExportRequest in a server's description; nullptr where it has none.
const Json* exportMember(const Json& description, const char* member)
{
    const Json* at = &description;
    for (const char* name : {"components", "schemas", "ExportRequest", "properties", member}) {
        at = at != nullptr ? findMember(*at, name) : nullptr;
    }
    return at;
}

QSet<QString> wordsOf(const Json* holder, const char* list)
{
    const Json* at = holder != nullptr ? findMember(*holder, list) : nullptr;
    QSet<QString> words;
    if (at != nullptr && at->is_array()) {
        for (const auto& word : at->get_array()) {
            if (const auto* text = word.if_string()) {
                words << ui::toQt(*text);
            }
        }
    }
    return words;
}

ui::ExportIncludes exportIncludesIn(const Json& description)
{
    const Json* include = exportMember(description, "include");
    const Json* items = include != nullptr ? findMember(*include, "items") : nullptr;
    return {
        wordsOf(items, "enum"), wordsOf(include, "x-always-whole"), wordsOf(include, "x-without")};
}

} // namespace

using ui::ConnectionState;

Connection::Connection(ui::SourceHub& hub, QObject* parent)
    : QObject(parent)
    , m_hub(hub)
{
    connect(&hub, &ui::SourceHub::retryAsked, this, &Connection::retryNow);
}

Connection::~Connection()
{
    m_check.reset();
    m_live.reset();
    m_hub.setSource(nullptr, {}, {});
}

void Connection::open(const QString& address, const Secret& key)
{
    close();
    m_address = address;
    auto made = client::Client::create(
        {ui::fromQt(address), key, std::chrono::milliseconds(limits::kClientCallTimeout)});
    if (!made) {
        const QString why = ui::toQt(made.error().message);
        QMetaObject::invokeMethod(
            this, [this, why] { Q_EMIT failed(why); }, Qt::QueuedConnection);
        return;
    }
    m_source = std::make_shared<BackendSource>(*std::move(made));
    check();
}

void Connection::check()
{
    domain::SearchRequest probe;
    probe.limit = 1;
    m_hub.setState(ConnectionState::Connecting);
    // A search proves address, key and scope at once; /health would need no key.
    m_check
        = m_source->search(probe, [this](const domain::SourceResult<domain::SearchReply>& reply) {
              const auto done = std::exchange(m_check, nullptr);
              if (reply) {
                  return accept();
              }
              m_source.reset();
              m_hub.setState(ConnectionState::Offline);
              Q_EMIT failed(ui::toQt(reply.error().error.message));
          });
}

void Connection::accept()
{
    const QUrl url(m_address);
    const QString name
        = url.port() > 0 ? QStringLiteral("%1:%2").arg(url.host()).arg(url.port()) : url.host();
    m_hub.setSource(m_source, name, ui::toQt(m_source->client().transport().baseUrl()));
    m_hub.setState(ConnectionState::Connected);
    m_live = std::make_unique<client::LiveEvents>(m_source->client().transport(), nullptr);
    connect(m_live.get(), &client::LiveEvents::connected, this, [this] {
        m_hub.setState(ConnectionState::Connected);
        m_hub.setListening(true);
    });
    connect(m_live.get(),
            &client::LiveEvents::arrived,
            this,
            [this](const domain::LiveEvent& event) { m_hub.tell(event); });
    connect(m_live.get(), &client::LiveEvents::lost, this, [this](const QString& why, int seconds) {
        const QString again = tr("trying again in %n s", nullptr, seconds);
        m_hub.setListening(false);
        m_hub.setState(ConnectionState::Reconnecting, m_excuse.isEmpty() ? again : m_excuse, why);
    });
    connect(m_live.get(), &client::LiveEvents::refused, this, [this](const QString& why) {
        m_hub.setListening(false);
        m_hub.setState(ConnectionState::Refused, {}, why);
    });
    m_live->start();
    m_source->client().description().then(this, [this](const client::Reply<Json>& reply) {
        QSet<QString> routes;
        const Json* paths = reply ? findMember(*reply, "paths") : nullptr;
        if (paths != nullptr && paths->is_object()) {
            for (const auto& member : paths->get_object()) {
                routes << ui::toQt(member.key());
            }
        }
        m_hub.setRoutes(routes);
        const Json description = reply ? *reply : Json();
        m_hub.setExportFormats(wordsOf(exportMember(description, "format"), "enum"));
        m_hub.setExportIncludes(exportIncludesIn(description));
    });
    Q_EMIT connected();
}

void Connection::setExcuse(const QString& text)
{
    m_excuse = text;
    if (m_hub.source() != nullptr && !text.isEmpty()) {
        m_hub.setState(ConnectionState::Reconnecting, text, m_hub.cause());
    }
}

void Connection::retryNow()
{
    if (m_live) {
        m_live->retryNow();
    }
}

void Connection::close()
{
    m_check.reset();
    m_live.reset();
    m_hub.setSource(nullptr, {}, {});
    m_source.reset();
    m_excuse.clear();
    m_hub.setState(ConnectionState::Offline);
}

} // namespace exhibit::console
