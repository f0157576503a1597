// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/run.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Who may use how much (domain.md, "People and limits").
namespace exhibit::domain {

enum class Tier : std::uint8_t { Free, Alpha, Team, Enterprise };
/// Whose use a quota counts.
enum class QuotaScope : std::uint8_t { User, Project, Tenant };
/// What is counted over a day (UTC).
enum class QuotaMetric : std::uint8_t { Runs, Tokens, Cost };

/// The limits of a tier; what is absent is unlimited.
struct QuotaPolicy {
    Tier tier = Tier::Enterprise;
    std::optional<std::int64_t> runsPerDay;
    std::optional<std::int64_t> tokensPerDay;
    std::optional<Microcents> costPerDay;
    std::optional<std::int64_t> concurrentRuns; ///< With a call under way.
    std::optional<std::int64_t> runSeconds;
    std::optional<std::int64_t> runTokens;
    std::optional<std::int64_t> runCalls;
    std::optional<Microcents> runCost;

    [[nodiscard]] const std::optional<std::int64_t>& perDay(QuotaMetric metric) const;
};

/// A scope's tier. The subject is a user id or a project's slug, "*" for each that has none of its
/// own, and empty for the tenant.
struct QuotaAssignment {
    QuotaScope scope = QuotaScope::User;
    std::string subject;
    Tier tier = Tier::Enterprise;
};

/// Who may use what the tier ALPHA gives.
struct WhitelistEntry {
    std::string userId; ///< Or an e-mail address.
    std::string addedBy; ///< The key's id.
    std::string reason;
    std::optional<UtcTime> expires;
    UtcTime addedAt{};
};

/// One tenant's, as a call is admitted by them.
struct TenantQuotas {
    TenantId tenantId;
    std::vector<QuotaPolicy> policies; ///< Of each tier; one that is not here limits nothing.
    std::vector<QuotaAssignment> assignments;
    std::vector<WhitelistEntry> whitelist;

    [[nodiscard]] const QuotaPolicy* find(Tier tier) const;
    [[nodiscard]] bool isWhitelisted(std::string_view userId, UtcTime now) const;
};

/// A quota that applies to a call.
struct AppliedQuota {
    QuotaScope scope = QuotaScope::User;
    std::string subject; ///< The user or project it counts; empty for the tenant.
    const QuotaPolicy* policy = nullptr;
};
/// In the order user, project, tenant. `userId` is empty for calls that name nobody, who share one
/// quota. The result points into `quotas`.
[[nodiscard]] std::vector<AppliedQuota> quotasOf(const TenantQuotas& quotas,
                                                 const std::string& userId,
                                                 const std::string& project);

/// "USER_DAILY_TOKENS_EXCEEDED"
[[nodiscard]] std::string dailyErrorCode(QuotaScope scope, QuotaMetric metric);
inline constexpr std::string_view kConcurrentRunsExceeded = "CONCURRENT_RUNS_EXCEEDED";
inline constexpr std::string_view kNotWhitelisted = "NOT_WHITELISTED";
/// What is left of a budget cannot be known now.
inline constexpr std::string_view kQuotaStateUnavailable = "quota_state_unavailable";

/// A limit of one run that its next call would break.
struct RunLimitBreach {
    std::string errorCode; ///< "RUN_TOKENS_EXCEEDED"
    KillReason reason = KillReason::MaxTokens;
    std::int64_t limit = 0;
    std::int64_t used = 0;
};
/// `counters` with the next call among its calls; nullopt when it may begin.
[[nodiscard]] std::optional<RunLimitBreach> breachOf(const QuotaPolicy& policy,
                                                     const RunCounters& counters,
                                                     UtcTime now);

} // namespace exhibit::domain

namespace exhibit {

template <>
struct EnumNames<domain::Tier> {
    static constexpr std::string_view kType = "tier";
    static constexpr std::pair<domain::Tier, std::string_view> kNames[] = {
        {domain::Tier::Free, "FREE"},
        {domain::Tier::Alpha, "ALPHA"},
        {domain::Tier::Team, "TEAM"},
        {domain::Tier::Enterprise, "ENTERPRISE"},
    };
};
template <>
struct EnumNames<domain::QuotaScope> {
    static constexpr std::string_view kType = "quota scope";
    static constexpr std::pair<domain::QuotaScope, std::string_view> kNames[] = {
        {domain::QuotaScope::User, "user"},
        {domain::QuotaScope::Project, "project"},
        {domain::QuotaScope::Tenant, "tenant"},
    };
};
template <>
struct EnumNames<domain::QuotaMetric> {
    static constexpr std::string_view kType = "quota metric";
    static constexpr std::pair<domain::QuotaMetric, std::string_view> kNames[] = {
        {domain::QuotaMetric::Runs, "runs"},
        {domain::QuotaMetric::Tokens, "tokens"},
        {domain::QuotaMetric::Cost, "cost"},
    };
};

} // namespace exhibit

namespace exhibit::domain {

template <class V>
void visitFields(V& visit, Of<V, QuotaPolicy>& policy)
{
    visit("tier", policy.tier);
    visit("runs_per_day", policy.runsPerDay);
    visit("tokens_per_day", policy.tokensPerDay);
    visit("cost_microcents_per_day", policy.costPerDay);
    visit("concurrent_runs", policy.concurrentRuns);
    visit("run_seconds", policy.runSeconds);
    visit("run_tokens", policy.runTokens);
    visit("run_calls", policy.runCalls);
    visit("run_cost_microcents", policy.runCost);
}

template <class V>
void visitFields(V& visit, Of<V, QuotaAssignment>& assignment)
{
    visit("scope", assignment.scope);
    visit.defaulted("subject", assignment.subject);
    visit("tier", assignment.tier);
}

template <class V>
void visitFields(V& visit, Of<V, WhitelistEntry>& entry)
{
    visit("user_id", entry.userId);
    visit.defaulted("added_by", entry.addedBy);
    visit.defaulted("reason", entry.reason);
    visit("expires", entry.expires);
    visit.defaulted("added_at", entry.addedAt);
}

template <class V>
void visitFields(V& visit, Of<V, TenantQuotas>& quotas)
{
    visit("tenant_id", quotas.tenantId);
    visit("policies", quotas.policies);
    visit("assignments", quotas.assignments);
    visit("whitelist", quotas.whitelist);
}

} // namespace exhibit::domain
