// SPDX-License-Identifier: Apache-2.0
#include "models/replay/outcome.h"

#include <gtest/gtest.h>

namespace exhibit::replay {
namespace {

domain::Decision decision(const std::string& policy, const std::string& reason)
{
    domain::Decision decision;
    decision.decisionId = DecisionId::generate();
    decision.policyId = policy;
    decision.result = domain::DecisionResult::Block;
    decision.reason = reason;
    decision.evaluationUs = 7;
    decision.at = utcNow();
    return decision;
}

Judgement judgement(const std::string& reason)
{
    Judgement judged{"SNAP-1", {decision("SAFETY", reason)}, {}, "SAFETY"};
    judged.passes.push_back(
        {DecisionId::generate(), domain::Stage::Input, "SNAP-1", {"A", "B"}, {}, 3, utcNow()});
    return judged;
}

TEST(Differences, idsAndTimesSayNothing)
{
    EXPECT_TRUE(differences(judgement("Found."), judgement("Found.")).empty());
}

TEST(Differences, anotherReasonIsFoundOnBothSides)
{
    const auto found = differences(judgement("Found."), judgement("Found twice."));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(found[0].starts_with("only recorded: SAFETY")) << found[0];
    EXPECT_TRUE(found[1].starts_with("only now: SAFETY")) << found[1];
}

TEST(Differences, aPolicyThatNoLongerPassesIsFound)
{
    auto again = judgement("Found.");
    again.passes[0].policyIds = {"A"};
    EXPECT_EQ(differences(judgement("Found."), again).size(), 1U);
}

TEST(Differences, theClockIsNoPartOfWhatCanBeRepeated)
{
    auto recorded = judgement("Found.");
    auto late = decision("BUDGET", "run.duration is 61 s, more than the 60 s allowed.");
    late.metric = "run.duration";
    recorded.decisions.push_back(late);
    EXPECT_TRUE(differences(recorded, judgement("Found.")).empty());
    recorded.stoppedBy = "BUDGET"; // Then its passes came to another end, too.
    recorded.passes.clear();
    EXPECT_TRUE(differences(recorded, judgement("Found.")).empty());
}

} // namespace
} // namespace exhibit::replay
