// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/name_resolver.h"
#include "server/gateway/upstream_client.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <variant>

/// Private to server/gateway: Beast and OpenSSL stay behind upstream_client.h.
namespace exhibit::gateway {

using PlainStream = boost::asio::ip::tcp::socket;
using TlsStream = boost::asio::ssl::stream<PlainStream>;
struct TlsSessionFree {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using TlsSession = std::unique_ptr<SSL_SESSION, TlsSessionFree>;

/// One connection, plain or TLS; owned by a shared_ptr. Every operation ends by the time-out it is
/// given, which also closes the connection.
class UpstreamConnection : public std::enable_shared_from_this<UpstreamConnection> {
public:
    UpstreamConnection(boost::asio::io_context& io,
                       boost::asio::ssl::context& tls,
                       const UpstreamTarget& target);

    /// The time-out holds for each phase: the look-up of the name, and all that follows.
    boost::asio::awaitable<Result<void>> connect(NameResolver& names,
                                                 const UpstreamTarget& target,
                                                 std::chrono::milliseconds timeout);
    boost::asio::awaitable<Result<void>> write(BytesView head,
                                               BytesView body,
                                               std::chrono::milliseconds timeout);
    boost::asio::awaitable<Result<UpstreamHead>> readHead(std::chrono::milliseconds timeout);
    boost::asio::awaitable<Result<std::optional<Bytes>>> readSome(
        std::chrono::milliseconds timeout);

    /// Offers an earlier session to the next handshake; nullptr and plain connections: nothing.
    void resume(SSL_SESSION* session);
    /// What a later connection to the same origin may resume; nullptr for plain ones.
    [[nodiscard]] TlsSession session();
    /// True when bytes of the current answer have come.
    [[nodiscard]] bool heardAnything() const;

    /// True when another request may follow on this connection.
    [[nodiscard]] bool reusable();
    /// False when the peer has closed meanwhile, or sent what nobody asked for.
    [[nodiscard]] bool stillOpen();
    /// What the peer's host has acknowledged of all that was written; nullopt: not known.
    [[nodiscard]] std::optional<std::uint64_t> acknowledged();
    void close();
    [[nodiscard]] bool closed() const { return m_closed; }

private:
    using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

    PlainStream& lowest();
    boost::asio::awaitable<Result<void>> handshake(const UpstreamTarget& target);
    boost::asio::awaitable<boost::system::error_code> parseHead();
    boost::system::error_code parse();
    boost::asio::awaitable<boost::system::error_code> fill();
    void expireAfter(std::chrono::milliseconds timeout);
    void startTimer();
    [[nodiscard]] Error errorFor(const boost::system::error_code& error,
                                 std::string_view doing) const;

    std::variant<PlainStream, TlsStream> m_stream;
    std::shared_ptr<NameWait> m_lookUp; ///< While it is waited for.
    boost::asio::steady_timer m_timer;
    SteadyTime m_deadline = SteadyTime::max();
    bool m_timerRuns = false;
    bool m_expired = false;
    boost::beast::flat_buffer m_buffer;
    std::optional<Parser> m_parser;
    std::array<char, 16384> m_bytes{};
    bool m_closed = false;
};

} // namespace exhibit::gateway
