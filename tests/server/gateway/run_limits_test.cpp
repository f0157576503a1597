// SPDX-License-Identifier: Apache-2.0
// Runs that meet a limit while a call of them is under way, through a real gateway.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/relayed_stream.h"

#include <future>

namespace exhibit::gateway {
namespace {

using domain::KillReason;
using domain::RunStatus;
using domain::TerminationReason;

std::string ask(bool streaming, const std::string& run = "r-1")
{
    return std::string(R"({"model":"gpt-4o",)") + (streaming ? R"("stream":true,)" : "")
        + R"("messages":[])" + (run.empty() ? "" : R"(,"metadata":{"run_id":")" + run + "\"}")
        + "}";
}

/// Twenty bytes, so five tokens.
const std::string kFiveTokens = text("four five six seven ");

/// Sends so many pieces of five tokens and waits for the gateway to hang up.
ScriptedUpstream::Script talking(int pieces, Cuts& cuts)
{
    return [pieces, &cuts](const std::string&, ScriptedUpstream::Peer& peer) {
        std::string all;
        for (int i = 0; i < pieces; ++i) {
            all += kFiveTokens;
        }
        peer.send(streamHead() + (pieces > 0 ? streamChunk(all) : ""));
        return cuts.await(peer);
    };
}

/// Answers nothing at all.
ScriptedUpstream::Script silent(Cuts& cuts)
{
    return [&cuts](const std::string&, ScriptedUpstream::Peer& peer) { return cuts.await(peer); };
}

domain::QuotaPolicy tier()
{
    domain::QuotaPolicy policy;
    policy.tier = domain::Tier::Free;
    return policy;
}

std::string threshold(const std::string& metric, int max)
{
    return R"({"policy_id":"BUDGET","version":1,"title":"Budget","severity":"high",)"
           R"("stage":["run"],"mode":"block","rule":{"type":"threshold","metric":")"
        + metric + R"(","max":)" + std::to_string(max) + "}}";
}

void expectEnd(const std::vector<spool::RecordContent>& records,
               KillReason reason,
               TerminationReason termination,
               std::int64_t callsCut = 1)
{
    const auto ended = recordsOf<spool::RunEnded>(records);
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].status, RunStatus::FailedPolicy);
    EXPECT_EQ(ended[0].reason, termination);
    EXPECT_EQ(ended[0].killReason, reason);
    EXPECT_EQ(ended[0].actor, "tier:FREE");
    EXPECT_EQ(ended[0].callsCut, callsCut);
}

TEST(RunLimits, cutAStreamThatUsesMoreThanItsTierAllowsOneRun)
{
    for (const auto metric : {KillReason::MaxTokens, KillReason::MaxCost}) {
        auto free = tier();
        (metric == KillReason::MaxTokens ? free.runTokens : free.runCost)
            = metric == KillReason::MaxTokens ? 12 : 12'000;
        Cuts cuts;
        GatewayOnTest gateway(talking(4, cuts), {.tier = free});
        const auto reply = gateway.chat(ask(true));
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->status, 200);
        EXPECT_EQ(cuts.reach(1), 1) << "the provider is cut";
        const auto records = gateway.records();
        EXPECT_EQ(releasedBytes(records), reply->body);
        EXPECT_TRUE(reply->body.starts_with(kFiveTokens + kFiveTokens)) << reply->body;
        const auto rest = reply->body.substr(2 * kFiveTokens.size());
        EXPECT_EQ(rest.find("four"), std::string::npos) << "two pieces fit";
        EXPECT_NE(rest.find(R"("finish_reason":"content_filter")"), std::string::npos) << rest;
        EXPECT_NE(rest.find(R"("exhibit":{"run_id":"run_)"), std::string::npos);
        EXPECT_TRUE(rest.ends_with("data: [DONE]\n\n"));
        expectEnd(records, metric, TerminationReason::BudgetExceeded);
        EXPECT_EQ(recordsOf<spool::CallClosed>(records).at(0).outcome, "stopped");
        const auto next = gateway.chat(ask(true));
        EXPECT_EQ(next->status, 403);
        EXPECT_EQ(parseJson(next->body)->at_pointer("/error/code"), "run_stopped");
        EXPECT_EQ(gateway.upstream().requests().size(), 1U);
    }
}

TEST(RunLimits, sayWhichInAStreamOfStyleError)
{
    auto free = tier();
    free.runTokens = 12;
    Cuts cuts;
    GatewayOnTest gateway(talking(4, cuts), {.stopStyle = domain::StopStyle::Error, .tier = free});
    const auto body = gateway.chat(ask(true, ""))->body;
    const auto last = body.substr(body.rfind("data: ") + 6);
    const auto error = parseJson(last).value_or(Json{}).at("error");
    EXPECT_EQ(error.at("type"), "quota_exceeded");
    EXPECT_EQ(error.at("error_code"), "RUN_TOKENS_EXCEEDED");
    EXPECT_EQ(error.at("limit"), 12);
    EXPECT_EQ(error.at("used"), 15);
    EXPECT_EQ(body.find("[DONE]"), std::string::npos);
    // A run of one step ends likewise.
    expectEnd(gateway.records(), KillReason::MaxTokens, TerminationReason::BudgetExceeded);
}

TEST(RunLimits, countAllCallsOfTheRunThatAreUnderWay)
{
    auto free = tier();
    free.runTokens = 12;
    Cuts cuts;
    GatewayOnTest gateway(
        [&cuts](const std::string& request, ScriptedUpstream::Peer& peer) {
            const bool second = request.find("second") != std::string::npos;
            peer.send(streamHead() + streamChunk(second ? kFiveTokens + kFiveTokens : kFiveTokens));
            return cuts.await(peer);
        },
        {.tier = free});
    auto first = gateway.connect();
    ASSERT_TRUE(first.send(gateway.chatText(ask(true)), gateway.soon()).has_value());
    ASSERT_TRUE(first.readHead(gateway.soon()).has_value());
    ASSERT_TRUE(first.readEvent(gateway.soon()).has_value()) << "five tokens fit";
    const auto second
        = gateway.chat(R"({"model":"gpt-4o","stream":true,"messages":[],"user":"second",)"
                       R"("metadata":{"run_id":"r-1"}})");
    ASSERT_TRUE(second.has_value());
    EXPECT_TRUE(second->body.starts_with(kFiveTokens)) << second->body;
    EXPECT_EQ(second->body.find(kFiveTokens, 1), std::string::npos) << "fifteen do not";
    const auto rest = first.readBody(gateway.soon()).value_or("cut");
    EXPECT_NE(rest.find("content_filter"), std::string::npos) << "a run ends whole: " << rest;
    EXPECT_EQ(cuts.reach(2), 2);
    expectEnd(gateway.records(2), KillReason::MaxTokens, TerminationReason::BudgetExceeded, 2);
}

TEST(RunLimits, endARunWhoseTimeIsUpThoughItsProviderSaysNothing)
{
    auto free = tier();
    free.runSeconds = 1;
    Cuts cuts;
    GatewayOnTest streams(talking(1, cuts), {.tier = free});
    const auto streamed = streams.chat(ask(true));
    ASSERT_TRUE(streamed.has_value());
    EXPECT_TRUE(streamed->body.starts_with(kFiveTokens));
    EXPECT_NE(streamed->body.find("content_filter"), std::string::npos) << streamed->body;
    expectEnd(streams.records(), KillReason::MaxRuntime, TerminationReason::Timeout);

    GatewayOnTest waits(silent(cuts), {.tier = free});
    const auto refused = waits.chat(ask(false));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 429);
    EXPECT_EQ(parseJson(refused->body)->at_pointer("/error/error_code"), "RUN_RUNTIME_EXCEEDED");
    EXPECT_EQ(refused->header("x-should-retry"), "false");
    expectEnd(waits.records(), KillReason::MaxRuntime, TerminationReason::Timeout);
    EXPECT_EQ(waits.chat(ask(false))->status, 403);
    EXPECT_EQ(cuts.reach(2), 2);
}

TEST(Thresholds, stopAStreamOnTheEventThatExceedsThem)
{
    const std::vector<std::pair<std::string, KillReason>> metrics{
        {"run.tokens", KillReason::MaxTokens},
        {"run.cost", KillReason::MaxCost},
        {"call.output_tokens", KillReason::MaxTokens}};
    for (const auto& [metric, reason] : metrics) {
        Cuts cuts;
        GatewayOnTest gateway(
            talking(4, cuts),
            {.policies = {threshold(metric, metric == "run.cost" ? 12'000 : 12)}});
        const auto reply = gateway.chat(ask(true));
        ASSERT_TRUE(reply.has_value());
        EXPECT_TRUE(reply->body.starts_with(kFiveTokens + kFiveTokens)) << metric << reply->body;
        EXPECT_NE(reply->body.find("\"policy_id\":\"BUDGET\""), std::string::npos) << metric;
        EXPECT_EQ(cuts.reach(1), 1);
        const auto incidents = recordsOf<spool::IncidentRecord>(gateway.records());
        ASSERT_EQ(incidents.size(), 1U) << metric;
        EXPECT_EQ(incidents[0].stop->status, RunStatus::FailedPolicy);
        EXPECT_EQ(incidents[0].stop->reason, TerminationReason::BudgetExceeded);
        EXPECT_EQ(incidents[0].stop->killReason, reason);
    }
}

TEST(Thresholds, endARunWhoseTimeIsUpThoughItsProviderSaysNothing)
{
    const GatewaySetup setup{.policies = {threshold("run.duration", 1)}};
    Cuts cuts;
    GatewayOnTest streams(talking(1, cuts), setup);
    const auto streamed = streams.chat(ask(true));
    ASSERT_TRUE(streamed.has_value());
    EXPECT_NE(streamed->body.find("\"incident_id\":\"inc_"), std::string::npos) << streamed->body;
    EXPECT_TRUE(streamed->body.ends_with("data: [DONE]\n\n"));

    GatewayOnTest waits(silent(cuts), setup);
    const auto refused = waits.chat(ask(false));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 403);
    EXPECT_EQ(parseJson(refused->body)->at_pointer("/error/code"), "policy_violation");
    EXPECT_TRUE(refused->header("x-exhibit-incident-id"));
    const auto records = waits.records();
    const auto stop = recordsOf<spool::IncidentRecord>(records).at(0).stop;
    EXPECT_EQ(stop->reason, TerminationReason::Timeout);
    EXPECT_EQ(stop->killReason, KillReason::MaxRuntime);
    EXPECT_EQ(recordsOf<spool::CallClosed>(records).at(0).outcome, "stopped");
    EXPECT_EQ(waits.chat(ask(false))->status, 403) << "the run takes no further step";
    EXPECT_EQ(waits.upstream().requests().size(), 1U);
    EXPECT_EQ(cuts.reach(2), 2);
}

TEST(Thresholds, endARunWhoseClientDoesNotRead)
{
    Cuts cuts;
    GatewayOnTest gateway(
        [&cuts](const std::string&, ScriptedUpstream::Peer& peer) {
            peer.send(streamHead());
            const auto piece = streamChunk(text(std::string(100'000, 'w')));
            // Until nobody takes any more: the client's buffers and the gateway's are full.
            while (peer.sendFor(piece, std::chrono::milliseconds(300)) == piece.size()) { }
            return cuts.await(peer);
        },
        {.policies = {threshold("run.duration", 2)}});
    auto client = gateway.connect();
    ASSERT_TRUE(client.send(gateway.chatText(ask(true)), gateway.soon()).has_value());
    EXPECT_EQ(cuts.reach(1), 1) << "though not a byte was read";
    const auto rest = client.readHead(gateway.soon()) ? client.readBody(gateway.soon()) : "";
    ASSERT_TRUE(rest.has_value());
    EXPECT_NE(rest->find("\"incident_id\":\"inc_"), std::string::npos);
    EXPECT_EQ(recordsOf<spool::CallClosed>(gateway.records()).at(0).outcome, "stopped");
}

TEST(Thresholds, ofCallsEndTheCallsThatAreUnderWay)
{
    Cuts cuts;
    GatewayOnTest gateway(talking(1, cuts), {.policies = {threshold("run.llm_calls", 1)}});
    auto first = gateway.connect();
    ASSERT_TRUE(first.send(gateway.chatText(ask(true)), gateway.soon()).has_value());
    ASSERT_TRUE(first.readHead(gateway.soon()).has_value());
    ASSERT_TRUE(first.readEvent(gateway.soon()).has_value());
    const auto second = gateway.chat(ask(true));
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->status, 403);
    EXPECT_EQ(parseJson(second->body)->at_pointer("/error/policy_id"), "BUDGET");
    const auto rest = first.readBody(gateway.soon()).value_or("cut");
    EXPECT_NE(rest.find("content_filter"), std::string::npos) << rest;
    const auto records = gateway.records(2);
    const auto incidents = recordsOf<spool::IncidentRecord>(records);
    ASSERT_EQ(incidents.size(), 1U);
    EXPECT_EQ(incidents[0].stop->killReason, KillReason::MaxLlmCalls);
    EXPECT_EQ(cuts.reach(1), 1);
}

} // namespace
} // namespace exhibit::gateway
