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
