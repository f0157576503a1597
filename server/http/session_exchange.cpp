// SPDX-License-Identifier: Apache-2.0
#include "server/http/session_exchange.h"

#include "server/http/offload.h"

#include <charconv>

namespace exhibit::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kHeadBytesUsual = 512;

Error misuse(std::string message)
{
    return {ErrorCode::Conflict, std::move(message), "exchange"};
}

} // namespace

SessionExchange::SessionExchange(ServerState& state,
                                 Connection& connection,
                                 const Request& request,
                                 const Framing& framing,
                                 Surface surface)
    : m_state(state)
    , m_connection(connection)
    , m_request(request)
    , m_surface(surface)
    , m_http10(framing.http10)
    , m_keepAlive(framing.keepAlive)
    , m_headOnly(request.method == "HEAD")
{
}

SessionExchange::~SessionExchange()
{
    m_connection.stopWatching();
}

Bytes SessionExchange::headFor(int status,
                               const Headers& headers,
                               std::optional<std::size_t> contentLength)
{
    m_keepAlive = m_keepAlive && !m_state.draining;
    Bytes head;
    head.reserve(kHeadBytesUsual);
    if (m_request.replyFields.fields().empty()) {
        appendHead(head, status, headers, contentLength);
        return head;
    }
    Headers all = headers;
    for (const auto& [name, value] : m_request.replyFields) {
        all.set(name, value);
    }
    appendHead(head, status, all, contentLength);
    return head;
}

void SessionExchange::appendHead(Bytes& head,
                                 int status,
                                 const Headers& headers,
                                 std::optional<std::size_t> contentLength) const
{
    const std::string id = m_request.id.text();
    appendReplyHead(head,
                    status,
                    headers,
                    {.idHeader = requestIdHeader(m_surface), .id = id, .date = m_state.date.text()},
                    {.contentLength = contentLength, .keepAlive = m_keepAlive, .http10 = m_http10});
}

asio::awaitable<Result<void>> SessionExchange::send(BytesView first,
                                                    BytesView second,
                                                    BytesView third)
{
    auto sent = co_await m_connection.send({first, second, third}, m_state.options.writeTimeout);
    if (!sent) {
        m_progress = Progress::Failed;
    }
    co_return sent;
}

asio::awaitable<Result<void>> SessionExchange::respond(Response response)
{
    if (m_progress != Progress::Nothing) {
        co_return tl::make_unexpected(misuse("an answer was already begun"));
    }
    const Bytes head = headFor(response.status, response.headers, response.body.size());
    const bool withBody = !m_headOnly && !isBodiless(response.status);
    m_progress = Progress::Begun;
    EXHIBIT_CO_CHECK(co_await send(head, withBody ? BytesView(response.body) : BytesView{}, {}));
    m_progress = Progress::Ended;
    m_connection.stopWatching();
    co_return Result<void>{};
}

asio::awaitable<Result<void>> SessionExchange::begin(int status, Headers headers)
{
    if (m_progress != Progress::Nothing) {
        co_return tl::make_unexpected(misuse("an answer was already begun"));
    }
    m_bodiless = isBodiless(status);
    // HTTP/1.0 has no chunks: the end of the connection ends the body.
    m_keepAlive = m_keepAlive && (!m_http10 || m_bodiless);
    const Bytes head
        = headFor(status, headers, m_bodiless ? std::optional<std::size_t>(0) : std::nullopt);
    m_progress = Progress::Begun;
    co_return co_await send(head, {}, {});
}

asio::awaitable<Result<void>> SessionExchange::beginSized(int status,
                                                          Headers headers,
                                                          std::uint64_t bytes)
{
    if (m_progress != Progress::Nothing || isBodiless(status)) {
        co_return tl::make_unexpected(misuse("no answer of a length can begin here"));
    }
    m_left = bytes;
    const Bytes head = headFor(status, headers, bytes);
    m_progress = Progress::Begun;
    co_return co_await send(head, {}, {});
}

asio::awaitable<Result<void>> SessionExchange::write(BytesView bytes)
{
    if (m_progress != Progress::Begun) {
        co_return tl::make_unexpected(misuse("no answer is open"));
    }
    if (m_headOnly || m_bodiless || bytes.empty()) { // An empty chunk would end the body.
        co_return Result<void>{};
    }
    if (m_left) {
        if (bytes.size() > *m_left) {
            co_return tl::make_unexpected(misuse("the answer is longer than was said"));
        }
        *m_left -= bytes.size();
        co_return co_await send(bytes, {}, {});
    }
    if (m_http10) {
        co_return co_await send(bytes, {}, {});
    }
    std::array<char, 20> sizeLine{};
    char* end = std::to_chars(sizeLine.data(), sizeLine.data() + 16, bytes.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    co_return co_await send({sizeLine.data(), end}, bytes, "\r\n");
}

asio::awaitable<Result<void>> SessionExchange::end()
{
    if (m_progress != Progress::Begun) {
        co_return tl::make_unexpected(misuse("no answer is open"));
    }
    if (!m_headOnly && m_left.value_or(0) > 0) {
        co_return tl::make_unexpected(misuse("the answer is shorter than was said"));
    }
    if (!m_headOnly && !m_bodiless && !m_http10 && !m_left) {
        EXHIBIT_CO_CHECK(co_await send("0\r\n\r\n", {}, {}));
    }
    m_progress = Progress::Ended;
    m_connection.stopWatching();
    co_return Result<void>{};
}

asio::awaitable<bool> SessionExchange::onWorker(std::function<void()> work)
{
    const bool done = co_await offload(m_state.workers, std::move(work));
    if (!done) {
        m_state.refused.fetch_add(1, std::memory_order_relaxed);
    }
    co_return done;
}

void SessionExchange::onClientGone(std::function<void()> gone)
{
    if (m_progress == Progress::Ended) {
        gone = nullptr;
    }
    m_connection.watchClient(std::move(gone));
}

void SessionExchange::cutUnfinished()
{
    // Without its last chunk a body is visibly incomplete, and a plain close delivers what was
    // sent before; a body that only the close ends needs a reset.
    if (m_http10) {
        m_connection.cut();
    } else {
        m_connection.close();
    }
}

} // namespace exhibit::http
