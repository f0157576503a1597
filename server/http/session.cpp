// SPDX-License-Identifier: Apache-2.0
#include "server/http/session.h"

#include "server/http/target.h"
#include "server/ops/log.h"

#include <typeinfo>

namespace exhibit::http {

namespace asio = boost::asio;

namespace {

/// A refused request's body is read to its end when it is small, so that the connection lives on.
constexpr std::size_t kRefusedBodyBytesMax = std::size_t{64} * 1024;

Refusal overloaded(std::string_view message)
{
    return {503, "overloaded", message};
}

ErrorReply replyOf(const Refusal& refusal)
{
    ErrorReply reply;
    reply.status = refusal.status;
    reply.type = refusal.status >= 500 ? "server_error" : "invalid_request_error";
    reply.code = refusal.code;
    reply.message = refusal.message;
    if (refusal.status == 503) {
        reply.retryAfterSeconds = 1;
    }
    return reply;
}

/// What a handler threw is our bug: the log names the request, the route and the exception's type.
/// Its text stays out, since it may quote what it was working on.
ErrorReply failedReply(const Request& request, const char* exceptionType)
{
    ops::logError("request {} ({}) failed with an exception: {}",
                  request.id.text(),
                  request.method,
                  exceptionType);
    return replyFor(Error{});
}

Response runHandler(const Handler& handler, const Request& request) noexcept
{
    try {
        return handler(request);
    } catch (const std::exception& exception) {
        return errorResponse(failedReply(request, typeid(exception).name()), request.id);
    } catch (...) {
        return errorResponse(failedReply(request, "unknown"), request.id);
    }
}

} // namespace

Session::Session(std::shared_ptr<ServerState> state,
                 asio::ip::tcp::socket socket,
                 std::string peerAddress)
    : m_state(std::move(state))
    , m_connection(std::make_shared<Connection>(std::move(socket)))
    , m_peerAddress(std::move(peerAddress))
{
    m_state->sessions.insert(this);
    m_state->open = m_state->sessions.size();
}

Session::~Session()
{
    m_state->sessions.erase(this);
    m_state->open = m_state->sessions.size();
    m_state->bodyBytes -= m_bodyCharged;
    m_connection->close();
    if (m_state->sessions.empty() && m_state->onLastSessionEnded) {
        m_state->onLastSessionEnded();
    }
}

void Session::drain()
{
    if (m_between) {
        m_connection->close();
    }
}

asio::awaitable<void> Session::serve(std::shared_ptr<Session> session)
{
    // Not `while (co_await ...)`: GCC 12.2 destroys the frame of such a loop too early.
    bool again = true;
    while (again) {
        again = co_await session->serveOne();
    }
}

asio::awaitable<void> Session::turnAway(std::shared_ptr<Session> session)
{
    Request request;
    request.id = RequestId::generate();
    const Framing framing{.keepAlive = false};
    const Router::Match nowhere;
    co_await session->refuse(
        overloaded("the server has no room for more connections"), request, framing, nowhere);
}

asio::awaitable<bool> Session::serveOne()
{
    Request request;
    Framing framing;
    const Outcome head = co_await readHead(request, framing);
    if (head.clientLeft) {
        co_return false;
    }
    m_state->requests.fetch_add(1, std::memory_order_relaxed);
    request.id = RequestId::generate();
    request.peerAddress = m_peerAddress;
    request.receivedAt = utcNow();
    request.startedAt = std::chrono::steady_clock::now();
    const Router::Match nowhere;
    if (head.refusal) {
        framing.keepAlive = false;
        co_return co_await refuse(*head.refusal, request, framing, nowhere);
    }
    const auto path = pathOfTarget(request.target);
    const auto decoded = decodeTarget(request);
    if (!path || !decoded) {
        framing.keepAlive = false;
        const std::string message = decoded ? path.error().message : decoded.error().message;
        const Refusal refusal{400, "bad_request", message};
        co_return co_await refuse(refusal, request, framing, nowhere);
    }
    Router::Match match = m_state->router->match(request.method, *path);
    request.pathParameters = std::move(match.parameters);
    const bool again = co_await handle(match, request, framing);
    m_state->bodyBytes -= std::exchange(m_bodyCharged, 0);
    co_return again;
}

asio::awaitable<bool> Session::handle(const Router::Match& match,
                                      Request& request,
                                      const Framing& framing)
{
    const bool known = match.route != nullptr;
    const auto& gate = m_state->options.gate;
    auto unadmitted = gate ? gate(request, match.surface) : std::nullopt;
    if (known && !unadmitted) {
        unadmitted = precheck(*match.route, request, framing);
    }
    const bool wanted = known && !unadmitted;
    Framing behind = framing;
    Outcome body;
    if (wanted || !framing.expectContinue) {
        body = co_await readBody(
            request, framing, wanted ? match.route->bodyBytesMax : kRefusedBodyBytesMax);
    } else {
        behind.keepAlive = false; // The client waits for our word before it sends the body.
    }
    if (body.clientLeft) {
        co_return false;
    }
    if (body.refusal) {
        behind.keepAlive = false; // Bytes of unknown length stand before the next request.
    }
    if (!known && !unadmitted) {
        const Refusal refusal = match.allowed.empty()
            ? Refusal{404, "not_found", "there is nothing at this path"}
            : Refusal{405, "method_not_allowed", match.allowed};
        co_return co_await refuse(refusal, request, behind, match);
    }
    if (unadmitted) {
        auto response = match.refusal(*unadmitted, request.id);
        co_return co_await refuseWith(std::move(response), request, behind, match.surface);
    }
    if (body.refusal) {
        co_return co_await refuse(*body.refusal, request, behind, match);
    }
    SessionExchange exchange(*m_state, *m_connection, request, framing, match.surface);
    co_await answer(match, exchange);
    if (exchange.reusable()) {
        co_return true;
    }
    if (exchange.progress() == SessionExchange::Progress::Begun) {
        exchange.cutUnfinished();
    } else if (m_state->draining && exchange.progress() == SessionExchange::Progress::Ended) {
        // The client does not expect this end: what it sends meanwhile must not turn it to a reset.
        co_await m_connection->linger(limits::kHttpLingerTimeout);
    }
    m_connection->close();
    co_return false;
}

std::optional<ErrorReply> Session::precheck(const Route& route,
                                            const Request& request,
                                            const Framing& framing)
{
    const bool large = framing.chunked || framing.contentLength > kRefusedBodyBytesMax;
    return large && route.precheck ? route.precheck(request) : std::nullopt;
}

asio::awaitable<bool> Session::refuse(Refusal refusal,
                                      const Request& request,
                                      const Framing& framing,
                                      const Router::Match& match)
{
    std::string allowed;
    if (refusal.status == 405) {
        allowed = refusal.message;
        refusal.message = "this path has other methods; see the header Allow";
    }
    Response response = match.refusal(replyOf(refusal), request.id);
    if (!allowed.empty()) {
        response.headers.add("Allow", allowed);
    }
    co_return co_await refuseWith(std::move(response), request, framing, match.surface);
}

asio::awaitable<bool> Session::refuseWith(Response response,
                                          const Request& request,
                                          const Framing& framing,
                                          Surface surface)
{
    m_state->refused.fetch_add(1, std::memory_order_relaxed);
    SessionExchange exchange(*m_state, *m_connection, request, framing, surface);
    const auto sent = co_await exchange.respond(std::move(response));
    if (exchange.reusable()) {
        co_return true;
    }
    if (sent) {
        co_await m_connection->linger(limits::kHttpLingerTimeout);
    }
    co_return false;
}

asio::awaitable<void> Session::answer(const Router::Match& match, SessionExchange& exchange)
{
    const Route& route = *match.route;
    const Request& request = exchange.request();
    if (const auto* handler = std::get_if<Handler>(&route.handler)) {
        Response response;
        if (route.runOn == RunOn::Inline) {
            response = runHandler(*handler, request);
        } else {
            // All of them outlive the work: the server joins its workers before it goes.
            std::function<void()> work = [&] { response = runHandler(*handler, request); };
            const bool done = co_await exchange.onWorker(std::move(work));
            if (!done) {
                response = errorResponse(replyOf(overloaded("the server is busy")), request.id);
            }
        }
        co_await exchange.respond(std::move(response));
        co_return;
    }
    const char* failure = nullptr;
    try {
        co_await std::get<StreamHandler>(route.handler)(exchange);
    } catch (const std::exception& exception) {
        failure = typeid(exception).name();
    }
    if (failure == nullptr && exchange.progress() == SessionExchange::Progress::Nothing
        && !exchange.clientGone()) {
        failure = "a handler that returned without an answer";
    }
    if (failure != nullptr) {
        Response response = match.refusal(failedReply(request, failure), request.id);
        if (exchange.progress() == SessionExchange::Progress::Nothing) {
            co_await exchange.respond(std::move(response));
        }
    }
}

} // namespace exhibit::http
