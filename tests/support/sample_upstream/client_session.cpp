// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/client_session.h"

#include "server/http/chunk_decoder.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

#include <sys/socket.h>

namespace exhibit::sample {

namespace {

/// Longest pause within an answer; a client that still waits then is cut off.
constexpr auto kPauseMax = std::chrono::minutes(10);

/// Where the next piece of a body ends.
std::size_t nextEnd(const Delivery& delivery, std::size_t at)
{
    const Answer& answer = *delivery.answer;
    std::size_t end = answer.body.size();
    if (answer.stream) {
        end = *std::upper_bound(answer.eventEnds.begin(), answer.eventEnds.end(), at);
    }
    if (delivery.pace.chunkBytes > 0) {
        end = std::min(end, at + delivery.pace.chunkBytes);
    }
    for (const auto& stop : {delivery.closeAfter, delivery.stallAfter}) {
        if (stop && at < *stop) {
            end = std::min(end, *stop);
        }
    }
    return end;
}

} // namespace

template <class Stream>
asio::awaitable<void> ClientSession<Stream>::serve(std::shared_ptr<ClientSession> session)
{
    bool again = true;
    while (again) {
        again = co_await session->serveOne();
    }
    session->close();
}

template <class Stream>
asio::awaitable<bool> ClientSession<Stream>::readMore()
{
    error_code error;
    const std::size_t got = co_await m_stream.async_read_some(
        asio::buffer(m_space), asio::redirect_error(asio::use_awaitable, error));
    m_received.append(m_space.data(), error ? 0 : got);
    co_return !error;
}

template <class Stream>
asio::awaitable<bool> ClientSession<Stream>::readRequest(http::Request& request,
                                                         http::Framing& framing)
{
    std::size_t scanned = 0;
    http::HeadSearch search = http::findHead(m_received, scanned);
    while (!search.length) {
        if (search.refusal) {
            co_return false;
        }
        const bool more = co_await readMore();
        if (!more) {
            co_return false;
        }
        search = http::findHead(m_received, scanned);
    }
    if (http::parseHead(BytesView(m_received).substr(0, *search.length), request, framing)) {
        co_return false;
    }
    m_received.erase(0, *search.length);
    http::ChunkDecoder decoder(std::size_t{256} * 1024 * 1024);
    for (;;) {
        if (framing.chunked) {
            const auto step = decoder.feed(m_received, request.body);
            m_received.erase(0, step.consumed);
            if (decoder.done() || step.refusal) {
                co_return decoder.done();
            }
        } else if (m_received.size() >= framing.contentLength) {
            request.body = m_received.substr(0, framing.contentLength);
            m_received.erase(0, framing.contentLength);
            co_return true;
        }
        const bool more = co_await readMore();
        if (!more) {
            co_return false;
        }
    }
}

template <class Stream>
asio::awaitable<bool> ClientSession<Stream>::send(std::array<BytesView, 3> pieces)
{
    std::array<asio::const_buffer, 3> buffers{
        asio::buffer(pieces[0]), asio::buffer(pieces[1]), asio::buffer(pieces[2])};
    error_code error;
    if constexpr (std::is_same_v<Stream, asio::ip::tcp::socket>) {
        if (!m_stream.non_blocking()) {
            m_stream.non_blocking(true, error);
        }
        std::size_t sent = m_stream.write_some(buffers, error);
        if (!error && sent == asio::buffer_size(buffers)) {
            co_return true;
        }
        if (error && error != asio::error::would_block) {
            co_return false;
        }
        for (auto& buffer : buffers) {
            const std::size_t part = std::min(sent, buffer.size());
            buffer += part;
            sent -= part;
        }
    }
    co_await asio::async_write(m_stream, buffers, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

template <class Stream>
asio::awaitable<bool> ClientSession<Stream>::serveOne()
{
    http::Request request;
    http::Framing framing;
    const bool arrived = co_await readRequest(request, framing);
    if (!arrived) {
        co_return false;
    }
    const auto choice = m_provider.choose(std::move(request));
    if (choice.delivery.closeBeforeFirstByte) {
        co_return false;
    }
    const Answer& answer = *choice.delivery.answer;
    // HTTP/1.0 knows no chunks; the close ends its streams.
    const bool chunked = answer.stream && !framing.http10;
    const bool keepAlive = framing.keepAlive && (chunked || !answer.stream);
    std::string head = answer.head;
    if (choice.fallback) {
        head += "x-sample-fallback: 1\r\n";
    }
    if (chunked) {
        head += "transfer-encoding: chunked\r\n";
    } else if (!answer.stream) {
        head.append("content-length: ").append(std::to_string(answer.body.size())).append("\r\n");
    }
    head += keepAlive ? "\r\n" : "connection: close\r\n\r\n";
    auto& statistics = m_provider.statistics();
    statistics.open += choice.counted ? 1 : 0;
    const bool complete = co_await deliver(choice.delivery, std::move(head), chunked);
    statistics.open -= choice.counted ? 1 : 0;
    statistics.clientLeft += choice.counted && m_clientLeft ? 1 : 0;
    co_return complete&& keepAlive;
}

template <class Stream>
asio::awaitable<bool> ClientSession<Stream>::deliver(const Delivery& delivery,
                                                     std::string head,
                                                     bool chunked)
{
    const Answer& answer = *delivery.answer;
    if (delivery.isPlain()) {
        const BytesView body = chunked ? answer.chunkedBody : answer.body;
        co_return co_await send({head, body, {}});
    }
    watchClient();
    // One co_await a statement: GCC 12 is not to be trusted with them inside conditions.
    bool there = true;
    if (delivery.pace.latency.count() > 0) {
        there = co_await pause(delivery.pace.latency);
    }
    if (there) {
        there = co_await send({head, {}, {}});
    }
    if (there) {
        there = co_await deliverSlowly(delivery, chunked);
    }
    if (!there && !delivery.closeAfter) {
        m_clientLeft = true;
    }
    co_return there;
}

template <class Stream>
asio::awaitable<bool> ClientSession<Stream>::deliverSlowly(const Delivery& delivery, bool chunked)
{
    const BytesView body = delivery.answer->body;
    const auto& ends = delivery.answer->eventEnds;
    std::size_t at = 0;
    while (at < body.size()) {
        if (delivery.closeAfter && at >= *delivery.closeAfter) {
            co_return false;
        }
        if (delivery.stallAfter && at >= *delivery.stallAfter) {
            co_await pause(kPauseMax);
            co_return false;
        }
        const std::size_t end = nextEnd(delivery, at);
        m_piece.clear();
        if (chunked) {
            appendChunk(m_piece, body.substr(at, end - at));
        }
        const bool sent
            = co_await send({chunked ? BytesView(m_piece) : body.substr(at, end - at), {}, {}});
        at = end;
        if (!sent || m_clientLeft) {
            co_return false;
        }
        const bool gap = delivery.pace.eventGap.count() > 0 && at < body.size()
            && std::binary_search(ends.begin(), ends.end(), at);
        if (gap) {
            const bool there = co_await pause(delivery.pace.eventGap);
            if (!there) {
                co_return false;
            }
        } else {
            // Others get their turn, and the reader sees pieces.
            co_await asio::post(m_stream.get_executor(), asio::use_awaitable);
        }
    }
    if (!chunked) {
        co_return true;
    }
    co_return co_await send({"0\r\n\r\n", {}, {}});
}

template <class Stream>
asio::awaitable<bool> ClientSession<Stream>::pause(std::chrono::steady_clock::duration duration)
{
    error_code cancelled;
    if (!m_clientLeft) {
        m_pause.expires_after(duration);
        co_await m_pause.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    co_return !m_clientLeft;
}

template <class Stream>
void ClientSession<Stream>::watchClient()
{
    if (m_watching) {
        return;
    }
    m_watching = true;
    auto onReadable = [self = this->shared_from_this()](const error_code& error) {
        self->m_watching = false;
        char byte = 0;
        const auto got = error
            ? -1
            : ::recv(
                self->m_stream.lowest_layer().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        // Bytes are the next request, or TLS saying goodbye: a write will show which.
        const bool left = got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
        if (left && error != asio::error::operation_aborted) {
            self->m_clientLeft = true;
            self->m_pause.cancel();
        }
    };
    m_stream.lowest_layer().async_wait(asio::ip::tcp::socket::wait_read, std::move(onReadable));
}

template <class Stream>
void ClientSession<Stream>::close()
{
    error_code ignored;
    m_stream.lowest_layer().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    m_stream.lowest_layer().close(ignored);
}

template class ClientSession<asio::ip::tcp::socket>;
template class ClientSession<TlsStream>;

} // namespace exhibit::sample
