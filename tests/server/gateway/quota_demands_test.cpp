// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/quota_demands.h"

#include "server/gateway/admission.h"

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

constexpr std::int64_t kManyMicrocents = 1'000'000'000'000;

domain::TenantQuotas quotasWith(const domain::QuotaPolicy& policy)
{
    domain::TenantQuotas quotas;
    quotas.tenantId = TenantId::generate();
    quotas.policies = {policy};
    quotas.assignments = {{domain::QuotaScope::User, "*", policy.tier}};
    return quotas;
}

/// The code of the refusal of an unpriced model; empty when it is let through.
std::string refusalOfUnpriced(const domain::QuotaPolicy& policy)
{
    const auto quotas = quotasWith(policy);
    QuotaCall call;
    call.quotas = &quotas;
    call.userId = "ada";
    call.run = RunId::generate();
    call.newRun = true;
    call.applied = domain::quotasOf(quotas, call.userId, "demo");
    call.counters.llmCalls = 1;
    call.now = utcNow();
    const auto demands = demandsOf(call);
    return demands.refusal ? demands.refusal->reply.code : "";
}

TEST(QuotaDemands, aLimitOfCostRefusesWhatNobodyKnowsThePriceOf)
{
    domain::QuotaPolicy policy;
    policy.tier = domain::Tier::Team;
    EXPECT_EQ(refusalOfUnpriced(policy), "");
    policy.runCost = kManyMicrocents;
    EXPECT_EQ(refusalOfUnpriced(policy), "RUN_COST_EXCEEDED");
    policy.costPerDay = kManyMicrocents;
    EXPECT_EQ(refusalOfUnpriced(policy), "USER_DAILY_COST_EXCEEDED");
}

TEST(QuotaDemands, costIsReservedAtTheDearestPriceOfWhatMayCome)
{
    domain::QuotaPolicy policy;
    policy.tier = domain::Tier::Team;
    policy.costPerDay = kManyMicrocents;
    const auto quotas = quotasWith(policy);
    QuotaCall call;
    call.quotas = &quotas;
    call.userId = "ada";
    call.run = RunId::generate();
    call.applied = domain::quotasOf(quotas, call.userId, "demo");
    call.now = utcNow();
    call.promptTokens = 100;
    call.outputTokensMax = 10;
    domain::ModelPrice price{"*", 1'000'000, 0, 2'000'000};
    call.price = &price;
    const auto reserved = [&call] {
        const auto demands = demandsOf(call).demands;
        return demands.size() == 1 ? demands[0].budget.least : -1;
    };
    EXPECT_EQ(reserved(), 100 + 20);
    price.cacheWritePerMillion = 3'000'000;
    price.reasoningPerMillion = 5'000'000;
    EXPECT_EQ(reserved(), 300 + 50);
    price.audioInputPerMillion = 4'000'000;
    price.audioOutputPerMillion = 6'000'000;
    EXPECT_EQ(reserved(), 400 + 60);
}

TEST(QuotaDemands, theFirstCallOfANamedRunHoldsItsSlotAsItsOthersDo)
{
    domain::Project project;
    project.projectId = ProjectId::generate();
    project.tenantId = TenantId::generate();
    project.slug = "demo";
    const auto prepare = [&](CallState& call, const std::string& metadata) {
        http::Request request;
        request.method = "POST";
        request.path = "/v1/chat/completions";
        request.body = R"({"model":"gpt-4o","messages":[])" + metadata + "}";
        call.project = &project;
        call.chat = ChatRequest::read(request, chatSurface()).value();
    };
    const auto quotas = quotasWith({});
    CallState named;
    prepare(named, R"(,"metadata":{"run_id":"ticket-1"})");
    const auto first = quotaCallOf(named, quotas, std::nullopt, utcNow());
    const auto id = prevention::deriveRunId(project.tenantId, project.projectId, "ticket-1");
    EXPECT_EQ(first.run, id);
    EXPECT_TRUE(first.newRun);
    domain::LiveRun known;
    known.runId = id;
    known.counters.llmCalls = 4;
    const auto second = quotaCallOf(named, quotas, known, utcNow());
    EXPECT_EQ(second.run, id);
    EXPECT_FALSE(second.newRun);
    EXPECT_EQ(second.counters.llmCalls, 5);
    CallState unnamed;
    prepare(unnamed, "");
    EXPECT_NE(quotaCallOf(unnamed, quotas, std::nullopt, utcNow()).run,
              quotaCallOf(unnamed, quotas, std::nullopt, utcNow()).run);
}

} // namespace
} // namespace exhibit::gateway
