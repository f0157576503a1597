// SPDX-License-Identifier: Apache-2.0
// What ends a run while a call of it is under way: a person, a limit of its tier, its time.
#include "server/gateway/live_call.h"
#include "server/gateway/run_ending.h"

#include <boost/asio/io_context.hpp>

#include <algorithm>

namespace exhibit::gateway {
namespace {

using namespace std::chrono_literals;

/// Timer and clock may differ by a little: none is armed for less.
constexpr auto kShortestWait = 1ms;

domain::RunStop stopOfKill(domain::KillReason reason)
{
    auto stop = runOver(reason);
    if (domain::isKill(reason)) {
        stop.status = domain::RunStatus::Cancelled;
        stop.reason = domain::TerminationReason::UserAbort;
    }
    return stop;
}

} // namespace

void LiveCall::kill(domain::KillReason reason)
{
    // A call that its own policies stopped says so itself.
    if (!m_killed && !m_clientGone && !m_call->guard->stop()) {
        m_killed = reason;
        interrupt();
    }
}

void LiveCall::interrupt()
{
    m_upstream->cancel();
    m_pause.cancel();
    if (m_wakeReader) {
        m_wakeReader();
    }
}

void LiveCall::watchLimits()
{
    const auto now = utcNow();
    auto due = m_call->guard->durationDue(now);
    const auto timeUp = m_call->limits.timeUp(m_call->run.counters.startedAt);
    if (timeUp && (!due || *timeUp < *due)) {
        due = timeUp;
    }
    if (!due) {
        return;
    }
    m_limitTimer.expires_after(std::max<UtcTime::duration>(*due - now, kShortestWait));
    m_limitTimer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto call = weak.lock();
        if (!error && call) {
            call->limitsDue();
        }
    });
}

void LiveCall::limitsDue()
{
    // What is concluded goes out: the next call finds the limit passed.
    if (isOver() || m_concluded) {
        return;
    }
    m_call->guard->usageChanged(
        m_call->meter->runCounters(), m_call->meter->usage().completionTokens, utcNow());
    if (m_call->guard->stop()) {
        interrupt();
    } else if (!checkLimits()) {
        watchLimits();
    }
}

bool LiveCall::checkLimits()
{
    if (m_killed || m_call->limits.empty()) {
        return m_killed.has_value();
    }
    const auto since = std::chrono::steady_clock::now();
    auto overrun = m_call->limits.overrunOf(runCounters(), utcNow());
    if (!overrun) {
        return false;
    }
    const auto reason = overrun->breach.reason;
    m_overrun = std::move(overrun);
    kill(reason);
    m_cutLatencyUs = std::chrono::duration_cast<std::chrono::microseconds>(
                         std::chrono::steady_clock::now() - since)
                         .count();
    return true;
}

bool LiveCall::budgetLacks()
{
    return m_call->quota && !isOver()
        && m_call->quota->lacks({m_call->meter->usage().total(), m_call->meter->cost()});
}

boost::asio::awaitable<void> LiveCall::topUpBudget()
{
    auto refusal
        = co_await m_call->quota->topUp({m_call->meter->usage().total(), m_call->meter->cost()});
    if (!refusal || isOver()) {
        co_return;
    }
    m_budgetEnd = std::move(refusal->reply);
    m_overrun = std::move(refusal->endsRun);
    kill(m_overrun ? m_overrun->breach.reason : domain::KillReason::MaxTokens);
}

domain::RunCounters LiveCall::runCounters() const
{
    auto counters = m_call->meter->runCounters();
    if (!m_call->bound) {
        return counters;
    }
    if (const auto settled = m_core.services.runs.countersOf(identity().tenant, identity().run)) {
        // Others may have settled since this call began.
        counters.tokens += settled->tokens - m_call->run.counters.tokens;
        counters.costMicrocents += settled->costMicrocents - m_call->run.counters.costMicrocents;
    }
    const auto [first, last] = m_core.liveCalls->equal_range(identity().run);
    for (auto entry = first; entry != last; ++entry) {
        const auto other = entry->second.lock();
        if (other && other.get() != this) {
            counters.tokens += other->meter().usage().total();
            counters.costMicrocents += other->meter().cost();
        }
    }
    return counters;
}

void LiveCall::stopKilled(std::int64_t eventNo, Durability& durability)
{
    auto stop = stopOfKill(*m_killed);
    stop.callId = identity().call;
    stop.eventNo = eventNo;
    // Several calls of a run may find the limit passed at the same moment: one says so.
    const bool isFirst
        = !m_call->bound || !m_core.services.runs.stopOf(identity().tenant, identity().run);
    if (m_overrun && isFirst) {
        const auto [first, last] = m_core.liveCalls->equal_range(identity().run);
        recordOverrun(
            m_core.services.journal,
            {identity().tenant, identity().run, std::distance(first, last), m_cutLatencyUs},
            *m_overrun,
            durability);
    }
    // A budget that nobody can ask now says nothing about the run.
    if (m_call->bound && (m_overrun || !m_budgetEnd)) {
        m_core.services.runs.stop(
            identity().tenant, identity().run, std::move(stop), durability.track());
    }
}

} // namespace exhibit::gateway
