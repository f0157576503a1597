// SPDX-License-Identifier: Apache-2.0
// The relay over Anthropic's messages, as far as that differs from chat completions.
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/message_events.h"
#include "tests/server/gateway/relayed_stream.h"

namespace exhibit::gateway::messages {
namespace {

const std::string kBlockSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");
const std::string kRedactSecret = patternPolicy("SECRETS", "redact", "sk-[a-z0-9]{8}");

StreamRelay::Options options()
{
    return {.surface = messagesSurface()};
}

Relayed relayed(prevention::CallGuard& guard, const std::string& stream, std::size_t piece = 1000)
{
    return relay(guard, stream, piece, options());
}

std::map<std::string, std::string> textsOf(const std::string& stream)
{
    return clientTexts(stream, messagesSurface());
}

const std::string kPlain = start() + textStart() + ping() + text("Hello ") + text("there, s")
    + text("k-not") + blockStop() + toolStart(1, "get_weather") + input("") + input("{\"ci")
    + input("ty\": \"Bergen\"}") + blockStop(1) + end("tool_use") + stop();

TEST(MessagesStream, passesUnchangedForEverySplit)
{
    for (const std::size_t piece : {1U, 2U, 7U, 50U, 10000U}) {
        auto guard = guardWith({kBlockSecret});
        const auto result = relayed(*guard, kPlain, piece);
        EXPECT_FALSE(result.stopped);
        EXPECT_EQ(textsOf(result.released), textsOf(kPlain));
        EXPECT_EQ(sortedEvents(result.released), sortedEvents(kPlain));
    }
    auto open = guardWith({});
    EXPECT_EQ(relayed(*open, kPlain, 3).released, kPlain);
}

TEST(MessagesStream, holdsOnlyWhatMayStillMatchAndKeepsTheOrder)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard, options());
    EXPECT_EQ(run.feed(start() + textStart()), start() + textStart());
    EXPECT_EQ(run.feed(text("The key is s")), "");
    EXPECT_EQ(run.feed(text("k-12")), "");
    EXPECT_EQ(run.feed(ping()), ping()) << "a sign of life waits for nothing";
    EXPECT_EQ(run.feed(blockStop()), "") << "the next block may go on with it";
    EXPECT_EQ(run.feed(end()), "");
    EXPECT_EQ(run.feed(stop()), text("The key is s") + text("k-12") + blockStop() + end() + stop());
}

TEST(MessagesStream, aTextThatNothingCanGoOnWithIsOutWithItsBlock)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard, options());
    const auto block = start() + textStart() + text("The key is not here.") + blockStop();
    EXPECT_EQ(run.feed(block), block);
    const auto half = textStart(1) + text("sk-ab", 1) + blockStop(1);
    EXPECT_EQ(run.feed(half), textStart(1));
    const auto tool = toolStart(2, "now") + blockStop(2);
    EXPECT_EQ(run.feed(tool), "") << "a call between two texts does not part them";
    const auto rest = textStart(3) + text(".", 3);
    EXPECT_EQ(run.feed(rest), text("sk-ab", 1) + blockStop(1) + tool + rest);
}

TEST(MessagesStream, cutsTheTextBeforeTheMatch)
{
    for (const std::size_t piece : {1U, 9U, 10000U}) {
        auto guard = guardWith({kBlockSecret});
        const auto result = relayed(*guard,
                                    start() + textStart() + text("The key is sk-ab")
                                        + text("cdefgh, ok?") + blockStop() + end() + stop(),
                                    piece);
        ASSERT_TRUE(result.stopped);
        EXPECT_EQ(result.stop->channel, "content/0/text");
        EXPECT_EQ(result.released, start() + textStart() + text("The key is "));
        EXPECT_EQ(result.open, std::vector<std::int64_t>{0});
    }
}

TEST(MessagesStream, findsMatchesWhereverTheyHide)
{
    const std::string citation = delta(
        0, R"("type":"citations_delta","citation":{"type":"x","cited_text":"see sk-abcdefgh"})");
    for (const auto& stream : {
             textStart() + text("sk-") + text("abcdefgh"),
             blockStart(0, R"("type":"thinking","thinking":"")") + thinking("\\u0073k-abc")
                 + thinking("sk-abc") + thinking("defgh"),
             toolStart(0, "f") + input("{\"a\":\"\\u0073k-abc", 0) + input("defgh\"}", 0),
             toolStart(0, "sk-abcdefgh"),
             textStart() + citation,
             blockStart(0, R"("type":"x","content":[{"title":"sk-abcdefgh"}])"),
             event("error", R"(,"error":{"type":"t","message":"sk-abcdefgh"})"),
             // Kinds that do not exist yet.
             delta(0, R"("type":"sung_delta","song":"sk-abc")")
                 + delta(0, R"("type":"sung_delta","song":"defgh")"),
             event("content_block_sung", R"(,"song":"sk-abc")")
                 + event("content_block_sung", R"(,"song":"defgh")"),
             std::string("event: sk-abcdefgh\ndata: {\"type\":\"ping\"}\n\n"),
         }) {
        auto guard = guardWith({kBlockSecret});
        const auto result = relayed(*guard, start() + stream + blockStop() + end() + stop());
        EXPECT_TRUE(result.stopped) << stream;
        EXPECT_EQ(result.released.find("defgh"), std::string::npos) << result.released;
    }
}

TEST(MessagesStream, redactsAcrossDeltasAndKeepsTheEventsNames)
{
    auto guard = guardWith({kRedactSecret});
    const auto result = relayed(*guard,
                                start() + textStart() + text("Key sk-ab") + text("cdefgh!")
                                    + blockStop() + end() + stop());
    EXPECT_FALSE(result.stopped);
    EXPECT_EQ(result.released,
              start() + textStart() + text("Key [GONE]") + text("!") + blockStop() + end()
                  + stop());
}

TEST(MessagesStream, holdsAToolCallUntilItsArgumentsClose)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard, options());
    run.feed(start() + textStart() + text("Let me look.") + blockStop());
    const auto call = toolStart(1, "get_weather") + input("{\"city\":") + input("\"Bergen\"");
    EXPECT_EQ(run.feed(call), "");
    EXPECT_EQ(run.feed(input("}")), call + input("}")) << "closed, judged, out";
    EXPECT_EQ(run.feed(blockStop(1)), blockStop(1));
    // Without arguments the block's end says so.
    EXPECT_EQ(run.feed(toolStart(2, "now")), "");
    EXPECT_EQ(run.feed(blockStop(2)), toolStart(2, "now") + blockStop(2));
}

TEST(MessagesStream, aForbiddenToolNeverLeaves)
{
    auto guard = guardWith({R"({"policy_id":"TOOLS","version":1,"title":"t","category":"tools",
        "severity":"high","stage":["tool_call"],"mode":"block",
        "rule":{"type":"tool","deny":["delete_*"]}})"});
    const auto result
        = relayed(*guard,
                  start() + textStart() + text("Sure.") + blockStop() + toolStart(1, "delete_all")
                      + input("{\"a\":1}") + blockStop(1) + end("tool_use") + stop());
    ASSERT_TRUE(result.stopped);
    EXPECT_EQ(result.released, start() + textStart() + text("Sure.") + blockStop());
    EXPECT_TRUE(result.open.empty()) << "its block never began for the client";
    ASSERT_EQ(result.toolCalls.size(), 1U);
    EXPECT_EQ(result.toolCalls[0].name, "delete_all");
    EXPECT_EQ(result.toolCalls[0].arguments, "{\"a\":1}");
    EXPECT_FALSE(result.toolCalls[0].released);
}

TEST(MessagesStream, usageIsSplitOverTheEvents)
{
    auto guard = guardWith({});
    RelayRun run(*guard, options());
    run.feed(start(25) + textStart() + text("Some words that are not counted yet"));
    const auto usage = run.finish().usage;
    EXPECT_EQ(usage.promptTokens, 35) << "what is cached comes beside the rest";
    EXPECT_EQ(usage.cachedTokens, 10);
    EXPECT_EQ(usage.cacheWriteTokens, std::nullopt);
    EXPECT_GT(usage.completionTokens, 1) << "an estimate until the provider says it";
    EXPECT_TRUE(usage.estimated);

    auto whole = guardWith({});
    const auto done
        = relayed(*whole, start(25) + textStart() + text("Hi") + blockStop() + end() + stop());
    EXPECT_EQ(done.usage.promptTokens, 35);
    EXPECT_EQ(done.usage.completionTokens, 15);
    EXPECT_FALSE(done.usage.estimated);
}

TEST(MessagesStream, whatItsReadersMayUnderstandDifferentlyIsUnreadable)
{
    for (const auto& strange : {
             event("content_block_delta",
                   R"(,"index":"0","delta":{"type":"text_delta","text":"a"})"),
             event("content_block_delta", R"(,"delta":{"type":"text_delta","text":"a"})"),
             event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":7})"),
             event("content_block_delta", R"(,"index":0,"index":1,"delta":{})"),
             event("message_start", R"(,"message":{"content":[{"type":"text","text":"a"}]})"),
             std::string("event: ping\ndata: [1]\n\n"),
         }) {
        auto guard = guardWith({kBlockSecret});
        EXPECT_TRUE(relayed(*guard, start() + textStart() + strange).stopped) << strange;
    }
}

TEST(MessagesStream, nothingPassesBehindTheEnd)
{
    auto guard = guardWith({kBlockSecret});
    const auto result = relayed(*guard, kPlain + text("more"));
    EXPECT_EQ(result.released.find("more"), std::string::npos);
}

} // namespace
} // namespace exhibit::gateway::messages
