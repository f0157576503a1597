// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/request_head.h"
#include "tests/support/sample_upstream/provider.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <memory>

namespace exhibit::sample {

namespace asio = boost::asio;
using boost::system::error_code;

using TlsStream = asio::ssl::stream<asio::ip::tcp::socket>;

/// One connection, plain or TLS; its coroutine owns it.
template <class Stream>
class ClientSession : public std::enable_shared_from_this<ClientSession<Stream>> {
public:
    template <class... Arguments>
    ClientSession(Provider& provider, Arguments&&... stream)
        : m_provider(provider)
        , m_stream(std::forward<Arguments>(stream)...)
        , m_pause(m_stream.get_executor())
    {
        error_code ignored;
        m_stream.lowest_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
    }

    [[nodiscard]] Stream& stream() { return m_stream; }

    static asio::awaitable<void> serve(std::shared_ptr<ClientSession> session);

private:
    asio::awaitable<bool> serveOne();
    asio::awaitable<bool> readRequest(http::Request& request, http::Framing& framing);
    asio::awaitable<bool> readMore();
    asio::awaitable<bool> send(std::array<BytesView, 3> pieces);
    asio::awaitable<bool> deliver(const Delivery& delivery, std::string head, bool chunked);
    asio::awaitable<bool> deliverSlowly(const Delivery& delivery, bool chunked);
    /// False when the client left meanwhile.
    asio::awaitable<bool> pause(std::chrono::steady_clock::duration duration);
    void watchClient();
    void close();

    Provider& m_provider;
    Stream m_stream;
    asio::steady_timer m_pause;
    std::array<char, 16 * 1024> m_space{};
    Bytes m_received;
    Bytes m_piece; ///< A chunk being sent.
    bool m_clientLeft = false;
    bool m_watching = false;
};

extern template class ClientSession<asio::ip::tcp::socket>;
extern template class ClientSession<TlsStream>;

} // namespace exhibit::sample
