// SPDX-License-Identifier: Apache-2.0
// What a stream carries beside the texts of its choices is judged like them.
#include "server/gateway/stream_relay.h"

#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"

namespace exhibit::gateway {
namespace {

const std::string kBlockSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");

TEST(StreamRelay, judgesLinesThatAreNoData)
{
    for (const std::string line :
         {": sk-abcdefgh", "event: sk-abcdefgh", "id: sk-abcdefgh", ": a\nretry: sk-abcdefgh"}) {
        for (const auto& rest : {std::string("\n\n"), "\n" + text("b")}) {
            auto guard = guardWith({kBlockSecret});
            const auto relayed = relay(*guard, text("a") + line + rest + finish() + done());
            ASSERT_TRUE(relayed.stopped) << line;
            EXPECT_EQ(relayed.stop->channel, "events/1");
            EXPECT_EQ(relayed.stop->decision.result, domain::DecisionResult::Block);
            EXPECT_EQ(relayed.released, text("a"));
            EXPECT_EQ(relayed.withheld, line + rest + finish() + done());
        }
    }
    const std::string clean = ": OPENROUTER PROCESSING\n\nevent: message\nid: 1\nretry: 3\n"
        + text("a") + ":\n\n" + finish() + done() + ": bye\n\n";
    auto guard = guardWith({kBlockSecret});
    EXPECT_EQ(relay(*guard, clean).released, clean);
}

TEST(StreamRelay, leavesOutLinesThatWouldHaveToBeRedacted)
{
    auto guard = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")});
    const auto relayed = relay(*guard,
                               ": 1111-2222\n\n: 3333-4444\n" + text("a") + "id: 5555-6666\n"
                                   + done() + ": 7777-8888\n\n");
    EXPECT_FALSE(relayed.stopped);
    EXPECT_EQ(relayed.released, text("a") + done());
    EXPECT_EQ(guard->finishOutput().decisions.at(0).result, domain::DecisionResult::Redact);
}

TEST(StreamRelay, takesNoBodyWithoutEventsForAStream)
{
    const std::string body
        = R"({"choices":[{"index":0,"message":{"content":"x sk-abcdefgh y"},"finish_reason":"stop"}]})";
    for (const std::string end : {"", "\n", "\n\n"}) {
        auto guard = guardWith({kBlockSecret});
        const auto relayed = relay(*guard, body + end);
        ASSERT_TRUE(relayed.stopped);
        EXPECT_EQ(relayed.stop->decision.result, domain::DecisionResult::Error);
        EXPECT_EQ(relayed.released, "");
    }
    // Where policies let errors pass, what they can see is judged all the same.
    auto redacting = guardWith({patternPolicy("SECRETS", "redact", "sk-[a-z0-9]{8}")});
    EXPECT_EQ(relay(*redacting, body + "\n\n").released, "");
    auto open = guardWith({});
    EXPECT_EQ(relay(*open, body + "\n\n").released, body + "\n\n");
}

TEST(StreamRelay, judgesStringsThatBelongToNoChoice)
{
    const struct {
        std::string data;
        const char* channel;
    } cases[] = {
        {R"({"choices":[],"output":"a sk-abcdefgh"})", "events/1/output"},
        {R"({"error":{"message":"a \u0073k-abcdefgh","code":null}})", "events/1/error/message"},
        {R"({"choices":[{"index":0,"delta":{"content":"b"}}],"x":[{"y":"sk-abcdefgh"}]})",
         "events/1/x/0/y"},
        {R"({"choices":[],"model":"sk-abcdefgh )" + std::string(130, 'x') + "\"}",
         "events/1/model"},
    };
    for (const auto& [data, channel] : cases) {
        auto guard = guardWith({kBlockSecret});
        const auto relayed = relay(*guard, text("a") + "data: " + data + "\n\n" + done());
        ASSERT_TRUE(relayed.stopped) << data;
        EXPECT_EQ(relayed.stop->channel, channel);
        EXPECT_EQ(relayed.released.find("bcdefgh"), std::string::npos) << relayed.released;
    }
}

TEST(StreamRelay, redactsStringsThatBelongToNoChoice)
{
    auto guard = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")});
    const auto relayed = relay(
        *guard,
        text("a") + "data: {\"error\":{\"message\":\"of 1111-2222\", \"code\":7}}\n\n" + done());
    EXPECT_EQ(relayed.released,
              text("a") + "data: {\"error\":{\"message\":\"of [GONE]\", \"code\":7}}\n\n" + done());
}

TEST(StreamRelay, doesNotVouchForTextsWithoutChoices)
{
    for (const std::string data :
         {R"({"output":"half"})", R"({"choices":null,"delta":{"text":"a"}})"}) {
        auto guard = guardWith({kBlockSecret});
        const auto relayed = relay(*guard, "data: " + data + "\n\n");
        ASSERT_TRUE(relayed.stopped) << data;
        EXPECT_EQ(relayed.stop->decision.result, domain::DecisionResult::Error);
        EXPECT_EQ(relayed.released, "");
    }
    const std::string fine
        = "data: {\"id\":\"c\",\"model\":\"m\",\"usage\":{\"prompt_tokens\":1}}\n\n"
          "data: {\"error\":{\"message\":\"overloaded\",\"code\":null}}\n\n";
    auto guard = guardWith({kBlockSecret});
    EXPECT_EQ(relay(*guard, fine).released, fine);
}

TEST(StreamRelay, readsNoIndexThatIsNoPlainNumber)
{
    for (const std::string index : {"1.0", "-1", "\"1\"", "null", "1e0", "01", "1234567890"}) {
        const std::string choice = R"({"index":)" + index + R"(,"delta":{"content":"x"}})";
        const std::string call
            = delta(R"("tool_calls":[{"index":)" + index + R"(,"function":{"arguments":"x"}}])");
        for (const auto& choices : {choice, call}) {
            auto guard = guardWith({kBlockSecret});
            const auto relayed = relay(*guard, text("a") + event(choices));
            ASSERT_TRUE(relayed.stopped) << choices;
            EXPECT_EQ(relayed.stop->decision.result, domain::DecisionResult::Error);
            EXPECT_EQ(relayed.released, text("a"));
        }
    }
    auto guard = guardWith({kBlockSecret});
    const std::string fine = event(R"({"delta":{"content":"x"}})") + text("y", 999999999) + done();
    EXPECT_EQ(relay(*guard, fine).released, fine);
}

TEST(StreamRelay, judgesNamesThatNoApiHas)
{
    const std::string cases[] = {
        event(delta(R"("x":{"sk-abcdefgh":1})")),
        event(delta(R"("content":{"sk-abcdefgh":1})")),
        event(delta(R"("x":{"\u0073k-abcdefgh":1})")),
        event("", R"(,"sk-abcdefgh":1)"),
    };
    for (const auto& stream : cases) {
        auto guard = guardWith({kBlockSecret});
        const auto relayed = relay(*guard, text("a") + stream);
        ASSERT_TRUE(relayed.stopped) << stream;
        EXPECT_EQ(relayed.stop->decision.result, domain::DecisionResult::Block);
        EXPECT_EQ(relayed.released.find("bcdefgh"), std::string::npos) << relayed.released;
    }
    auto guard = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")});
    EXPECT_EQ(relay(*guard, event(delta(R"("x":{"of 1111-2222":{"y":1}})"))).released,
              event(delta(R"("x":{"of [GONE]":{"y":1}})")));
}

TEST(StreamRelay, takesNoTextThatIsNoString)
{
    for (const std::string members :
         {R"("content":41111111)",
          R"("refusal":true)",
          R"("content":[4111,1111])",
          R"("content":[{"text":4111}])",

          R"("tool_calls":[{"index":0,"function":{"name":"f","arguments":{"a":1}}}])",
          R"("function_call":{"arguments":7})"}) {
        auto guard = guardWith({kBlockSecret});
        const auto relayed = relay(*guard, text("a") + event(delta(members)));
        ASSERT_TRUE(relayed.stopped) << members;
        EXPECT_EQ(relayed.stop->decision.result, domain::DecisionResult::Error);
        EXPECT_EQ(relayed.released, text("a"));
    }
}

TEST(StreamRelay, judgesTheJoinedPartsOfAContent)
{
    const auto parts = [](const std::string& first, const std::string& second) {
        return event(delta(R"("content":[{"type":"text","text":")" + first
                           + R"("},{"type":"text","text":")" + second + "\"}]"));
    };
    auto guard = guardWith({kBlockSecret});
    const auto relayed = relay(*guard, parts("a sk-abcd", "efgh"));
    ASSERT_TRUE(relayed.stopped);
    EXPECT_EQ(relayed.stop->channel, "events/0/choices/0/content");
    EXPECT_EQ(relayed.released.find("efgh"), std::string::npos);
    // Apart they read differently.
    auto apart = guardWith({patternPolicy("WORDS", "block", "\\bsecret")});
    EXPECT_TRUE(relay(*apart, parts("a", "secret")).stopped);
    auto redacting = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")});
    EXPECT_EQ(relay(*redacting, parts("1111-2222", "b")).released, parts("[GONE]", "b"));
    EXPECT_TRUE(redacting->finishOutput().decisions.size() == 1U);
}

TEST(StreamRelay, judgesWhatFollowsTheEndOfAChoice)
{
    const auto arguments = [](const std::string& part) {
        return event(delta(R"("tool_calls":[{"index":0,"function":{"name":"f","arguments":)"
                           + quoteJson(part) + "}}]"));
    };
    const std::pair<std::string, std::string> cases[] = {
        {text("a"), text("b sk-abcdefgh")},
        {text("a sk-abc"), text("defgh")},
        {text("a"), event(delta(R"("refusal":"sk-abcdefgh")"))},
        {text("a") + finish(), text("b") + finish() + text("sk-abcdefgh")},
        {text("a"), arguments(R"({"k":"sk-abcdefgh"})")},
        {arguments(R"({"k":")"), arguments(R"(\u0073k-abcdefgh"})")},
    };
    for (const auto& [before, behind] : cases) {
        auto guard = guardWith({kBlockSecret});
        const auto relayed = relay(*guard, before + finish() + behind + finish() + done());
        ASSERT_TRUE(relayed.stopped) << behind;
        EXPECT_EQ(relayed.stop->decision.result, domain::DecisionResult::Block);
        EXPECT_EQ(relayed.released.find("defgh"), std::string::npos) << relayed.released;
    }
    const std::string clean = text("a s") + finish() + text("k or") + text("b") + finish() + done();
    auto guard = guardWith({kBlockSecret});
    EXPECT_EQ(relay(*guard, clean).released, clean);
}

TEST(StreamRelay, redactsWhatFollowsTheEndOfAChoice)
{
    auto guard = guardWith({patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")});
    const auto relayed = relay(*guard,
                               text("is 1111") + finish() + text("-2222 and ") + text("3333-")
                                   + text("4444.") + done());
    EXPECT_FALSE(relayed.stopped);
    EXPECT_EQ(clientTexts(relayed.released).at("choices/0/content"), "is 1111[GONE] and [GONE].");
}

} // namespace
} // namespace exhibit::gateway
