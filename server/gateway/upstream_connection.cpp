// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/upstream_connection.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

namespace exhibit::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

auto intoError(boost::system::error_code& error)
{
    return asio::redirect_error(asio::use_awaitable, error);
}

std::variant<PlainStream, TlsStream> makeStream(asio::io_context& io,
                                                asio::ssl::context& tls,
                                                bool encrypted)
{
    if (encrypted) {
        return std::variant<PlainStream, TlsStream>(std::in_place_type<TlsStream>, io, tls);
    }
    return std::variant<PlainStream, TlsStream>(std::in_place_type<PlainStream>, io);
}

} // namespace

UpstreamConnection::UpstreamConnection(asio::io_context& io,
                                       asio::ssl::context& tls,
                                       const UpstreamTarget& target)
    : m_stream(makeStream(io, tls, target.tls))
    , m_resolver(io)
{
}

beast::tcp_stream& UpstreamConnection::lowest()
{
    if (auto* tls = std::get_if<TlsStream>(&m_stream)) {
        return tls->next_layer();
    }
    return std::get<PlainStream>(m_stream);
}

Error UpstreamConnection::errorFor(const boost::system::error_code& error,
                                   std::string_view doing) const
{
    if (m_closed) {
        return {ErrorCode::Cancelled, "the call was cancelled", std::string(doing)};
    }
    if (error == beast::error::timeout) {
        return {ErrorCode::DeadlineExceeded, "the provider took too long", std::string(doing)};
    }
    return {ErrorCode::Unavailable,
            "the provider cannot be reached: " + error.message(),
            std::string(doing)};
}

asio::awaitable<Result<void>> UpstreamConnection::connect(const UpstreamTarget& target,
                                                          std::chrono::milliseconds timeout)
{
    boost::system::error_code error;
    auto& socket = lowest();
    const auto addresses
        = co_await m_resolver.async_resolve(target.host, target.port, intoError(error));
    if (error || m_closed) {
        co_return tl::make_unexpected(errorFor(error, "resolving its name"));
    }
    socket.expires_after(timeout);
    co_await socket.async_connect(addresses, intoError(error));
    if (error || m_closed) {
        co_return tl::make_unexpected(errorFor(error, "connecting"));
    }
    socket.socket().set_option(asio::ip::tcp::no_delay(true), error);
    co_return co_await handshake(target);
}

asio::awaitable<Result<void>> UpstreamConnection::handshake(const UpstreamTarget& target)
{
    auto* tls = std::get_if<TlsStream>(&m_stream);
    if (tls == nullptr) {
        co_return Result<void>{};
    }
    boost::system::error_code error;
    asio::ip::make_address(target.host, error);
    if (error) {
        // Names only (RFC 6066, 3). What SSL_set_tlsext_host_name does, without its C cast.
        std::string name = target.host;
        SSL_ctrl(tls->native_handle(),
                 SSL_CTRL_SET_TLSEXT_HOSTNAME,
                 TLSEXT_NAMETYPE_host_name,
                 name.data());
    }
    tls->set_verify_mode(asio::ssl::verify_peer);
    tls->set_verify_callback(asio::ssl::host_name_verification(target.host));
    error = {};
    co_await tls->async_handshake(asio::ssl::stream_base::client, intoError(error));
    if (error || m_closed) {
        co_return tl::make_unexpected(errorFor(error, "the TLS handshake"));
    }
    co_return Result<void>{};
}

void UpstreamConnection::resume(SSL_SESSION* session)
{
    auto* tls = std::get_if<TlsStream>(&m_stream);
    if (tls != nullptr && session != nullptr) {
        SSL_set_session(tls->native_handle(), session);
    }
}

TlsSession UpstreamConnection::session()
{
    auto* tls = std::get_if<TlsStream>(&m_stream);
    return TlsSession(tls != nullptr ? SSL_get1_session(tls->native_handle()) : nullptr);
}

asio::awaitable<Result<void>> UpstreamConnection::write(BytesView head,
                                                        BytesView body,
                                                        std::chrono::milliseconds timeout)
{
    boost::system::error_code error;
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
    lowest().expires_after(timeout);
    if (auto* tls = std::get_if<TlsStream>(&m_stream)) {
        co_await asio::async_write(*tls, parts, intoError(error));
    } else {
        co_await asio::async_write(std::get<PlainStream>(m_stream), parts, intoError(error));
    }
    if (error) {
        co_return tl::make_unexpected(errorFor(error, "sending the request"));
    }
    co_return Result<void>{};
}

asio::awaitable<boost::system::error_code> UpstreamConnection::parseHead()
{
    boost::system::error_code error;
    m_parser.emplace();
    m_parser->header_limit(static_cast<std::uint32_t>(limits::kHttpHeaderBytesMax));
    m_parser->body_limit(boost::none);
    if (auto* tls = std::get_if<TlsStream>(&m_stream)) {
        co_await beast::http::async_read_header(*tls, m_buffer, *m_parser, intoError(error));
    } else {
        auto& plain = std::get<PlainStream>(m_stream);
        co_await beast::http::async_read_header(plain, m_buffer, *m_parser, intoError(error));
    }
    co_return error;
}

asio::awaitable<Result<UpstreamHead>> UpstreamConnection::readHead(
    std::chrono::milliseconds timeout)
{
    lowest().expires_after(timeout);
    auto error = co_await parseHead();
    // Interim answers come before the real one (RFC 9110, 15.2).
    while (!error && m_parser->get().result_int() / 100 == 1
           && m_parser->get().result_int() != 101) {
        error = co_await parseHead();
    }
    if (error) {
        co_return tl::make_unexpected(errorFor(error, "waiting for its answer"));
    }
    UpstreamHead head;
    head.status = static_cast<int>(m_parser->get().result_int());
    for (const auto& field : m_parser->get()) {
        head.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    co_return head;
}

bool UpstreamConnection::heardAnything() const
{
    return m_buffer.size() > 0 || (m_parser && m_parser->got_some());
}

asio::awaitable<Result<std::optional<Bytes>>> UpstreamConnection::readSome(
    std::chrono::milliseconds timeout)
{
    boost::system::error_code error;
    while (!m_parser->is_done()) {
        auto& body = m_parser->get().body();
        body.data = m_bytes.data();
        body.size = m_bytes.size();
        lowest().expires_after(timeout);
        if (auto* tls = std::get_if<TlsStream>(&m_stream)) {
            co_await beast::http::async_read_some(*tls, m_buffer, *m_parser, intoError(error));
        } else {
            auto& plain = std::get<PlainStream>(m_stream);
            co_await beast::http::async_read_some(plain, m_buffer, *m_parser, intoError(error));
        }
        if (error && error != beast::http::error::need_buffer) {
            co_return tl::make_unexpected(errorFor(error, "reading its answer"));
        }
        const std::size_t count = m_bytes.size() - body.size;
        if (count > 0) {
            co_return std::optional<Bytes>(Bytes(m_bytes.data(), count));
        }
    }
    lowest().expires_never();
    co_return std::optional<Bytes>{};
}

bool UpstreamConnection::reusable()
{
    return !m_closed && m_parser && m_parser->is_done() && m_parser->get().keep_alive()
        && m_buffer.size() == 0;
}

bool UpstreamConnection::stillOpen()
{
    if (m_closed) {
        return false;
    }
    auto& socket = lowest().socket();
    char byte = 0;
    const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    // Bytes nobody asked for: TLS may send session tickets, plain HTTP may not speak first.
    const bool spoken = got > 0 && std::holds_alternative<PlainStream>(m_stream);
    return got < 0 ? errno == EAGAIN || errno == EWOULDBLOCK : got > 0 && !spoken;
}

void UpstreamConnection::close()
{
    m_closed = true;
    m_resolver.cancel();
    boost::system::error_code ignored;
    lowest().cancel();
    lowest().socket().close(ignored);
}

} // namespace exhibit::gateway
