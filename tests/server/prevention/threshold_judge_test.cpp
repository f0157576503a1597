// SPDX-License-Identifier: Apache-2.0
#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::DecisionResult;
using domain::KillReason;
using domain::Metric;
using domain::Mode;
using domain::TerminationReason;

namespace {

const UtcTime kStart = fromMicroseconds(1'000'000'000);

struct Case {
    Metric metric;
    domain::RunCounters counters;
    std::int64_t callOutputTokens;
    TerminationReason reason;
    KillReason killReason;
};

/// Exactly `value` of the metric.
Case caseOf(Metric metric, std::int64_t value)
{
    Case made{
        metric, {0, 0, 0, kStart}, 0, TerminationReason::BudgetExceeded, KillReason::MaxTokens};
    switch (metric) {
    case Metric::RunTokens:
        made.counters.tokens = value;
        break;
    case Metric::RunCost:
        made.counters.costMicrocents = value;
        made.killReason = KillReason::MaxCost;
        break;
    case Metric::RunLlmCalls:
        made.counters.llmCalls = value;
        made.killReason = KillReason::MaxLlmCalls;
        break;
    case Metric::RunDuration:
        made.counters.startedAt = kStart - std::chrono::seconds{value};
        made.reason = TerminationReason::Timeout;
        made.killReason = KillReason::MaxRuntime;
        break;
    case Metric::CallOutputTokens:
        made.callOutputTokens = value;
        break;
    }
    return made;
}

constexpr Metric kMetrics[] = {Metric::RunTokens,
                               Metric::RunCost,
                               Metric::RunLlmCalls,
                               Metric::RunDuration,
                               Metric::CallOutputTokens};

void report(CallGuard& guard, const Case& usage)
{
    guard.usageChanged(usage.counters, usage.callOutputTokens, kStart);
}

} // namespace

TEST(ThresholdJudge, theMaximumItselfIsAllowed)
{
    for (const auto metric : kMetrics) {
        auto guard = sample::guardOf({sample::threshold(metric, Mode::Block, 10)});
        report(guard, caseOf(metric, 10));
        EXPECT_FALSE(guard.stop()) << wireName(metric);
        EXPECT_TRUE(guard.finishOutput().decisions.empty());
    }
}

TEST(ThresholdJudge, oneOverTheMaximumStopsWithItsReasons)
{
    for (const auto metric : kMetrics) {
        auto guard = sample::guardOf({sample::threshold(metric, Mode::Block, 10)});
        const auto usage = caseOf(metric, 11);
        report(guard, usage);
        ASSERT_TRUE(guard.stop()) << wireName(metric);
        const auto& stop = *guard.stop();
        EXPECT_EQ(stop.reason, usage.reason) << wireName(metric);
        EXPECT_EQ(stop.killReason, usage.killReason) << wireName(metric);
        EXPECT_EQ(stop.channel, "");
        EXPECT_EQ(stop.decision.result, DecisionResult::Block);
        EXPECT_EQ(stop.decision.metric, wireName(metric));
        EXPECT_EQ(stop.decision.used, 11);
        EXPECT_EQ(stop.decision.limit, 10);
        EXPECT_EQ(stop.decision.stage, domain::Stage::Run);
        EXPECT_EQ(stop.decision.failureCode, domain::FailureCode::Runaway);
        EXPECT_EQ(stop.decision.at, kStart);
    }
}

TEST(ThresholdJudge, aNanosecondOverTheDurationIsOver)
{
    auto guard = sample::guardOf({sample::threshold(Metric::RunDuration, Mode::Block, 10)});
    const domain::RunCounters counters{0, 0, 0, kStart};
    guard.usageChanged(counters, 0, kStart + std::chrono::seconds{10});
    EXPECT_FALSE(guard.stop());
    guard.usageChanged(
        counters, 0, kStart + std::chrono::seconds{10} + std::chrono::nanoseconds{1});
    EXPECT_TRUE(guard.stop());
}

TEST(ThresholdJudge, warnsOnceAtTheWarningLevelAndStopsAtTheMaximum)
{
    auto policy = sample::threshold(Metric::RunTokens, Mode::Block, 10);
    std::get<domain::ThresholdRule>(policy.rule).warnAt = 8;
    auto guard = sample::guardOf({policy});
    for (const std::int64_t tokens : {7, 8, 9, 10}) {
        report(guard, caseOf(Metric::RunTokens, tokens));
    }
    EXPECT_FALSE(guard.stop());
    report(guard, caseOf(Metric::RunTokens, 12));
    report(guard, caseOf(Metric::RunTokens, 99));
    ASSERT_TRUE(guard.stop());
    const auto outcome = guard.finishOutput();
    ASSERT_EQ(outcome.decisions.size(), 2U);
    EXPECT_EQ(outcome.decisions.at(0).result, DecisionResult::Warn);
    EXPECT_EQ(outcome.decisions.at(0).used, 8);
    EXPECT_EQ(outcome.decisions.at(1).result, DecisionResult::Block);
    EXPECT_EQ(outcome.decisions.at(1).used, 12);
}

TEST(ThresholdJudge, aCostThatNobodyKnowsIsAnErrorAndFollowsOnError)
{
    for (const auto mode : {Mode::Block, Mode::Warn}) {
        const auto snapshot = sample::compiled({sample::threshold(Metric::RunCost, mode, 10)});
        auto subject = sample::subject();
        subject.priced = false;
        CallGuard guard(snapshot, subject);
        report(guard, caseOf(Metric::RunCost, 0));
        report(guard, caseOf(Metric::RunCost, 99));
        EXPECT_EQ(guard.stop().has_value(), mode == Mode::Block);
        const auto outcome = guard.finishOutput();
        ASSERT_EQ(outcome.decisions.size(), 1U);
        const auto& decision = outcome.decisions.at(0);
        EXPECT_EQ(decision.result, DecisionResult::Error);
        EXPECT_EQ(decision.stage, domain::Stage::Run);
        EXPECT_EQ(decision.metric, "run.cost");
        EXPECT_EQ(decision.limit, 10);
        EXPECT_FALSE(decision.used.has_value());
        EXPECT_FALSE(decision.failureCode.has_value());
        if (mode == Mode::Block) {
            EXPECT_EQ(guard.stop()->reason, TerminationReason::PolicyBlock);
            EXPECT_FALSE(guard.stop()->killReason.has_value());
        }
    }
}

TEST(ThresholdJudge, otherThresholdsNeedNoPrice)
{
    auto subject = sample::subject();
    subject.priced = false;
    CallGuard guard(sample::compiled({sample::threshold(Metric::RunTokens, Mode::Block, 10)}),
                    subject);
    report(guard, caseOf(Metric::RunTokens, 10));
    EXPECT_FALSE(guard.stop().has_value());
    EXPECT_TRUE(guard.finishOutput().decisions.empty());
}

TEST(ThresholdJudge, warnAndMonitorRecordTheExcessAndGoOn)
{
    for (const auto mode : {Mode::Warn, Mode::Monitor}) {
        auto guard = sample::guardOf({sample::threshold(Metric::RunLlmCalls, mode, 8)});
        report(guard, caseOf(Metric::RunLlmCalls, 9));
        EXPECT_FALSE(guard.stop());
        const auto outcome = guard.finishOutput();
        ASSERT_EQ(outcome.decisions.size(), 1U);
        EXPECT_EQ(outcome.decisions.at(0).result, DecisionResult::Warn);
        EXPECT_EQ(outcome.decisions.at(0).reason, "run.llm_calls is 9, more than the 8 allowed.");
    }
}

TEST(ThresholdJudge, thresholdsThatHeldArePackedApartFromTheOutput)
{
    auto guard = sample::guardOf({sample::threshold(Metric::RunTokens, Mode::Block, 10),
                                  sample::patterns("P", Mode::Block, {"x"})});
    report(guard, caseOf(Metric::RunTokens, 1));
    sample::stream(guard, "choices/0/content", "fine");
    const auto outcome = guard.finishOutput();
    ASSERT_EQ(outcome.passes.size(), 2U);
    EXPECT_EQ(outcome.passes.at(0).policyIds, std::vector<std::string>{"P"});
    EXPECT_EQ(outcome.passes.at(1).policyIds, std::vector<std::string>{"BUDGET"});
    EXPECT_EQ(outcome.passes.at(1).stage, domain::Stage::Run);
}

TEST(ThresholdJudge, aThresholdNobodyComparedDidNotPass)
{
    auto guard = sample::guardOf({sample::threshold(Metric::RunTokens, Mode::Block, 10)});
    EXPECT_TRUE(guard.finishOutput().passes.empty());
}

TEST(ThresholdJudge, aStopMidStreamEndsTheJudgingOfTheOutput)
{
    auto guard = sample::guardOf({sample::threshold(Metric::CallOutputTokens, Mode::Block, 10),
                                  sample::patterns("P", Mode::Block, {"secret"})});
    const auto channel = guard.channel("choices/0/content");
    guard.feed(channel, "a sec");
    report(guard, caseOf(Metric::CallOutputTokens, 11));
    guard.feed(channel, "ret");
    EXPECT_EQ(guard.settled(channel), 2U);
    EXPECT_EQ(guard.stop()->decision.policyId, "BUDGET");
    guard.outputUnreadable("Too late.");
    EXPECT_EQ(guard.finishOutput().decisions.size(), 1U);
}

TEST(ThresholdJudge, theFirstStopStays)
{
    auto guard = sample::guardOf({sample::threshold(Metric::RunTokens, Mode::Block, 10),
                                  sample::patterns("P", Mode::Block, {"x"})});
    sample::stream(guard, "choices/0/content", "x");
    report(guard, caseOf(Metric::RunTokens, 11));
    EXPECT_EQ(guard.stop()->decision.policyId, "P");
}

TEST(ThresholdJudge, usageIsNeededForTokensAndCostOnly)
{
    const auto needs = [](Metric metric) {
        return sample::guardOf({sample::threshold(metric, Mode::Warn, 1)}).needsUsage();
    };
    EXPECT_TRUE(needs(Metric::RunTokens));
    EXPECT_TRUE(needs(Metric::RunCost));
    EXPECT_TRUE(needs(Metric::CallOutputTokens));
    EXPECT_FALSE(needs(Metric::RunLlmCalls));
    EXPECT_FALSE(needs(Metric::RunDuration));
    EXPECT_FALSE(sample::guardOf({}).needsUsage());
}
