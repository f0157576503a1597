// SPDX-License-Identifier: Apache-2.0
#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::DecisionResult;
using domain::Mode;

namespace {

domain::Policy input(const std::string& id, Mode mode, const std::vector<std::string>& expressions)
{
    auto policy = sample::patterns(id, mode, expressions);
    policy.stages = {domain::Stage::Input};
    return policy;
}

} // namespace

TEST(InputJudge, aBlockedRequestNamesItsTextAndByte)
{
    auto guard = sample::guardOf({input("INJECTION", Mode::Block, {"ignore all"})});
    const auto verdict = guard.judgeInput(
        {{"messages/0/content", "be kind"}, {"messages/1/content", "ignore all"}});
    ASSERT_TRUE(verdict.stop);
    EXPECT_EQ(verdict.stop->channel, "messages/1/content");
    EXPECT_EQ(verdict.stop->cutAt, 0U);
    EXPECT_EQ(verdict.stop->decision.stage, domain::Stage::Input);
    EXPECT_EQ(verdict.outcome.decisions.at(0).decisionId, verdict.stop->decision.decisionId);
    EXPECT_TRUE(guard.stop());
    EXPECT_NE(verdict.stop->decision.actuallyDid.find("not sent"), std::string::npos);
}

TEST(InputJudge, allTextsAreJudgedBehindAStop)
{
    auto guard
        = sample::guardOf({input("B", Mode::Block, {"bad"}), input("W", Mode::Warn, {"odd"})});
    const auto verdict = guard.judgeInput({{"a", "bad"}, {"b", "odd bad"}});
    EXPECT_EQ(verdict.stop->channel, "a");
    EXPECT_EQ(sample::find(verdict.outcome, "B")->spans.size(), 2U);
    EXPECT_EQ(sample::find(verdict.outcome, "W")->spans.size(), 1U);
}

TEST(InputJudge, redactionsCarryTheIndexOfTheirText)
{
    auto guard = sample::guardOf({input("R", Mode::Redact, {"[0-9]{4}"})});
    const auto verdict = guard.judgeInput({{"a", "none"}, {"b", "1234 and 5678"}, {"c", "9999"}});
    EXPECT_FALSE(verdict.stop);
    ASSERT_EQ(verdict.replacements.size(), 3U);
    EXPECT_EQ(verdict.replacements.at(0).first, 1U);
    EXPECT_EQ(verdict.replacements.at(1).second.begin, 9U);
    EXPECT_EQ(verdict.replacements.at(2).first, 2U);
    EXPECT_EQ(verdict.replacements.at(2).second.placeholder, "[REDACTED]");
    EXPECT_EQ(verdict.outcome.decisions.at(0).result, DecisionResult::Redact);
    EXPECT_FALSE(verdict.outcome.decisions.at(0).wholeTextHeld);
}

TEST(InputJudge, cleanRequestsLeaveOnePackedRecord)
{
    auto guard = sample::guardOf({input("A", Mode::Block, {"x"}),
                                  input("B", Mode::Warn, {"y"}),
                                  sample::patterns("OUT", Mode::Block, {"z"})});
    const auto verdict = guard.judgeInput({{"a", "z"}});
    EXPECT_TRUE(verdict.outcome.decisions.empty());
    ASSERT_EQ(verdict.outcome.passes.size(), 1U);
    EXPECT_EQ(verdict.outcome.passes.at(0).policyIds, (std::vector<std::string>{"A", "B"}));
    EXPECT_EQ(verdict.outcome.passes.at(0).stage, domain::Stage::Input);
}

TEST(InputJudge, withoutPoliciesNothingIsRecorded)
{
    auto guard = sample::guardOf({});
    const auto verdict = guard.judgeInput({{"a", "x"}});
    EXPECT_TRUE(verdict.outcome.decisions.empty());
    EXPECT_TRUE(verdict.outcome.passes.empty());
    EXPECT_FALSE(verdict.stop);
}

TEST(InputJudge, aStoppedRequestHasNoOutputDecisions)
{
    auto guard = sample::guardOf(
        {input("B", Mode::Block, {"bad"}), sample::patterns("OUT", Mode::Block, {"z"})});
    static_cast<void>(guard.judgeInput({{"a", "bad"}}));
    const auto outcome = guard.finishOutput();
    EXPECT_TRUE(outcome.decisions.empty());
    EXPECT_TRUE(outcome.passes.empty());
}

TEST(InputJudge, aPolicyOfBothStagesDecidesInEach)
{
    auto both = input("P", Mode::Warn, {"x"});
    both.stages.push_back(domain::Stage::Output);
    auto guard = sample::guardOf({both});
    const auto verdict = guard.judgeInput({{"a", "x"}});
    EXPECT_EQ(verdict.outcome.decisions.at(0).stage, domain::Stage::Input);
    sample::stream(guard, "choices/0/content", "x");
    const auto outcome = guard.finishOutput();
    EXPECT_EQ(outcome.decisions.at(0).stage, domain::Stage::Output);
}

// The last run of a text with too many of them takes in what follows.
TEST(InputJudge, whatIsFoundElsewhereDoesNotVouchForWhatNobodyCanRead)
{
    auto redacting = input("R", Mode::Redact, {"secret"});
    redacting.onError = domain::OnError::Block;
    auto guard = sample::guardOf({redacting, input("W", Mode::Warn, {"secret"})});
    const auto verdict
        = guard.judgeInput({{"prompt", {}, true}, {"suffix", "a secret"}, {"x", "secret"}});
    ASSERT_TRUE(verdict.stop);
    EXPECT_EQ(verdict.stop->decision.policyId, "R");
    EXPECT_EQ(sample::find(verdict.outcome, "R")->result, DecisionResult::Error);
    EXPECT_EQ(sample::find(verdict.outcome, "W")->result, DecisionResult::Warn);
    EXPECT_EQ(verdict.outcome.decisions.size(), 2U) << "one of each policy";
}

TEST(InputJudge, aLongRequestIsReadInSlices)
{
    const auto policies
        = {input("B", Mode::Block, {"ignore all"}), input("R", Mode::Redact, {"x"})};
    std::string text(3 * limits::kScanSliceBytes + 100, ' ');
    text.replace(limits::kScanSliceBytes - 5, 10, "ignore all"); // Across two slices.
    text[2 * limits::kScanSliceBytes + 7] = 'x';
    const std::vector<TextChannel> texts{{"a", "x"}, {"b", text}, {"c", "x ignore all"}};
    auto guard = sample::guardOf(policies);
    int slices = 1;
    while (guard.readInput(texts)) {
        ++slices;
    }
    EXPECT_EQ(slices, 4);
    const auto verdict = guard.concludeInput();
    ASSERT_TRUE(verdict.stop);
    EXPECT_EQ(verdict.stop->channel, "b");
    EXPECT_EQ(verdict.stop->cutAt, limits::kScanSliceBytes - 5);
    EXPECT_EQ(sample::find(verdict.outcome, "B")->spans.size(), 2U);
    auto atOnce = sample::guardOf(policies);
    const auto same = atOnce.judgeInput(texts);
    EXPECT_EQ(same.replacements.size(), verdict.replacements.size());
    EXPECT_EQ(same.stop->cutAt, verdict.stop->cutAt);
}

TEST(InputJudge, ratherTooMuchIsRedactedThanTooLittle)
{
    auto guard = sample::guardOf({input("R", Mode::Redact, {"a"})});
    std::string text;
    for (std::size_t i = 0; i <= limits::kScanSliceBytes; ++i) {
        text += "a.";
    }
    const auto verdict = guard.judgeInput({{"t", text}});
    ASSERT_EQ(verdict.replacements.size(), limits::kScanSliceBytes);
    EXPECT_EQ(verdict.replacements.back().second.end, text.size() - 1);
}
