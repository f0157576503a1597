// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/upstream_client.h"

#include "server/gateway/upstream_connection.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <deque>
#include <unordered_map>

namespace exhibit::gateway {
namespace {

namespace asio = boost::asio;

/// Warm connections kept per origin; more are closed when their answer ends.
constexpr std::size_t kWarmConnectionsMax = 1024;

std::string requestHead(const UpstreamTarget& target, const UpstreamRequest& request)
{
    std::string head;
    head.reserve(1024);
    fmt::format_to(std::back_inserter(head),
                   "{} {} HTTP/1.1\r\nHost: {}\r\n",
                   request.method,
                   request.target,
                   target.authority());
    for (const auto& [name, value] : request.headers) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
    if (!request.body.empty() || request.method == "POST") {
        fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", request.body.size());
    }
    head += "\r\n";
    return head;
}

} // namespace

struct UpstreamClient::Impl {
    Impl(asio::io_context& context, UpstreamTimeouts limits)
        : io(context)
        , timeouts(limits)
    {
    }

    asio::io_context& io;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    UpstreamTimeouts timeouts;
    std::unordered_map<std::string, std::deque<std::shared_ptr<UpstreamConnection>>> warm;
    std::unordered_map<std::string, TlsSession> sessions; ///< The newest of each origin.
    NameResolver names{io};

    std::shared_ptr<UpstreamConnection> takeWarm(const std::string& origin)
    {
        auto& connections = warm[origin];
        while (!connections.empty()) {
            // The newest first: the oldest are the likeliest to have been closed by the peer.
            auto connection = std::move(connections.back());
            connections.pop_back();
            if (connection->stillOpen()) {
                return connection;
            }
        }
        return nullptr;
    }

    void giveBack(const std::string& origin, std::shared_ptr<UpstreamConnection> connection)
    {
        auto& connections = warm[origin];
        connections.push_back(std::move(connection));
        if (connections.size() > kWarmConnectionsMax) {
            connections.pop_front();
        }
    }
};

namespace {

class PooledExchange final : public UpstreamExchange {
public:
    PooledExchange(UpstreamClient::Impl& client, UpstreamTarget target)
        : m_client(client)
        , m_target(std::move(target))
        , m_origin(m_target.origin())
    {
    }
    ~PooledExchange() override
    {
        if (m_connection && !m_finished) {
            m_connection->close();
        }
    }
    PooledExchange(const PooledExchange&) = delete;
    PooledExchange& operator=(const PooledExchange&) = delete;

    asio::awaitable<Result<UpstreamHead>> start(UpstreamRequest request) override
    {
        const std::string head = requestHead(m_target, request);
        m_connection = m_client.takeWarm(m_origin);
        if (m_connection) {
            const auto before = m_connection->acknowledged();
            auto answer = co_await attempt(head, request);
            const bool died = !answer && answer.error().code == ErrorCode::Unavailable
                && !m_connection->heardAnything();
            // What the provider may have read whole is not sent again (RFC 9110, 9.2.2). When it
            // had closed the connection before, its host acknowledged nothing of the request.
            const bool unread = !m_written || (before && m_connection->acknowledged() == before);
            if (!died || (!unread && request.method == "POST")) {
                co_return answer;
            }
        }
        if (m_cancelled) {
            co_return cancelled();
        }
        m_connection = std::make_shared<UpstreamConnection>(m_client.io, m_client.tls, m_target);
        m_connection->resume(m_client.sessions[m_origin].get());
        EXHIBIT_CO_CHECK(
            co_await m_connection->connect(m_client.names, m_target, m_client.timeouts.connect));
        co_return co_await attempt(head, request);
    }

    [[nodiscard]] bool wasSent() const override { return m_sent; }

    asio::awaitable<Result<std::optional<Bytes>>> readSome() override
    {
        // Held here too: cancel() may come while this waits.
        const auto connection = m_connection;
        auto bytes = co_await connection->readSome(m_client.timeouts.idle);
        if (bytes && !*bytes && !m_finished) {
            m_finished = true;
            if (auto session = connection->session()) {
                m_client.sessions[m_origin] = std::move(session);
            }
            if (connection->reusable()) {
                m_client.giveBack(m_origin, connection);
            }
        }
        co_return bytes;
    }

    void cancel() override
    {
        m_cancelled = true;
        if (m_connection && !m_finished) {
            m_connection->close();
        }
    }

private:
    asio::awaitable<Result<UpstreamHead>> attempt(const std::string& head,
                                                  const UpstreamRequest& request)
    {
        const auto connection = m_connection;
        if (m_cancelled || (request.mayStillSend && !request.mayStillSend())) {
            co_return cancelled();
        }
        m_sent = true;
        auto written = co_await connection->write(head, request.body, m_client.timeouts.firstByte);
        m_written = written.has_value();
        // A provider may refuse a request before it has read all of it.
        auto answer = co_await connection->readHead(m_client.timeouts.firstByte);
        if (!answer && !written) {
            co_return tl::make_unexpected(written.error());
        }
        co_return answer;
    }

    static tl::unexpected<Error> cancelled()
    {
        return fail(ErrorCode::Cancelled, "the call was cancelled", "before it was sent");
    }

    UpstreamClient::Impl& m_client;
    UpstreamTarget m_target;
    std::string m_origin;
    std::shared_ptr<UpstreamConnection> m_connection;
    bool m_finished = false;
    bool m_cancelled = false;
    bool m_sent = false;
    bool m_written = false; ///< The last attempt, to its end.
};

} // namespace

UpstreamClient::UpstreamClient(asio::io_context& io, UpstreamTimeouts timeouts)
    : m_impl(new Impl(io, timeouts))
{
    m_impl->tls.set_default_verify_paths();
    SSL_CTX_set_min_proto_version(m_impl->tls.native_handle(), TLS1_2_VERSION);
    // Sessions are kept by origin here; OpenSSL's own cache does not resume client connections.
    SSL_CTX_set_session_cache_mode(m_impl->tls.native_handle(), SSL_SESS_CACHE_OFF);
}

UpstreamClient::~UpstreamClient() = default;

std::unique_ptr<UpstreamExchange> UpstreamClient::exchange(const UpstreamTarget& target)
{
    return std::make_unique<PooledExchange>(*m_impl, target);
}

} // namespace exhibit::gateway
