// SPDX-License-Identifier: Apache-2.0
// The airlock for tool calls and the rules that need a whole text, through a real gateway.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/relayed_stream.h"

#include <future>

namespace exhibit::gateway {
namespace {

const std::string kAsk = R"({"model":"gpt-4o","stream":true,"messages":[]})";
const std::string kWholeAsk = R"({"model":"gpt-4o","messages":[]})";
const std::string kDeny
    = R"({"policy_id":"TOOLS","title":"Tools","severity":"high","stage":"tool_call","mode":"block",)"
      R"("rule":{"type":"tool","deny":["rm_*"],"schemas":[{"tools":["pay"],)"
      R"("schema":{"type":"object","properties":{"amount":{"maximum":100}}}}]}})";
const std::string kSchema
    = R"({"policy_id":"FORM","title":"Form","severity":"high","stage":"output","mode":"block",)"
      R"("rule":{"type":"schema","schema":{"type":"object","required":["answer"]}}})";

std::string call(const std::string& name, const std::string& arguments)
{
    return event(delta(
               R"("tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":")"
               + name + R"(","arguments":""}}])"))
        + event(delta(R"("tool_calls":[{"index":0,"function":{"arguments":)" + quoteJson(arguments)
                      + "}}]"));
}

ScriptedUpstream::Script streaming(const std::string& stream)
{
    return [stream](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(streamHead() + streamChunk(stream)) && peer.send(kStreamEnd);
    };
}

TEST(ToolCall, passesUnchangedWhenItKeepsTheRules)
{
    const auto stream
        = text("Let me see. ") + call("pay", R"({"amount":5})") + finish(0, "tool_calls") + done();
    GatewayOnTest gateway(streaming(stream), {.policies = {kDeny}});
    EXPECT_EQ(gateway.chat(kAsk)->body, stream);
    const auto passes = recordsOf<spool::DecisionsRecord>(gateway.records()).at(0).passes;
    ASSERT_EQ(passes.size(), 1U);
    EXPECT_EQ(passes[0].stage, domain::Stage::ToolCall);
}

TEST(ToolCall, isWithheldWholeWhenItBreaksOne)
{
    for (const auto& broken : {call("rm_all", "{}"), call("pay", R"({"amount":500})")}) {
        GatewayOnTest gateway(
            streaming(text("Let me see. ") + broken + finish(0, "tool_calls") + done()),
            {.policies = {kDeny}});
        const auto body = gateway.chat(kAsk)->body;
        EXPECT_EQ(clientTexts(body).at("choices/0/content"), "Let me see. ");
        EXPECT_EQ(body.find("tool_calls"), std::string::npos) << body;
        EXPECT_NE(body.find("content_filter"), std::string::npos);
        const auto records = gateway.records();
        const auto incident = recordsOf<spool::IncidentRecord>(records).at(0);
        EXPECT_EQ(incident.incident.failureCode, domain::FailureCode::UnsafeToolCall);
        EXPECT_FALSE(recordsOf<spool::CallClosed>(records).at(0).toolCalls.at(0).released);
    }
}

TEST(ToolCall, textFlowsWhileACallIsHeld)
{
    std::promise<void> read;
    auto mayGoOn = read.get_future();
    GatewayOnTest gateway(
        [&mayGoOn](const std::string&, ScriptedUpstream::Peer& peer) {
            peer.send(streamHead() + streamChunk(call("pay", "{\"amount\":5}") + text("Wait. ")));
            mayGoOn.wait();
            return peer.send(streamChunk(finish(0, "tool_calls") + done()))
                && peer.send(kStreamEnd);
        },
        {.policies = {kDeny}});
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kAsk), gateway.soon()));
    ASSERT_TRUE(connection.readHead(gateway.soon()));
    const auto first = connection.readEvent(gateway.soon());
    read.set_value();
    ASSERT_TRUE(first && *first);
    EXPECT_EQ(**first + "\n\n", text("Wait. "));
    EXPECT_EQ(connection.readBody(gateway.soon()),
              call("pay", "{\"amount\":5}") + finish(0, "tool_calls") + done());
}

TEST(ToolCall, ofAWholeAnswerIsJudgedToo)
{
    const std::string body
        = R"({"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"c","type":"function",)"
          R"("function":{"name":"rm_all","arguments":"{}"}}]},"finish_reason":"tool_calls"}]})";
    GatewayOnTest gateway(
        [&body](const std::string&, ScriptedUpstream::Peer& peer) {
            return peer.send(jsonReply(body));
        },
        {.policies = {kDeny}});
    const auto reply = gateway.chat(kWholeAsk);
    EXPECT_EQ(reply->body.find("rm_all"), std::string::npos) << reply->body;
    EXPECT_NE(reply->body.find("content_filter"), std::string::npos);
}

TEST(ToolCall, aSchemaHoldsTheTextAndWithholdsWhatDoesNotFit)
{
    const auto fits = text("{\"answer\"") + text(":1}") + finish() + done();
    GatewayOnTest good(streaming(fits), {.policies = {kSchema}});
    EXPECT_EQ(good.chat(kAsk)->body, fits);
    GatewayOnTest bad(streaming(text("{\"reply\"") + text(":1}") + finish() + done()),
                      {.policies = {kSchema}});
    const auto body = bad.chat(kAsk)->body;
    EXPECT_EQ(body.find("reply"), std::string::npos) << body;
    const auto decision = recordsOf<spool::DecisionsRecord>(bad.records()).at(0).decisions.at(0);
    EXPECT_TRUE(decision.wholeTextHeld);
}

} // namespace
} // namespace exhibit::gateway
