// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/stream_relay.h"

#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"

namespace exhibit::gateway {
namespace {

const std::string kBlockSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");

std::string tool(const std::string& arguments, int index = 1, const std::string& head = "")
{
    return event(delta("\"tool_calls\":[{\"index\":" + std::to_string(index) + head
                       + ",\"function\":{" + "\"arguments\":" + quoteJson(arguments) + "}}]"));
}

TEST(StreamRelay, passesEverythingAtOnceWhenNoPolicyApplies)
{
    auto guard = guardWith({});
    RelayRun run(*guard);
    for (const auto& piece : {text("a sk-abcdefgh"),
                              tool("{}"),
                              std::string(": ping\n\n"),
                              std::string("data: no json\n\n"),
                              finish(),
                              done()}) {
        EXPECT_EQ(run.feed(piece), piece);
    }
    EXPECT_EQ(run.feed("data: cut"), "");
    EXPECT_EQ(run.finish().released.substr(run.finish().released.size() - 9), "data: cut");
}

TEST(StreamRelay, holdsOnlyTheEventsThatMayStillMatch)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard);
    EXPECT_EQ(run.feed(text("The key ")), text("The key "));
    EXPECT_EQ(run.feed(text("is s")), "");
    EXPECT_EQ(run.feed(text("k-")), "");
    EXPECT_EQ(run.feed(text("12 ")), text("is s") + text("k-") + text("12 "));
    EXPECT_EQ(run.feed(finish()), finish());
}

TEST(StreamRelay, cutsTheTextBeforeTheMatchAndKeepsTheRest)
{
    auto guard = guardWith({kBlockSecret});
    const std::string stream
        = text("The key ") + text("is sk-ab") + text("cdef") + text("gh, ok?") + finish() + done();
    const auto relayed = relay(*guard, stream);
    ASSERT_TRUE(relayed.stopped);
    EXPECT_EQ(relayed.stop->channel, "choices/0/content");
    EXPECT_EQ(clientTexts(relayed.released).at("choices/0/content"), "The key is ");
    EXPECT_EQ(relayed.open, std::vector<std::int64_t>{0});
    EXPECT_EQ(relayed.withheld,
              text("is sk-ab") + text("cdef") + text("gh, ok?") + finish() + done());
    ASSERT_EQ(relayed.texts.size(), 1U);
    EXPECT_EQ(relayed.texts[0].released, "The key is ");
    EXPECT_EQ(relayed.texts[0].withheld, "sk-abcdefgh, ok?");
}

TEST(StreamRelay, findsMatchesWhereverTheyHide)
{
    const struct {
        const char* where;
        std::string stream;
        const char* channel;
    } cases[] = {
        {"the refusal",
         event(delta(R"("refusal":"sk-abcd")")) + event(delta(R"("refusal":"efgh")")),
         "choices/0/refusal"},
        {"reasoning",
         event(delta(R"("reasoning_content":"sk-abcdefgh")")),
         "choices/0/reasoning_content"},
        {"an unknown key", event(delta(R"("x":{"y":[{"z":"sk-abcdefgh"}]})")), "choices/0/x/y/0/z"},
        {"the second choice", text("fine", 0) + text("sk-abcdefgh", 1), "choices/1/content"},
        {"JSON escapes", event(delta(R"("content":"\u0073k\u002dabcdefgh")")), "choices/0/content"},
        {"a field of the choice itself",
         event(R"({"index":0,"delta":{},"note":"sk-abcdefgh"})"),
         "choices/0/~choice/note"},
        {"an id too long to be one",
         event(delta(R"("id":")" + std::string(130, 'x') + R"( sk-abcdefgh")")),
         "choices/0/id"},
        {"tool arguments",
         tool("{\"a\":\"sk-ab") + tool("cdefgh\"}"),
         "choices/0/tool_calls/1/function/arguments"},
        {"escapes within tool arguments",
         tool("{\"a\":[\"sk\\u002dab") + tool("cdefgh\"]}") + finish(),
         "choices/0/tool_calls/1/function/arguments/a/0"},
        {"escapes within the name of an argument",
         tool("{\"sk\\u002dab") + tool("cdefgh\":1}") + finish(),
         "choices/0/tool_calls/1/function/arguments/sk-abcdefgh/~name"},
        {"escapes within arguments that were cut",
         tool("{\"a\":\"sk\\u002dabcdefgh") + finish(0, "length"),
         "choices/0/tool_calls/1/function/arguments/~decoded"},
        {"escapes within a tool's free text",
         event(delta(
             R"("tool_calls":[{"index":0,"custom":{"name":"f","input":"run sk\\u002dabcdefgh"}}])")),
         "choices/0/tool_calls/0/custom/input/~decoded"},
        {"escapes within the older function call",
         event(
             delta(R"("function_call":{"name":"f","arguments":"{\"a\":\"sk\\u002dabcdefgh\"}"})")),
         "choices/0/function_call/arguments/a"},
        {"a tool's name",
         event(delta(R"("tool_calls":[{"index":0,"id":"x","function":{"name":"sk-abcdefgh"}}])")),
         "choices/0/tool_calls/0/function/name"},
        {"logprobs",
         event(
             R"({"index":0,"delta":{},"logprobs":{"content":[{"token":"sk-ab"},{"token":"cdefgh"}]}})"),
         "choices/0/~choice/logprobs/content/token"},
    };
    for (const auto& [where, stream, channel] : cases) {
        auto guard = guardWith({kBlockSecret});
        const auto relayed = relay(*guard, stream + finish() + done());
        ASSERT_TRUE(relayed.stopped) << where;
        EXPECT_EQ(relayed.stop->channel, channel);
        EXPECT_EQ(relayed.released.find("cdefgh"), std::string::npos) << where;
        EXPECT_EQ(relayed.released.find("sk"), std::string::npos) << where;
    }
}

TEST(StreamRelay, scansNoIdsEnumsAndAlternativeTokens)
{
    const std::string stream
        = event(delta(R"("role":"sk-abcdefgh","id":"sk-abcdefgh")"))
        + event(
              R"({"index":0,"delta":{},"logprobs":{"content":[{"token":"a","top_logprobs":[{"token":"sk-abcdefgh"}]}]}})")
        + finish() + done();
    auto guard = guardWith({kBlockSecret});
    EXPECT_EQ(relay(*guard, stream).released, stream);
}

TEST(StreamRelay, keepsChoicesFromDelayingEachOther)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard);
    EXPECT_EQ(run.feed(text("is sk", 0)), "");
    EXPECT_EQ(run.feed(text("other", 1)), text("other", 1));
    EXPECT_EQ(run.feed(finish(1)), finish(1));
    EXPECT_EQ(run.feed(event("", ",\"usage\":{\"prompt_tokens\":1}")), "") << "usage waits for all";
    EXPECT_EQ(run.feed(": ping\n\n"), ": ping\n\n");
    EXPECT_EQ(run.feed(event(delta(R"("refusal":"no")", 0))), event(delta(R"("refusal":"no")", 0)))
        << "another field";
    EXPECT_EQ(run.feed(text("y", 0)),
              text("is sk", 0) + event("", ",\"usage\":{\"prompt_tokens\":1}") + text("y", 0));
}

TEST(StreamRelay, makesTheEndOfAChoiceWaitForItsHeldEvents)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard);
    EXPECT_EQ(run.feed(text("ends with sk-")), "");
    EXPECT_EQ(run.feed(finish()), text("ends with sk-") + finish());
    EXPECT_EQ(run.feed(done()), done());
}

TEST(StreamRelay, holdsToolCallsUntilTheirChoiceEndsWhileTextPasses)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard);
    const std::string head = R"(,"id":"call_1","type":"function")";
    EXPECT_EQ(run.feed(tool("", 1, head)), "");
    EXPECT_EQ(run.feed(text("Let me look. ")), text("Let me look. "));
    EXPECT_EQ(run.feed(tool("{\"city\":")), "");
    EXPECT_EQ(run.feed(tool("\"Bergen\"}")), "");
    EXPECT_EQ(run.feed(finish(0, "tool_calls")),
              tool("", 1, head) + tool("{\"city\":") + tool("\"Bergen\"}")
                  + finish(0, "tool_calls"));
    const auto relayed = run.finish();
    ASSERT_EQ(relayed.toolCalls.size(), 1U);
    EXPECT_EQ(relayed.toolCalls[0].index, 1);
    EXPECT_EQ(relayed.toolCalls[0].arguments, "{\"city\":\"Bergen\"}");
    EXPECT_TRUE(relayed.toolCalls[0].released);
}

TEST(StreamRelay, keepsLongToolArgumentsWhole)
{
    std::string stream;
    for (int i = 0; i < 3000; ++i) {
        stream += tool(std::to_string(i) + " ");
    }
    stream += finish(0, "tool_calls") + done();
    auto guard = guardWith({kBlockSecret});
    EXPECT_EQ(relay(*guard, stream).released, stream);
}

TEST(StreamRelay, dropsAHeldToolCallAtAStop)
{
    auto guard = guardWith({kBlockSecret});
    const auto relayed = relay(
        *guard, tool("{\"a\":1}") + text("so sk-abcdefgh") + finish(0, "tool_calls") + done());
    ASSERT_TRUE(relayed.stopped);
    EXPECT_EQ(relayed.released.find("tool_calls"), std::string::npos);
    EXPECT_EQ(clientTexts(relayed.released).at("choices/0/content"), "so ");
    ASSERT_EQ(relayed.toolCalls.size(), 1U);
    EXPECT_FALSE(relayed.toolCalls[0].released);
}

TEST(StreamRelay, rewritesAnEventWithTheCutWithoutLogprobsAndFinishReason)
{
    const std::string choice
        = R"({"index":0,"delta":{"content":"x sk-abcdefgh","tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},)"
          R"("logprobs":{"content":[{"token":"q"}]},"finish_reason":"stop","extra":[1, 2]})";
    auto guard = guardWith({kBlockSecret});
    const auto relayed = relay(*guard, event(choice) + done());
    ASSERT_TRUE(relayed.stopped);
    EXPECT_EQ(
        relayed.released,
        event(
            R"({"index":0,"delta":{"content":"x "},"logprobs":null,"finish_reason":null,"extra":[1, 2]})"));
}

TEST(StreamRelay, neverPassesAnEndThatTheChoiceDidNotReach)
{
    // The match is confirmed only by the end of the text.
    auto guard = guardWith({patternPolicy("WORDS", "block", "secret\\b")});
    const auto relayed = relay(*guard, text("a ") + text("secret") + finish() + done());
    ASSERT_TRUE(relayed.stopped);
    EXPECT_EQ(relayed.released, text("a "));
    EXPECT_EQ(relayed.open, std::vector<std::int64_t>{0});
}

TEST(StreamRelay, stopsWhereTheStreamCannotBeUnderstood)
{
    const std::string cases[] = {
        "data: {\"choices\":[\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xFF\"}}]}\n\n",
        "data: 7\n\n",
        "data: {\"choices\":{}}\n\n",
        "data: {\"choices\":[\"sk-abcdefgh\"]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\",\"content\":\"b\"}}]}\n\n",
        "data: {\"choices\":[],\"choices\":[]}\n\n",
        "data: {\"choices\":[{\"index\":0},{\"index\":0}]}\n\n",
        "data: " + std::string(70, '[') + std::string(70, ']') + "\n\n",
        "data: {\"choices\":[",
    };
    for (const auto& stream : cases) {
        auto guard = guardWith({kBlockSecret});
        const auto relayed = relay(*guard, text("a") + stream);
        ASSERT_TRUE(relayed.stopped) << stream;
        EXPECT_EQ(relayed.stop->decision.result, domain::DecisionResult::Error);
        EXPECT_EQ(clientTexts(relayed.released).at("choices/0/content"), "a") << stream;
    }
}

TEST(StreamRelay, passesWhatItCannotReadWhenPoliciesAllowErrors)
{
    auto guard = guardWith({patternPolicy("WATCH", "warn", "sk-[a-z]{3}")});
    const std::string stream = text("a") + "data: {oops\n\n" + finish() + text("late") + done();
    const auto relayed = relay(*guard, stream);
    EXPECT_FALSE(relayed.stopped);
    EXPECT_EQ(relayed.released, stream);
    EXPECT_EQ(guard->finishOutput().decisions.at(0).result, domain::DecisionResult::Error);
}

TEST(StreamRelay, letsNothingOutBehindTheDoneEvent)
{
    auto guard = guardWith({kBlockSecret});
    const auto relayed = relay(*guard, text("a") + finish() + done() + text("sk-abcdefgh"));
    EXPECT_EQ(relayed.released, text("a") + finish() + done());
    EXPECT_EQ(relayed.withheld, text("sk-abcdefgh"));
}

TEST(StreamRelay, redactsWhileTheAnswerStreams)
{
    auto guard = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")});
    RelayRun run(*guard);
    EXPECT_EQ(run.feed(text("Your ")), text("Your "));
    EXPECT_EQ(run.feed(text("card 12")), "");
    EXPECT_EQ(run.feed(text("34")), "");
    EXPECT_EQ(run.feed(text("-5678 and ") + text("more")),
              text("card [GONE]") + text("") + text(" and ") + text("more"));
    EXPECT_EQ(run.feed(finish() + done()), finish() + done());
    const auto relayed = run.finish();
    EXPECT_EQ(relayed.withheld, text("card 12") + text("34") + text("-5678 and "));
    EXPECT_EQ(relayed.texts.at(0).released, "Your card [GONE] and more");
    EXPECT_EQ(relayed.texts.at(0).original, "Your card 1234-5678 and more");
    EXPECT_EQ(relayed.texts.at(0).withheld, "") << "all of it went out";
    EXPECT_EQ(relayed.texts.at(0).releasedBytes, 28);
    EXPECT_EQ(relayed.texts.at(0).withheldBytes, 0);
}

TEST(StreamRelay, aRewrittenEventHasNoLogprobsAndMayEndItsChoice)
{
    auto guard = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")});
    const auto relayed = relay(
        *guard,
        event(
            R"({"index":0,"delta":{"content":"1234-5678"},"logprobs":{"content":[{"token":"q"}]},"finish_reason":"stop"})")
            + done());
    EXPECT_EQ(
        relayed.released,
        event(R"({"index":0,"delta":{"content":"[GONE]"},"logprobs":null,"finish_reason":"stop"})")
            + done());
    EXPECT_TRUE(relayed.open.empty());
}

TEST(StreamRelay, redactsInsideToolArgumentsAndTheirEscapes)
{
    auto guard = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")});
    const auto relayed = relay(*guard,
                               tool(R"({"a":"1234-5678","b":"x 1234\u002d5678 y"})")
                                   + finish(0, "tool_calls") + done());
    EXPECT_EQ(clientTexts(relayed.released).at("choices/0/tool_calls/1/function/arguments"),
              R"({"a":"[GONE]","b":"x [GONE] y"})");
}

TEST(StreamRelay, redactsWhatAStopLeaves)
{
    auto guard = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}"), kBlockSecret});
    const auto relayed = relay(
        *guard, text("card 1234-") + text("5678, key ") + text("sk-abcdefgh") + finish() + done());
    ASSERT_TRUE(relayed.stopped);
    EXPECT_EQ(clientTexts(relayed.released).at("choices/0/content"), "card [GONE], key ");
}

TEST(StreamRelay, takesOutTheUsageChunkThatOnlyWeAskedFor)
{
    const std::string usage
        = event("", R"(,"usage":{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16})");
    auto guard = guardWith({});
    const std::string stream = text("a") + finish() + usage + done();
    const auto hidden = relay(*guard, stream, 1000, {.hideUsage = true});
    EXPECT_EQ(hidden.released, text("a") + finish() + done());
    EXPECT_EQ(hidden.withheld, usage);
    EXPECT_EQ(hidden.usage.promptTokens, 11);
    EXPECT_FALSE(hidden.usage.estimated);
    auto other = guardWith({});
    EXPECT_EQ(relay(*other, stream).released, stream);
}

TEST(StreamRelay, takesUsageFromUnusualChunks)
{
    for (const auto& stream :
         {event(delta("", 0, "\"stop\""), R"(,"usage":{"prompt_tokens":3,"completion_tokens":4})"),
          event(R"({"index":0,"delta":{},"usage":{"prompt_tokens":3,"completion_tokens":4}})"),
          event("", R"(,"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":4}})")}) {
        auto guard = guardWith({});
        EXPECT_EQ(relay(*guard, stream).usage.total(), 7) << stream;
    }
}

TEST(StreamRelay, refusesAnEventOverTheLimit)
{
    auto guard = guardWith({});
    UsageMeter meter(nullptr, {}, 0);
    StreamRelay relay(*guard, meter, {});
    const auto fed = relay.feed("data: " + std::string(limits::kSseEventBytesMax, 'x'));
    ASSERT_FALSE(fed.has_value());
    EXPECT_EQ(fed.error().code, ErrorCode::TooLarge);
}

TEST(StreamRelay, anEventOverTheLimitIsAnErrorOfThePoliciesThatWouldHaveReadIt)
{
    for (const auto* mode : {"block", "warn"}) {
        auto guard = guardWith({patternPolicy("SECRETS", mode, "sk-[a-z0-9]{8}")});
        UsageMeter meter(nullptr, {}, 0);
        StreamRelay relay(*guard, meter, {});
        const bool understood
            = relay.feed("data: " + std::string(limits::kSseEventBytesMax, 'x')).has_value();
        EXPECT_EQ(understood, relay.stopped()) << mode;
        EXPECT_EQ(relay.stopped(), std::string_view(mode) == "block");
        EXPECT_EQ(guard->finishOutput().decisions.at(0).result, domain::DecisionResult::Error);
    }
}

TEST(StreamRelay, passesPaddingMissingUsageAndEmptyArguments)
{
    auto guard = guardWith({kBlockSecret});
    const std::string stream = event(delta(R"("content":"Hi")"), R"(,"obfuscation":"a8Xk2")")
        + tool("", 1, R"(,"id":"call_1","type":"function")") + finish(0, "tool_calls") + done();
    EXPECT_EQ(relay(*guard, stream).released, stream);
}

} // namespace
} // namespace exhibit::gateway
