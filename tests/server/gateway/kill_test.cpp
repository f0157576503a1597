// SPDX-License-Identifier: Apache-2.0
// A run killed in each phase of a call, through a real gateway.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"

#include <future>
#include <map>
#include <random>

namespace exhibit::gateway {
namespace {

using domain::KillReason;

const std::string kAsk
    = R"({"model":"gpt-4o","stream":true,"messages":[],"metadata":{"run_id":"r-1"}})";
const std::string kWholeAsk = R"({"model":"gpt-4o","messages":[],"metadata":{"run_id":"r-1"}})";
const std::string kSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");

/// Sends `pieces` and waits for the gateway to hang up.
ScriptedUpstream::Script stalling(std::string pieces, Cuts& cuts)
{
    return [pieces = std::move(pieces), &cuts](const std::string&, ScriptedUpstream::Peer& peer) {
        if (!pieces.empty()) {
            peer.send(streamHead() + streamChunk(pieces));
        }
        return cuts.await(peer);
    };
}

/// What a client has of a stream whose run is killed behind its first event.
std::string killedStream(GatewayOnTest& gateway, std::size_t& cut)
{
    auto connection = gateway.connect();
    EXPECT_TRUE(connection.send(gateway.chatText(kAsk), gateway.soon()).has_value());
    const auto head = connection.readHead(gateway.soon());
    EXPECT_TRUE(head.has_value());
    EXPECT_TRUE(connection.readEvent(gateway.soon()).has_value());
    const auto run = RunId::parse(*head->header("x-exhibit-run-id"));
    cut = gateway.cutRun(*run, KillReason::AdminKill);
    return connection.readBody(gateway.soon()).value_or("cut");
}

TEST(Kill, endsALiveStreamAndStopsItsRun)
{
    Cuts cuts;
    GatewayOnTest gateway(stalling(text("Hello ") + text("the key is sk-"), cuts),
                          {.policies = {kSecret}});
    std::size_t calls = 0;
    const auto rest = killedStream(gateway, calls);
    EXPECT_EQ(calls, 1U);
    EXPECT_NE(rest.find("\"finish_reason\":\"content_filter\""), std::string::npos) << rest;
    EXPECT_NE(rest.find("\"exhibit\":{\"run_id\":\"run_"), std::string::npos) << "no incident";
    EXPECT_TRUE(rest.ends_with("data: [DONE]\n\n"));
    EXPECT_EQ(rest.find("sk-"), std::string::npos) << "nothing that was held goes out";
    const auto records = gateway.records();
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.outcome, "stopped");
    EXPECT_EQ(closed.errorCode, "run_killed");
    EXPECT_EQ(cuts.reach(1), 1);
    EXPECT_EQ(gateway.chat(kAsk)->status, 403) << "the run takes no further step";
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
}

TEST(Kill, endsAStreamWithAnErrorInStyleError)
{
    Cuts cuts;
    GatewayOnTest gateway(stalling(text("Hello "), cuts), {.stopStyle = domain::StopStyle::Error});
    std::size_t calls = 0;
    const auto rest = killedStream(gateway, calls);
    EXPECT_NE(rest.find("\"code\":\"run_stopped\""), std::string::npos) << rest;
    EXPECT_EQ(rest.find("[DONE]"), std::string::npos);
}

TEST(Kill, refusesACallThatWaitsForItsProvider)
{
    for (const auto& ask : {kAsk, kWholeAsk}) {
        Cuts cuts;
        GatewayOnTest gateway(stalling("", cuts));
        auto reply = std::async(std::launch::async, [&] { return gateway.chat(ask); });
        while (gateway.upstream().requests().empty()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        EXPECT_EQ(gateway.cutRun(gateway.runNamed("r-1"), KillReason::UserCancel), 1U);
        const auto got = reply.get();
        ASSERT_TRUE(got.has_value());
        EXPECT_EQ(got->status, 403);
        EXPECT_EQ(parseJson(got->body).value().at("error").at("code"), "run_stopped");
        EXPECT_EQ(got->header("x-should-retry"), "false");
        EXPECT_EQ(recordsOf<spool::CallClosed>(gateway.records()).at(0).outcome, "stopped");
        EXPECT_EQ(cuts.reach(1), 1);
    }
}

TEST(Kill, letsNothingOfAHeldToolCallOut)
{
    const std::string tools
        = R"({"policy_id":"TOOLS","title":"Tools","severity":"high","stage":"tool_call",)"
          R"("mode":"block","rule":{"type":"tool","deny":["rm_*"]}})";
    const auto begun = event(delta(R"("tool_calls":[{"index":0,"id":"call_1","type":"function",)"
                                   R"("function":{"name":"pay","arguments":""}}])"))
        + event(delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"amount\":"}}])"));
    Cuts cuts;
    GatewayOnTest gateway(stalling(text("Let me see. ") + begun, cuts), {.policies = {tools}});
    std::size_t calls = 0;
    const auto rest = killedStream(gateway, calls);
    EXPECT_EQ(calls, 1U);
    EXPECT_EQ(rest.find("tool_calls"), std::string::npos) << rest;
    EXPECT_NE(rest.find("content_filter"), std::string::npos) << rest;
    const auto closed = recordsOf<spool::CallClosed>(gateway.records()).at(0);
    EXPECT_EQ(closed.outcome, "stopped");
    ASSERT_EQ(closed.toolCalls.size(), 1U);
    EXPECT_FALSE(closed.toolCalls[0].released);
}

/// Before the first byte, between events, behind the last one, while the end is being recorded.
TEST(Kill, atAnyMomentLeavesAWholeAnswerOrAStoppedOne)
{
    const auto stream = text("one ") + text("two ") + finish() + done();
    const std::string whole
        = R"({"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant",)"
          R"("content":"one two "},"finish_reason":"stop"}]})";
    GatewayOnTest gateway([&](const std::string& request, ScriptedUpstream::Peer& peer) {
        return request.find("\"stream\":true") == std::string::npos
            ? peer.send(jsonReply(whole))
            : peer.send(streamHead() + streamChunk(stream)) && peer.send(kStreamEnd);
    });
    constexpr int kRounds = 60;
    std::mt19937 dice(7);
    std::map<std::string, int> outcomes; // As the clients had them.
    for (int i = 0; i < kRounds; ++i) {
        const auto run = "r-" + std::to_string(i);
        const auto ask = std::string(R"({"model":"gpt-4o","messages":[],)")
            + (i % 2 == 0 ? R"("stream":true,)" : "") + R"("metadata":{"run_id":")" + run + "\"}}";
        auto reply = std::async(std::launch::async, [&] { return gateway.chat(ask); });
        std::this_thread::sleep_for(std::chrono::microseconds(dice() % 4000));
        gateway.cutRun(gateway.runNamed(run), KillReason::AdminKill);
        const auto got = reply.get();
        ASSERT_TRUE(got.has_value()) << "nobody is left without an answer";
        const bool complete = got->body == (i % 2 == 0 ? stream : whole);
        if (!complete) {
            EXPECT_TRUE(got->body.find("content_filter") != std::string::npos
                        || got->body.find("run_stopped") != std::string::npos)
                << got->body;
        }
        ++outcomes[complete ? "completed" : "stopped"];
    }
    std::map<std::string, int> recorded;
    for (const auto& closed : recordsOf<spool::CallClosed>(gateway.records(kRounds))) {
        ++recorded[closed.outcome];
    }
    EXPECT_EQ(recorded, outcomes);
}

TEST(Kill, leavesOtherRunsAlone)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(jsonReply("{}"));
    });
    ASSERT_EQ(gateway.chat(kWholeAsk)->status, 200);
    EXPECT_EQ(gateway.cutRun(gateway.runNamed("r-1"), KillReason::AdminKill), 0U)
        << "nothing of it is live";
    EXPECT_EQ(gateway.cutRun(RunId::generate(), KillReason::AdminKill), 0U);
}

} // namespace
} // namespace exhibit::gateway
