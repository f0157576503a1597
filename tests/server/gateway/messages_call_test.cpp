// SPDX-License-Identifier: Apache-2.0
// Anthropic's messages through a real gateway, listener and journal.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/message_events.h"
#include "tests/server/gateway/relayed_stream.h"

namespace exhibit::gateway::messages {
namespace {

const std::string kSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");
const std::string kAsk = R"({"model":"claude-sonnet-4-20250514","max_tokens":100,)"
                         R"("messages":[{"role":"user","content":"Hi"}]})";
const std::string kStreamAsk
    = R"({"model":"claude-sonnet-4-20250514","max_tokens":100,"stream":true,)"
      R"("messages":[{"role":"user","content":"Hi"}],"metadata":{"user_id":"u-7","run_id":"r-1"}})";

Result<test::Reply> post(const GatewayOnTest& gateway,
                         const std::string& body,
                         test::HeaderList headers = {})
{
    headers.emplace_back("x-api-key", gateway.key());
    headers.emplace_back("anthropic-version", "2023-06-01");
    return gateway.send("POST", "/v1/messages", headers, body);
}

ScriptedUpstream::Script answering(std::string body, std::string headers = {})
{
    return [body = std::move(body), headers](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(jsonReply(body, headers));
    };
}

ScriptedUpstream::Script streaming(std::string stream)
{
    return [stream = std::move(stream)](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(streamHead() + streamChunk(stream)) && peer.send(kStreamEnd);
    };
}

std::string message(const std::string& content)
{
    return R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-20250514",)"
           R"("content":[)"
        + content
        + R"(],"stop_reason":"end_turn","stop_sequence":null,)"
          R"("usage":{"input_tokens":12,"cache_read_input_tokens":4,"output_tokens":6}})";
}
const std::string kSafe = R"({"type":"text","text":"Hello"})";
const std::string kLeak = R"({"type":"text","text":"the key sk-abcdefgh"})";
const std::string kCall = R"({"type":"tool_use","id":"toolu_1","name":"f","input":{"a": [1, 2]}})";

TEST(MessagesCall, passesRequestAndAnswerByteForByteAndRecordsThem)
{
    const std::string answer = message(kSafe + ", " + kCall);
    GatewayOnTest gateway(answering(answer, "request-id: req_a\r\n"), {.policies = {kSecret}});
    const auto reply = post(gateway, kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, answer);
    EXPECT_EQ(reply->header("request-id"), "req_a");
    const auto sent = gateway.upstream().requests().at(0);
    EXPECT_TRUE(sent.starts_with("POST /v1/messages HTTP/1.1\r\n"));
    EXPECT_TRUE(sent.ends_with(kAsk));
    EXPECT_NE(sent.find("anthropic-version: 2023-06-01"), std::string::npos);
    EXPECT_EQ(sent.find(gateway.key()), std::string::npos);
    const auto records = gateway.records();
    EXPECT_EQ(recordsOf<spool::CallOpened>(records).at(0).endpoint, "/v1/messages");
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.outcome, "completed");
    EXPECT_EQ(closed.finishReasons, std::vector<std::string>{"end_turn"});
    EXPECT_EQ(closed.usage.promptTokens, 16);
    EXPECT_EQ(closed.usage.cachedTokens, 4);
    EXPECT_EQ(closed.usage.completionTokens, 6);
    EXPECT_GT(closed.costMicrocents, 0);
    EXPECT_EQ(closed.texts.at(0).channel, "content/0/text");
    EXPECT_EQ(closed.texts.at(0).released, "Hello");
    EXPECT_EQ(closed.toolCalls.at(0).name, "f");
    EXPECT_EQ(closed.toolCalls.at(0).arguments, R"({"a": [1, 2]})");
}

TEST(MessagesCall, keepsTheProvidersUserIdAndTakesOursOut)
{
    GatewayOnTest gateway(answering(message(kSafe)));
    ASSERT_TRUE(post(gateway,
                     R"({"model":"claude-3","session_id":"s","messages":[],)"
                     R"("metadata":{"user_id":"u-7","run_id":"r","context":{}}})"));
    EXPECT_TRUE(gateway.upstream().requests().at(0).ends_with(
        R"({"model":"claude-3","messages":[],"metadata":{"user_id":"u-7"}})"));
    const auto opened = recordsOf<spool::CallOpened>(gateway.records()).at(0);
    EXPECT_EQ(opened.userId, "u-7");
    EXPECT_EQ(opened.clientRunId, "r");
}

TEST(MessagesCall, cutsABlockedAnswerWithStopReasonRefusal)
{
    GatewayOnTest gateway(answering(message(kSafe + "," + kLeak + "," + kSafe + "," + kCall)),
                          {.policies = {kSecret}});
    const auto reply = post(gateway, kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    const auto incident = recordsOf<spool::IncidentRecord>(gateway.records()).at(0);
    const auto body = parseJson(reply->body).value();
    EXPECT_EQ(body.at("stop_reason"), "refusal");
    EXPECT_EQ(printJson(body.at("content")),
              R"([{"type":"text","text":"Hello"},{"type":"text","text":"the key "}])");
    EXPECT_EQ(stringMember(body.at("exhibit"), "incident_id"), incident.incident.incidentId.text());
}

TEST(MessagesCall, refusesABlockedAnswerInStyleErrorAsAnthropicDoes)
{
    GatewayOnTest gateway(answering(message(kLeak)),
                          {.policies = {kSecret}, .stopStyle = domain::StopStyle::Error});
    const auto reply = post(gateway, kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 403);
    EXPECT_EQ(reply->header("x-should-retry"), "false");
    const auto body = parseJson(reply->body).value();
    EXPECT_EQ(body.at("type"), "error");
    EXPECT_EQ(body.at("error").at("type"), "permission_error");
    EXPECT_EQ(body.at("error").at("policy_id"), "SECRETS");
    EXPECT_EQ(reply->body.find("sk-"), std::string::npos);
}

TEST(MessagesCall, redactsTheArgumentsOfACallAndTheyStayJson)
{
    const std::string call
        = R"({"type":"tool_use","id":"t","name":"f","input":{"k": "sk-abcdefgh", "n": 1}})";
    GatewayOnTest gateway(answering(message(call)),
                          {.policies = {patternPolicy("S", "redact", "sk-[a-z0-9]{8}")}});
    const auto reply = post(gateway, kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_NE(reply->body.find(R"("input":{"k": "[GONE]", "n": 1}})"), std::string::npos)
        << reply->body;
}

TEST(MessagesCall, endsABlockedStreamSoftlyWithARefusal)
{
    GatewayOnTest gateway(
        streaming(start() + textStart() + text("The key is sk-ab") + text("cdefgh and")),
        {.policies = {kSecret}});
    const auto reply = post(gateway, kStreamAsk);
    ASSERT_TRUE(reply.has_value());
    const auto records = gateway.records();
    const auto incident = recordsOf<spool::IncidentRecord>(records).at(0);
    const std::string begun = start() + textStart() + text("The key is ") + blockStop();
    ASSERT_TRUE(reply->body.starts_with(begun)) << reply->body;
    EXPECT_TRUE(reply->body.ends_with(stop()));
    EXPECT_NE(
        reply->body.find(R"("delta":{"stop_reason":"refusal","stop_sequence":null},"usage":)"),
        std::string::npos);
    EXPECT_NE(
        reply->body.find(R"("exhibit":{"incident_id":")" + incident.incident.incidentId.text()),
        std::string::npos);
    EXPECT_EQ(releasedBytes(records), reply->body);
    const auto again = post(gateway, kStreamAsk);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->status, 403);
    EXPECT_EQ(parseJson(again->body)->at("error").at("code"), "run_stopped");
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
}

TEST(MessagesCall, endsABlockedStreamWithAnErrorEventInStyleError)
{
    GatewayOnTest gateway(streaming(start() + textStart() + text("The key is sk-abcdefgh and")),
                          {.policies = {kSecret}, .stopStyle = domain::StopStyle::Error});
    const auto reply = post(gateway, kStreamAsk);
    ASSERT_TRUE(reply.has_value());
    const std::string begun = start() + textStart() + text("The key is ");
    ASSERT_TRUE(
        reply->body.starts_with(begun + "event: error\ndata: {\"type\":\"error\",\"error\":{"))
        << reply->body;
    EXPECT_EQ(reply->body.find("message_stop"), std::string::npos);
    EXPECT_NE(reply->body.find("\"incident_id\":\"inc_"), std::string::npos);
}

TEST(MessagesCall, errorsOfTheProviderAndOursHaveAnthropicsShape)
{
    const std::string overloaded
        = R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})";
    GatewayOnTest gateway(
        [&](const std::string&, ScriptedUpstream::Peer& peer) {
            return peer.send("HTTP/1.1 529 Overloaded\r\nContent-Type: application/json\r\n"
                             "Content-Length: "
                             + std::to_string(overloaded.size()) + "\r\n\r\n" + overloaded);
        },
        {.policies = {kSecret}});
    const auto passed = post(gateway, kAsk);
    ASSERT_TRUE(passed.has_value());
    EXPECT_EQ(passed->status, 529);
    EXPECT_EQ(passed->body, overloaded);
    const auto unknown = gateway.send("POST", "/v1/messages", {{"x-api-key", "exk_wrong"}}, kAsk);
    EXPECT_EQ(unknown->status, 401);
    EXPECT_EQ(parseJson(unknown->body)->at("type"), "error");
    const auto other = post(gateway, R"({"model":"gpt-4o","messages":[]})");
    EXPECT_EQ(other->status, 404) << "no upstream with this wire serves the model";
    EXPECT_EQ(parseJson(other->body)->at("error").at("code"), "model_not_found");
}

} // namespace
} // namespace exhibit::gateway::messages
