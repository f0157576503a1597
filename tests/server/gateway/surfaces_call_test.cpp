// SPDX-License-Identifier: Apache-2.0
// Responses, embeddings and completions through a real gateway, listener and journal.
#include "models/base/sha256.h"
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"
#include "tests/server/gateway/response_events.h"

namespace exhibit::gateway {
namespace {

using responses::Stream;

const std::string kSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");
const std::string kResponsesAsk
    = R"({"model":"gpt-4o","input":"Hi","stream":true,"metadata":{"run_id":"r-1"}})";

Result<test::Reply> post(const GatewayOnTest& gateway,
                         const std::string& path,
                         const std::string& body)
{
    return gateway.send("POST", path, {{"Authorization", "Bearer " + gateway.key()}}, body);
}

ScriptedUpstream::Script answering(std::string body)
{
    return [body = std::move(body)](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(jsonReply(body));
    };
}

ScriptedUpstream::Script streaming(std::string stream)
{
    return [stream = std::move(stream)](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(streamHead() + streamChunk(stream)) && peer.send(kStreamEnd);
    };
}

/// The data of the last event.
Json lastEvent(const std::string& stream)
{
    const auto at = stream.rfind("data: ") + 6;
    return parseJson(std::string_view(stream).substr(at)).value_or(Json{});
}

TEST(ResponsesCall, passesRequestAndAnswerByteForByteAndRecordsThem)
{
    const std::string answer
        = Stream::response("completed", Stream::message("Hello") + "," + Stream::call("f", "{}"));
    GatewayOnTest gateway(answering(answer), {.policies = {kSecret}});
    const std::string ask = R"({"model":"gpt-4o", "input":[{"role":"user","content":"Hi"}]})";
    const auto reply = post(gateway, "/v1/responses", ask);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body, answer);
    EXPECT_TRUE(gateway.upstream().requests().at(0).ends_with(ask));
    const auto closed = recordsOf<spool::CallClosed>(gateway.records()).at(0);
    EXPECT_EQ(closed.outcome, "completed");
    EXPECT_EQ(closed.usage.promptTokens, 9);
    EXPECT_EQ(closed.finishReasons, std::vector<std::string>{"completed"});
    EXPECT_EQ(closed.texts.at(0).released, "Hello");
    EXPECT_EQ(closed.toolCalls.at(0).name, "f");
}

TEST(ResponsesCall, theRecordSaysWhatTheProviderKnowsBesides)
{
    GatewayOnTest gateway(answering(Stream::response("completed", Stream::message("Hello"))));
    ASSERT_TRUE(post(gateway,
                     "/v1/responses",
                     R"({"model":"gpt-4o","input":"Hi","previous_response_id":"resp_0",)"
                     R"("conversation":null,"prompt":{"id":"pmpt_1"}})"));
    const auto opened = recordsOf<spool::CallOpened>(gateway.records()).at(0);
    EXPECT_EQ(opened.providerState, (std::vector<std::string>{"previous_response_id", "prompt"}));
}

TEST(ResponsesCall, cutsABlockedAnswerAsIncomplete)
{
    GatewayOnTest gateway(
        answering(Stream::response("completed",
                                   Stream::message("Key sk-abcdefgh") + ","
                                       + Stream::message("more") + "," + Stream::call("f", "{}"))),
        {.policies = {kSecret}});
    const auto reply = post(gateway, "/v1/responses", R"({"model":"gpt-4o","input":"Hi"})");
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    const auto body = parseJson(reply->body).value();
    EXPECT_EQ(body.at("status"), "incomplete");
    EXPECT_EQ(body.at("incomplete_details").at("reason"), "content_filter");
    ASSERT_EQ(body.at("output").as_array().size(), 1U);
    EXPECT_EQ(body.at("output").at(0).at("status"), "incomplete");
    EXPECT_EQ(body.at("output").at(0).at("content").at(0).at("text"), "Key ");
    EXPECT_EQ(body.at("exhibit").at("policy_id"), "SECRETS");
}

TEST(ResponsesCall, endsABlockedStreamSoftlyAsIncomplete)
{
    Stream s;
    const auto begun = s.created() + s.messageAdded() + s.text("Key ");
    Stream sent;
    GatewayOnTest gateway(streaming(sent.created() + sent.messageAdded() + sent.text("Key sk-ab")
                                    + sent.text("cdefgh")),
                          {.policies = {kSecret}});
    const auto reply = post(gateway, "/v1/responses", kResponsesAsk);
    ASSERT_TRUE(reply.has_value());
    ASSERT_TRUE(reply->body.starts_with(begun + "event: response.output_item.done\n"))
        << reply->body;
    const auto last = lastEvent(reply->body);
    EXPECT_EQ(last.at("type"), "response.incomplete");
    EXPECT_EQ(last.at("sequence_number"), 5) << "above those of the events that were seen";
    const auto& response = last.at("response");
    EXPECT_EQ(response.at("id"), "resp_1");
    EXPECT_EQ(response.at("status"), "incomplete");
    EXPECT_EQ(response.at("incomplete_details").at("reason"), "content_filter");
    EXPECT_EQ(response.at("output").at(0).at("content").at(0).at("text"), "Key ");
    EXPECT_EQ(stringMember(last.at("exhibit"), "incident_id"),
              recordsOf<spool::IncidentRecord>(gateway.records()).at(0).incident.incidentId.text());
    EXPECT_EQ(post(gateway, "/v1/responses", kResponsesAsk)->status, 403);
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
}

TEST(ResponsesCall, endsABlockedStreamWithAnErrorEventInStyleError)
{
    Stream sent;
    GatewayOnTest gateway(
        streaming(sent.created() + sent.messageAdded() + sent.text("Key sk-abcdefgh")),
        {.policies = {kSecret}, .stopStyle = domain::StopStyle::Error});
    const auto reply = post(gateway, "/v1/responses", kResponsesAsk);
    ASSERT_TRUE(reply.has_value());
    const auto last = lastEvent(reply->body);
    EXPECT_EQ(last.at("type"), "error");
    EXPECT_EQ(last.at("code"), "policy_violation");
    EXPECT_EQ(last.at("error").at("policy_id"), "SECRETS");
    EXPECT_EQ(reply->body.find("Key sk-"), std::string::npos);
}

TEST(EmbeddingsCall, passesTheAnswerAndKeepsDigestsOfItsVectors)
{
    const std::string answer
        = R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":"zczMPc3MTD4="},)"
          R"( {"object":"embedding","index":1,"embedding":[0.1, 0.2]}],"model":"gpt-embedding",)"
          R"("usage":{"prompt_tokens":8,"total_tokens":8}})";
    GatewayOnTest gateway(answering(answer), {.policies = {kSecret}});
    const auto reply = post(gateway, "/v1/embeddings", R"({"model":"gpt-4o","input":["a","b"]})");
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body, answer);
    const auto records = gateway.records();
    const auto kept = parseJson(releasedBytes(records)).value();
    const auto first = std::string(kept.at("data").at(0).at("embedding").as_string());
    EXPECT_TRUE(first.starts_with("sha256:")) << first;
    EXPECT_NE(kept.at("data").at(1).at("embedding"), kept.at("data").at(0).at("embedding"));
    EXPECT_EQ(stringMember(kept.at("exhibit"), "sha256"), toHex(asView(sha256(answer))));
    EXPECT_EQ(kept.at("exhibit").at("bytes"), answer.size());
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.usage.promptTokens, 8);
    EXPECT_EQ(closed.usage.completionTokens, 0);
    EXPECT_FALSE(closed.usage.estimated);
}

TEST(EmbeddingsCall, judgesWhatIsEmbedded)
{
    GatewayOnTest gateway(answering("{}"),
                          {.policies = {patternPolicy("S", "block", "sk-[a-z0-9]{8}", "input")}});
    const auto reply
        = post(gateway, "/v1/embeddings", R"({"model":"gpt-4o","input":["a","sk-abcdefgh"]})");
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 403);
    EXPECT_TRUE(gateway.upstream().requests().empty());
}

TEST(EmbeddingsCall, aVectorThatIsNoneIsJudgedLikeAnyText)
{
    GatewayOnTest gateway(
        answering(R"({"object":"list","data":[{"embedding":"see sk-abcdefgh"}]})"),
        {.policies = {kSecret}});
    const auto reply = post(gateway, "/v1/embeddings", R"({"model":"gpt-4o","input":"a"})");
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 403);
    EXPECT_EQ(reply->body.find("sk-"), std::string::npos);
}

std::string completion(const std::string& said, const std::string& finish = "null")
{
    return R"({"id":"cmpl-1","object":"text_completion","created":7,"model":"gpt-4o","choices":)"
           R"([{"text":)"
        + quoteJson(said) + R"(,"index":0,"logprobs":null,"finish_reason":)" + finish + "}]}";
}
std::string chunk(const std::string& said, const std::string& finish = "null")
{
    return "data: " + completion(said, finish) + "\n\n";
}

TEST(CompletionsCall, passesUnchangedAndCutsWhatIsBlocked)
{
    GatewayOnTest clean(answering(completion("fine", "\"stop\"")), {.policies = {kSecret}});
    const std::string ask = R"({"model":"gpt-4o","prompt":"Say"})";
    EXPECT_EQ(post(clean, "/v1/completions", ask)->body, completion("fine", "\"stop\""));
    GatewayOnTest gateway(answering(completion("Key sk-abcdefgh", "\"stop\"")),
                          {.policies = {kSecret}});
    const auto body = parseJson(post(gateway, "/v1/completions", ask)->body).value();
    EXPECT_EQ(body.at("choices").at(0).at("text"), "Key ");
    EXPECT_EQ(body.at("choices").at(0).at("finish_reason"), "content_filter");
}

TEST(CompletionsCall, endsABlockedStreamInItsOwnForm)
{
    GatewayOnTest gateway(streaming(chunk("Key sk-ab") + chunk("cdefgh")), {.policies = {kSecret}});
    const auto reply
        = post(gateway, "/v1/completions", R"({"model":"gpt-4o","prompt":"Say","stream":true})");
    ASSERT_TRUE(reply.has_value());
    const std::string ending
        = R"(data: {"id":"cmpl-1","object":"text_completion","created":7,"model":"gpt-4o",)"
          R"("choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"content_filter"}],)";
    EXPECT_TRUE(reply->body.starts_with(chunk("Key ") + ending)) << reply->body;
    EXPECT_TRUE(reply->body.ends_with("data: [DONE]\n\n"));
}

} // namespace
} // namespace exhibit::gateway
