// SPDX-License-Identifier: Apache-2.0
#include "server/http/session.h"

#include "server/http/chunk_decoder.h"

namespace exhibit::http {

namespace asio = boost::asio;

namespace {

/// Reserved at once; a larger body earns its memory by arriving.
constexpr std::size_t kBodyReserveMax = std::size_t{256} * 1024;
constexpr std::size_t kBodyStep = std::size_t{64} * 1024;

Refusal tooLarge()
{
    return {413, "body_too_large", "the request body is larger than this route accepts"};
}

Refusal tooSlow()
{
    return {408, "request_timeout", "the request did not arrive in time"};
}

Refusal noRoom()
{
    return {503, "overloaded", "the server holds too many request bodies at once"};
}

} // namespace

asio::awaitable<Session::Outcome> Session::readHead(Request& request, Framing& framing)
{
    const auto now = std::chrono::steady_clock::now();
    const auto& options = m_state->options;
    m_connection->setDeadline(now + (m_first ? options.headerTimeout : options.idleTimeout));
    m_between = true;
    std::size_t scanned = 0;
    bool emptyLineSkipped = false;
    for (;;) {
        const BytesView received = m_connection->received();
        // One empty line before a request is forgiven (RFC 9112, 2.2): old clients end bodies so.
        if (!emptyLineSkipped && received.starts_with("\r\n")) {
            emptyLineSkipped = true;
            m_connection->consume(2);
            continue;
        }
        if (received != "\r" || emptyLineSkipped) {
            const HeadSearch search = findHead(received, scanned);
            if (search.refusal) {
                co_return Outcome{.refusal = search.refusal};
            }
            if (search.length) {
                m_first = false;
                m_between = false;
                auto refusal = parseHead(received.substr(0, *search.length), request, framing);
                m_connection->consume(*search.length);
                m_connection->clearDeadline();
                co_return Outcome{.refusal = refusal};
            }
        }
        if (m_between && !received.empty()) {
            m_between = false;
            m_connection->setDeadline(std::chrono::steady_clock::now() + options.headerTimeout);
        }
        if (m_between && m_state->draining) {
            co_return Outcome{.clientLeft = true};
        }
        const auto read = co_await m_connection->receive();
        if (read == Connection::Read::Expired && !m_between) {
            co_return Outcome{.refusal = tooSlow()};
        }
        if (read != Connection::Read::Bytes) {
            co_return Outcome{.clientLeft = true};
        }
    }
}

bool Session::chargeBody(std::size_t bytes)
{
    if (bytes > m_state->options.bodyBytesInFlightMax - m_state->bodyBytes) {
        return false;
    }
    m_state->bodyBytes += bytes;
    m_bodyCharged += bytes;
    return true;
}

asio::awaitable<Session::Outcome> Session::readBody(Request& request,
                                                    const Framing& framing,
                                                    std::size_t bytesMax)
{
    if (!framing.chunked && framing.contentLength == 0) {
        co_return Outcome{};
    }
    if (framing.contentLength > bytesMax) {
        co_return Outcome{.refusal = tooLarge()};
    }
    if (framing.expectContinue && m_connection->received().empty()) {
        const auto sent = co_await m_connection->send({"HTTP/1.1 100 Continue\r\n\r\n", {}, {}},
                                                      m_state->options.writeTimeout);
        if (!sent) {
            co_return Outcome{.clientLeft = true};
        }
    }
    // Behind the interim reply, whose sending has a deadline of its own.
    m_connection->setDeadline(std::chrono::steady_clock::now() + m_state->options.bodyTimeout);
    const Outcome outcome = framing.chunked
        ? co_await readChunked(request.body, bytesMax)
        : co_await readSized(request.body, static_cast<std::size_t>(framing.contentLength));
    m_connection->clearDeadline();
    co_return outcome;
}

asio::awaitable<Session::Outcome> Session::readSized(Bytes& body, std::size_t size)
{
    body.reserve(std::min(size, kBodyReserveMax));
    const BytesView ahead = m_connection->received().substr(0, size);
    body.append(ahead);
    m_connection->consume(ahead.size());
    if (!chargeBody(body.size())) {
        co_return Outcome{.refusal = noRoom()};
    }
    while (body.size() < size) {
        const std::size_t have = body.size();
        const std::size_t step = std::min(size - have, std::max(have, kBodyStep));
        if (!chargeBody(step)) {
            co_return Outcome{.refusal = noRoom()};
        }
        body.resize(have + step);
        for (std::size_t filled = 0; filled < step;) {
            std::size_t got = 0;
            const auto read = co_await m_connection->receiveInto(
                body.data() + have + filled, step - filled, got);
            if (read == Connection::Read::Expired) {
                co_return Outcome{.refusal = tooSlow()};
            }
            if (read == Connection::Read::End) {
                co_return Outcome{.clientLeft = true};
            }
            filled += got;
        }
    }
    co_return Outcome{};
}

asio::awaitable<Session::Outcome> Session::readChunked(Bytes& body, std::size_t bytesMax)
{
    ChunkDecoder decoder(bytesMax);
    for (;;) {
        const std::size_t before = body.size();
        const auto step = decoder.feed(m_connection->received(), body);
        m_connection->consume(step.consumed);
        if (step.refusal) {
            co_return Outcome{.refusal = step.refusal};
        }
        if (!chargeBody(body.size() - before)) {
            co_return Outcome{.refusal = noRoom()};
        }
        if (decoder.done()) {
            co_return Outcome{};
        }
        const auto read = co_await m_connection->receive();
        if (read == Connection::Read::Expired) {
            co_return Outcome{.refusal = tooSlow()};
        }
        if (read == Connection::Read::End) {
            co_return Outcome{.clientLeft = true};
        }
    }
}

} // namespace exhibit::http
