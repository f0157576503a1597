// SPDX-License-Identifier: Apache-2.0
#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::DecisionResult;
using domain::Mode;

namespace {

const std::string kContent = "choices/0/content";

std::string redacted(std::string_view text, const std::vector<Replacement>& replacements)
{
    std::string result;
    std::size_t from = 0;
    for (const auto& replacement : replacements) {
        result += text.substr(from, replacement.begin - from);
        result += replacement.placeholder;
        from = replacement.end;
    }
    return result + std::string(text.substr(from));
}

} // namespace

TEST(CallGuard, aBlockedTextEndsBeforeTheMatch)
{
    auto guard
        = sample::guardOf({sample::patterns("NO_SECRETS", Mode::Block, {"secret-[0-9]{4}"})});
    const std::string text = "The value is secret-1234 and more";
    const auto channel = sample::stream(guard, kContent, text);
    ASSERT_TRUE(guard.stop());
    const auto& stop = *guard.stop();
    EXPECT_EQ(stop.channel, kContent);
    EXPECT_EQ(stop.cutAt, 13U);
    EXPECT_EQ(guard.settled(channel), 13U);
    EXPECT_EQ(stop.reason, domain::TerminationReason::PolicyBlock);
    EXPECT_FALSE(stop.killReason);
    EXPECT_EQ(stop.decision.policyId, "NO_SECRETS");
    EXPECT_EQ(stop.decision.result, DecisionResult::Block);
    ASSERT_EQ(stop.decision.spans.size(), 1U);
    EXPECT_EQ(stop.decision.spans.front().begin, 13);
    EXPECT_EQ(stop.decision.spans.front().end, 24);
}

TEST(CallGuard, nothingOfAPossibleMatchIsSettledBeforeItIsDecided)
{
    auto guard = sample::guardOf({sample::patterns("P", Mode::Block, {"secret-[0-9]{4}"})});
    const auto channel = guard.channel(kContent);
    guard.feed(channel, "a sec");
    EXPECT_EQ(guard.settled(channel), 2U);
    guard.feed(channel, "ond");
    EXPECT_EQ(guard.settled(channel), 8U);
    guard.feed(channel, " secret-12");
    EXPECT_EQ(guard.settled(channel), 9U);
    EXPECT_FALSE(guard.stop());
}

TEST(CallGuard, theCutLeavesOutOtherPossibleMatchesToo)
{
    // "alpha beta" may still become "alpha beta gamma" when "beta" is confirmed.
    auto guard = sample::guardOf({sample::patterns("A", Mode::Block, {"alpha beta gamma"}),
                                  sample::patterns("B", Mode::Block, {"beta"})});
    sample::stream(guard, kContent, "so alpha beta gamma");
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->decision.policyId, "B");
    EXPECT_EQ(guard.stop()->cutAt, 3U);
}

TEST(CallGuard, monitorAndWarnNeitherHoldNorStop)
{
    for (const auto mode : {Mode::Monitor, Mode::Warn}) {
        auto guard = sample::guardOf({sample::patterns("P", mode, {"secret-[0-9]{4}"})});
        const auto channel = guard.channel(kContent);
        guard.feed(channel, "a secret-12");
        EXPECT_EQ(guard.settled(channel), 11U);
        guard.feed(channel, "34");
        guard.finishChannel(channel);
        EXPECT_FALSE(guard.stop());
        const auto outcome = guard.finishOutput();
        const auto* decision = sample::find(outcome, "P");
        ASSERT_NE(decision, nullptr);
        EXPECT_EQ(decision->result, DecisionResult::Warn);
        EXPECT_EQ(decision->mode, mode);
        EXPECT_TRUE(outcome.passes.empty());
    }
}

TEST(CallGuard, everyMatchIsInTheDecisionAndNoneIsQuoted)
{
    auto policy = sample::patterns("P", Mode::Warn, {"cat", "dog[0-9]"});
    std::get<domain::PatternsRule>(policy.rule).patterns[1].placeholder = "[DOG]";
    auto guard = sample::guardOf({policy});
    sample::stream(guard, kContent, "cat dog1 cat");
    sample::stream(guard, "choices/1/content", "a dog2");
    const auto outcome = guard.finishOutput();
    const auto* decision = sample::find(outcome, "P");
    ASSERT_NE(decision, nullptr);
    EXPECT_EQ(decision->spans.size(), 4U);
    EXPECT_EQ(decision->reason,
              "4 matches of pattern 1, [DOG] in choices/0/content, choices/1/content.");
    for (const auto& text : {decision->reason, decision->actuallyDid, decision->shouldHave}) {
        EXPECT_EQ(text.find("cat"), std::string::npos) << text;
        EXPECT_EQ(text.find("dog"), std::string::npos) << text;
    }
}

TEST(CallGuard, decisionsNameSnapshotVersionAndFailure)
{
    auto policy = sample::patterns("P", Mode::Warn, {"cat"});
    policy.version = 3;
    policy.failureCode = domain::FailureCode::UnsafeContent;
    policy.expectedBehaviour = "Talk of dogs.";
    const auto snapshot = sample::compiled({policy});
    CallGuard guard(snapshot, sample::subject());
    sample::stream(guard, kContent, "cat");
    const auto outcome = guard.finishOutput();
    const auto* decision = sample::find(outcome, "P");
    ASSERT_NE(decision, nullptr);
    EXPECT_EQ(decision->snapshotId, snapshot->snapshot().snapshotId);
    EXPECT_EQ(decision->policyVersion, 3);
    EXPECT_EQ(decision->failureCode, domain::FailureCode::UnsafeContent);
    EXPECT_EQ(decision->shouldHave, "Talk of dogs.");
    EXPECT_GT(decision->evaluationUs, 0);
    EXPECT_FALSE(decision->decisionId.isNull());
    EXPECT_GT(decision->at, UtcTime{});
}

TEST(CallGuard, spansAreLimitedAndMatchesCounted)
{
    auto guard = sample::guardOf({sample::patterns("P", Mode::Warn, {"ab"})});
    std::string text;
    for (std::size_t i = 0; i <= limits::kDecisionSpansMax; ++i) {
        text += "ab ";
    }
    sample::stream(guard, kContent, text, text.size());
    const auto outcome = guard.finishOutput();
    EXPECT_EQ(outcome.decisions.at(0).spans.size(), limits::kDecisionSpansMax);
    EXPECT_TRUE(outcome.decisions.at(0).reason.starts_with(
        std::to_string(limits::kDecisionSpansMax + 1) + " matches"));
}

TEST(CallGuard, redactionReplacesEachRunOnce)
{
    auto policy = sample::patterns("P", Mode::Redact, {"[0-9]{4}", "mail@x"});
    std::get<domain::PatternsRule>(policy.rule).patterns[1].placeholder = "[MAIL]";
    std::get<domain::PatternsRule>(policy.rule).placeholder = "[NUMBER]";
    auto guard = sample::guardOf({policy});
    EXPECT_TRUE(guard.redactsOutput());
    const std::string text = "call 1234 or mail@x, 12345";
    const auto channel = sample::stream(guard, kContent, text, 3);
    EXPECT_FALSE(guard.stop());
    // 1234 and 2345 overlap: one run, one placeholder.
    EXPECT_EQ(redacted(text, guard.takeReplacements(channel)), "call [NUMBER] or [MAIL], [NUMBER]");
    EXPECT_TRUE(guard.takeReplacements(channel).empty()) << "each once";
    const auto outcome = guard.finishOutput();
    EXPECT_EQ(outcome.decisions.at(0).result, DecisionResult::Redact);
    EXPECT_FALSE(outcome.decisions.at(0).wholeTextHeld);
}

TEST(CallGuard, aRedactedRunIsKnownAsFarAsItIsSettled)
{
    auto guard = sample::guardOf({sample::patterns("P", Mode::Redact, {"[0-9]{4}"})});
    const auto channel = guard.channel(kContent);
    guard.feed(channel, "a 12345");
    EXPECT_EQ(guard.settled(channel), 4U);
    EXPECT_TRUE(guard.takeReplacements(channel).empty());
    const auto open = guard.openReplacement(channel);
    ASSERT_TRUE(open.has_value());
    EXPECT_EQ(open->begin, 2U);
    EXPECT_EQ(open->end, 4U) << "what follows may become part of it, but is not settled";
    guard.feed(channel, " b");
    EXPECT_FALSE(guard.openReplacement(channel).has_value());
    const auto closed = guard.takeReplacements(channel);
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].begin, 2U);
    EXPECT_EQ(closed[0].end, 7U);
}

TEST(CallGuard, onlyRedactionRedacts)
{
    auto guard = sample::guardOf({sample::patterns("P", Mode::Block, {"x"})});
    EXPECT_FALSE(guard.redactsOutput());
    EXPECT_FALSE(guard.outputUnguarded());
}

TEST(CallGuard, textBeforeAStopIsRedactedUpToTheCut)
{
    auto guard = sample::guardOf({sample::patterns("BLOCK", Mode::Block, {"4-stop"}),
                                  sample::patterns("REDACT", Mode::Redact, {"[0-9]{4}"})});
    const std::string text = "a 9999 b 1234-stop c";
    const auto channel = sample::stream(guard, kContent, text, 1);
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->cutAt, 12U);
    EXPECT_EQ(redacted(text.substr(0, 12), guard.takeReplacements(channel)),
              "a [REDACTED] b [REDACTED]");
}

TEST(CallGuard, whatLiesBehindTheStopIsNotInTheDecisions)
{
    for (const std::size_t size : {1, 100}) {
        auto guard = sample::guardOf({sample::patterns("B", Mode::Block, {"stop"}),
                                      sample::patterns("W", Mode::Warn, {"later"})});
        sample::stream(guard, kContent, "please stop, later", size);
        const auto outcome = guard.finishOutput();
        EXPECT_EQ(sample::find(outcome, "W"), nullptr) << size;
        ASSERT_EQ(outcome.passes.size(), 1U);
        EXPECT_EQ(outcome.passes.at(0).policyIds, std::vector<std::string>{"W"});
    }
}

TEST(CallGuard, onOneByteTheEarliestStartNamesTheStopThenSeverityThenOrder)
{
    auto late = sample::patterns("A", Mode::Block, {"cd"});
    auto early = sample::patterns("B", Mode::Block, {"abcd"});
    late.severity = domain::Severity::Critical;
    auto guard = sample::guardOf({late, early});
    sample::stream(guard, kContent, "xabcd");
    EXPECT_EQ(guard.stop()->decision.policyId, "B");
    EXPECT_EQ(guard.stop()->cutAt, 1U);

    auto mild = sample::patterns("A", Mode::Block, {"abcd"});
    auto grave = sample::patterns("B", Mode::Block, {"[a]bcd"});
    grave.severity = domain::Severity::Critical;
    auto byGravity = sample::guardOf({mild, grave});
    sample::stream(byGravity, kContent, "xabcd");
    EXPECT_EQ(byGravity.stop()->decision.policyId, "B");

    grave.severity = mild.severity;
    auto byOrder = sample::guardOf({mild, grave});
    sample::stream(byOrder, kContent, "xabcd");
    EXPECT_EQ(byOrder.stop()->decision.policyId, "A");
    const auto outcome = byOrder.finishOutput();
    ASSERT_NE(sample::find(outcome, "B"), nullptr);
    EXPECT_EQ(sample::find(outcome, "B")->result, DecisionResult::Block);
}

TEST(CallGuard, theStopsDecisionIsTheRecordedOne)
{
    auto guard = sample::guardOf({sample::patterns("P", Mode::Block, {"x"})});
    sample::stream(guard, kContent, "x");
    const auto id = guard.stop()->decision.decisionId;
    const auto outcome = guard.finishOutput();
    ASSERT_EQ(outcome.decisions.size(), 1U);
    EXPECT_EQ(outcome.decisions.at(0).decisionId, id);
}

TEST(CallGuard, aMatchThatWaitsForItsRightEdgeIsDecidedAtTheEnd)
{
    auto guard = sample::guardOf({sample::patterns("P", Mode::Block, {"secret\\b"})});
    const auto channel = guard.channel(kContent);
    guard.feed(channel, "a secret");
    EXPECT_FALSE(guard.stop());
    EXPECT_EQ(guard.settled(channel), 2U);
    guard.finishChannel(channel);
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->cutAt, 2U);
}

TEST(CallGuard, finishedCleanTextIsSettled)
{
    auto guard = sample::guardOf({sample::patterns("P", Mode::Block, {"secret"})});
    const auto channel = guard.channel(kContent);
    guard.feed(channel, "no secre");
    EXPECT_EQ(guard.settled(channel), 3U);
    guard.finishChannel(channel);
    guard.finishChannel(channel);
    EXPECT_EQ(guard.settled(channel), 8U);
    const auto outcome = guard.finishOutput();
    EXPECT_TRUE(outcome.decisions.empty());
    EXPECT_EQ(outcome.passes.at(0).policyIds, std::vector<std::string>{"P"});
    EXPECT_EQ(outcome.passes.at(0).stage, domain::Stage::Output);
}

TEST(CallGuard, channelsAreJudgedApartAndOneStopEndsAll)
{
    auto guard = sample::guardOf({sample::patterns("P", Mode::Block, {"secret"})});
    const auto first = guard.channel("choices/0/content");
    const auto second = guard.channel("choices/1/content");
    EXPECT_EQ(guard.channel("choices/0/content"), first);
    guard.feed(first, "a sec");
    guard.feed(second, "ret b sec");
    EXPECT_FALSE(guard.stop());
    guard.feed(second, "ret");
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->channel, "choices/1/content");
    guard.feed(first, "ond");
    EXPECT_EQ(guard.settled(first), 2U);
}

TEST(CallGuard, appliesToChoosesByProjectModelAndUser)
{
    const auto guarded = [](domain::AppliesTo appliesTo) {
        auto policy = sample::patterns("P", Mode::Block, {"x"});
        policy.appliesTo = std::move(appliesTo);
        return !sample::guardOf({policy}).outputUnguarded();
    };
    EXPECT_TRUE(guarded({}));
    EXPECT_TRUE(guarded({{"ma*"}, {"gpt-4o*"}, {"user-?"}}));
    EXPECT_FALSE(guarded({{"other"}, {}, {}}));
    EXPECT_FALSE(guarded({{}, {"claude*"}, {}}));
    EXPECT_FALSE(guarded({{}, {}, {"admin"}}));
}

TEST(CallGuard, policiesThatDoNotApplyLeaveNoTrace)
{
    auto other = sample::patterns("OTHER", Mode::Block, {"x"});
    other.appliesTo.models = {"claude*"};
    auto guard = sample::guardOf({other, sample::patterns("P", Mode::Block, {"y"})});
    sample::stream(guard, kContent, "x");
    EXPECT_FALSE(guard.stop());
    EXPECT_EQ(guard.finishOutput().passes.at(0).policyIds, std::vector<std::string>{"P"});
}

TEST(CallGuard, anUnreadableAnswerStopsWhereAPolicyBlocksOnError)
{
    auto lenient = sample::patterns("A", Mode::Block, {"x"});
    lenient.onError = domain::OnError::Allow;
    lenient.severity = domain::Severity::Critical;
    auto guard = sample::guardOf({lenient, sample::patterns("B", Mode::Block, {"y"})});
    const auto channel = guard.channel(kContent);
    guard.feed(channel, "fine");
    guard.outputUnreadable("A provider event is no JSON.");
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->decision.policyId, "B");
    EXPECT_EQ(guard.stop()->decision.result, DecisionResult::Error);
    EXPECT_EQ(guard.stop()->decision.reason, "A provider event is no JSON.");
    EXPECT_EQ(guard.stop()->channel, "");
    EXPECT_EQ(guard.stop()->cutAt, 0U);
    const auto outcome = guard.finishOutput();
    EXPECT_EQ(outcome.decisions.size(), 2U);
    EXPECT_EQ(sample::find(outcome, "A")->failureCode, domain::FailureCode::UpstreamFailure);
    EXPECT_TRUE(outcome.passes.empty());
}

TEST(CallGuard, anUnreadableAnswerGoesOnWhereAllPoliciesAllowIt)
{
    auto guard = sample::guardOf({sample::patterns("W", Mode::Warn, {"x"})});
    guard.outputUnreadable("Unreadable.");
    guard.outputUnreadable("Unreadable again.");
    EXPECT_FALSE(guard.stop());
    sample::stream(guard, kContent, "x");
    const auto outcome = guard.finishOutput();
    ASSERT_EQ(outcome.decisions.size(), 2U);
    EXPECT_EQ(outcome.decisions.at(0).result, DecisionResult::Error);
    EXPECT_EQ(outcome.decisions.at(1).result, DecisionResult::Warn);
}

TEST(CallGuard, moreTextsThanCanBeJudgedAreUnreadable)
{
    const auto crowded = [](Mode mode) {
        auto guard = sample::guardOf({sample::patterns("P", mode, {"x"})});
        for (std::size_t i = 0; i < limits::kGuardChannelsMax; ++i) {
            static_cast<void>(guard.channel("choices/" + std::to_string(i) + "/content"));
        }
        EXPECT_FALSE(guard.stop());
        const auto overflow = guard.channel("choices/x/content");
        EXPECT_EQ(guard.channel("choices/y/content"), overflow);
        guard.feed(overflow, "12345");
        return std::pair(guard.stop().has_value(), guard.settled(overflow));
    };
    EXPECT_EQ(crowded(Mode::Block), std::pair(true, std::size_t{0}));
    EXPECT_EQ(crowded(Mode::Warn), std::pair(false, std::size_t{5}));
}

TEST(CallGuard, withoutOutputPoliciesEverythingIsSettledAndNothingRecorded)
{
    auto guard = sample::guardOf({});
    EXPECT_TRUE(guard.outputUnguarded());
    const auto channel = sample::stream(guard, kContent, "hello");
    EXPECT_EQ(guard.settled(channel), 5U);
    EXPECT_TRUE(guard.takeReplacements(channel).empty());
    const auto outcome = guard.finishOutput();
    EXPECT_TRUE(outcome.decisions.empty());
    EXPECT_TRUE(outcome.passes.empty());
}
