// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/gateway.h"

#include "server/gateway/admission.h"
#include "server/gateway/live_call.h"
#include "server/gateway/replay_call.h"
#include "server/ops/log.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

// Seconds; fine where the added latency is expected, coarse where providers are slow.
const std::vector<double> kAddedLatencyBounds
    = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1};
const std::vector<double> kFirstEventBounds
    = {0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

GatewayCore makeCore(const GatewayServices& services)
{
    return {
        services,
        UpstreamClient(services.io,
                       {.connect = services.options.connectTimeout,
                        .firstByte = services.options.firstByteTimeout,
                        .idle = services.options.idleTimeout}),
        services.metrics.counter("cai_policy_violations", "Decisions of policies other than PASS"),
        services.metrics.histogram("exhibit_call_added_latency_seconds",
                                   "Time that Exhibit adds to a call",
                                   kAddedLatencyBounds),
        services.metrics.histogram("exhibit_time_to_first_event_seconds",
                                   "From the request to the first byte of the answer",
                                   kFirstEventBounds)};
}

/// Counts a call while its handler runs, however that ends.
class OpenCall {
public:
    explicit OpenCall(const GatewayCore& core)
        : m_count(core.openCalls)
    {
        ++*m_count;
    }
    ~OpenCall() { --*m_count; }
    OpenCall(const OpenCall&) = delete;
    OpenCall& operator=(const OpenCall&) = delete;

private:
    std::shared_ptr<std::size_t> m_count;
};

/// A call can be found by its run while its handler runs.
class LiveEntry {
public:
    LiveEntry(const GatewayCore& core, const std::shared_ptr<LiveCall>& call)
        : m_calls(core.liveCalls)
        , m_entry(m_calls->emplace(call->identity().run, call))
    {
    }
    ~LiveEntry() { m_calls->erase(m_entry); }
    LiveEntry(const LiveEntry&) = delete;
    LiveEntry& operator=(const LiveEntry&) = delete;

private:
    std::shared_ptr<LiveCalls> m_calls;
    LiveCalls::iterator m_entry;
};

/// A request that policies refused: the client hears of it once the incident and the run's stop
/// are on disk.
asio::awaitable<void> refuseStopped(GatewayCore& core,
                                    http::Exchange& exchange,
                                    Admission admission)
{
    auto& call = *admission.call;
    const auto stop = *call.guard->stop();
    Durability durability(core.services.io);
    const auto notice = ViolationRecorder(call, core.violations)
                            .recordStop(*std::move(admission.stopped),
                                        inputTexts(*call.chat),
                                        {stop, 0, durability.track()});
    if (call.bound) {
        core.services.runs.stop(call.identity().tenant,
                                call.identity().run,
                                runStopOf(stop, call.identity().call, *call.firstIncident, 0),
                                durability.track());
    }
    const auto durable = co_await durability.wait();
    auto reply = stopReply(stop, notice);
    auto response = refusalResponse(core, call, durable, reply, exchange.request().id);
    auto& closing = call.closing;
    closing.status = exchange.clientGone() ? 499 : response.status;
    closing.outcome = "refused";
    closing.errorCode = std::move(reply.code);
    call.evidence->close(std::move(closing));
    static_cast<void>(co_await exchange.respond(std::move(response)));
}

/// A refusal that has a record waits for it: the client may ask for the call it names.
asio::awaitable<void> refuse(GatewayCore& core,
                             http::Exchange& exchange,
                             const Surface& surface,
                             Admission admission)
{
    const auto& reply = *admission.refusal;
    const auto& id = exchange.request().id;
    if (!admission.call) {
        static_cast<void>(co_await exchange.respond(surface.error(reply, id)));
        co_return;
    }
    auto& call = *admission.call;
    call.closing.status = reply.status;
    call.closing.outcome = "refused";
    call.closing.errorCode = reply.code;
    Durability durability(core.services.io);
    call.evidence->close(std::move(call.closing), durability.track());
    const auto durable = co_await durability.wait();
    static_cast<void>(co_await exchange.respond(refusalResponse(core, call, durable, reply, id)));
}

asio::awaitable<void> serveCall(GatewayCore& core, http::Exchange& exchange, const Surface& surface)
{
    const OpenCall open(core);
    auto admission = co_await admit(
        {core.services, core.violations, *core.health}, exchange.request(), surface);
    if (admission.refusal) {
        co_await refuse(core, exchange, surface, std::move(admission));
    } else if (admission.stopped) {
        co_await refuseStopped(core, exchange, std::move(admission));
    } else {
        const auto call = std::make_shared<LiveCall>(core, exchange, std::move(admission.call));
        const LiveEntry entry(core, call);
        co_await call->run(std::move(admission.presented));
    }
}

asio::awaitable<void> serveReplay(GatewayCore& core, ReplayOrder order, ReplayDone done)
{
    const OpenCall open(core);
    Result<replay::ReplayedCall> replayed = fail(ErrorCode::Internal, "the replay failed");
    try {
        replayed = co_await replayCall(core, std::move(order));
    } catch (const std::exception& error) {
        ops::logError("a replay failed: {}", error.what());
    }
    done(std::move(replayed));
}

http::ErrorReply upstreamRefusal(const Error& error)
{
    const bool timeout = error.code == ErrorCode::DeadlineExceeded;
    http::ErrorReply reply;
    reply.status = timeout ? 504 : 502;
    reply.type = "upstream_error";
    reply.code = timeout ? "upstream_timeout" : "upstream_error";
    reply.message = error.message;
    return reply;
}

asio::awaitable<Result<http::Response>> fetchModels(GatewayCore& core,
                                                    const http::Request& request,
                                                    const domain::Upstream& upstream,
                                                    PresentedKey presented)
{
    EXHIBIT_CO_TRY(const auto target, parseBaseUrl(upstream.baseUrl));
    EXHIBIT_CO_TRY(auto headers,
                   upstreamHeaders(request.headers,
                                   {.upstream = upstream,
                                    .presented = presented,
                                    .keys = core.services.options.upstreamKeys}));
    const auto exchange = core.upstreams.exchange(target);
    UpstreamRequest upstreamRequest;
    upstreamRequest.method = "GET";
    upstreamRequest.target = target.targetFor(request.path);
    upstreamRequest.headers = std::move(headers);
    EXHIBIT_CO_TRY(const auto head, co_await exchange->start(std::move(upstreamRequest)));
    http::Response response{head.status, clientHeaders(head.headers), {}};
    while (true) {
        EXHIBIT_CO_TRY(const auto bytes, co_await exchange->readSome());
        if (!bytes) {
            co_return response;
        }
        response.body += *bytes;
        if (response.body.size() > core.services.options.answerBytesMax) {
            co_return fail(ErrorCode::TooLarge, "the provider's answer is too large");
        }
    }
}

/// Which models there are is the provider's to say; no text passes, so nothing is recorded.
asio::awaitable<void> serveModels(GatewayCore& core, http::Exchange& exchange)
{
    const auto& request = exchange.request();
    auto caller = identify(core.services, request);
    std::optional<http::ErrorReply> refusal;
    if (!caller) {
        refusal = std::move(caller).error();
    } else {
        const auto& upstreams = caller->catalogue->upstreams;
        // SDKs of Anthropic's ask at the same path, and say so.
        const bool anthropic = request.headers.contains("anthropic-version");
        const auto wire = anthropic ? domain::Wire::Anthropic : domain::Wire::OpenAi;
        const auto first = std::find_if(
            upstreams.begin(), upstreams.end(), [&](const domain::Upstream& upstream) {
                return upstream.projectId == caller->principal.project && upstream.wire == wire;
            });
        if (first == upstreams.end()) {
            refusal = http::replyFor({ErrorCode::NotFound, "this project has no upstream", {}});
        } else {
            auto response
                = co_await fetchModels(core, request, *first, std::move(caller->presented));
            if (response) {
                static_cast<void>(co_await exchange.respond(*std::move(response)));
                co_return;
            }
            refusal = upstreamRefusal(response.error());
        }
    }
    auto response = http::errorResponse(*refusal, request.id);
    static_cast<void>(co_await exchange.respond(std::move(response)));
}

} // namespace

class Gateway::Impl {
public:
    explicit Impl(const GatewayServices& services)
        : core(makeCore(services))
    {
    }
    GatewayCore core;
};

Gateway::Gateway(GatewayServices services)
    : m_impl(std::make_unique<Impl>(services))
{
}

Gateway::~Gateway() = default;

void Gateway::addRoutes(http::Router& router)
{
    auto& core = m_impl->core;
    const auto add = [&](std::string method,
                         std::string path,
                         const Surface& surface,
                         http::StreamHandler handler) {
        http::Route route{std::move(method),
                          std::move(path),
                          std::move(handler),
                          http::RunOn::Inline,
                          http::Surface::Gateway,
                          core.services.options.bodyBytesMax};
        route.precheck = [&core](const http::Request& request) {
            auto caller = identify(core.services, request);
            return caller ? std::nullopt : std::optional(std::move(caller).error());
        };
        route.errorForm = [&surface](const http::ErrorReply& reply, const RequestId& request) {
            return surface.error(reply, request);
        };
        router.add(std::move(route));
    };
    for (const auto* list : {&surfaces(), &sideSurfaces()}) {
        for (const Surface* surface : *list) {
            add(std::string(surface->traits().method),
                std::string(surface->traits().path),
                *surface,
                [&core, surface](http::Exchange& exchange) {
                    return serveCall(core, exchange, *surface);
                });
        }
    }
    add("GET", "/v1/models", chatSurface(), [&core](http::Exchange& exchange) {
        return serveModels(core, exchange);
    });
}

std::size_t Gateway::cutRun(TenantId tenant, RunId run, domain::KillReason reason)
{
    std::size_t cut = 0;
    const auto [first, last] = m_impl->core.liveCalls->equal_range(run);
    for (auto entry = first; entry != last; ++entry) {
        const auto call = entry->second.lock();
        if (call && call->identity().tenant == tenant) {
            call->kill(reason);
            ++cut;
        }
    }
    return cut;
}

domain::ServiceRecord Gateway::serviceRecord(UpstreamId service) const
{
    return m_impl->core.health->of(service);
}

void Gateway::replay(ReplayOrder order, ReplayDone done)
{
    asio::co_spawn(m_impl->core.services.io,
                   serveReplay(m_impl->core, std::move(order), std::move(done)),
                   asio::detached);
}

std::size_t Gateway::openCalls() const
{
    return *m_impl->core.openCalls;
}

} // namespace exhibit::gateway
