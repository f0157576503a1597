// SPDX-License-Identifier: Apache-2.0
#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::Mode;

namespace {

domain::Policy expression(Mode mode, const std::string& text)
{
    auto policy = sample::patterns("SAYS", mode, {});
    policy.rule = domain::ExpressionRule{text};
    return policy;
}

TEST(OutputExpression, holdsTheTextAndWithholdsItWhenItIsTrue)
{
    auto guard = sample::guardOf({expression(Mode::Block, "answer.bytes > 10")});
    const auto channel = guard.channel("choices/0/content");
    guard.feed(channel, "A long answer.");
    EXPECT_EQ(guard.settled(channel), 0U);
    guard.finishChannel(channel);
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->channel, "choices/0/content");
    EXPECT_EQ(guard.stop()->cutAt, 0U);
    EXPECT_TRUE(guard.stop()->decision.wholeTextHeld);
}

TEST(OutputExpression, saysThatItHeldATextThatPassed)
{
    auto blocking = expression(Mode::Block, "answer.bytes > 100");
    auto warning = expression(Mode::Warn, "answer.bytes > 100");
    warning.policyId = "WARNS";
    auto guard = sample::guardOf({blocking, warning});
    const auto channel = guard.channel("choices/0/content");
    guard.feed(channel, "A long answer.");
    EXPECT_EQ(guard.settled(channel), 0U);
    guard.finishChannel(channel);
    EXPECT_FALSE(guard.stop());
    const auto passes = guard.finishOutput().passes;
    ASSERT_EQ(passes.size(), 1U);
    EXPECT_EQ(passes[0].policyIds, (std::vector<std::string>{"SAYS", "WARNS"}));
    EXPECT_EQ(passes[0].wholeTextHeld, std::vector<std::string>{"SAYS"});
}

TEST(OutputExpression, saysNothingOfHoldingWhereNothingWasHeld)
{
    auto guard = sample::guardOf({expression(Mode::Warn, "answer.bytes > 100")});
    const auto channel = guard.channel("choices/0/content");
    guard.feed(channel, "A long answer.");
    guard.finishChannel(channel);
    const auto passes = guard.finishOutput().passes;
    ASSERT_EQ(passes.size(), 1U);
    EXPECT_FALSE(passes[0].wholeTextHeld);
}

TEST(OutputExpression, withholdsTheTextWhenItCannotBeEvaluated)
{
    auto guard = sample::guardOf({expression(Mode::Block, "answer.bytes > facts.max_bytes")});
    const auto channel = guard.channel("choices/0/content");
    guard.feed(channel, "A long answer.");
    guard.finishChannel(channel);
    ASSERT_TRUE(guard.stop()) << "on_error of mode block";
    EXPECT_EQ(guard.stop()->decision.result, domain::DecisionResult::Error);
    EXPECT_TRUE(guard.stop()->decision.wholeTextHeld);
    EXPECT_EQ(guard.stop()->channel, "choices/0/content");
    EXPECT_EQ(guard.settled(channel), 0U);
}

TEST(OutputExpression, isNotSaidToHaveBeenPassedByWhatItDidNotJudge)
{
    auto guard = sample::guardOf({expression(Mode::Block, "answer.bytes > 10")});
    const auto tool = guard.channel("choices/0/tool_calls/0/function/arguments", TextRole::Other);
    guard.feed(tool, "A long text that is no answer.");
    guard.finishChannel(tool);
    EXPECT_FALSE(guard.stop());
    EXPECT_TRUE(guard.finishOutput().passes.empty());
}

TEST(OutputExpression, judgesNoAnswerThatIsTooLongToBeKept)
{
    auto guard = sample::guardOf({expression(Mode::Block, "answer.bytes > 10")});
    const auto channel = guard.channel("choices/0/content");
    const std::string piece(limits::kAnswerBytesMax / 4 + 1, 'x');
    for (int i = 0; i < 4; ++i) {
        guard.feed(channel, piece);
    }
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.settled(channel), 0U);
    auto watched = sample::guardOf({expression(Mode::Monitor, "answer.bytes > 10")});
    const auto other = watched.channel("choices/0/content");
    for (int i = 0; i < 4; ++i) {
        watched.feed(other, piece);
    }
    EXPECT_FALSE(watched.stop());
    EXPECT_NE(sample::find(watched.finishOutput(), "SAYS"), nullptr);
}

TEST(OutputExpression, seesTheAnswerAndTheCall)
{
    auto guard = sample::guardOf(
        {expression(Mode::Warn, R"(answer.text matches "*refund*" and run.llm_calls < 100)")});
    sample::stream(guard, "choices/0/content", "We owe you a refund today.", 5);
    EXPECT_FALSE(guard.stop());
    const auto outcome = guard.finishOutput();
    ASSERT_NE(sample::find(outcome, "SAYS"), nullptr);
    EXPECT_EQ(sample::find(outcome, "SAYS")->result, domain::DecisionResult::Warn);
}

} // namespace
