// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/backtest_rounds.h"

#include "app/ctl/terminal.h"
#include "models/base/traffic_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace exhibit::ctl {
namespace {

/// The first so many of all, as one answer would have them.
template <class T>
void addSample(std::vector<T>& sample, std::vector<T> next)
{
    sample.insert(
        sample.end(), std::make_move_iterator(next.begin()), std::make_move_iterator(next.end()));
    sample.resize(std::min(sample.size(), limits::kBacktestSampleDefault));
}

void addCounts(std::vector<domain::PolicyBacktest>& sum,
               const std::vector<domain::PolicyBacktest>& next)
{
    if (sum.empty()) {
        sum = next;
        return;
    }
    for (std::size_t at = 0; at < std::min(sum.size(), next.size()); ++at) {
        sum[at].passed += next[at].passed;
        sum[at].warned += next[at].warned;
        sum[at].redacted += next[at].redacted;
        sum[at].blocked += next[at].blocked;
        sum[at].errors += next[at].errors;
    }
}

} // namespace

void addRound(domain::BacktestReport& sum, domain::BacktestReport next)
{
    sum.calls += next.calls;
    sum.skipped += next.skipped;
    sum.runsStopped += next.runsStopped;
    sum.callsPrevented += next.callsPrevented;
    addCounts(sum.policies, next.policies);
    addSample(sum.blocked, std::move(next.blocked));
    sum.incidentsPrevented += next.incidentsPrevented;
    addSample(sum.prevented, std::move(next.prevented));
    sum.falsePositives += next.falsePositives;
    addSample(sum.falsePositiveSample, std::move(next.falsePositiveSample));
    sum.compared += next.compared;
    sum.differences += next.differences;
    addSample(sum.differenceSample, std::move(next.differenceSample));
    sum.evaluationUs += next.evaluationUs;
    sum.slowestUs = std::max(sum.slowestUs, next.slowestUs);
    sum.elapsedUs += next.elapsedUs;
    sum.complete = next.complete;
    sum.judgedTo = next.judgedTo ? next.judgedTo : sum.judgedTo;
}

BacktestRounds::BacktestRounds(Session& session,
                               JsonObject request,
                               std::int64_t callsMax,
                               std::int64_t step)
    : m_session(session)
    , m_request(std::move(request))
    , m_callsMax(callsMax)
    , m_step(step)
{
}

/// How far it is, when there is more.
void BacktestRounds::show() const
{
    const bool terminal = standardErrorIsTerminal();
    std::cerr << fmt::format(
        "{}{} calls judged{}", terminal ? "\r\x1b[K" : "", judged(), terminal ? "" : "\n")
              << std::flush;
}

client::Reply<domain::BacktestReport> BacktestRounds::run()
{
    const Interruption interruption;
    while (true) {
        auto limit = m_step > 0 ? m_step : static_cast<std::int64_t>(limits::kBacktestCallsMax);
        if (m_callsMax > 0) {
            limit = std::min(limit, m_callsMax - judged());
        }
        m_request["limit"] = limit;
        auto reply = interruption.wait(m_session, m_session.client().backtest(m_request));
        const bool stopped = Interruption::wanted() && judged() > 0;
        if (!reply && !stopped) {
            return tl::make_unexpected(std::move(reply).error());
        }
        if (reply) {
            addRound(m_sum, std::move(reply->report));
        }
        const bool enough = m_callsMax > 0 && judged() >= m_callsMax;
        if (m_sum.complete || stopped || enough || !reply->cursor) {
            break;
        }
        m_request["cursor"] = *reply->cursor;
        show();
    }
    if (standardErrorIsTerminal()) {
        std::cerr << "\r\x1b[K" << std::flush;
    }
    return m_sum;
}

} // namespace exhibit::ctl
