// SPDX-License-Identifier: Apache-2.0
// What incidents say and show, through a real gateway.
#include "models/base/json_walk.h"
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"

namespace exhibit::gateway {
namespace {

ScriptedUpstream::Script answering(const std::string& content)
{
    const std::string body
        = R"({"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":)"
        + quoteJson(content) + R"(},"finish_reason":"stop"}]})";
    return [reply = jsonReply(body)](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(reply);
    };
}

std::string costLimit(const std::string& mode)
{
    return R"({"policy_id":"COST","title":"Cost","severity":"high","stage":"run","mode":")" + mode
        + R"(","rule":{"type":"threshold","metric":"run.cost","max":100}})";
}

const std::string kUnpriced = R"({"model":"gpt-unpriced","messages":[]})";

TEST(Violations, excerptsMaskMatchesThatNoDecisionHasRoomFor)
{
    std::string content;
    for (std::size_t i = 0; i < limits::kDecisionSpansMax + 20; ++i) {
        content += "id 1234-5678, ";
    }
    content += "key sk-abcdefgh and id 8765-4321.";
    GatewayOnTest gateway(answering(content),
                          {.policies = {patternPolicy("IDS", "warn", "[0-9]{4}-[0-9]{4}"),
                                        patternPolicy("SECRETS", "warn", "sk-[a-z0-9]{8}")}});
    ASSERT_EQ(gateway.chat(R"({"model":"gpt-4o","messages":[]})")->status, 200);
    const auto incidents = recordsOf<spool::IncidentRecord>(gateway.records());
    ASSERT_EQ(incidents.size(), 2U);
    for (const auto& record : incidents) {
        const auto& excerpt = record.incident.excerpt;
        EXPECT_NE(excerpt.find("█"), std::string::npos);
        for (const auto* secret : {"1234", "5678", "8765", "4321", "abcdefgh"}) {
            EXPECT_EQ(excerpt.find(secret), std::string::npos) << excerpt;
        }
    }
}

TEST(Violations, aLongRequestIsJudgedToItsLastByte)
{
    GatewayOnTest gateway(
        answering("Hello"),
        {.policies = {patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}", "input")}});
    const auto ask = [](const std::string& end) {
        return R"({"model":"gpt-4o","messages":[{"role":"user","content":")"
            + std::string(1'000'000, 'w') + end + R"("}]})";
    };
    EXPECT_EQ(gateway.chat(ask(" sk-abcdefgh"))->status, 403);
    EXPECT_TRUE(gateway.upstream().requests().empty()) << "the provider saw it";
    EXPECT_EQ(gateway.chat(ask(" fine"))->status, 200);
}

TEST(Violations, aCallThatNobodyCanPriceIsRefusedWhereABudgetBlocks)
{
    GatewayOnTest gateway(answering("Hello"), {.policies = {costLimit("block")}});
    const auto reply = gateway.chat(kUnpriced);
    EXPECT_EQ(reply->status, 403);
    EXPECT_EQ(reply->header("x-should-retry"), "false");
    EXPECT_TRUE(gateway.upstream().requests().empty()) << "the provider saw it";
    const auto records = gateway.records();
    const auto decision = recordsOf<spool::DecisionsRecord>(records).at(0).decisions.at(0);
    EXPECT_EQ(decision.result, domain::DecisionResult::Error);
    EXPECT_EQ(decision.metric, "run.cost");
    EXPECT_EQ(recordsOf<spool::IncidentRecord>(records).at(0).stop->reason,
              domain::TerminationReason::PolicyBlock);
    EXPECT_EQ(gateway.chat(R"({"model":"gpt-4o","messages":[]})")->status, 200) << "has a price";
}

TEST(Violations, aCallThatNobodyCanPriceIsAnIncidentWhereABudgetAllowsIt)
{
    GatewayOnTest gateway(answering("Hello"), {.policies = {costLimit("warn")}});
    EXPECT_EQ(gateway.chat(kUnpriced)->status, 200);
    const auto records = gateway.records();
    const auto decisions = recordsOf<spool::DecisionsRecord>(records);
    ASSERT_EQ(decisions.at(0).decisions.size(), 1U);
    EXPECT_EQ(decisions.at(0).decisions.at(0).result, domain::DecisionResult::Error);
    EXPECT_EQ(recordsOf<spool::IncidentRecord>(records).size(), 1U);
}

} // namespace
} // namespace exhibit::gateway
