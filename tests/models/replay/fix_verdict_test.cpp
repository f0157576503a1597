// SPDX-License-Identifier: Apache-2.0
#include "models/replay/fix_verdict.h"

#include <gtest/gtest.h>

namespace exhibit::replay {
namespace {

using domain::DecisionResult;
using domain::FixVerdict;
using domain::MatchLevel;

/// What SAFETY says of an answer; Pass: it finds nothing.
Judgement says(DecisionResult result)
{
    Judgement judgement;
    judgement.snapshotId = "SNAP-2";
    if (result != DecisionResult::Pass) {
        domain::Decision decision;
        decision.policyId = "SAFETY";
        decision.result = result;
        judgement.decisions.push_back(decision);
    }
    if (result == DecisionResult::Block) {
        judgement.stoppedBy = "SAFETY";
    }
    return judgement;
}

FixVerdict verdict(DecisionResult recorded,
                   std::optional<DecisionResult> replayed,
                   MatchLevel level = MatchLevel::Mismatch)
{
    Outcome outcome;
    outcome.underOther = says(recorded);
    std::optional<Match> match;
    if (replayed) {
        outcome.replayed.emplace();
        outcome.replayed->judgement = says(*replayed);
        match = Match{level, {}};
    }
    return fixVerdict(outcome, match, "SAFETY").verdict;
}

TEST(FixVerdict, aPolicyThatNowStopsOrRedactsItPreventsIt)
{
    EXPECT_EQ(verdict(DecisionResult::Block, DecisionResult::Block), FixVerdict::Prevented);
    EXPECT_EQ(verdict(DecisionResult::Redact, DecisionResult::Pass), FixVerdict::Prevented);
    EXPECT_EQ(verdict(DecisionResult::Block, std::nullopt), FixVerdict::Prevented);
}

TEST(FixVerdict, aWarningLetsItHappenAgain)
{
    EXPECT_EQ(verdict(DecisionResult::Warn, DecisionResult::Pass), FixVerdict::Recurs);
    EXPECT_EQ(verdict(DecisionResult::Block, DecisionResult::Warn), FixVerdict::Recurs);
}

TEST(FixVerdict, aPolicyThatNoLongerSeesItPreventsNothing)
{
    EXPECT_EQ(verdict(DecisionResult::Pass, DecisionResult::Pass, MatchLevel::Exact),
              FixVerdict::Recurs);
    EXPECT_EQ(verdict(DecisionResult::Pass, std::nullopt), FixVerdict::Recurs);
}

TEST(FixVerdict, anotherAnswerSaysNothingOfTheFix)
{
    EXPECT_EQ(verdict(DecisionResult::Pass, DecisionResult::Pass), FixVerdict::NotSeenAgain);
}

} // namespace
} // namespace exhibit::replay
