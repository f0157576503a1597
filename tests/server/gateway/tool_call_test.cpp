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

/// More of a call's arguments.
std::string goingOn(const std::string& arguments, int index = 0)
{
    return event(delta(R"("tool_calls":[{"index":)" + std::to_string(index)
                       + R"(,"function":{"arguments":)" + quoteJson(arguments) + "}}]"));
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

/// The first event of a call and the beginning of its arguments.
std::string begun(const std::string& name, const std::string& arguments, int index = 0)
{
    const auto number = std::to_string(index);
    return event(delta(R"("tool_calls":[{"index":)" + number + R"(,"id":"call_)" + number
                       + R"(","type":"function","function":{"name":")" + name
                       + R"(","arguments":""}}])"))
        + goingOn(arguments, index);
}

/// Sends the first part, and the second one when the future is ready.
ScriptedUpstream::Script inTwo(std::string first, std::string second, std::future<void>& mayGoOn)
{
    return [first = std::move(first), second = std::move(second), &mayGoOn](
               const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send(streamHead() + streamChunk(first));
        mayGoOn.wait();
        return peer.send(streamChunk(second)) && peer.send(kStreamEnd);
    };
}

TEST(ToolCall, textFlowsWhileACallIsHeld)
{
    std::promise<void> read;
    auto mayGoOn = read.get_future();
    const auto first = begun("pay", "{\"amount\":");
    const auto rest = goingOn("5}") + finish(0, "tool_calls") + done();
    GatewayOnTest gateway(inTwo(first + text("Wait. "), rest, mayGoOn), {.policies = {kDeny}});
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kAsk), gateway.soon()));
    ASSERT_TRUE(connection.readHead(gateway.soon()));
    const auto seen = connection.readEvent(gateway.soon());
    read.set_value();
    ASSERT_TRUE(seen && *seen);
    EXPECT_EQ(**seen + "\n\n", text("Wait. "));
    EXPECT_EQ(connection.readBody(gateway.soon()), first + rest);
}

TEST(ToolCall, goesOutWhenItsArgumentsCloseWhateverFollows)
{
    std::promise<void> read;
    auto mayGoOn = read.get_future();
    const auto first = begun("pay", "{\"amount\":5}") + begun("pay", "{\"amount\":500", 1);
    const auto rest = goingOn("}", 1) + finish(0, "tool_calls") + done();
    GatewayOnTest gateway(inTwo(first, rest, mayGoOn), {.policies = {kDeny}});
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kAsk), gateway.soon()));
    ASSERT_TRUE(connection.readHead(gateway.soon()));
    std::string seen;
    for (int events = 0; events < 2; ++events) {
        const auto event = connection.readEvent(gateway.soon());
        ASSERT_TRUE(event && *event);
        seen += **event + "\n\n";
    }
    read.set_value();
    EXPECT_EQ(seen, begun("pay", "{\"amount\":5}")) << "while the second call is not whole";
    const auto behind = connection.readBody(gateway.soon()).value_or("");
    EXPECT_EQ(behind.find("tool_calls\":["), std::string::npos) << behind;
    EXPECT_NE(behind.find("content_filter"), std::string::npos) << "the second one breaks a rule";
}

TEST(ToolCall, thatGoesOnBehindItsArgumentsIsStopped)
{
    for (const auto& more : {goingOn(",\"amount\":500}"), goingOn(" {}")}) {
        GatewayOnTest gateway(
            streaming(begun("pay", "{\"amount\":5}") + more + finish(0, "tool_calls") + done()),
            {.policies = {kDeny}});
        const auto body = gateway.chat(kAsk)->body;
        EXPECT_EQ(body.find("500"), std::string::npos) << body;
        EXPECT_NE(body.find("content_filter"), std::string::npos) << body;
        const auto decisions = recordsOf<spool::DecisionsRecord>(gateway.records()).at(0).decisions;
        EXPECT_EQ(decisions.at(0).result, domain::DecisionResult::Error);
    }
    const auto blank
        = begun("pay", "{\"amount\":5}") + goingOn("\n") + finish(0, "tool_calls") + done();
    GatewayOnTest gateway(streaming(blank), {.policies = {kDeny}});
    EXPECT_EQ(gateway.chat(kAsk)->body, blank) << "white space says nothing";
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
