// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/threshold_judge.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

std::int64_t valueOf(domain::Metric metric, const UsageState& usage)
{
    switch (metric) {
    case domain::Metric::RunTokens:
        return usage.counters.tokens;
    case domain::Metric::RunCost:
        return usage.counters.costMicrocents;
    case domain::Metric::RunLlmCalls:
        return usage.counters.llmCalls;
    case domain::Metric::RunDuration:
        // Rounded up, so that a run is over its seconds as soon as they are used up.
        return std::chrono::ceil<std::chrono::seconds>(usage.now - usage.counters.startedAt)
            .count();
    case domain::Metric::CallOutputTokens:
        return usage.callOutputTokens;
    }
    return 0;
}

} // namespace

ThresholdJudge::ThresholdJudge(std::vector<AppliedPolicy> policies)
{
    for (auto& policy : policies) {
        m_thresholds.push_back({policy, Level::Below});
    }
}

std::vector<ThresholdEvent> ThresholdJudge::judge(const UsageState& usage)
{
    std::vector<ThresholdEvent> events;
    for (auto& threshold : m_thresholds) {
        ThresholdEvent event{threshold.policy, 0, false, false};
        event.unknown = !usage.priced && event.rule().metric == domain::Metric::RunCost;
        event.used = valueOf(event.rule().metric, usage);
        event.exceeded = event.used > event.rule().max;
        const bool warned = event.rule().warnAt && event.used >= *event.rule().warnAt;
        const auto level = event.unknown ? Level::Unknown
            : event.exceeded             ? Level::Exceeded
            : warned                     ? Level::Warned
                                         : Level::Below;
        if (level > threshold.level) {
            threshold.level = level;
            events.push_back(event);
        }
    }
    return events;
}

bool ThresholdJudge::needsUsage() const
{
    return std::any_of(m_thresholds.begin(), m_thresholds.end(), [](const Threshold& threshold) {
        const auto metric = std::get<domain::ThresholdRule>(threshold.policy.policy->rule).metric;
        return metric == domain::Metric::RunTokens || metric == domain::Metric::RunCost
            || metric == domain::Metric::CallOutputTokens;
    });
}

domain::TerminationReason terminationReasonOf(domain::Metric metric)
{
    return metric == domain::Metric::RunDuration ? domain::TerminationReason::Timeout
                                                 : domain::TerminationReason::BudgetExceeded;
}

domain::KillReason killReasonOf(domain::Metric metric)
{
    switch (metric) {
    case domain::Metric::RunCost:
        return domain::KillReason::MaxCost;
    case domain::Metric::RunLlmCalls:
        return domain::KillReason::MaxLlmCalls;
    case domain::Metric::RunDuration:
        return domain::KillReason::MaxRuntime;
    case domain::Metric::RunTokens:
    case domain::Metric::CallOutputTokens:
        break;
    }
    return domain::KillReason::MaxTokens;
}

} // namespace exhibit::prevention
