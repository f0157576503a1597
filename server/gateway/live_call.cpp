// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/live_call.h"

#include "server/gateway/admission_replies.h"
#include "server/gateway/content_coding.h"
#include "server/gateway/quota_demands.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

constexpr int kClientClosedRequest = 499; // As nginx records it.
constexpr std::chrono::milliseconds kRetryPause{100}; // Longer each time.

/// A service that did not answer, or had no answer to give.
bool isFailure(const Result<UpstreamHead>& head)
{
    return head ? head->status == 429 || head->status >= 500
                : head.error().code == ErrorCode::Unavailable
            || head.error().code == ErrorCode::DeadlineExceeded;
}

bool isEventStream(const http::Headers& headers)
{
    const auto type = headers.find("content-type").value_or("");
    return http::equalsIgnoringCase(type.substr(0, 17), "text/event-stream");
}

} // namespace

void addCallHeaders(http::Headers& headers, const CallState& call)
{
    headers.add("X-Exhibit-Run-Id", call.identity().run.text());
    headers.add("X-Exhibit-Call-Id", call.identity().call.text());
    if (call.firstIncident) {
        headers.add("X-Exhibit-Incident-Id", call.firstIncident->text());
    }
}

http::Response refusalResponse(const GatewayCore& core,
                               const CallState& call,
                               const Result<void>& durable,
                               const http::ErrorReply& reply,
                               const RequestId& request)
{
    if (!durable) {
        const auto instead
            = unrecorded(core.services.journal.stats(), "the refusal cannot be recorded");
        return call.surface->error(instead, request);
    }
    auto response = call.surface->error(reply, request);
    addCallHeaders(response.headers, call);
    return response;
}

LiveCall::LiveCall(GatewayCore& core, http::Exchange& exchange, std::shared_ptr<CallState> call)
    : m_core(core)
    , m_exchange(exchange)
    , m_call(std::move(call))
    , m_upstream(core.upstreams.exchange(m_call->target))
    , m_deadline(core.services.io)
    , m_limitTimer(core.services.io)
    , m_pause(core.services.io)
{
}

asio::awaitable<void> LiveCall::run(PresentedKey presented)
{
    watch();
    watchLimits();
    auto head = co_await callServices(presented);
    if (!head) {
        co_await refuse(head.error());
    } else {
        m_call->closing.upstreamStatus = head->status;
        m_call->closing.responseHeaders = recordedResponseHeaders(head->headers);
        if (head->status / 100 == 2 && isEventStream(head->headers)) {
            co_await relayStream(*std::move(head));
        } else {
            co_await relayWhole(*std::move(head));
        }
    }
    m_exchange.onClientGone(nullptr);
    m_deadline.cancel();
    m_limitTimer.cancel();
}

void LiveCall::watch()
{
    m_exchange.onClientGone([weak = weak_from_this()] {
        if (const auto call = weak.lock()) {
            call->m_clientGone = true;
            call->m_upstream->cancel();
            call->m_pause.cancel();
        }
    });
    m_deadline.expires_after(m_core.services.options.callTimeout);
    m_deadline.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto call = weak.lock();
        if (!error && call) {
            call->m_timedOut = true;
            call->interrupt();
        }
    });
}

bool LiveCall::mayStillSend()
{
    // Connecting takes time, in which another call may have stopped the run (INV-3).
    m_runStopped = m_call->bound
        && m_core.services.runs.stopOf(m_call->identity().tenant, m_call->identity().run);
    m_sentAt = std::chrono::steady_clock::now();
    return !isOver();
}

/// Of the services that may have the call, the answer of the first that does not fail. Nothing of
/// an answer has been read here, so nothing of it can have gone out.
asio::awaitable<Result<UpstreamHead>> LiveCall::callServices(const PresentedKey& presented)
{
    while (true) {
        auto head = co_await startUpstream(presented);
        noteAttempt(head);
        if (!nextAttempt(head)) {
            if (m_attempts.size() > 1) {
                m_call->closing.attempts = std::move(m_attempts);
            }
            co_return head;
        }
        m_upstream->cancel();
        if (m_retried > 0) {
            m_pause.expires_after(kRetryPause * m_retried);
            boost::system::error_code ignored;
            co_await m_pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        m_sentBefore = wasSent();
        m_upstream = m_core.upstreams.exchange(m_call->target);
    }
}

void LiveCall::noteAttempt(const Result<UpstreamHead>& head)
{
    const bool ours = isOver() || (!head && head.error().subject == "upstream_key_missing");
    if (!ours) {
        const std::chrono::duration<double, std::milli> latency
            = std::chrono::steady_clock::now() - m_sentAt;
        m_core.health->note(m_call->upstream->upstreamId, !isFailure(head), latency.count());
    }
    if (m_attempts.empty() && !m_call->upstream->contract) {
        return; // It is tried once.
    }
    JsonObject attempt{{"service", m_call->upstream->name}};
    if (head) {
        attempt.emplace("status", head->status);
    } else {
        attempt.emplace("error", head.error().message);
    }
    m_attempts.push_back(std::move(attempt));
}

/// Chooses who is asked next, as the contracts allow it; false: what came is the answer. A service
/// that would get the client's own credential is none to fall back to.
bool LiveCall::nextAttempt(const Result<UpstreamHead>& head)
{
    if (isOver() || !isFailure(head) || !m_call->upstream->contract) {
        return false;
    }
    const auto& contract = *m_call->upstream->contract;
    if (m_retried < contract.retries) {
        ++m_retried;
        return true;
    }
    if (!contract.fallback) {
        return false;
    }
    const auto& route = m_call->route;
    do {
        ++m_service;
    } while (m_service < route.size() && route[m_service]->passThrough);
    auto target = m_service < route.size() ? parseBaseUrl(route[m_service]->baseUrl)
                                           : Result<UpstreamTarget>(fail(ErrorCode::NotFound, {}));
    if (!target) {
        return false;
    }
    m_call->upstream = route[m_service];
    m_call->target = *std::move(target);
    m_retried = 0;
    return true;
}

asio::awaitable<Result<UpstreamHead>> LiveCall::startUpstream(const PresentedKey& presented)
{
    const auto& client = m_exchange.request();
    EXHIBIT_CO_TRY(auto headers,
                   upstreamHeaders(client.headers,
                                   {.upstream = *m_call->upstream,
                                    .presented = presented,
                                    .keys = m_core.services.options.upstreamKeys,
                                    .bodyRewritten = m_call->sentBody.has_value()}));
    UpstreamRequest request;
    request.method = m_call->surface->traits().method;
    // The query, if any, belongs to the provider too.
    const auto query = client.target.find('?');
    request.target = m_call->target.targetFor(client.path)
        + (query == std::string::npos ? "" : client.target.substr(query));
    request.headers = std::move(headers);
    request.body = m_call->sentBody ? BytesView(*m_call->sentBody) : BytesView(client.body);
    request.mayStillSend = [this] { return mayStillSend(); };
    co_return co_await m_upstream->start(std::move(request));
}

asio::awaitable<void> LiveCall::refuse(Error error)
{
    if (!wasSent()) {
        m_call->meter->nothingCharged();
    }
    if (m_clientGone) {
        closeUnfinished(error);
        co_return;
    }
    Durability durability(m_core.services.io);
    const AnswerChannels nothing(*m_call->guard);
    const auto& stop = m_call->guard->stop();
    const auto reply = stop ? stopReply(*stop, stopRun(nothing, 0, durability)) : refusalFor(error);
    if (m_overrun) {
        stopKilled(0, durability);
    }
    const bool timeout = reply.code == "upstream_timeout";
    close(reply.status,
          m_killed || stop   ? "stopped"
              : m_runStopped ? "refused"
              : timeout      ? "timeout"
                             : "upstream_error",
          reply.code,
          durability.track());
    const auto durable = co_await durability.wait();
    auto response = refusalResponse(m_core, *m_call, durable, reply, m_exchange.request().id);
    static_cast<void>(co_await m_exchange.respond(std::move(response)));
}

asio::awaitable<void> LiveCall::refuseUnrecorded(std::string message)
{
    const auto reply = unrecorded(m_core.services.journal.stats(), std::move(message));
    auto response = m_call->surface->error(reply, m_exchange.request().id);
    close(response.status, "refused", reply.code);
    static_cast<void>(co_await m_exchange.respond(std::move(response)));
}

http::ErrorReply LiveCall::refusalFor(const Error& error)
{
    http::ErrorReply reply;
    if (m_budgetEnd) {
        reply = *m_budgetEnd;
    } else if (m_overrun) {
        reply = runLimitReply(m_overrun->breach);
    } else if (m_runStopped || m_killed) {
        reply.status = 403;
        reply.type = "permission_error";
        reply.code = "run_stopped";
        reply.message = "this run was stopped; begin a new one with another run id";
    } else if (error.subject == "upstream_key_missing") {
        reply.status = 503;
        reply.type = "server_error";
        reply.code = error.subject;
        reply.message = error.message;
    } else if (m_timedOut || error.code == ErrorCode::DeadlineExceeded) {
        reply.status = 504;
        reply.type = "upstream_error";
        reply.code = "upstream_timeout";
        reply.message = "the provider took too long";
    } else {
        reply.status = 502;
        reply.type = "upstream_error";
        reply.code = "upstream_error";
        reply.message = error.message;
        reply.retryAfterSeconds = 1;
    }
    reply.runId = m_call->identity().run.text();
    reply.callId = m_call->identity().call.text();
    return reply;
}

http::Headers LiveCall::answerHeaders(const http::Headers& upstream) const
{
    auto headers = clientHeaders(upstream);
    addCallHeaders(headers, *m_call);
    return headers;
}

prevention::StageOutcome LiveCall::conclude()
{
    prevention::StageOutcome outcome;
    if (m_concluded) {
        return outcome;
    }
    m_concluded = true;
    outcome = m_call->guard->finishOutput();
    if (!m_answered) {
        // Nothing came that an output policy could have passed.
        std::erase_if(outcome.passes, [](const domain::PassRecord& pass) {
            return pass.stage == domain::Stage::Output;
        });
    }
    outcome.passes.insert(outcome.passes.begin(),
                          std::make_move_iterator(m_call->inputPasses.begin()),
                          std::make_move_iterator(m_call->inputPasses.end()));
    m_call->inputPasses.clear();
    return outcome;
}

StopNotice LiveCall::stopRun(const AnswerChannels& channels,
                             std::int64_t eventNo,
                             Durability& durability)
{
    const auto& stop = *m_call->guard->stop();
    const auto notice = recorder().recordStop(
        conclude(), outputTexts(channels), {stop, eventNo, durability.track()});
    if (m_call->bound) {
        m_core.services.runs.stop(
            m_call->identity().tenant,
            m_call->identity().run,
            runStopOf(stop, m_call->identity().call, *m_call->firstIncident, eventNo),
            durability.track());
    }
    return notice;
}

void LiveCall::noteChannels(const AnswerChannels& channels)
{
    m_call->closing.texts = channels.channelTexts();
    m_call->closing.toolCalls = channels.toolCalls();
}

void LiveCall::close(int status,
                     std::string outcome,
                     std::optional<std::string> errorCode,
                     spool::Journal::Completion onDurable)
{
    auto& closing = m_call->closing;
    closing.status = status;
    closing.outcome = std::move(outcome);
    closing.errorCode = std::move(errorCode);
    closing.usage = m_call->meter->usage();
    closing.costMicrocents = m_call->meter->cost();
    if (!m_concluded) {
        const auto nothing
            = [](std::string_view, std::size_t, std::size_t) { return std::string(); };
        recorder().record(conclude(), nothing);
    }
    const auto usage = m_call->meter->usage();
    const auto cost = m_call->meter->cost();
    if (m_call->quota && wasSent()) {
        m_call->quota->settle(usage, cost);
    }
    m_call->evidence->close(std::move(closing), std::move(onDurable));
    if (m_call->bound) {
        m_core.services.runs.settle(
            m_call->identity().tenant, m_call->identity().run, usage, cost, utcNow());
    }
}

void LiveCall::closeUnfinished(const Error& error)
{
    if (m_clientGone && m_exchange.cutByServer()) {
        close(static_cast<int>(m_call->closing.status), "server_stopped", "server_stopped");
    } else if (m_clientGone) {
        close(kClientClosedRequest, "client_gone", "client_closed_request");
    } else if (m_timedOut || error.code == ErrorCode::DeadlineExceeded) {
        close(static_cast<int>(m_call->closing.status), "timeout", "upstream_timeout");
    } else {
        close(static_cast<int>(m_call->closing.status), "upstream_error", "upstream_error");
    }
}

} // namespace exhibit::gateway
