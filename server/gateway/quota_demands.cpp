// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/quota_demands.h"

#include "models/base/traffic_limits.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

using domain::QuotaMetric;
using security::BudgetKind;

std::string dayOf(UtcTime now)
{
    return formatTime(now).substr(0, 10);
}

UtcTime nextDay(UtcTime now)
{
    return std::chrono::floor<std::chrono::days>(now) + std::chrono::days(1);
}

http::ErrorReply quotaReply(int status, std::string code, std::string message)
{
    http::ErrorReply reply;
    reply.status = status;
    reply.type = "quota_exceeded";
    reply.code = std::move(code);
    reply.message = std::move(message);
    return reply;
}

/// "user/alice/tokens/2026-11-21"; a slash in a subject cannot make two names one, since scope and
/// the last two parts have none.
security::BudgetKey keyOf(const QuotaCall& call,
                          const domain::AppliedQuota& quota,
                          std::string_view what,
                          const std::string& day)
{
    return {call.quotas->tenantId,
            std::string(wireName(quota.scope)) + '/' + quota.subject + '/' + std::string(what) + '/'
                + day,
            day.empty() ? BudgetKind::Slots : BudgetKind::Daily};
}

/// What the call may come to. A stream without a stated maximum can be ended when no more is left,
/// so that only a part must be; what is read whole cannot.
struct Amounts {
    std::int64_t least = 0;
    std::int64_t wanted = 0;
    std::int64_t margin = 0; ///< As in QuotaDemand.
    std::int64_t step = 0;
};

bool isOpenEnded(const QuotaCall& call)
{
    return call.streaming && !call.outputTokensMax;
}

/// `amountOf` says what so many tokens of output come to, with the prompt.
template <class AmountOf>
Amounts amountsOf(const QuotaCall& call, const AmountOf& amountOf)
{
    const auto wanted = amountOf(call.outputTokensMax.value_or(limits::kReservedOutputTokens));
    const auto prompt = amountOf(0);
    const auto step = amountOf(limits::kBudgetStepTokens) - prompt;
    if (!isOpenEnded(call)) {
        return {wanted, wanted, 0, step};
    }
    const auto least = amountOf(limits::kBudgetMarginTokens);
    return {least, wanted, least - prompt, step};
}

Amounts tokensOf(const QuotaCall& call)
{
    return amountsOf(call, [&call](std::int64_t output) { return call.promptTokens + output; });
}

/// Nobody knows before what will be written to a cache, thought or spoken.
domain::ModelPrice dearest(domain::ModelPrice price)
{
    price.inputPerMillion = std::max({price.inputPerMillion,
                                      price.cacheWritePerMillion.value_or(0),
                                      price.audioInputPerMillion.value_or(0)});
    price.outputPerMillion = std::max({price.outputPerMillion,
                                       price.reasoningPerMillion.value_or(0),
                                       price.audioOutputPerMillion.value_or(0)});
    return price;
}

Amounts costOf(const QuotaCall& call)
{
    const auto price = dearest(*call.price);
    return amountsOf(call, [&](std::int64_t output) {
        domain::Usage usage;
        usage.promptTokens = call.promptTokens;
        usage.completionTokens = output;
        return std::max<std::int64_t>(domain::costOf(usage, price), 1);
    });
}

std::optional<QuotaRefusal> refusedBy(const QuotaCall& call, const domain::AppliedQuota& quota)
{
    const auto& policy = *quota.policy;
    if (quota.scope == domain::QuotaScope::User && policy.tier == domain::Tier::Alpha
        && !call.quotas->isWhitelisted(quota.subject, call.now)) {
        auto reply = quotaReply(403,
                                std::string(domain::kNotWhitelisted),
                                "this user is not on the whitelist of the tier ALPHA");
        reply.type = "permission_error";
        return QuotaRefusal{std::move(reply), {}};
    }
    if (const auto breach = domain::breachOf(policy, call.counters, call.now)) {
        return QuotaRefusal{runLimitReply(*breach), RunOverrun{*breach, policy.tier}};
    }
    if ((policy.costPerDay || policy.runCost) && call.price == nullptr) {
        auto reply
            = quotaReply(402,
                         policy.costPerDay ? domain::dailyErrorCode(quota.scope, QuotaMetric::Cost)
                                           : std::string("RUN_COST_EXCEEDED"),
                         "cost is limited, and nobody knows what this model costs");
        reply.limit = policy.costPerDay ? *policy.costPerDay : *policy.runCost;
        return QuotaRefusal{std::move(reply), {}};
    }
    return std::nullopt;
}

void addDemands(const QuotaCall& call,
                const domain::AppliedQuota& quota,
                std::vector<QuotaDemand>& demands)
{
    const auto day = dayOf(call.now);
    const auto add = [&](QuotaMetric metric, const Amounts& amounts) {
        const auto& limit = quota.policy->perDay(metric);
        if (limit && amounts.wanted > 0) {
            demands.push_back(
                {{keyOf(call, quota, wireName(metric), day), *limit, amounts.least, amounts.wanted},
                 quota.scope,
                 metric,
                 quota.policy->tier,
                 amounts.margin,
                 amounts.step});
        }
    };
    add(QuotaMetric::Runs, call.newRun ? Amounts{1, 1} : Amounts{});
    add(QuotaMetric::Tokens, tokensOf(call));
    if (call.price != nullptr) {
        add(QuotaMetric::Cost, costOf(call));
    }
    if (quota.policy->concurrentRuns) {
        demands.push_back(
            {{keyOf(call, quota, "concurrent", {}), *quota.policy->concurrentRuns, 1, 1},
             quota.scope,
             std::nullopt,
             quota.policy->tier});
    }
}

} // namespace

QuotaDemands demandsOf(const QuotaCall& call)
{
    QuotaDemands result;
    for (const auto& quota : call.applied) {
        if (auto refusal = refusedBy(call, quota)) {
            result.refusal = std::move(refusal);
            return result;
        }
        addDemands(call, quota, result.demands);
    }
    return result;
}

http::ErrorReply runLimitReply(const domain::RunLimitBreach& breach)
{
    auto reply = quotaReply(breach.reason == domain::KillReason::MaxCost ? 402 : 429,
                            breach.errorCode,
                            "this run has used what its tier allows one run");
    reply.limit = breach.limit;
    reply.used = breach.used;
    return reply;
}

QuotaRefusal exhausted(const QuotaDemand& demand, std::int64_t taken, UtcTime now)
{
    if (!demand.metric) {
        auto reply = quotaReply(429,
                                std::string(domain::kConcurrentRunsExceeded),
                                "as many runs as may be at once are under way");
        reply.limit = demand.budget.limit;
        reply.used = taken;
        reply.retryAfterSeconds = 1;
        return {std::move(reply), {}};
    }
    const bool cost = *demand.metric == QuotaMetric::Cost;
    auto reply = quotaReply(cost ? 402 : 429,
                            domain::dailyErrorCode(demand.scope, *demand.metric),
                            "what is left of today's " + std::string(wireName(*demand.metric))
                                + " does not suffice for this call");
    reply.limit = demand.budget.limit;
    reply.used = taken;
    const auto reset = nextDay(now);
    reply.resetAt = formatTime(reset);
    reply.retryAfterSeconds
        = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(reset - now).count());
    reply.retryHelps = false; // Nobody waits until tomorrow.
    return {std::move(reply), {}};
}

RunOverrun overBudget(const QuotaDemand& demand, const http::ErrorReply& exhausted)
{
    const bool cost = demand.metric == QuotaMetric::Cost;
    return {{exhausted.code,
             cost ? domain::KillReason::MaxCost : domain::KillReason::MaxTokens,
             demand.budget.limit,
             exhausted.used.value_or(0)},
            demand.tier};
}

QuotaRefusal storeAway(const Error& error)
{
    http::ErrorReply reply;
    reply.status = 503;
    reply.type = "server_error";
    reply.code = domain::kQuotaStateUnavailable;
    reply.message
        = error.code == ErrorCode::Unavailable || error.code == ErrorCode::DeadlineExceeded
        ? "what is left of a quota cannot be known now"
        : "what is left of a quota cannot be read";
    reply.retryAfterSeconds = 1;
    return {std::move(reply), {}};
}

} // namespace exhibit::gateway
