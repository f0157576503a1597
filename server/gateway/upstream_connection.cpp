// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/upstream_connection.h"

#include "server/gateway/tcp_progress.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_suffix.hpp>

namespace exhibit::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

constexpr std::size_t kReadBytes = std::size_t{16} * 1024;

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
    , m_timer(io)
{
}

PlainStream& UpstreamConnection::lowest()
{
    if (auto* tls = std::get_if<TlsStream>(&m_stream)) {
        return tls->next_layer();
    }
    return std::get<PlainStream>(m_stream);
}

Error UpstreamConnection::errorFor(const boost::system::error_code& error,
                                   std::string_view doing) const
{
    if (m_expired) {
        return {ErrorCode::DeadlineExceeded, "the provider took too long", std::string(doing)};
    }
    if (m_closed) {
        return {ErrorCode::Cancelled, "the call was cancelled", std::string(doing)};
    }
    return {ErrorCode::Unavailable,
            "the provider cannot be reached: " + error.message(),
            std::string(doing)};
}

asio::awaitable<Result<void>> UpstreamConnection::connect(NameResolver& names,
                                                          const UpstreamTarget& target,
                                                          std::chrono::milliseconds timeout)
{
    boost::system::error_code error;
    auto& socket = lowest();
    m_lookUp = names.look(target.host, target.port);
    const auto lookUp = m_lookUp;
    auto addresses = co_await lookUp->wait(timeout);
    m_lookUp.reset();
    if (!addresses || m_closed) {
        co_return tl::make_unexpected(
            m_closed
                ? errorFor(error, "resolving its name")
                : Error{addresses.error().code, addresses.error().message, "resolving its name"});
    }
    expireAfter(timeout);
    co_await asio::async_connect(socket, *addresses, intoError(error));
    if (error || m_closed) {
        co_return tl::make_unexpected(errorFor(error, "connecting"));
    }
    if (socket.set_option(asio::ip::tcp::no_delay(true), error)
        || socket.non_blocking(true, error)) {
        co_return tl::make_unexpected(errorFor(error, "connecting"));
    }
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
    auto* mine = tls != nullptr ? SSL_get0_session(tls->native_handle()) : nullptr;
    // A copy: OpenSSL gives up the session of a connection that ends without a farewell, and most
    // do.
    return TlsSession(mine != nullptr ? SSL_SESSION_dup(mine) : nullptr);
}

asio::awaitable<Result<void>> UpstreamConnection::write(BytesView head,
                                                        BytesView body,
                                                        std::chrono::milliseconds timeout)
{
    boost::system::error_code error;
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
    expireAfter(timeout);
    if (auto* tls = std::get_if<TlsStream>(&m_stream)) {
        co_await asio::async_write(*tls, parts, intoError(error));
    } else {
        // Tried at once: a request nearly always fits the socket's buffer, and a round through the
        // reactor costs more than the call.
        auto& plain = std::get<PlainStream>(m_stream);
        const std::size_t sent = plain.write_some(parts, error);
        if (error == asio::error::would_block || error == asio::error::try_again) {
            error = {};
        }
        if (!error && sent < asio::buffer_size(parts)) {
            beast::buffers_suffix rest(parts);
            rest.consume(sent);
            co_await asio::async_write(plain, rest, intoError(error));
        }
    }
    if (error) {
        co_return tl::make_unexpected(errorFor(error, "sending the request"));
    }
    co_return Result<void>{};
}

/// Reads what there is behind m_buffer, once.
asio::awaitable<boost::system::error_code> UpstreamConnection::fill()
{
    boost::system::error_code error;
    const auto space = m_buffer.prepare(kReadBytes);
    std::size_t got = 0;
    if (auto* tls = std::get_if<TlsStream>(&m_stream)) {
        got = co_await tls->async_read_some(space, intoError(error));
    } else {
        got = co_await std::get<PlainStream>(m_stream).async_read_some(space, intoError(error));
    }
    m_buffer.commit(got);
    co_return error;
}

/// Parses from m_buffer; need_more when that is not enough to get on.
boost::system::error_code UpstreamConnection::parse()
{
    if (m_buffer.size() == 0) {
        return beast::http::error::need_more;
    }
    boost::system::error_code error;
    m_buffer.consume(m_parser->put(m_buffer.data(), error));
    return error == beast::http::error::need_buffer ? boost::system::error_code{} : error;
}

asio::awaitable<boost::system::error_code> UpstreamConnection::parseHead()
{
    m_parser.emplace();
    m_parser->header_limit(static_cast<std::uint32_t>(limits::kHttpHeaderBytesMax));
    m_parser->body_limit(boost::none);
    auto error = parse();
    while (error == beast::http::error::need_more) {
        error = co_await fill();
        if (!error) {
            error = parse();
        }
    }
    co_return error;
}

asio::awaitable<Result<UpstreamHead>> UpstreamConnection::readHead(
    std::chrono::milliseconds timeout)
{
    expireAfter(timeout);
    auto error = co_await parseHead();
    // Interim answers come before the real one (RFC 9110, 15.2).
    while (!error && m_parser->get().result_int() / 100 == 1
           && m_parser->get().result_int() != 101) {
        error = co_await parseHead();
    }
    if (error) {
        co_return tl::make_unexpected(errorFor(error, "waiting for its answer"));
    }
    if (m_parser->get().result_int() == 101) {
        co_return fail(ErrorCode::Unavailable, "the provider changed the protocol unasked");
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
    expireAfter(timeout);
    while (!m_parser->is_done()) {
        auto& body = m_parser->get().body();
        body.data = m_bytes.data();
        body.size = m_bytes.size();
        auto error = parse();
        const std::size_t count = m_bytes.size() - body.size;
        if (count > 0 && (!error || error == beast::http::error::need_more)) {
            co_return std::optional<Bytes>(Bytes(m_bytes.data(), count));
        }
        if (error == beast::http::error::need_more) {
            error = co_await fill();
            if (error == asio::error::eof) {
                error = {};
                m_parser->put_eof(error); // The end, where no length was announced.
            }
        }
        if (error) {
            co_return tl::make_unexpected(errorFor(error, "reading its answer"));
        }
    }
    m_deadline = SteadyTime::max();
    co_return std::optional<Bytes>{};
}

/// Operations follow one another within microseconds: instead of starting a timer for each, the
/// one that runs looks, when it fires, at what the deadline is by then.
void UpstreamConnection::expireAfter(std::chrono::milliseconds timeout)
{
    m_deadline = std::chrono::steady_clock::now() + timeout;
    if (!m_timerRuns || m_timer.expiry() > m_deadline) {
        startTimer();
    }
}

void UpstreamConnection::startTimer()
{
    m_timerRuns = true;
    m_timer.expires_at(m_deadline);
    m_timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto connection = weak.lock();
        if (error || !connection) {
            return; // Another wait has taken its place.
        }
        connection->m_timerRuns = false;
        if (connection->m_deadline <= std::chrono::steady_clock::now()) {
            connection->m_expired = true;
            connection->close();
        } else if (connection->m_deadline != SteadyTime::max()) {
            connection->startTimer();
        }
    });
}

bool UpstreamConnection::reusable()
{
    return !m_closed && m_parser && m_parser->is_done() && m_parser->get().keep_alive()
        && m_buffer.size() == 0;
}

std::optional<std::uint64_t> UpstreamConnection::acknowledged()
{
    return m_closed ? std::nullopt : acknowledgedBytes(lowest().native_handle());
}

bool UpstreamConnection::stillOpen()
{
    if (m_closed) {
        return false;
    }
    // A byte that nobody asked for would be taken for the next answer. TLS's own messages, e.g.
    // session tickets, are read on the way; what was decrypted already comes first.
    boost::system::error_code error;
    char byte = 0;
    std::visit([&](auto& stream) { stream.read_some(asio::buffer(&byte, 1), error); }, m_stream);
    return error == asio::error::would_block || error == asio::error::try_again;
}

void UpstreamConnection::close()
{
    m_closed = true;
    if (m_lookUp) {
        m_lookUp->cancel();
    }
    m_timer.cancel();
    boost::system::error_code ignored;
    static_cast<void>(lowest().close(ignored));
}

} // namespace exhibit::gateway
