// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/run_limits.h"

#include "models/domain/explanation.h"
#include "models/domain/policy.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

using domain::KillReason;

/// Longer than any run; keeps instants within what a clock can say.
constexpr std::chrono::seconds kLongestRun{std::int64_t{10} * 365 * 24 * 3600};

bool limitsRuns(const domain::QuotaPolicy& policy)
{
    return policy.runTokens || policy.runCost || policy.runSeconds || policy.runCalls;
}

std::optional<domain::RunLimitBreach> passedOf(const domain::QuotaPolicy& policy,
                                               const domain::RunCounters& counters,
                                               UtcTime now)
{
    if (policy.runTokens && counters.tokens > *policy.runTokens) {
        return domain::RunLimitBreach{
            "RUN_TOKENS_EXCEEDED", KillReason::MaxTokens, *policy.runTokens, counters.tokens};
    }
    if (policy.runCost && counters.costMicrocents > *policy.runCost) {
        return domain::RunLimitBreach{
            "RUN_COST_EXCEEDED", KillReason::MaxCost, *policy.runCost, counters.costMicrocents};
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now - counters.startedAt).count();
    if (policy.runSeconds && seconds >= *policy.runSeconds) {
        return domain::RunLimitBreach{
            "RUN_RUNTIME_EXCEEDED", KillReason::MaxRuntime, *policy.runSeconds, seconds};
    }
    return std::nullopt;
}

} // namespace

RunLimits::RunLimits(const std::vector<domain::AppliedQuota>& quotas)
{
    for (const auto& quota : quotas) {
        if (limitsRuns(*quota.policy)) {
            m_policies.push_back(quota.policy);
        }
    }
}

bool RunLimits::needsUsage() const
{
    return std::any_of(m_policies.begin(), m_policies.end(), [](const auto* policy) {
        return policy->runTokens || policy->runCost;
    });
}

std::optional<RunOverrun> RunLimits::usedUpBefore(const domain::RunCounters& counters,
                                                  UtcTime now) const
{
    for (const auto* policy : m_policies) {
        if (auto breach = domain::breachOf(*policy, counters, now)) {
            return RunOverrun{*std::move(breach), policy->tier};
        }
    }
    return std::nullopt;
}

std::optional<RunOverrun> RunLimits::overrunOf(const domain::RunCounters& counters,
                                               UtcTime now) const
{
    for (const auto* policy : m_policies) {
        if (auto breach = passedOf(*policy, counters, now)) {
            return RunOverrun{*std::move(breach), policy->tier};
        }
    }
    return std::nullopt;
}

std::optional<UtcTime> RunLimits::timeUp(UtcTime startedAt) const
{
    std::optional<UtcTime> first;
    for (const auto* policy : m_policies) {
        if (policy->runSeconds) {
            const auto end
                = startedAt + std::min(std::chrono::seconds(*policy->runSeconds), kLongestRun);
            first = first ? std::min(*first, end) : end;
        }
    }
    return first;
}

std::optional<Json> RunLimits::described() const
{
    std::vector<domain::RunLimit> limits;
    for (const auto* policy : m_policies) {
        const auto add = [&](domain::Metric metric, const std::optional<std::int64_t>& max) {
            if (max) {
                limits.push_back({tierName(policy->tier), std::string(wireName(metric)), *max});
            }
        };
        add(domain::Metric::RunTokens, policy->runTokens);
        add(domain::Metric::RunCost, policy->runCost);
        add(domain::Metric::RunLlmCalls, policy->runCalls);
        add(domain::Metric::RunDuration, policy->runSeconds);
    }
    return limits.empty() ? std::nullopt : std::optional(toJson(limits));
}

std::string tierName(domain::Tier tier)
{
    return "tier:" + std::string(wireName(tier));
}

domain::RunStop runOver(KillReason reason)
{
    domain::RunStop stop;
    stop.status = domain::RunStatus::FailedPolicy;
    stop.reason = reason == KillReason::MaxRuntime ? domain::TerminationReason::Timeout
                                                   : domain::TerminationReason::BudgetExceeded;
    stop.killReason = reason;
    stop.at = utcNow();
    return stop;
}

} // namespace exhibit::gateway
