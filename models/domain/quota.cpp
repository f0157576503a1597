// SPDX-License-Identifier: Apache-2.0
#include "models/domain/quota.h"

#include <algorithm>

namespace exhibit::domain {
namespace {

std::string upper(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    });
    return result;
}

} // namespace

const std::optional<std::int64_t>& QuotaPolicy::perDay(QuotaMetric metric) const
{
    switch (metric) {
    case QuotaMetric::Runs:
        return runsPerDay;
    case QuotaMetric::Tokens:
        return tokensPerDay;
    case QuotaMetric::Cost:
        break;
    }
    return costPerDay;
}

const QuotaPolicy* TenantQuotas::find(Tier tier) const
{
    const auto found = std::find_if(policies.begin(), policies.end(), [tier](const auto& policy) {
        return policy.tier == tier;
    });
    return found == policies.end() ? nullptr : &*found;
}

bool TenantQuotas::isWhitelisted(std::string_view userId, UtcTime now) const
{
    return std::any_of(whitelist.begin(), whitelist.end(), [&](const WhitelistEntry& entry) {
        return entry.userId == userId && (!entry.expires || now < *entry.expires);
    });
}

std::vector<AppliedQuota> quotasOf(const TenantQuotas& quotas,
                                   const std::string& userId,
                                   const std::string& project)
{
    std::vector<AppliedQuota> applied;
    const auto add = [&](QuotaScope scope, const std::string& subject) {
        const QuotaAssignment* chosen = nullptr;
        for (const auto& assignment : quotas.assignments) {
            const bool own = assignment.subject == subject;
            if (assignment.scope == scope
                && (own || (assignment.subject == "*" && chosen == nullptr))) {
                chosen = &assignment;
                if (own) {
                    break;
                }
            }
        }
        const auto* policy = chosen == nullptr ? nullptr : quotas.find(chosen->tier);
        if (policy != nullptr) {
            applied.push_back({scope, subject, policy});
        }
    };
    add(QuotaScope::User, userId);
    add(QuotaScope::Project, project);
    add(QuotaScope::Tenant, {});
    return applied;
}

std::string dailyErrorCode(QuotaScope scope, QuotaMetric metric)
{
    return upper(wireName(scope)) + "_DAILY_" + upper(wireName(metric)) + "_EXCEEDED";
}

std::optional<RunLimitBreach> breachOf(const QuotaPolicy& policy,
                                       const RunCounters& counters,
                                       UtcTime now)
{
    // Tokens and cost that are used up leave nothing for a call; a call and a second may be the
    // last that is allowed.
    if (policy.runCalls && counters.llmCalls > *policy.runCalls) {
        return RunLimitBreach{
            "RUN_CALLS_EXCEEDED", KillReason::MaxLlmCalls, *policy.runCalls, counters.llmCalls - 1};
    }
    if (policy.runTokens && counters.tokens >= *policy.runTokens) {
        return RunLimitBreach{
            "RUN_TOKENS_EXCEEDED", KillReason::MaxTokens, *policy.runTokens, counters.tokens};
    }
    if (policy.runCost && counters.costMicrocents >= *policy.runCost) {
        return RunLimitBreach{
            "RUN_COST_EXCEEDED", KillReason::MaxCost, *policy.runCost, counters.costMicrocents};
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now - counters.startedAt).count();
    if (policy.runSeconds && seconds >= *policy.runSeconds) {
        return RunLimitBreach{
            "RUN_RUNTIME_EXCEEDED", KillReason::MaxRuntime, *policy.runSeconds, seconds};
    }
    return std::nullopt;
}

} // namespace exhibit::domain
