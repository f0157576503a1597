// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/upstream_server.h"

#include "tests/support/sample_upstream/client_session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdio>

namespace exhibit::sample {

using asio::ip::tcp;

namespace {

void reportSessionEnd(std::exception_ptr failure)
{
    if (failure != nullptr) {
        std::fputs("a session ended with an exception\n", stderr);
    }
}

asio::awaitable<void> serveTls(std::shared_ptr<ClientSession<TlsStream>> session)
{
    error_code error;
    co_await session->stream().async_handshake(TlsStream::server,
                                               asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
        co_await ClientSession<TlsStream>::serve(session);
    }
}

} // namespace

class UpstreamServer::Impl {
public:
    Impl(Provider& provider, UpstreamOptions options)
        : m_provider(provider)
        , m_options(std::move(options))
        , m_acceptor(m_io)
        , m_signals(m_io, SIGTERM, SIGINT)
        , m_tls(asio::ssl::context::tls_server)
    {
    }

    Result<std::uint16_t> start();
    void run();

private:
    Result<void> loadTls();
    asio::awaitable<void> acceptAll();

    asio::io_context m_io{1}; ///< One thread: no locks inside.
    Provider& m_provider;
    UpstreamOptions m_options;
    tcp::acceptor m_acceptor;
    asio::signal_set m_signals;
    asio::ssl::context m_tls;
};

Result<void> UpstreamServer::Impl::loadTls()
{
    if (!m_options.tlsFiles) {
        return {};
    }
    error_code error;
    m_tls.use_certificate_chain_file(m_options.tlsFiles->first, error);
    if (!error) {
        m_tls.use_private_key_file(m_options.tlsFiles->second, asio::ssl::context::pem, error);
    }
    if (error) {
        return fail(ErrorCode::InvalidInput, "cannot use certificate or key: " + error.message());
    }
    return {};
}

Result<std::uint16_t> UpstreamServer::Impl::start()
{
    EXHIBIT_CHECK(loadTls());
    error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(m_options.address, error), m_options.port);
    if (!error) {
        m_acceptor.open(endpoint.protocol(), error);
    }
    if (!error) {
        m_acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        m_acceptor.bind(endpoint, error);
    }
    if (!error) {
        m_acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        return fail(ErrorCode::Unavailable,
                    "cannot listen on " + m_options.address + ": " + error.message());
    }
    asio::co_spawn(m_io, acceptAll(), reportSessionEnd);
    return m_acceptor.local_endpoint(error).port();
}

asio::awaitable<void> UpstreamServer::Impl::acceptAll()
{
    for (;;) {
        error_code error;
        tcp::socket socket
            = co_await m_acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            asio::steady_timer wait(m_io, std::chrono::milliseconds(50));
            co_await wait.async_wait(asio::redirect_error(asio::use_awaitable, error));
        } else if (m_options.tlsFiles) {
            auto session
                = std::make_shared<ClientSession<TlsStream>>(m_provider, std::move(socket), m_tls);
            asio::co_spawn(m_io, serveTls(std::move(session)), reportSessionEnd);
        } else {
            auto session
                = std::make_shared<ClientSession<tcp::socket>>(m_provider, std::move(socket));
            asio::co_spawn(
                m_io, ClientSession<tcp::socket>::serve(std::move(session)), reportSessionEnd);
        }
    }
}

void UpstreamServer::Impl::run()
{
    m_signals.async_wait([this](const error_code&, int) { m_io.stop(); });
    m_io.run();
}

UpstreamServer::UpstreamServer(Provider& provider, UpstreamOptions options)
    : m_impl(std::make_unique<Impl>(provider, std::move(options)))
{
}

UpstreamServer::~UpstreamServer() = default;

Result<std::uint16_t> UpstreamServer::start()
{
    return m_impl->start();
}

void UpstreamServer::run()
{
    m_impl->run();
}

} // namespace exhibit::sample
