// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/call_state.h"
#include "server/gateway/gateway.h"
#include "server/gateway/service_health.h"
#include "server/gateway/upstream_client.h"
#include "server/gateway/violations.h"
#include "server/gateway/wakeup.h"

#include <functional>
#include <memory>
#include <unordered_map>

namespace exhibit::gateway {

class LiveCall;
using LiveCalls = std::unordered_multimap<RunId, std::weak_ptr<LiveCall>>;

/// What all calls share. Io thread only.
struct GatewayCore {
    GatewayServices services;
    UpstreamClient upstreams;
    ops::Counter& violations;
    ops::Histogram& addedLatency;
    ops::Histogram& timeToFirstEvent;
    /// Shared: a call that a shutdown leaves behind is destroyed after the gateway.
    std::shared_ptr<std::size_t> openCalls = std::make_shared<std::size_t>(0);
    std::unique_ptr<ServiceHealth> health = std::make_unique<ServiceHealth>();
    /// Those that go to a provider, by run. Shared for the same reason.
    std::shared_ptr<LiveCalls> liveCalls = std::make_shared<LiveCalls>();
};

/// A call that goes to a provider, from the request's way out to its last record. The handler's
/// coroutine owns it together with the coroutine that reads a stream.
class LiveCall : public std::enable_shared_from_this<LiveCall> {
public:
    /// `core` and `exchange` outlive run().
    LiveCall(GatewayCore& core, http::Exchange& exchange, std::shared_ptr<CallState> call);

    /// Sends the request, relays the answer, writes the records.
    boost::asio::awaitable<void> run(PresentedKey presented);

    [[nodiscard]] const CallIdentity& identity() const { return m_call->identity(); }
    /// Its run was killed: the provider is cut now, the client is told when that is durable.
    void kill(domain::KillReason reason);
    /// What the call has used so far.
    [[nodiscard]] const UsageMeter& meter() const { return *m_call->meter; }

private:
    friend class StreamCall;

    boost::asio::awaitable<Result<UpstreamHead>> callServices(const PresentedKey& presented);
    boost::asio::awaitable<Result<UpstreamHead>> startUpstream(const PresentedKey& presented);
    [[nodiscard]] bool nextAttempt(const Result<UpstreamHead>& head);
    void noteAttempt(const Result<UpstreamHead>& head);
    void watch();
    [[nodiscard]] bool mayStillSend();
    /// Somebody or something ended it: nothing more is asked of a provider.
    [[nodiscard]] bool isOver() const
    {
        return m_killed || m_runStopped || m_clientGone || m_timedOut || m_call->guard->stop();
    }
    /// Ends what waits for the provider, or for the client to read.
    void interrupt();

    // What ends a run while a call of it is under way (live_call_limits.cpp).
    void watchLimits();
    void limitsDue();
    /// Asked on every change of usage. True when the run is over a limit of its tier: the call is
    /// cut then.
    bool checkLimits();
    /// A budget has to lease more before more of the answer is read.
    [[nodiscard]] bool budgetLacks();
    /// Waits for that; a budget that is used up ends the call, and its run.
    boost::asio::awaitable<void> topUpBudget();
    /// What the run has used with all its calls that are under way here.
    [[nodiscard]] domain::RunCounters runCounters() const;
    /// The stop of a run that was killed, for registry and journal.
    void stopKilled(std::int64_t eventNo, Durability& durability);

    /// The provider gave no answer that could be passed on.
    boost::asio::awaitable<void> refuse(Error error);
    /// Answers with 503 and without the call's ids, since no record names them.
    boost::asio::awaitable<void> refuseUnrecorded(std::string message);
    [[nodiscard]] http::ErrorReply refusalFor(const Error& error);

    // Answers that are read whole (json_call.cpp).
    boost::asio::awaitable<void> relayWhole(UpstreamHead head);
    boost::asio::awaitable<Result<void>> readBody();
    boost::asio::awaitable<void> answerJudged(UpstreamHead head);
    [[nodiscard]] std::optional<BytesView> plainBody(std::string_view codings,
                                                     Bytes& decoded) const;
    [[nodiscard]] bool isMereError(const UpstreamHead& head);
    boost::asio::awaitable<void> answerAsIs(UpstreamHead head);
    boost::asio::awaitable<void> deliver(http::Response response, std::optional<Bytes> original);

    boost::asio::awaitable<void> relayStream(UpstreamHead head);

    /// The provider's fields and ours.
    [[nodiscard]] http::Headers answerHeaders(const http::Headers& upstream) const;
    [[nodiscard]] ViolationRecorder recorder() { return {*m_call, m_core.violations}; }
    /// The decisions of the output stage with what the input stage left; once.
    [[nodiscard]] prevention::StageOutcome conclude();
    /// Records the stop with everything decided, and stops the run. Durable when `durability` is.
    [[nodiscard]] StopNotice stopRun(const AnswerChannels& channels,
                                     std::int64_t eventNo,
                                     Durability& durability);
    /// The last record. `outcome` is one of CallClosed's.
    void close(int status,
               std::string outcome,
               std::optional<std::string> errorCode = {},
               spool::Journal::Completion onDurable = {});
    /// The same for a call whose client left or whose time is over.
    void closeUnfinished(const Error& error);
    void noteChannels(const AnswerChannels& channels);
    /// A provider may have seen something of the call, and may charge for it.
    [[nodiscard]] bool wasSent() const { return m_sentBefore || m_upstream->wasSent(); }

    GatewayCore& m_core;
    http::Exchange& m_exchange;
    std::shared_ptr<CallState> m_call;
    std::unique_ptr<UpstreamExchange> m_upstream;
    boost::asio::steady_timer m_deadline;
    boost::asio::steady_timer m_limitTimer; ///< The next instant at which a duration speaks.
    boost::asio::steady_timer m_pause; ///< Before a service is asked again.
    std::size_t m_service = 0; ///< In the route's order.
    std::int64_t m_retried = 0; ///< How often that one was asked again.
    JsonArray m_attempts;
    bool m_sentBefore = false; ///< By an attempt before the last one.
    Bytes m_body; ///< Of an answer that is read whole, as it came.
    bool m_clientGone = false;
    bool m_timedOut = false;
    std::optional<domain::KillReason> m_killed; ///< The first one.
    std::optional<RunOverrun> m_overrun; ///< Why it is this call that killed its run.
    std::optional<http::ErrorReply> m_budgetEnd; ///< The budget that ended it says so.
    std::int64_t m_cutLatencyUs = 0; ///< From then until the provider was cut.
    std::function<void()> m_wakeReader; ///< Of a stream.
    bool m_runStopped = false; ///< By another call of the run, before this one was sent.
    bool m_concluded = false;
    bool m_answered = false; ///< The provider answered with something policies look at.
    SteadyTime m_sentAt{}; ///< The request went to the provider.
    SteadyTime m_answeredAt{}; ///< Its answer was complete (whole answers).
};

/// What a client reads about a call that was refused before the provider saw it.
void addCallHeaders(http::Headers& headers, const CallState& call);
/// A refusal once its record is on disk; if that failed, one that says so and names no call.
[[nodiscard]] http::Response refusalResponse(const GatewayCore& core,
                                             const CallState& call,
                                             const Result<void>& durable,
                                             const http::ErrorReply& reply,
                                             const RequestId& request);

} // namespace exhibit::gateway
