// SPDX-License-Identifier: Apache-2.0
#include "models/scan/scanner.h"

#include <gtest/gtest.h>

namespace exhibit::scan {
namespace {

Match covers(std::size_t pattern, std::size_t begin, std::size_t end)
{
    Match match;
    match.pattern = pattern;
    match.begin = begin;
    match.end = end;
    match.start = begin;
    return match;
}

TEST(CoveredRuns, mergesOverlappingAndTouchingIntervals)
{
    const auto runs = coveredRuns(
        {covers(0, 8, 9), covers(0, 0, 3), covers(0, 2, 5), covers(0, 5, 6), covers(0, 1, 2)});
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_EQ(runs[0].begin, 0U);
    EXPECT_EQ(runs[0].end, 6U);
    EXPECT_EQ(runs[1].begin, 8U);
    EXPECT_EQ(runs[1].end, 9U);
}

TEST(CoveredRuns, takesThePlaceholderOfTheFirstListedPatternAtTheFirstByte)
{
    const auto runs = coveredRuns({covers(2, 0, 9), covers(1, 0, 2), covers(0, 1, 3)});
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].pattern, 1U);
    EXPECT_EQ(runs[0].end, 9U);
}

TEST(CoveredRuns, ofNoMatchesAreNone)
{
    EXPECT_TRUE(coveredRuns({}).empty());
}

} // namespace
} // namespace exhibit::scan
