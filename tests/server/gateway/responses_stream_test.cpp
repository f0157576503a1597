// SPDX-License-Identifier: Apache-2.0
// The relay over the responses API, as far as that differs from chat completions.
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"
#include "tests/server/gateway/response_events.h"

namespace exhibit::gateway::responses {
namespace {

const std::string kBlockSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");
const std::string kRedactSecret = patternPolicy("SECRETS", "redact", "sk-[a-z0-9]{8}");

StreamRelay::Options options()
{
    return {.surface = responsesSurface()};
}

Relayed relayed(prevention::CallGuard& guard, const std::string& stream, std::size_t piece = 1000)
{
    return relay(guard, stream, piece, options());
}

/// A message that says `before` in the pieces given, and all that ends it.
std::string saying(const std::vector<std::string>& pieces)
{
    Stream s;
    std::string whole;
    std::string stream = s.created() + s.messageAdded();
    for (const auto& piece : pieces) {
        stream += s.text(piece);
        whole += piece;
    }
    return stream + s.textDone(whole) + s.itemDone(Stream::message(whole))
        + s.completed(Stream::message(whole));
}

/// With the first half of a character for each H, and the second one for each L.
std::string withHalves(std::string stream)
{
    for (const auto& [letter, half] : {std::pair("H", "\\ud83d"), {"L", "\\ude00"}}) {
        for (auto at = stream.find(letter); at != std::string::npos; at = stream.find(letter)) {
            stream.replace(at, 1, half);
        }
    }
    return stream;
}

std::string calling(const std::string& name, const std::vector<std::string>& pieces)
{
    Stream s;
    std::string whole;
    std::string stream = s.created() + s.callAdded(name);
    for (const auto& piece : pieces) {
        stream += s.arguments(piece);
        whole += piece;
    }
    return stream + s.argumentsDone(whole) + s.itemDone(Stream::call(name, whole))
        + s.completed(Stream::call(name, whole));
}

TEST(ResponsesStream, repeatsHalvesOfCharactersAsTheyCame)
{
    for (const auto& pieces : {std::vector<std::string>{"good day H"},
                               {"H"},
                               {"good H", "L day"},
                               {"HL", "H", "L", "H"}}) {
        auto guard = guardWith({kBlockSecret});
        const auto stream = withHalves(saying(pieces));
        const auto result = relayed(*guard, stream);
        EXPECT_FALSE(result.stopped) << stream;
        EXPECT_EQ(result.released, stream);
    }
    auto guard = guardWith({patternPolicy("FACE", "block", "\U0001F600x")});
    EXPECT_TRUE(relayed(*guard, withHalves(saying({"a H", "Lx"}))).stopped);
}

TEST(ResponsesStream, joinsWhatComesBesideANullResponse)
{
    const auto delta = [](const std::string& text) {
        return "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
               "\"response\":null,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,"
               "\"delta\":\""
            + text + "\"}\n\n";
    };
    Stream s;
    auto guard = guardWith({kBlockSecret});
    const auto result
        = relayed(*guard, s.created() + s.messageAdded() + delta("a sk-abcd") + delta("efgh b"));
    ASSERT_TRUE(result.stopped);
    EXPECT_EQ(result.released.find("a sk-abcd"), std::string::npos) << result.released;
}

TEST(ResponsesStream, cannotJudgePartsWithoutAnIndex)
{
    for (const std::string type :
         {"response.output_text.delta", "response.function_call_arguments.delta"}) {
        Stream s;
        auto guard = guardWith({kBlockSecret});
        const auto result = relayed(*guard,
                                    s.created() + "event: " + type + "\ndata: {\"type\":\"" + type
                                        + "\",\"delta\":\"x\"}\n\n");
        EXPECT_TRUE(result.stopped) << type;
    }
}

TEST(ResponsesStream, passesUnchangedForEverySplit)
{
    for (const auto& stream :
         {saying({"Hel", "lo s", "k-not"}), calling("f", {"{\"a\"", ":", "[1,\"x\\u0041\"]}"})}) {
        for (const std::size_t piece : {1U, 2U, 7U, 50U, 10000U}) {
            auto guard = guardWith({kBlockSecret});
            EXPECT_EQ(relayed(*guard, stream, piece).released, stream);
        }
        auto open = guardWith({});
        EXPECT_EQ(relayed(*open, stream, 3).released, stream);
    }
}

TEST(ResponsesStream, holdsOnlyWhatMayStillMatch)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard, options());
    Stream s;
    run.feed(s.created() + s.messageAdded());
    const auto first = s.text("The key is s");
    const auto second = s.text("k-12");
    EXPECT_EQ(run.feed(first), "");
    EXPECT_EQ(run.feed(second), "");
    const auto alive = std::string("event: keepalive\ndata: {\"type\":\"keepalive\"}\n\n");
    EXPECT_EQ(run.feed(alive), alive);
    const auto done = s.textDone("The key is sk-12");
    EXPECT_EQ(run.feed(done), "") << "another item may go on with it";
    const auto end = s.completed(Stream::message("The key is sk-12"));
    EXPECT_EQ(run.feed(end), first + second + done + end);
}

TEST(ResponsesStream, cutsTheTextBeforeTheMatchAndRepeatsNoneOfIt)
{
    Stream s;
    const auto begun = s.created() + s.messageAdded() + s.text("The key is ");
    for (const std::size_t piece : {1U, 9U, 10000U}) {
        auto guard = guardWith({kBlockSecret});
        const auto result = relayed(*guard, saying({"The key is sk-ab", "cdefgh, ok?"}), piece);
        ASSERT_TRUE(result.stopped);
        EXPECT_EQ(result.stop->channel, "output/0/content/0/text");
        EXPECT_EQ(result.released, begun);
        EXPECT_EQ(result.open, std::vector<std::int64_t>{0});
    }
}

TEST(ResponsesStream, redactsTheRepetitionsToo)
{
    auto guard = guardWith({kRedactSecret});
    const auto result = relayed(*guard, saying({"Key sk-ab", "cdefgh", "!"}));
    EXPECT_FALSE(result.stopped);
    Stream s;
    EXPECT_EQ(result.released,
              s.created() + s.messageAdded() + s.text("Key [GONE]") + s.text("") + s.text("!")
                  + s.textDone("Key [GONE]!") + s.itemDone(Stream::message("Key [GONE]!"))
                  + s.completed(Stream::message("Key [GONE]!")));
    ASSERT_EQ(result.texts.size(), 1U);
    EXPECT_EQ(result.texts[0].released, "Key [GONE]!");
    EXPECT_EQ(result.texts[0].original, "Key sk-abcdefgh!");
}

TEST(ResponsesStream, findsMatchesWhereverTheyHide)
{
    Stream s;
    const std::vector<std::string> streams{
        s.text("sk-") + s.text("abcdefgh"),
        s.delta("refusal", "sk-abc") + s.delta("refusal", "defgh"),
        s.delta("reasoning_text", "sk-abc") + s.delta("reasoning_text", "defgh"),
        s.delta("reasoning_summary_text", "sk-abc") + s.delta("reasoning_summary_text", "defgh"),
        s.delta("code_interpreter_call_code", "sk-abc")
            + s.delta("code_interpreter_call_code", "defgh"),
        s.delta("custom_tool_call_input", "sk-abc") + s.delta("custom_tool_call_input", "defgh"),
        s.callAdded("f") + s.arguments("{\"a\":\"\\u0073k-abc") + s.arguments("defgh\"}"),
        s.callAdded("sk-abcdefgh"),
        // Kinds that do not exist yet.
        s.delta("hologram", "sk-abc") + s.delta("hologram", "defgh"),
        s.event("response.somewhat", R"(,"said":"sk-abc")")
            + s.event("response.somewhat", R"(,"said":"defgh")"),
        // Only the repetition says it.
        s.text("nothing") + s.textDone("sk-abcdefgh"),
        s.text("nothing") + s.itemDone(Stream::message("sk-abcdefgh")),
        s.completed(Stream::message("sk-abcdefgh")),
        s.itemDone(R"({"type":"web_search_call","action":{"query":"sk-abcdefgh"}})"),
        s.event("response.output_text.annotation.added",
                R"(,"output_index":0,"content_index":0,"annotation":{"title":"sk-abcdefgh"}})"),
        s.event("response.output_text.delta",
                R"(,"output_index":0,"content_index":0,"delta":"","logprobs":)"
                R"([{"token":"sk-abc"},{"token":"defgh"}])"),
        s.event("error", R"(,"message":"sk-abcdefgh")"),
    };
    for (const auto& stream : streams) {
        auto guard = guardWith({kBlockSecret});
        Stream start;
        const auto result = relayed(*guard, start.created() + start.messageAdded() + stream);
        EXPECT_TRUE(result.stopped) << stream;
        EXPECT_EQ(result.released.find("defgh\""), std::string::npos) << result.released;
    }
}

TEST(ResponsesStream, theClientsOwnWordsAreNoAnswer)
{
    // `instructions` holds the secret in every event with the whole response.
    auto guard = guardWith({kBlockSecret});
    EXPECT_FALSE(relayed(*guard, saying({"Hello"})).stopped);
}

TEST(ResponsesStream, holdsAToolCallUntilItsArgumentsClose)
{
    auto guard = guardWith({kBlockSecret});
    RelayRun run(*guard, options());
    Stream s;
    run.feed(s.created());
    const auto call = s.callAdded("f") + s.arguments("{\"a\":");
    const auto close = s.arguments("1}");
    EXPECT_EQ(run.feed(call), "");
    EXPECT_EQ(run.feed(close), call + close);
    const auto done = s.argumentsDone("{\"a\":1}") + s.itemDone(Stream::call("f", "{\"a\":1}"));
    EXPECT_EQ(run.feed(done), done);
}

TEST(ResponsesStream, aForbiddenToolNeverLeaves)
{
    const std::string policy = R"({"policy_id":"TOOLS","version":1,"title":"t","category":"tools",
        "severity":"high","stage":["tool_call"],"mode":"block",
        "rule":{"type":"tool","deny":["delete_*","local_shell_call"]}})";
    Stream s;
    const auto begun = s.created();
    auto guard = guardWith({policy});
    const auto result = relayed(*guard, calling("delete_all", {"{}"}));
    ASSERT_TRUE(result.stopped);
    EXPECT_EQ(result.released, begun);
    ASSERT_EQ(result.toolCalls.size(), 1U);
    EXPECT_EQ(result.toolCalls[0].name, "delete_all");
    // A call of a kind without a name goes by its kind.
    auto other = guardWith({policy});
    const auto shell = R"({"id":"x","type":"local_shell_call","action":{"command":["rm"]}})";
    EXPECT_TRUE(relayed(*other, begun + s.itemDone(shell)).stopped);
}

TEST(ResponsesStream, aCallThatIsRepeatedInOtherWordsIsUnreadable)
{
    auto guard = guardWith({kBlockSecret});
    Stream s;
    const auto result = relayed(*guard,
                                s.created() + s.callAdded("f") + s.arguments("{\"a\":1}")
                                    + s.argumentsDone("{\"a\":2}"));
    ASSERT_TRUE(result.stopped);
    EXPECT_EQ(result.released.find("\"a\\\":2"), std::string::npos);
}

TEST(ResponsesStream, takesTheUsageOfTheWholeResponse)
{
    auto guard = guardWith({});
    const auto usage = relayed(*guard, saying({"Hi"})).usage;
    EXPECT_EQ(usage.promptTokens, 9);
    EXPECT_EQ(usage.cachedTokens, 3);
    EXPECT_EQ(usage.completionTokens, 5);
    EXPECT_EQ(usage.reasoningTokens, 2);
}

TEST(ResponsesStream, anEndOfOtherApisPassesBehindTheLastEvent)
{
    auto guard = guardWith({kBlockSecret});
    const auto stream = saying({"Hi"}) + done();
    EXPECT_EQ(relayed(*guard, stream).released, stream);
}

TEST(ResponsesStream, whatItsReadersMayUnderstandDifferentlyIsUnreadable)
{
    Stream s;
    for (const auto& strange :
         {s.event("response.output_text.delta", R"(,"output_index":"0","delta":"a")"),
          s.event("response.output_text.delta", R"(,"output_index":0,"delta":"a")"),
          s.event("response.output_text.delta", R"(,"output_index":0,"content_index":0,"delta":7)"),
          s.event("response.output_text.delta", R"(,"type":"x","output_index":0)"),
          s.itemDone("[]")}) {
        auto guard = guardWith({kBlockSecret});
        EXPECT_TRUE(relayed(*guard, strange).stopped) << strange;
    }
}

} // namespace
} // namespace exhibit::gateway::responses
