// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/threshold_judge.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

/// Longer than any run; keeps instants within what a clock can say.
constexpr std::chrono::seconds kLongestDuration{std::int64_t{10} * 365 * 24 * 3600};

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

std::optional<UtcTime> ThresholdJudge::durationDue(UtcTime startedAt) const
{
    std::optional<UtcTime> first;
    for (const auto& threshold : m_thresholds) {
        const auto& rule = std::get<domain::ThresholdRule>(threshold.policy.policy->rule);
        if (rule.metric != domain::Metric::RunDuration || threshold.level >= Level::Exceeded) {
            continue;
        }
        // valueOf() rounds up: a second counts from its first instant on.
        const bool warnsNext = rule.warnAt && threshold.level == Level::Below;
        const auto seconds = warnsNext ? std::min(*rule.warnAt - 1, rule.max) : rule.max;
        const auto due = startedAt + std::min(std::chrono::seconds(seconds), kLongestDuration)
            + std::chrono::microseconds(1);
        first = first ? std::min(*first, due) : due;
    }
    return first;
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
