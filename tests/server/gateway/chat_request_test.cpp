// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/chat_request.h"

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

http::Request request(std::string body, http::Headers headers = {})
{
    http::Request result;
    result.body = std::move(body);
    result.headers = std::move(headers);
    return result;
}

struct Rewrite {
    const char* body;
    std::optional<std::string> sent;
    bool askForUsage = false;
};

TEST(ChatRequest, removesOnlyOurOwnFields)
{
    const Rewrite cases[] = {
        {R"({"model":"m", "messages":[] , "metadata":{"a":1}})", std::nullopt},
        {R"({"model":"m","metadata":{}})", std::nullopt},
        {R"({"model":"m","metadata":null,"user":"stays"})", std::nullopt},
        {R"({"user_id":"u","model":"m"})", R"({"model":"m"})"},
        {R"({"model":"m","session_id":"s"})", R"({"model":"m"})"},
        {R"({"model":"m","user_id":null})", R"({"model":"m"})"},
        {R"({"model":"m","metadata":{"run_id":"r"},"n":2})", R"({"model":"m","n":2})"},
        {R"({"model":"m","metadata":{"run_id":"r","context":{},"user_id":"u","session_id":"s"}})",
         R"({"model":"m"})"},
        {R"({"metadata":{"run_id":"r","k":"v"},"model":"m"})",
         R"({"metadata":{"k":"v"},"model":"m"})"},
        {R"({"model":"m", "metadata": { "k" : 1.0 , "run_id" : "r" } ,"user_id":"u", "z":1})",
         R"({"model":"m", "metadata": { "k" : 1.0 }, "z":1})"},
        {R"({"model":"m","\u0075ser_id":"u"})", R"({"model":"m"})"},
        {R"({"model":"m","tools":[{"user_id":"inner"}]})", std::nullopt},
    };
    for (const auto& [body, sent, askForUsage] : cases) {
        const auto source = request(body);
        const auto chat = ChatRequest::read(source);
        ASSERT_TRUE(chat.has_value()) << body;
        EXPECT_EQ((*chat)->rewritten({}), sent) << body;
    }
}

TEST(ChatRequest, asksForUsageOnlyInStreamsThatDoNotYet)
{
    const Rewrite cases[] = {
        {R"({"model":"m","stream":true})",
         R"({"stream_options":{"include_usage":true},"model":"m","stream":true})"},
        {R"({"stream":true,"stream_options":{}})",
         R"({"stream":true,"stream_options":{"include_usage":true}})"},
        {R"({"stream":true,"stream_options":{"x":1}})",
         R"({"stream":true,"stream_options":{"include_usage":true,"x":1}})"},
        {R"({"stream":true,"stream_options":{"include_usage":false}})",
         R"({"stream":true,"stream_options":{"include_usage":true}})"},
        {R"({"stream":true,"stream_options":null})",
         R"({"stream":true,"stream_options":{"include_usage":true}})"},
        {R"({"stream":true,"stream_options":{"include_usage":true}})", std::nullopt},
        {R"({"stream":false})", std::nullopt},
        {R"({"user_id":"u","stream":true})",
         R"({"stream_options":{"include_usage":true},"stream":true})"},
    };
    for (const auto& [body, sent, askForUsage] : cases) {
        const auto source = request(body);
        const auto chat = ChatRequest::read(source);
        ASSERT_TRUE(chat.has_value()) << body;
        EXPECT_EQ((*chat)->rewritten({.replacements = {}, .askForUsage = true}), sent) << body;
    }
}

TEST(ChatRequest, findsEveryTextOfTheMessages)
{
    const auto source = request(
        R"({"model":"m","messages":[{"role":"system","content":"a"},{"role":"user","name":"bob","content":[)"
        R"({"type":"text","text":"b\u00e9"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},)"
        R"({"type":"image_url","image_url":{"url":"https://c"}},{"type":"input_audio","input_audio":{"data":"QUJD","format":"wav"}}]},)"
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
        R"({"role":"tool","tool_call_id":"t","content":"d"}]})");
    const auto chat = ChatRequest::read(source);
    ASSERT_TRUE(chat.has_value());
    std::string list;
    for (const auto& text : (*chat)->texts()) {
        list += text.name + "=" + std::string(text.text) + " ";
    }
    EXPECT_EQ(
        list,
        "messages/0/content=a messages/1/name=bob messages/1/content/0/text=b\xC3\xA9 "
        "messages/1/content/2/image_url/url=https://c "
        "messages/2/tool_calls/0/function/name=f messages/2/tool_calls/0/function/arguments={} "
        "messages/3/content=d ");
}

TEST(ChatRequest, putsPlaceholdersIntoTheDecodedText)
{
    const auto source = request(
        R"({"messages":[{"content":"h\u00e9 1234 \"x\" 5678"}, {"content":"9"}],"user_id":"u"})");
    const auto chat = ChatRequest::read(source);
    ASSERT_TRUE(chat.has_value());
    ChatRequest::Changes changes;
    changes.replacements = {{0, {4, 8, "[N]"}}, {0, {13, 17, "[\"]"}}, {1, {0, 1, ""}}};
    EXPECT_EQ(
        (*chat)->rewritten(changes),
        "{\"messages\":[{\"content\":\"h\xC3\xA9 [N] \\\"x\\\" [\\\"]\"}, {\"content\":\"\"}]}");
}

TEST(ChatRequest, prefersHeadersOverTheBody)
{
    const auto source = request(
        R"({"model":"m","stream":true,"user_id":"b","metadata":{"user_id":"c","session_id":"d","run_id":"e","channel":"chat","context":{"x":1}}})",
        {{"X-Exhibit-User-Id", "a"},
         {"x-exhibit-run-id", "h"},
         {"X-Exhibit-Context", R"({"y":null})"}});
    const auto chat = ChatRequest::read(source);
    ASSERT_TRUE(chat.has_value());
    EXPECT_EQ((*chat)->userId, "a");
    EXPECT_EQ((*chat)->sessionId, "d");
    EXPECT_EQ((*chat)->clientRunId, "h");
    EXPECT_EQ((*chat)->channel, "chat");
    EXPECT_EQ(printJson(*(*chat)->facts), R"({"y":null})");
    EXPECT_TRUE((*chat)->streaming);
}

TEST(ChatRequest, refusesOneByteOverItsLimits)
{
    const auto withRun = [](std::size_t bytes) {
        return R"({"metadata":{"run_id":")" + std::string(bytes, 'r') + "\"}}";
    };
    EXPECT_TRUE(ChatRequest::read(request(withRun(limits::kClientRunIdBytesMax))).has_value());
    EXPECT_FALSE(ChatRequest::read(request(withRun(limits::kClientRunIdBytesMax + 1))).has_value());
    const auto withModel
        = [](std::size_t bytes) { return R"({"model":")" + std::string(bytes, 'm') + "\"}"; };
    EXPECT_TRUE(ChatRequest::read(request(withModel(ChatRequest::kModelBytesMax))).has_value());
    const auto tooLong = ChatRequest::read(request(withModel(ChatRequest::kModelBytesMax + 1)));
    ASSERT_FALSE(tooLong.has_value());
    EXPECT_EQ(tooLong.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(tooLong.error().subject, "model");
    const auto withUser
        = [](std::size_t bytes) { return R"({"user_id":")" + std::string(bytes, 'u') + "\"}"; };
    EXPECT_TRUE(ChatRequest::read(request(withUser(limits::kUserIdBytesMax))).has_value());
    EXPECT_FALSE(ChatRequest::read(request(withUser(limits::kUserIdBytesMax + 1))).has_value());
    const auto withFacts = [](std::size_t bytes) {
        const std::string facts = "{\"f\":\"" + std::string(bytes - 8, 'f') + "\"}";
        return R"({"metadata":{"context":)" + facts + "}}";
    };
    EXPECT_TRUE(ChatRequest::read(request(withFacts(limits::kContextBytesMax))).has_value());
    EXPECT_FALSE(ChatRequest::read(request(withFacts(limits::kContextBytesMax + 1))).has_value());
}

} // namespace
} // namespace exhibit::gateway
