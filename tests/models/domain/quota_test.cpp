// SPDX-License-Identifier: Apache-2.0
#include "models/domain/quota.h"

#include <gtest/gtest.h>

namespace exhibit::domain {
namespace {

using namespace std::chrono_literals;

const UtcTime kNow = fromMicroseconds(1'800'000'000'000'000);

TenantQuotas someQuotas()
{
    TenantQuotas quotas;
    quotas.policies = {{.tier = Tier::Free, .runsPerDay = 1}, {.tier = Tier::Team, .runCalls = 5}};
    quotas.assignments = {{QuotaScope::User, "*", Tier::Free},
                          {QuotaScope::User, "alice", Tier::Team},
                          {QuotaScope::Project, "shop", Tier::Team},
                          {QuotaScope::Tenant, "", Tier::Enterprise}};
    quotas.whitelist = {{"bob", "key_1", "", std::nullopt, kNow}, {"eve", "key_1", "", kNow, kNow}};
    return quotas;
}

TEST(Quotas, applyByTheNearestAssignmentOfEachScope)
{
    const auto quotas = someQuotas();
    const auto alice = quotasOf(quotas, "alice", "shop");
    ASSERT_EQ(alice.size(), 2U) << "no policy of the tier ENTERPRISE is known";
    EXPECT_EQ(alice[0].policy->tier, Tier::Team) << "her own, not everybody's";
    EXPECT_EQ(alice[1].scope, QuotaScope::Project);
    const auto bob = quotasOf(quotas, "bob", "other");
    ASSERT_EQ(bob.size(), 1U);
    EXPECT_EQ(bob[0].policy->tier, Tier::Free);
    EXPECT_EQ(bob[0].subject, "bob") << "each user has a budget of their own";
    EXPECT_EQ(quotasOf(quotas, "", "other")[0].subject, "") << "nobody's calls share one";
}

TEST(Quotas, whitelistUntilItExpires)
{
    const auto quotas = someQuotas();
    EXPECT_TRUE(quotas.isWhitelisted("bob", kNow));
    EXPECT_TRUE(quotas.isWhitelisted("eve", kNow - 1us));
    EXPECT_FALSE(quotas.isWhitelisted("eve", kNow));
    EXPECT_FALSE(quotas.isWhitelisted("mallory", kNow));
}

TEST(Quotas, haveTheCodesOfTheContract)
{
    EXPECT_EQ(dailyErrorCode(QuotaScope::User, QuotaMetric::Tokens), "USER_DAILY_TOKENS_EXCEEDED");
    EXPECT_EQ(dailyErrorCode(QuotaScope::Project, QuotaMetric::Runs),
              "PROJECT_DAILY_RUNS_EXCEEDED");
    EXPECT_EQ(dailyErrorCode(QuotaScope::Tenant, QuotaMetric::Cost), "TENANT_DAILY_COST_EXCEEDED");
}

TEST(Quotas, endARunAtItsLimitsAndNotBefore)
{
    const auto breach = [](const QuotaPolicy& policy, const RunCounters& counters) {
        const auto found = breachOf(policy, counters, kNow);
        return found ? found->errorCode : "";
    };
    const RunCounters counters{
        .tokens = 10, .costMicrocents = 20, .llmCalls = 3, .startedAt = kNow - 4s};
    EXPECT_EQ(breach({.runCalls = 3}, counters), "");
    EXPECT_EQ(breach({.runCalls = 2}, counters), "RUN_CALLS_EXCEEDED");
    EXPECT_EQ(breach({.runTokens = 11}, counters), "");
    EXPECT_EQ(breach({.runTokens = 10}, counters), "RUN_TOKENS_EXCEEDED");
    EXPECT_EQ(breach({.runCost = 21}, counters), "");
    EXPECT_EQ(breach({.runCost = 20}, counters), "RUN_COST_EXCEEDED");
    EXPECT_EQ(breach({.runSeconds = 5}, counters), "");
    EXPECT_EQ(breach({.runSeconds = 4}, counters), "RUN_RUNTIME_EXCEEDED");
    EXPECT_EQ(breach({}, counters), "");
}

} // namespace
} // namespace exhibit::domain
