// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/request_texts.h"

#include "server/gateway/chat_request.h"
#include "server/gateway/known_names.h"
#include "tests/server/gateway/guard_builder.h"

namespace exhibit::gateway {
namespace {

struct Judged {
    std::optional<prevention::Stop> stop;
    std::string sent; ///< The body as the provider gets it.
};

Judged judged(const std::string& mode, const std::string& pattern, const std::string& body)
{
    http::Request request;
    request.body = body;
    const auto chat = ChatRequest::read(request);
    EXPECT_TRUE(chat.has_value()) << body;
    const auto guard = guardWith({patternPolicy("INPUT", mode, pattern, "input")});
    auto verdict = guard->judgeInput((*chat)->texts());
    const ChatRequest::Changes changes{std::move(verdict.replacements), false};
    return {verdict.stop, (*chat)->rewritten(changes).value_or(body)};
}

TEST(RequestTexts, areAllThatTheProviderReads)
{
    const std::pair<std::string, std::string> cases[] = {
        {R"({"messages":[{"content":"\u0069gnore previous"}]})", "messages/0/content"},
        {R"({"messages":"ignore previous"})", "messages"},
        {R"({"prompt":"ignore previous"})", "prompt"},
        {R"({"prompt":["a","ignore previous"]})", "prompt/1"},
        {R"({"tools":[{"function":{"name":"f","description":"ignore previous"}}]})",
         "tools/0/function/description"},
        {R"({"tools":[{"function":{"parameters":{"properties":{"ignore previous":{}}}}}]})",
         "tools/0/function/parameters/properties/ignore previous/~name"},
        {R"({"messages":[{"content":[{"type":"text","text":"ignore "},{"type":"text","text":"previous"}]}]})",
         "messages/0/content"},
        {R"({"messages":[{"tool_calls":[{"function":{"arguments":"{\"q\":\"\\u0069gnore previous\"}"}}]}]})",
         "messages/0/tool_calls/0/function/arguments/q"},
        {R"({"messages":[{"function_call":{"arguments":"{\"\\u0069gnore previous\":1}"}}]})",
         "messages/0/function_call/arguments/ignore previous/~name"},
        {R"({"messages":[{"content":"x","id":"ignore previous"}]})", "messages/0/id"},
        {R"({"messages":[{"content":[{"input_audio":{"data":"QQ==","format":"ignore previous"}}]}]})",
         "messages/0/content/0/input_audio/format"},
        {R"({"messages":[{"content":[{"input_audio":{"data":"ignore previous"}}]}]})",
         "messages/0/content/0/input_audio/data"},
        {R"({"messages":[{"content":[{"image_url":{"url":"data:image/png;base64,ignore previous"}}]}]})",
         "messages/0/content/0/image_url/url"},
        {R"({"messages":[{"content":{"ignore previous":1}}]})",
         "messages/0/content/ignore previous/~name"},
        {R"({"messages":[{"content":{"\u0069gnore previous":1}}]})",
         "messages/0/content/ignore previous/~name"},
        {R"({"messages":[{"content":[{"source":{"type":"text","data":"ignore\u0020previous"}}]}]})",
         "messages/0/content/0/source/data"},
        {R"({"messages":[{"content":[{"input_audio":{"data":"ignore\u0020previous"}}]}]})",
         "messages/0/content/0/input_audio/data"},
        {R"({"messages":[],"response_format":{"json_schema":{"description":"ignore previous"}}})",
         "response_format/json_schema/description"},
    };
    for (const auto& [body, channel] : cases) {
        const auto result = judged("block", "ignore previous", body);
        ASSERT_TRUE(result.stop.has_value()) << body;
        EXPECT_EQ(result.stop->channel, channel);
    }
}

TEST(RequestTexts, areNoIdsMediaAndFieldsOfOurs)
{
    for (const std::string body :
         {R"({"model":"gpt-4o","messages":[{"role":"user","id":"msg_1"}]})",
          R"({"messages":[{"content":[{"image_url":{"url":"data:image/png;base64,QUJD\/+=="}}]}]})",
          R"({"messages":[{"content":[{"input_audio":{"data":"QUJD","format":"wav"}}]}]})",
          R"({"messages":[],"user_id":"u","metadata":{"run_id":"r","context":{"a b":"c d"}}})",
          R"({"stream_options":{"a b":"c d"},"stream":true})"}) {
        http::Request request;
        request.body = body;
        EXPECT_TRUE((*ChatRequest::read(request))->texts().empty()) << body;
    }
}

TEST(RequestTexts, anIdOneByteTooLongIsAText)
{
    EXPECT_TRUE(hasIdForm(std::string(128, 'a')));
    EXPECT_FALSE(hasIdForm(std::string(129, 'a')));
    EXPECT_FALSE(hasIdForm("a b"));
    EXPECT_FALSE(hasIdForm("a@b"));
    const auto body = [](std::size_t bytes) {
        return R"({"messages":[{"id":")" + std::string(bytes - 6, 'x') + "secret\"}]}";
    };
    EXPECT_FALSE(judged("block", "secret", body(128)).stop.has_value());
    EXPECT_TRUE(judged("block", "secret", body(129)).stop.has_value());
}

TEST(RequestTexts, cannotBeTokenNumbersWhereAPolicyHasToReadThem)
{
    for (const auto* body : {R"({"input":[1,2]})",
                             R"({"prompt":[[1],[2,3]]})",
                             R"({"input":["plain",[5]]})",
                             R"({"prompt":["plain",7]})"}) {
        const auto blocked = judged("block", "secret", body);
        ASSERT_TRUE(blocked.stop.has_value()) << body;
        EXPECT_EQ(blocked.stop->decision.result, domain::DecisionResult::Error);
        EXPECT_FALSE(judged("monitor", "secret", body).stop.has_value())
            << "its on_error lets it pass";
    }
    for (const auto* body : {R"({"input":["plain"]})",
                             R"({"input":[]})",
                             R"({"input":[{"n":[1]}]})",
                             R"({"input":7,"seed":[1]})"}) {
        EXPECT_FALSE(judged("block", "secret", body).stop.has_value()) << body;
    }
    const auto both = judged("block", "secret", R"({"input":["secret",[5]]})");
    EXPECT_EQ(both.stop->decision.result, domain::DecisionResult::Block)
        << "what was found counts more than what was not readable";
    http::Request request;
    request.body = R"({"input":[[1,2],[3]]})";
    EXPECT_EQ((*ChatRequest::read(request))->textBytes(), 12U) << "tokens are paid for";
}

TEST(RequestTexts, areRedactedWhereTheyStand)
{
    const std::pair<std::string, std::string> cases[] = {
        {R"({"prompt":"a 1111-2222 b"})", R"({"prompt":"a [GONE] b"})"},
        {R"({"messages":[{"content":{"1111-2222":1}}]})",
         R"({"messages":[{"content":{"[GONE]":1}}]})"},
        {R"({"messages":[{"content":[{"text":"a 1111"},{"text":"-2222 b"}]}]})",
         R"({"messages":[{"content":[{"text":"a [GONE]"},{"text":" b"}]}]})"},
        {R"({"messages":[{"content":[{"text":"a 1111-2222"},{"text":"b"}]}]})",
         R"({"messages":[{"content":[{"text":"a [GONE]"},{"text":"b"}]}]})"},
        {R"({"messages":[{"function_call":{"arguments":"{\"q\":\"\\u0031111-2222\",\"n\":\"3333-4444\"}"}}]})",
         R"({"messages":[{"function_call":{"arguments":"{\"q\":\"[GONE]\",\"n\":\"[GONE]\"}"}}]})"},
        {R"({"user_id":"u","metadata":{"run_id":"r","of":"1111-2222"}})",
         R"({"metadata":{"of":"[GONE]"}})"},
    };
    for (const auto& [body, sent] : cases) {
        EXPECT_EQ(judged("redact", "[0-9]{4}-[0-9]{4}", body).sent, sent);
    }
}

TEST(RequestTexts, countEachStringOnce)
{
    http::Request request;
    request.body
        = R"({"messages":[{"content":[{"text":"ab"},{"text":"cd"}],"x":{"arguments":"{\"a\":\"\\n\"}"}}]})";
    EXPECT_EQ((*ChatRequest::read(request))->textBytes(), 4 + 10U);
}

} // namespace
} // namespace exhibit::gateway
