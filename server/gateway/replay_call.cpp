// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/replay_call.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kShownTextBytesMax = 64 * 1024;

/// The upstream that the call went to, if it can be reached without its client.
Result<const domain::Upstream*> upstreamOf(const storage::Catalogue& catalogue,
                                           const storage::RecordedCall& call)
{
    const auto found = std::find_if(
        catalogue.upstreams.begin(), catalogue.upstreams.end(), [&call](const auto& upstream) {
            return upstream.projectId == call.projectId && upstream.name == call.upstream;
        });
    if (found == catalogue.upstreams.end()) {
        return fail(ErrorCode::Conflict, "The upstream of the call is no longer configured.");
    }
    if (found->passThrough) {
        return fail(ErrorCode::Conflict,
                    "The upstream takes the client's own key, which is never kept.");
    }
    return &*found;
}

class ReplayCall {
public:
    ReplayCall(GatewayCore& core, ReplayOrder order)
        : m_core(core)
        , m_order(std::move(order))
        , m_call(*m_order.original)
        , m_catalogue(core.services.catalogue.get())
        , m_evidence(core.services.journal,
                     CallIdentity{m_order.tenant,
                                  m_call.projectId,
                                  m_order.key,
                                  CallId::generate(),
                                  RunId::generate(),
                                  m_order.request,
                                  utcNow(),
                                  std::chrono::steady_clock::now()})
        , m_deadline(core.services.io)
    {
    }

    asio::awaitable<Result<replay::ReplayedCall>> run()
    {
        const auto spool = m_core.services.journal.stats();
        if (spool.full || spool.failing) {
            co_return fail(ErrorCode::Unavailable, "no evidence can be kept at the moment");
        }
        if (findSurface(m_call.endpoint) == nullptr) {
            co_return fail(ErrorCode::Conflict,
                           "The call asked no model: nothing can be compared.");
        }
        EXHIBIT_CO_TRY(m_upstream, upstreamOf(*m_catalogue, m_call));
        EXHIBIT_CO_TRY(const auto target, parseBaseUrl(m_upstream->baseUrl));
        EXHIBIT_CO_CHECK(co_await reserve());
        open();
        auto read = co_await exchange(target);
        if (!read) {
            payEstimate();
            recordAnswer();
            close("upstream_error", "upstream_error");
            co_return tl::make_unexpected(std::move(read).error());
        }
        co_return conclude();
    }

private:
    [[nodiscard]] const Bytes& body() const
    {
        return m_call.sentRequest ? *m_call.sentRequest : m_call.request;
    }

    void open()
    {
        spool::CallOpened opened;
        opened.userId = m_call.userId;
        opened.facts = m_call.facts;
        opened.endpoint = m_call.endpoint;
        opened.model = m_call.model;
        opened.streaming = m_call.streaming;
        opened.upstream = m_upstream->name;
        opened.snapshotId = m_order.snapshot->snapshot().snapshotId;
        opened.requestHeaders = m_call.requestHeaders;
        opened.request = body();
        opened.runBefore = m_call.runBefore;
        opened.replayOf = m_call.callId;
        m_evidence.open(std::move(opened));
    }

    asio::awaitable<Result<void>> exchange(const UpstreamTarget& target)
    {
        const std::shared_ptr<UpstreamExchange> exchange = m_core.upstreams.exchange(target);
        m_deadline.expires_after(m_core.services.options.callTimeout);
        const std::weak_ptr<UpstreamExchange> weak = exchange;
        m_deadline.async_wait([weak](const boost::system::error_code& error) {
            const auto late = weak.lock();
            if (!error && late) {
                late->cancel();
            }
        });
        auto read = co_await readAnswer(*exchange, target);
        m_sent = exchange->wasSent();
        m_deadline.cancel();
        co_return read;
    }

    [[nodiscard]] const domain::PriceTable& prices() const
    {
        return m_catalogue->pricesOf(m_order.tenant);
    }
    asio::awaitable<Result<void>> reserve();
    asio::awaitable<Result<void>> readAnswer(UpstreamExchange& exchange,
                                             const UpstreamTarget& target);
    Result<void> accept(const UpstreamHead& head);
    void pay(const domain::Usage& usage, domain::Microcents cost);
    void payEstimate();
    void recordAnswer();
    void close(const std::string& outcome, std::optional<std::string> errorCode = {});
    Result<replay::ReplayedCall> conclude();

    GatewayCore& m_core;
    ReplayOrder m_order;
    const storage::RecordedCall& m_call; ///< Of m_order.
    std::shared_ptr<const storage::Catalogue> m_catalogue;
    const domain::Upstream* m_upstream = nullptr; ///< Of m_catalogue.
    CallEvidence m_evidence;
    std::optional<QuotaReservation> m_quota; ///< Empty when no quota applies.
    asio::steady_timer m_deadline;
    bool m_sent = false; ///< The provider may have seen the request.
    spool::CallClosed m_closing;
    ProviderAnswer m_answer;
    Bytes m_received; ///< As it came.
};

/// The provider is paid once more, so project and tenant must be able to. Not the call's user, who
/// asked for nothing.
asio::awaitable<Result<void>> ReplayCall::reserve()
{
    const auto quotas = m_catalogue->quotas.find(m_order.tenant);
    const auto* project = m_catalogue->findProject(m_call.projectId);
    auto* service = m_core.services.quotas;
    if (service == nullptr || project == nullptr || quotas == m_catalogue->quotas.end()) {
        co_return Result<void>{};
    }
    QuotaCall wanted;
    wanted.quotas = &quotas->second;
    wanted.project = project->slug;
    wanted.applied = domain::quotasOf(quotas->second, {}, project->slug);
    std::erase_if(wanted.applied, [](const domain::AppliedQuota& quota) {
        return quota.scope == domain::QuotaScope::User;
    });
    wanted.run = m_evidence.identity().run;
    wanted.now = m_evidence.identity().openedAt;
    wanted.counters.llmCalls = 1;
    wanted.counters.startedAt = wanted.now;
    wanted.price = prices().find(m_call.model);
    wanted.promptTokens = domain::estimateTokens(body().size(), wanted.price);
    if (const auto request = JsonWalk::parse(body())) {
        wanted.outputTokensMax = outputTokensMaxOf(*request);
    }
    auto answer = co_await service->reserve(std::move(wanted));
    if (!answer) {
        const auto& reply = answer.error().reply;
        co_return fail(ErrorCode::Unavailable, "no replay now: " + reply.message, reply.code);
    }
    m_quota = *std::move(answer);
    co_return Result<void>{};
}

asio::awaitable<Result<void>> ReplayCall::readAnswer(UpstreamExchange& exchange,
                                                     const UpstreamTarget& target)
{
    http::Headers client;
    const Json& recorded = m_call.requestHeaders;
    for (const auto& header : recorded.is_object() ? recorded.get_object() : JsonObject{}) {
        client.add(std::string(header.key()), std::string(stringMember(recorded, header.key())));
    }
    const PresentedKey nobody;
    EXHIBIT_CO_TRY(auto headers,
                   upstreamHeaders(client,
                                   {.upstream = *m_upstream,
                                    .presented = nobody,
                                    .keys = m_core.services.options.upstreamKeys,
                                    .bodyRewritten = m_call.sentRequest.has_value()}));
    UpstreamRequest request;
    request.method = "POST";
    request.target = target.targetFor(m_call.endpoint);
    request.headers = std::move(headers);
    request.body = body();
    EXHIBIT_CO_TRY(const auto head, co_await exchange.start(std::move(request)));
    m_closing.upstreamStatus = head.status;
    m_closing.status = head.status;
    m_closing.responseHeaders = recordedResponseHeaders(head.headers);
    while (true) {
        EXHIBIT_CO_TRY(const auto bytes, co_await exchange.readSome());
        if (!bytes) {
            break;
        }
        if (m_received.empty()) {
            m_closing.firstByteUs = m_evidence.identity().elapsedUs();
        }
        m_received += *bytes;
        if (m_received.size() > m_core.services.options.answerBytesMax) {
            exchange.cancel();
            co_return fail(ErrorCode::Conflict, "The provider's answer is too large to be kept.");
        }
    }
    co_return accept(head);
}

/// Refusals that speak of the account, the address or the hour, not of what was asked.
bool isAboutAccess(int status)
{
    constexpr int kAccess[] = {401, 402, 403, 404, 407, 408};
    return std::find(std::begin(kAccess), std::end(kAccess), status) != std::end(kAccess);
}

/// An answer that says nothing of the call, only of the provider's state, is none; unless the
/// provider said the same when the call was recorded.
Result<void> ReplayCall::accept(const UpstreamHead& head)
{
    const bool elsewise = isAboutAccess(head.status) && head.status != m_call.upstreamStatus;
    if (elsewise || head.status == 429 || head.status >= 500) {
        return fail(ErrorCode::Unavailable,
                    "the provider answered " + std::to_string(head.status)
                        + " when the call was repeated");
    }
    const auto type = head.headers.find("content-type").value_or("");
    m_answer.surface = &surfaceOf(m_call.endpoint);
    m_answer.status = head.status;
    m_answer.streamed = head.status / 100 == 2
        && http::equalsIgnoringCase(type.substr(0, 17), "text/event-stream");
    readCoded(m_answer,
              head.headers.find("content-encoding").value_or(""),
              {m_evidence.identity().elapsedUs(), m_received});
    if (!m_answer.unreadable.empty()) {
        return fail(ErrorCode::Conflict, m_answer.unreadable);
    }
    // What is not kept of a call is not kept of its replay, and they are compared as kept.
    auto& plain = m_answer.parts.front().bytes;
    if (auto digested = m_answer.surface->digested(plain); digested && !m_answer.streamed) {
        m_received = *digested;
        plain = *std::move(digested);
    }
    return {};
}

void ReplayCall::pay(const domain::Usage& usage, domain::Microcents cost)
{
    m_closing.usage = usage;
    m_closing.costMicrocents = cost;
    if (m_quota) {
        m_quota->settle(usage, cost);
    }
    if (prices().find(m_call.model) != nullptr) {
        m_closing.priceVersion = prices().version;
    }
}

/// For an answer that nobody could read to its end; providers' errors cost nothing.
void ReplayCall::payEstimate()
{
    if (!m_sent || m_closing.upstreamStatus >= 400) {
        return;
    }
    UsageMeter meter(prices().find(m_call.model), {}, body().size());
    meter.addAnswerText(m_received.size());
    pay(meter.usage(), meter.cost());
}

void ReplayCall::recordAnswer()
{
    if (m_received.empty()) {
        return;
    }
    // Numbered as a live stream's, so that the record reads back the same way.
    const auto events = m_answer.streamed ? countEvents(m_received) : 0;
    m_closing.eventCount = events;
    m_evidence.withhold({0, events, std::move(m_received)});
}

void ReplayCall::close(const std::string& outcome, std::optional<std::string> errorCode)
{
    m_closing.outcome = outcome;
    m_closing.errorCode = std::move(errorCode);
    m_evidence.close(std::move(m_closing));
}

Result<replay::ReplayedCall> ReplayCall::conclude()
{
    const auto* project = m_catalogue->findProject(m_call.projectId);
    auto judged = judgeAgain(
        m_call, m_answer, {m_order.snapshot, project == nullptr ? "" : project->slug, &prices()});
    if (!judged) {
        payEstimate();
    }
    recordAnswer();
    if (!judged) {
        close("completed", "not_judged");
        return tl::make_unexpected(std::move(judged).error());
    }
    replay::ReplayedCall replayed{
        m_evidence.identity().run,
        m_evidence.identity().call,
        m_evidence.identity().openedAt,
        contentOf(m_answer),
        judgementOf(std::move(*judged), m_order.snapshot->snapshot().snapshotId)};
    for (const auto& [channel, text] : replayed.content.texts) {
        const auto end = characterStart(text, std::min(text.size(), kShownTextBytesMax));
        m_closing.texts.push_back({channel, {}, text.substr(0, end)});
    }
    if (!replayed.content.model.empty()) {
        m_closing.answeredModel = replayed.content.model;
    }
    m_closing.finishReasons = replayed.content.finishReasons;
    pay(judged->usage, judged->costMicrocents);
    m_evidence.decide({replayed.judgement.decisions, replayed.judgement.passes, {}});
    close("completed");
    return replayed;
}

} // namespace

asio::awaitable<Result<replay::ReplayedCall>> replayCall(GatewayCore& core, ReplayOrder order)
{
    ReplayCall call(core, std::move(order));
    co_return co_await call.run();
}

} // namespace exhibit::gateway
