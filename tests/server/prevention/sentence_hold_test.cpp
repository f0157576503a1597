// SPDX-License-Identifier: Apache-2.0
#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::Mode;

namespace {

const std::string kContent = "choices/0/content";

/// Where the guard cuts the text, "passes" when it does not.
std::string verdictOn(std::string_view text, std::size_t pieces = 1)
{
    auto guard = sample::guardOf({sample::accuracy(Mode::Block)});
    sample::stream(guard, kContent, text, pieces);
    return guard.stop() ? std::to_string(guard.stop()->cutAt) : "passes";
}

CallGuard withFacts(const Json* facts)
{
    return CallGuard(sample::compiled({sample::accuracy(Mode::Block)}),
                     {"main", "gpt-4o", "user-1", facts});
}

struct Row {
    std::string text;
    std::string verdict;
};

} // namespace

TEST(SentenceHold, aClaimPassesOnlyWithAHedgeInItsSentence)
{
    const Row rows[] = {
        {"It renews.", "3"},
        {"It renews", "3"},
        {"I am not sure that it renews.", "passes"},
        {"It renews, but I am not sure.", "passes"},
        {"It renews, but I am not sure", "passes"},
        {"I am not sure. It renews.", "18"},
        {"It renews. I am not sure.", "3"},
        {"It renews! I am not sure.", "3"},
        {"It renews? I am not sure.", "3"},
        {"It renews\nI am not sure", "3"},
        {"It renews; I cannot confirm it", "passes"},
        {"Nothing to say here.", "passes"},
        {"It renewsx.", "passes"},
        {"I am not sure it renews. It renews.", "28"},
        {"v1.2 renews.", "5"},
        {"not sure v1.2 renews.", "14"},
    };
    for (const auto& row : rows) {
        for (const std::size_t pieces : {1, 2, 3, 7, 100}) {
            EXPECT_EQ(verdictOn(row.text, pieces), row.verdict) << row.text << " / " << pieces;
        }
    }
}

TEST(SentenceHold, textIsHeldFromTheClaimToTheEndOfTheSentence)
{
    auto guard = sample::guardOf({sample::accuracy(Mode::Block)});
    const auto channel = guard.channel(kContent);
    guard.feed(channel, "Well, it renews ");
    EXPECT_EQ(guard.settled(channel), 9U);
    guard.feed(channel, "but I am not sure");
    EXPECT_EQ(guard.settled(channel), 9U);
    guard.feed(channel, ". ");
    EXPECT_EQ(guard.settled(channel), 35U);
    EXPECT_FALSE(guard.stop());
}

TEST(SentenceHold, holdsAtMostTheLimit)
{
    auto guard = sample::guardOf({sample::accuracy(Mode::Block)});
    const auto channel = guard.channel(kContent);
    std::string text = "It renews";
    guard.feed(channel, text);
    std::size_t held = 0;
    while (!guard.stop() && text.size() < 3 * limits::kSentenceHoldBytesMax) {
        guard.feed(channel, " ");
        text += ' ';
        held = std::max(held, text.size() - guard.settled(channel));
    }
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->cutAt, 3U);
    EXPECT_LE(held, limits::kSentenceHoldBytesMax);
    EXPECT_GE(held, limits::kSentenceHoldBytesMax - 64);
}

TEST(SentenceHold, aHedgeBeyondTheLimitComesTooLate)
{
    const std::string near(800, ' ');
    const std::string far(1100, ' ');
    EXPECT_EQ(verdictOn("It renews" + near + "not sure."), "passes");
    EXPECT_EQ(verdictOn("It renews" + far + "not sure."), "3");
    EXPECT_EQ(verdictOn("It renews" + far + "not sure.", 5000), "3");
}

TEST(SentenceHold, aHedgeLongBeforeTheClaimCountsWithinItsWindow)
{
    const std::string near(limits::kHedgeWindowBytesMax - 200, 'x');
    const std::string far(limits::kHedgeWindowBytesMax + 200, 'x');
    for (const std::size_t pieces : {13, 100'000}) {
        EXPECT_EQ(verdictOn("not sure " + near + " renews.", pieces), "passes");
        EXPECT_EQ(verdictOn("not sure " + far + " renews.", pieces),
                  std::to_string(far.size() + 10));
    }
}

// Around both limits the verdict must fall at the same byte, whatever the deltas.
TEST(SentenceHold, theLimitsDoNotDependOnTheSplit)
{
    std::size_t passed = 0;
    for (std::size_t gap = limits::kSentenceHoldBytesMax - 120;
         gap < limits::kSentenceHoldBytesMax + 20;
         ++gap) {
        const auto text = "It renews" + std::string(gap, ' ') + "not sure.";
        const auto verdict = verdictOn(text, text.size());
        passed += verdict == "passes" ? 1 : 0;
        for (const std::size_t pieces : {1, 7, 50, 64}) {
            EXPECT_EQ(verdictOn(text, pieces), verdict) << gap << " / " << pieces;
        }
    }
    EXPECT_GT(passed, 0U);
    EXPECT_LT(passed, 140U);
    passed = 0;
    for (std::size_t gap = limits::kHedgeWindowBytesMax - 100;
         gap < limits::kHedgeWindowBytesMax + 100;
         gap += 5) {
        const auto text
            = "Well, to tell the truth, not sure" + std::string(gap, '-') + "renews, it seems.";
        const auto verdict = verdictOn(text, text.size());
        passed += verdict == "passes" ? 1 : 0;
        for (const std::size_t pieces : {13, 50, 64}) {
            EXPECT_EQ(verdictOn(text, pieces), verdict) << gap << " / " << pieces;
        }
    }
    EXPECT_GT(passed, 0U);
    EXPECT_LT(passed, 40U);
}

TEST(SentenceHold, aClaimThatEndsWithItsSentenceIsJudgedByThatSentence)
{
    auto policy = sample::accuracy(Mode::Block);
    auto& rule = std::get<domain::MissingContextRule>(policy.rule);
    // Waits for its right edge, which is already in the next sentence.
    rule.claims.front().pattern = "renews\\.\\B";
    const auto verdict = [&policy](std::string_view text, std::size_t pieces) {
        auto guard = sample::guardOf({policy});
        sample::stream(guard, kContent, text, pieces);
        return guard.stop() ? std::to_string(guard.stop()->cutAt) : "passes";
    };
    for (const std::size_t pieces : {1, 4, 100}) {
        EXPECT_EQ(verdict("It renews. I am not sure.", pieces), "3");
        EXPECT_EQ(verdict("Not sure. I am not sure it renews. Yes.", pieces), "passes");
        EXPECT_EQ(verdict("It renews.", pieces), "3");
        EXPECT_EQ(verdict("not sure it renews.", pieces), "passes");
    }
}

TEST(SentenceHold, claimsWithoutHedgesInThePolicyAlwaysStand)
{
    auto policy = sample::accuracy(Mode::Block);
    std::get<domain::MissingContextRule>(policy.rule).hedges.clear();
    auto guard = sample::guardOf({policy});
    sample::stream(guard, kContent, "I am not sure it renews.");
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->cutAt, 17U);
}

TEST(SentenceHold, aBlockingPatternMeanwhileCutsBeforeTheWaitingClaim)
{
    auto guard = sample::guardOf(
        {sample::accuracy(Mode::Block), sample::patterns("P", Mode::Block, {"secret"})});
    sample::stream(guard, kContent, "It renews and the secret is out.");
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->decision.policyId, "P");
    EXPECT_EQ(guard.stop()->cutAt, 3U);
}

TEST(SentenceHold, warnRecordsAndHoldsNothing)
{
    auto guard = sample::guardOf({sample::accuracy(Mode::Warn)});
    const auto channel = guard.channel(kContent);
    guard.feed(channel, "It renews, really");
    EXPECT_EQ(guard.settled(channel), 17U);
    guard.finishChannel(channel);
    const auto outcome = guard.finishOutput();
    ASSERT_EQ(outcome.decisions.size(), 1U);
    EXPECT_EQ(outcome.decisions.at(0).result, domain::DecisionResult::Warn);
    EXPECT_FALSE(guard.stop());
}

TEST(SentenceHold, theDecisionNamesTheFactAndItsState)
{
    const Json nullFact = parseJson(R"({"contract":{"auto_renew":null}})").value();
    auto guard = withFacts(&nullFact);
    sample::stream(guard, kContent, "It renews.");
    ASSERT_TRUE(guard.stop());
    const auto& decision = guard.stop()->decision;
    EXPECT_EQ(decision.fact, "contract.auto_renew");
    EXPECT_EQ(decision.factState, "null");
    EXPECT_EQ(decision.reason,
              "Definite claim about contract.auto_renew, which is null, with no hedge in its "
              "sentence, in choices/0/content.");
    EXPECT_EQ(decision.failureCode, domain::FailureCode::MissingDataAssertion);
    EXPECT_EQ(decision.shouldHave, "Say that it is not known.");
    EXPECT_EQ(decision.spans.at(0).begin, 3);
    EXPECT_EQ(decision.spans.at(0).end, 9);

    auto absent = withFacts(nullptr);
    sample::stream(absent, kContent, "It renews.");
    EXPECT_EQ(absent.stop()->decision.factState, "absent");
}

TEST(SentenceHold, aPresentFactMayBeStated)
{
    const Json facts = parseJson(R"({"contract":{"auto_renew":false}})").value();
    auto guard = withFacts(&facts);
    EXPECT_TRUE(guard.outputUnguarded());
    sample::stream(guard, kContent, "It renews.");
    EXPECT_FALSE(guard.stop());
    EXPECT_EQ(guard.finishOutput().passes.at(0).policyIds,
              std::vector<std::string>{"CONTENT_ACCURACY"});
}
