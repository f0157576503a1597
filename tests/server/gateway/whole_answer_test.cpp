// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/whole_answer.h"

#include "models/base/limits.h"
#include "models/base/traffic_limits.h"
#include "tests/server/gateway/guard_builder.h"

namespace exhibit::gateway {
namespace {

std::optional<Bytes> judged(const std::vector<std::string>& policies, const std::string& body)
{
    auto guard = guardWith(policies);
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter);
    answer.judge(body);
    return answer.rewritten();
}

const std::string kSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");
const std::string kCard = patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}");

TEST(WholeAnswer, leavesACleanAnswerAlone)
{
    EXPECT_FALSE(judged({kSecret, kCard}, R"({"choices":[{"message":{"content":"fine"}}]})"));
}

TEST(WholeAnswer, cutsAndKeepsEveryOtherByte)
{
    EXPECT_EQ(
        judged(
            {kSecret},
            R"({"id": 1.0,"choices":[{"index":0,"message":{"content":"a \u0073k-abcdefgh b","role":"assistant"},)"
            R"("logprobs":{"content":[]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1} })"),
        R"({"id": 1.0,"choices":[{"index":0,"message":{"content":"a ","role":"assistant"},)"
        R"("logprobs":null,"finish_reason":"content_filter"}],"usage":{"prompt_tokens":1} })");
}

TEST(WholeAnswer, keepsChoicesThatWereJudgedBeforeTheStop)
{
    EXPECT_EQ(
        judged(
            {kSecret},
            R"({"choices":[{"index":0,"message":{"content":"one","tool_calls":[{"function":{"arguments":"{}"}}]},"finish_reason":"stop"},)"
            R"({"index":1,"message":{"content":"sk-abcdefgh","tool_calls":[{"function":{"arguments":"{}"}}]},"finish_reason":"stop"}]})"),
        R"({"choices":[{"index":0,"message":{"content":"one","tool_calls":[{"function":{"arguments":"{}"}}]},"finish_reason":"stop"},)"
        R"({"index":1,"message":{"content":""},"finish_reason":"content_filter"}]})");
}

TEST(WholeAnswer, judgesWhatStandsBesideItsChoices)
{
    EXPECT_EQ(judged({kCard}, R"({"choices":[],"output":"of 1111-2222","list":["3333-4444"]})"),
              R"({"choices":[],"output":"of [GONE]","list":["[GONE]"]})");
    EXPECT_EQ(judged({kCard}, R"({"error":{"message":"of 1111-2222"}})"),
              R"({"error":{"message":"of [GONE]"}})");
}

TEST(WholeAnswer, givesTheSameInSlices)
{
    std::string text(3 * limits::kScanSliceBytes, ' ');
    text.replace(limits::kScanSliceBytes - 5, 9, "1111-2222"); // Across two slices.
    text.replace(2 * limits::kScanSliceBytes + 9, 2, "\\n"); // Escaped: it is decoded first.
    const auto body = R"({"choices":[{"index":0,"message":{"content":")" + text
        + R"("}},{"index":1,"message":{"content":"3333-4444"}}]})";
    auto guard = guardWith({kCard});
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter);
    answer.begin(body);
    int slices = 1;
    while (answer.readSome()) {
        ++slices;
    }
    answer.conclude();
    EXPECT_EQ(slices, 4);
    EXPECT_EQ(answer.rewritten(), judged({kCard}, body));
    EXPECT_NE(answer.rewritten().value().find("[GONE] "), std::string::npos);
    EXPECT_NE(answer.rewritten().value().find("\"[GONE]\""), std::string::npos);
}

TEST(WholeAnswer, givesWayWhereItMakesMuchWork)
{
    std::string text;
    for (std::uint64_t state = 1; text.size() < limits::kScanSliceBytes / 2;) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += static_cast<char>('a' + (state >> 33U) % 26);
    }
    const auto body = R"({"choices":[{"index":0,"message":{"content":")" + text + R"("}}]})";
    auto guard = guardWith({patternPolicy("SLOW", "block", "[a-m][a-z]{0,300}[A-Z]1")});
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter);
    answer.begin(body);
    int slices = 1;
    while (answer.readSome()) {
        ++slices;
    }
    answer.conclude();
    EXPECT_GT(slices, 10);
    EXPECT_FALSE(answer.rewritten());
}

TEST(WholeAnswer, believesNoUsageThatNoModelCanHave)
{
    const auto metered = [](const std::string& usage) {
        auto guard = guardWith({});
        UsageMeter meter(nullptr, {}, 0);
        WholeAnswer answer(*guard, meter);
        answer.judge(R"({"choices":[],"usage":)" + usage + "}");
        return meter.usage();
    };
    const std::string most = std::to_string(limits::kCallTokensMax);
    const std::string over = std::to_string(limits::kCallTokensMax + 1);
    const std::string absurd = "9223372036854775807";
    EXPECT_EQ(metered(R"({"prompt_tokens":)" + most + "}").promptTokens, limits::kCallTokensMax);
    EXPECT_EQ(metered(R"({"prompt_tokens":)" + over + "}").promptTokens, limits::kCallTokensMax);
    const auto all = metered(
        R"({"prompt_tokens":)" + absurd + R"(,"completion_tokens":)" + absurd
        + R"(,"cache_read_input_tokens":)" + absurd + R"(,"cache_creation_input_tokens":)" + absurd
        + R"(,"completion_tokens_details":{"reasoning_tokens":)" + absurd + "}}");
    EXPECT_EQ(all.total(), 2 * limits::kCallTokensMax);
    EXPECT_EQ(all.cachedTokens, limits::kCallTokensMax);
    EXPECT_EQ(all.reasoningTokens, limits::kCallTokensMax);
    EXPECT_EQ(all.cacheWriteTokens, limits::kCallTokensMax);
    EXPECT_EQ(metered(R"({"prompt_tokens":-5})").promptTokens, 0);
}

TEST(WholeAnswer, tellsApartWhatHasPricesOfItsOwn)
{
    const auto metered = [](const std::string& usage) {
        auto guard = guardWith({});
        UsageMeter meter(nullptr, {}, 0);
        WholeAnswer answer(*guard, meter);
        answer.judge(R"({"choices":[],"usage":)" + usage + "}");
        return meter.usage();
    };
    for (const auto* names : {"prompt completion", "input output"}) {
        const std::string text = names;
        const auto in = text.substr(0, text.find(' '));
        const auto out = text.substr(text.find(' ') + 1);
        const auto usage
            = metered("{\"" + in + "_tokens\":50,\"" + out + "_tokens\":40,\"" + in
                      + R"(_tokens_details":{"cached_tokens":8,"audio_tokens":20},")" + out
                      + R"(_tokens_details":{"reasoning_tokens":5,"audio_tokens":30}})");
        EXPECT_EQ(usage.promptTokens, 50) << names;
        EXPECT_EQ(usage.audioInputTokens, 20) << names;
        EXPECT_EQ(usage.audioOutputTokens, 30) << names;
        EXPECT_EQ(usage.cacheWriteTokens, std::nullopt) << names;
    }
    const auto written = metered(R"({"input_tokens":3,"cache_creation_input_tokens":7})");
    EXPECT_EQ(written.promptTokens, 10);
    EXPECT_EQ(written.cacheWriteTokens, 7);
    EXPECT_EQ(metered(R"({"prompt_tokens_details":{"audio_tokens":0}})").audioInputTokens,
              std::nullopt);
}

TEST(WholeAnswer, doesNotVouchForTextsWithoutChoices)
{
    auto guard = guardWith({kSecret});
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter);
    answer.judge(R"({"output":"half"})");
    ASSERT_TRUE(guard->stop().has_value());
    EXPECT_EQ(guard->stop()->decision.result, domain::DecisionResult::Error);
    EXPECT_FALSE(answer.canBeCut());
}

TEST(WholeAnswer, cannotCutAMatchAcrossParts)
{
    auto guard = guardWith({kSecret});
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter);
    answer.judge(R"({"choices":[{"message":{"content":[{"text":"a sk-abcd"},{"text":"efgh"}]}}]})");
    ASSERT_TRUE(guard->stop().has_value());
    EXPECT_EQ(guard->stop()->channel, "answer/choices/0/content");
    EXPECT_FALSE(answer.canBeCut());
}

TEST(WholeAnswer, refusesWhatCannotBeRedactedAcrossParts)
{
    auto guard = guardWith({kSecret, kCard});
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter);
    answer.judge(R"({"choices":[{"message":{"content":[{"type":"text","text":"1111-"},)"
                 R"({"type":"text","text":"2222"}]},"finish_reason":"stop"}]})");
    ASSERT_TRUE(guard->stop()) << "a blocking policy cannot vouch for the answer";
    EXPECT_FALSE(answer.canBeCut());
}

TEST(WholeAnswer, ofToolCallsOnlyHasNoTextToJudge)
{
    auto guard = guardWith(
        {R"({"policy_id":"SHAPE","title":"Shape","severity":"low","stage":["output"],"mode":"block",)"
         R"("rule":{"type":"schema","schema":{"type":"object"}}})"});
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter);
    answer.judge(R"({"choices":[{"index":0,"message":{"content":"","tool_calls":[{"index":0,)"
                 R"("id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
                 R"("finish_reason":"tool_calls"},)"
                 R"({"index":1,"message":{"content":"{}"},"finish_reason":"stop"}]})");
    EXPECT_FALSE(guard->stop());
}

TEST(WholeAnswer, judgesEveryFormOfAnAnswerAsAWhole)
{
    const std::string schema
        = R"({"policy_id":"SHAPE","title":"Shape","severity":"low","stage":["output"],"mode":"block",)"
          R"("rule":{"type":"schema","schema":{"type":"object"}}})";
    const std::pair<const Surface*, std::string> cases[] = {
        {&chatSurface(), R"({"choices":[{"message":{"content":"no json"}}]})"},
        {&chatSurface(), R"({"choices":[{"message":{"content":""},"finish_reason":"stop"}]})"},
        {&chatSurface(),
         R"({"choices":[{"message":{"content":"","refusal":"no"},"finish_reason":"stop"}]})"},
        {&messagesSurface(), R"({"content":[{"type":"text","text":""}]})"},
        {&chatSurface(),
         R"({"choices":[{"message":{"content":[{"type":"text","text":"no json"}]}}]})"},
        {&completionsSurface(), R"({"choices":[{"text":"no json","finish_reason":"stop"}]})"},
        {&messagesSurface(), R"({"content":[{"type":"text","text":"no json"}]})"},
        {&responsesSurface(),
         R"({"output":[{"type":"message","content":[{"type":"output_text","text":"no json"}]}]})"},
    };
    for (const auto& [surface, body] : cases) {
        auto guard = guardWith({schema});
        UsageMeter meter(nullptr, {}, 0);
        WholeAnswer answer(*guard, meter, *surface);
        answer.judge(body);
        EXPECT_TRUE(guard->stop()) << body;
    }
    auto guard = guardWith({schema});
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter, responsesSurface());
    answer.judge(
        R"({"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],)"
        R"("content":[{"type":"reasoning_text","text":"hm"}]},)"
        R"({"type":"message","content":[{"type":"output_text","text":"{}"}]}]})");
    EXPECT_FALSE(guard->stop()) << "reasoning is no answer";
}

TEST(WholeAnswer, cannotJudgeACallOfWhichItHasTwo)
{
    auto guard = guardWith({kSecret});
    UsageMeter meter(nullptr, {}, 0);
    WholeAnswer answer(*guard, meter);
    answer.judge(R"({"choices":[{"message":{"tool_calls":[{"index":0,"custom":{"input":"x"},)"
                 R"("function":{"name":"f","arguments":"{}"}}]}}]})");
    EXPECT_TRUE(guard->stop());
    EXPECT_FALSE(judged({kSecret},
                        R"({"choices":[{"message":{"function_call":{"name":"","arguments":""},)"
                        R"("tool_calls":[{"custom":{"input":"","name":""},)"
                        R"("function":{"name":"f","arguments":"{}"}}]}}]})"));
}

TEST(WholeAnswer, judgesWhatIsCalledAnIdWhereApisHaveNone)
{
    EXPECT_EQ(judged({kCard}, R"({"choices":[{"message":{"content":{"id":"1111-2222"}}}]})"),
              R"({"choices":[{"message":{"content":{"id":"[GONE]"}}}]})");
    EXPECT_EQ(judged({kCard}, R"({"choices":[{"message":{"id":"is 1111-2222"}}]})"),
              R"({"choices":[{"message":{"id":"is [GONE]"}}]})");
    EXPECT_FALSE(judged({kCard}, R"({"choices":[{"message":{"id":"1111-2222"}}]})"));
}

TEST(WholeAnswer, knowsErrorsInWhichNothingIsFound)
{
    const std::pair<const char*, bool> cases[] = {
        {R"({"error":{"message":"slow down"}})", true},
        {R"({"choices":null,"error":"x"})", true},
        {"<html>Bad Gateway</html>", true},
        {R"({"error":{"message":"\u0073k-abcdefgh"}})", false},
        {R"({"sk-abcdefgh":1})", false},
        {R"({"choices":[]})", false},
        {"<html>sk-abcdefgh</html>", false},
        {"{\"error\":\"\\u0073k-abcdefgh\"}\n{}", false}, // Some readers stop behind the first.
        {"\xFF\xFEs", false},
    };
    for (const auto& [body, harmless] : cases) {
        EXPECT_EQ(isMereError(*guardWith({kSecret}), body), harmless) << body;
    }
}

TEST(WholeAnswer, redactsInEveryField)
{
    EXPECT_EQ(
        judged(
            {kCard},
            R"({"choices":[{"message":{"content":null,"refusal":"1234-5678","x":["1234-5678"],)"
            R"("tool_calls":[{"id":"t","function":{"name":"f","arguments":"{\"n\":\"1234\\u002d5678\"}"}}]},"logprobs":{"content":[{"token":"q"}]}}]})"),
        R"({"choices":[{"message":{"content":null,"refusal":"[GONE]","x":["[GONE]"],)"
        R"("tool_calls":[{"id":"t","function":{"name":"f","arguments":"{\"n\":\"[GONE]\"}"}}]},"logprobs":null}]})");
}

} // namespace
} // namespace exhibit::gateway
