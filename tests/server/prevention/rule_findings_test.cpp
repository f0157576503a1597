// SPDX-License-Identifier: Apache-2.0
// Rules that judge whole things, through the guard: schemas, and expressions at each stage.
#include "server/prevention/rule_findings.h"

#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::DecisionResult;

namespace {

const std::string kContent = "choices/0/content";
const std::string kSchema = R"({"type":"schema","schema":{"type":"object","required":["answer"]}})";

domain::Policy policyOf(const std::string& stage, const std::string& mode, const std::string& rule)
{
    const auto document = R"({"policy_id":"P","title":"t","severity":"high","stage":")" + stage
        + R"(","mode":")" + mode + R"(","rule":)" + rule + "}";
    auto policy = domain::policyFromJson(parseJson(document).value());
    EXPECT_TRUE(policy.has_value()) << (policy ? "" : policy.error().message);
    return *std::move(policy);
}

domain::Policy expression(const std::string& stage,
                          const std::string& text,
                          const std::string& mode = "block")
{
    return policyOf(
        stage, mode, printJson(JsonObject{{"type", "expression"}, {"expression", text}}));
}

} // namespace

TEST(RuleFindings, aBlockingSchemaHoldsTheTextUntilItIsFoundToFit)
{
    auto guard = sample::guardOf({policyOf("output", "block", kSchema)});
    EXPECT_FALSE(guard.outputUnguarded());
    const auto channel = guard.channel(kContent);
    const auto reasoning = guard.channel("choices/0/reasoning_content", TextRole::Other);
    guard.feed(channel, R"({"answer":1})");
    guard.feed(reasoning, "hm");
    EXPECT_EQ(guard.settled(channel), 0U);
    EXPECT_EQ(guard.settled(reasoning), 2U) << "only the text of the choice is held";
    guard.finishChannel(channel);
    EXPECT_EQ(guard.settled(channel), 12U);
    EXPECT_FALSE(guard.stop());
    EXPECT_EQ(guard.finishOutput().passes.at(0).policyIds, std::vector<std::string>{"P"});
}

TEST(RuleFindings, aTextThatDoesNotFitIsWithheldAndTheDecisionSaysThatItWasHeld)
{
    for (const std::string text : {"{\"answr\":1}", "no json", "{\"answer\":"}) {
        auto guard = sample::guardOf({policyOf("output", "block", kSchema)});
        sample::stream(guard, kContent, text, 3);
        ASSERT_TRUE(guard.stop()) << text;
        EXPECT_EQ(guard.stop()->channel, kContent);
        EXPECT_EQ(guard.stop()->cutAt, 0U);
        const auto outcome = guard.finishOutput();
        ASSERT_EQ(outcome.decisions.size(), 1U);
        EXPECT_EQ(outcome.decisions[0].result, DecisionResult::Block);
        EXPECT_TRUE(outcome.decisions[0].wholeTextHeld);
        EXPECT_EQ(outcome.decisions[0].failureCode, domain::FailureCode::SchemaViolation);
    }
}

TEST(RuleFindings, aSchemaThatWarnsHoldsNothing)
{
    auto guard = sample::guardOf({policyOf("output", "warn", kSchema)});
    const auto channel = guard.channel(kContent);
    guard.feed(channel, "no json");
    EXPECT_EQ(guard.settled(channel), 7U);
    guard.finishChannel(channel);
    EXPECT_FALSE(guard.stop());
    EXPECT_EQ(guard.finishOutput().decisions.at(0).result, DecisionResult::Warn);
}

TEST(RuleFindings, anAnswerThatCannotBeReadIsAnErrorOfASchema)
{
    auto guard = sample::guardOf({policyOf("output", "block", kSchema)});
    guard.outputUnreadable("The provider's answer is no JSON.");
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->decision.result, DecisionResult::Error);
}

TEST(RuleFindings, inputExpressionsSeeWhatPatternsDecided)
{
    auto words = sample::patterns("WORDS", domain::Mode::Warn, {"please"});
    words.stages = {domain::Stage::Input};
    const auto rule
        = expression("input", "decisions.WORDS == \"WARN\" and call.model matches \"gpt*\"");
    auto guard = sample::guardOf({rule, words});
    const auto verdict = guard.judgeInput({{"messages/0/content", "please do"}});
    ASSERT_TRUE(verdict.stop.has_value());
    EXPECT_EQ(verdict.stop->decision.policyId, "P");
    auto calm = sample::guardOf({rule, words});
    const auto passed = calm.judgeInput({{"messages/0/content", "do"}});
    EXPECT_FALSE(passed.stop.has_value());
    EXPECT_EQ(passed.outcome.passes.at(0).policyIds, (std::vector<std::string>{"P", "WORDS"}));
}

TEST(RuleFindings, runExpressionsAreJudgedOnEveryChangeOfUsage)
{
    auto guard = sample::guardOf({expression("run", "run.tokens > 10 and run.llm_calls > 1")});
    EXPECT_TRUE(guard.needsUsage());
    guard.usageChanged({11, 0, 1, {}}, 0, {});
    EXPECT_FALSE(guard.stop());
    guard.usageChanged({11, 0, 2, {}}, 0, {});
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->decision.stage, domain::Stage::Run);
    EXPECT_EQ(guard.finishOutput().decisions.size(), 1U);
}

TEST(RuleFindings, anExpressionThatCannotBeEvaluatedFollowsOnError)
{
    for (const auto* mode : {"block", "warn"}) {
        auto guard = sample::guardOf({expression("run", "facts.limit < run.tokens", mode)});
        guard.usageChanged({11, 0, 1, {}}, 0, {});
        guard.usageChanged({12, 0, 1, {}}, 0, {});
        EXPECT_EQ(guard.stop().has_value(), std::string_view(mode) == "block");
        const auto outcome = guard.finishOutput();
        ASSERT_EQ(outcome.decisions.size(), 1U) << "once";
        EXPECT_EQ(outcome.decisions[0].result, DecisionResult::Error);
    }
}
