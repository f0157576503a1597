// SPDX-License-Identifier: Apache-2.0
#include "models/scan/match_runs.h"

#include <gtest/gtest.h>

#include <random>

using namespace exhibit;
using scan::MatchRun;
using scan::MatchRuns;

namespace {

scan::Match match(std::size_t begin, std::size_t end, std::size_t pattern = 0)
{
    scan::Match made;
    made.pattern = pattern;
    made.begin = begin;
    made.end = end;
    made.start = begin;
    return made;
}

} // namespace

TEST(MatchRuns, touchingAndOverlappingMatchesAreOneRun)
{
    MatchRuns runs;
    runs.add(match(2, 4, 5));
    runs.add(match(4, 6, 3));
    runs.add(match(2, 7, 4));
    runs.add(match(9, 10, 1));
    EXPECT_EQ(runs.all(), (std::vector<MatchRun>{{2, 7, 2, 4}, {9, 10, 9, 1}}));
}

TEST(MatchRuns, aLongMatchSwallowsEarlierRuns)
{
    MatchRuns runs;
    runs.add(match(1, 2));
    runs.add(match(4, 5));
    runs.add(match(0, 6, 7));
    EXPECT_EQ(runs.all(), (std::vector<MatchRun>{{0, 6, 0, 7}}));
}

TEST(MatchRuns, runsBeforeALimitCanBeTaken)
{
    MatchRuns runs;
    runs.add(match(1, 2));
    runs.add(match(4, 5));
    EXPECT_EQ(runs.takeBefore(4).size(), 1U);
    EXPECT_EQ(runs.all().size(), 1U);
    EXPECT_TRUE(runs.takeBefore(4).empty());
}

TEST(MatchRuns, areThoseOfTheWholeText)
{
    std::mt19937 random(7);
    const std::vector<scan::PatternSpec> specs{{"ab?", {}, {}, true},
                                               {"b[ac]{1,3}", {}, {}, true},
                                               {"c\\b", {}, {}, true},
                                               {"aa", {}, {}, true}};
    const auto set = scan::PatternSet::compile(specs).value();
    for (int round = 0; round < 500; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i) {
            text += "abc. "[random() % 5];
        }
        const auto matches = scan::scanWhole(set, text);
        MatchRuns runs;
        for (const auto& confirmed : matches) {
            runs.add(confirmed);
        }
        const auto expected = scan::coveredRuns(matches);
        ASSERT_EQ(runs.all().size(), expected.size()) << text;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_EQ(runs.all()[i].begin, expected[i].begin) << text;
            EXPECT_EQ(runs.all()[i].end, expected[i].end) << text;
            EXPECT_EQ(runs.all()[i].pattern, expected[i].pattern) << text;
        }
    }
}

TEST(MatchRuns, theirNumberIsLimited)
{
    MatchRuns runs;
    for (std::size_t i = 0; i < limits::kMatchRunsPerTextMax; ++i) {
        runs.add(match(2 * i, 2 * i + 1));
    }
    EXPECT_EQ(runs.all().size(), limits::kMatchRunsPerTextMax);
    const auto beyond = 2 * limits::kMatchRunsPerTextMax + 10;
    runs.add(match(beyond, beyond + 1));
    EXPECT_EQ(runs.all().size(), limits::kMatchRunsPerTextMax);
    EXPECT_EQ(runs.all().back().end, beyond + 1);
}
