// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_connection.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <cerrno>

#include <array>
#include <atomic>

namespace exhibit::redis {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Asio's operations one at a time, each run until it ends or its time is over.
class Connection::Impl {
public:
    explicit Impl(Options options)
        : m_options(std::move(options))
        , m_tls(asio::ssl::context::tls_client)
        , m_stream(m_io, m_tls)
    {
    }

    Result<void> connect(Deadline deadline);
    Result<void> greet(Deadline deadline);
    Result<void> send(BytesView bytes, Deadline deadline);
    Result<Reply> receive(Deadline deadline);
    [[nodiscard]] bool isStale();
    void interrupt()
    {
        m_interrupted = true;
        m_io.stop();
    }

private:
    Result<void> trust();
    Result<void> handshake(Deadline deadline);
    Result<std::size_t> readSome(Deadline deadline);
    /// Runs what was begun; `doing` completes "... failed".
    Result<void> finish(Deadline deadline, const char* doing);
    [[nodiscard]] auto whenDone()
    {
        m_done = false;
        return [this](const boost::system::error_code& error, auto&&...) {
            m_error = error;
            m_done = true;
        };
    }
    [[nodiscard]] tcp::socket& socket() { return m_stream.next_layer(); }

    Options m_options;
    asio::io_context m_io;
    asio::ssl::context m_tls;
    asio::ssl::stream<tcp::socket> m_stream; ///< Without TLS only its socket is used.
    ReplyReader m_reader;
    std::array<char, std::size_t{16} * 1024> m_buffer{};
    boost::system::error_code m_error;
    std::size_t m_got = 0;
    bool m_done = false;
    std::atomic<bool> m_interrupted{false};
};

Result<void> Connection::Impl::finish(Deadline deadline, const char* doing)
{
    m_io.restart();
    if (!m_interrupted) {
        m_io.run_until(deadline.at);
    }
    if (!m_done) {
        // Whatever was begun ends now, before what it refers to goes.
        boost::system::error_code ignored;
        static_cast<void>(socket().close(ignored));
        m_io.restart();
        m_io.run();
        const bool late = deadline.reached();
        return fail(late ? ErrorCode::DeadlineExceeded : ErrorCode::Cancelled,
                    late ? "Redis took too long" : "the wait for Redis was ended",
                    doing);
    }
    if (m_error) {
        return fail(ErrorCode::Unavailable, "Redis cannot be reached: " + m_error.message(), doing);
    }
    return {};
}

Result<void> Connection::Impl::trust()
{
    boost::system::error_code error;
    const auto& file = m_options.caFile;
    if (file.empty()) {
        static_cast<void>(m_tls.set_default_verify_paths(error));
    } else {
        static_cast<void>(m_tls.load_verify_file(file.string(), error));
    }
    if (error) {
        return fail(ErrorCode::Unavailable,
                    "the authorities that Redis is trusted by cannot be read: " + error.message(),
                    file.string());
    }
    return {};
}

Result<void> Connection::Impl::connect(Deadline deadline)
{
    const auto& address = m_options.address;
    tcp::resolver resolver(m_io);
    tcp::resolver::results_type found;
    m_done = false;
    resolver.async_resolve(address.host,
                           std::to_string(address.port),
                           [this, &found](const boost::system::error_code& error, auto results) {
                               found = std::move(results);
                               m_error = error;
                               m_done = true;
                           });
    EXHIBIT_CHECK(finish(deadline, "resolving its name"));
    asio::async_connect(socket(), found, whenDone());
    EXHIBIT_CHECK(finish(deadline, "connecting"));
    boost::system::error_code ignored;
    static_cast<void>(socket().set_option(tcp::no_delay(true), ignored));
    static_cast<void>(socket().set_option(asio::socket_base::keep_alive(true), ignored));
    return address.tls ? handshake(deadline) : Result<void>{};
}

Result<void> Connection::Impl::handshake(Deadline deadline)
{
    EXHIBIT_CHECK(trust());
    const auto& host = m_options.address.host;
    boost::system::error_code error;
    asio::ip::make_address(host, error);
    if (error) {
        // Names only (RFC 6066, 3). What SSL_set_tlsext_host_name does, without its C cast.
        std::string name = host;
        SSL_ctrl(m_stream.native_handle(),
                 SSL_CTRL_SET_TLSEXT_HOSTNAME,
                 TLSEXT_NAMETYPE_host_name,
                 name.data());
    }
    m_stream.set_verify_mode(asio::ssl::verify_peer);
    m_stream.set_verify_callback(asio::ssl::host_name_verification(host));
    m_stream.async_handshake(asio::ssl::stream_base::client, whenDone());
    return finish(deadline, "the TLS handshake");
}

Result<void> Connection::Impl::greet(Deadline deadline)
{
    const auto& address = m_options.address;
    std::vector<Command> greeting;
    if (!address.password.empty()) {
        greeting.push_back(address.user.empty()
                               ? Command{"AUTH", address.password.expose()}
                               : Command{"AUTH", address.user, address.password.expose()});
    }
    greeting.push_back({"SELECT", std::to_string(address.database)});
    for (const auto& command : greeting) {
        EXHIBIT_TRY(const auto bytes, encode(command));
        EXHIBIT_CHECK(send(bytes, deadline));
        EXHIBIT_TRY(const auto reply, receive(deadline));
        if (reply.kind == Reply::Kind::Refusal) {
            return fail(ErrorCode::Forbidden, "Redis refuses: " + reply.text, command.front());
        }
    }
    return {};
}

Result<void> Connection::Impl::send(BytesView bytes, Deadline deadline)
{
    if (m_options.address.tls) {
        asio::async_write(m_stream, asio::buffer(bytes), whenDone());
    } else {
        asio::async_write(socket(), asio::buffer(bytes), whenDone());
    }
    return finish(deadline, "sending");
}

Result<std::size_t> Connection::Impl::readSome(Deadline deadline)
{
    m_done = false;
    m_got = 0;
    const auto done = [this](const boost::system::error_code& error, std::size_t got) {
        m_error = error;
        m_got = got;
        m_done = true;
    };
    if (m_options.address.tls) {
        m_stream.async_read_some(asio::buffer(m_buffer), done);
    } else {
        socket().async_read_some(asio::buffer(m_buffer), done);
    }
    EXHIBIT_CHECK(finish(deadline, "waiting for a reply"));
    return m_got;
}

Result<Reply> Connection::Impl::receive(Deadline deadline)
{
    while (true) {
        EXHIBIT_TRY(auto reply, m_reader.next());
        if (reply) {
            return *std::move(reply);
        }
        EXHIBIT_TRY(const auto got, readSome(deadline));
        EXHIBIT_CHECK(m_reader.feed(BytesView(m_buffer.data(), got)));
    }
}

bool Connection::Impl::isStale()
{
    char byte = 0;
    const auto got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0) {
        return !m_options.address.tls; // TLS has messages of its own.
    }
    return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

Connection::Connection(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const Options& options, Deadline deadline)
{
    auto impl = std::make_unique<Impl>(options);
    EXHIBIT_CHECK(impl->connect(deadline));
    EXHIBIT_CHECK(impl->greet(deadline));
    return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

Result<void> Connection::send(const std::vector<Command>& commands, Deadline deadline)
{
    Bytes all;
    for (const auto& command : commands) {
        EXHIBIT_TRY(const auto bytes, encode(command));
        all += bytes;
    }
    return m_impl->send(all, deadline);
}

Result<Reply> Connection::receive(Deadline deadline)
{
    return m_impl->receive(deadline);
}

bool Connection::isStale() const
{
    return m_impl->isStale();
}

void Connection::interrupt()
{
    m_impl->interrupt();
}

} // namespace exhibit::redis
