// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/whole_answer.h"

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
