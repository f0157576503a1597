// SPDX-License-Identifier: Apache-2.0
#include "server/security/rate_windows.h"

#include <gtest/gtest.h>

#include <random>

namespace exhibit::security {
namespace {

using namespace std::chrono_literals;

const UtcTime kStart = fromMicroseconds(1'800'000'000'250'000);

TEST(RateWindows, letsTheLimitThroughAndNotOneMore)
{
    RateWindows windows;
    for (std::uint32_t i = 1; i <= 60; ++i) {
        const auto verdict = windows.take("a", 60, kStart + i * 10ms);
        EXPECT_TRUE(verdict.allowed);
        EXPECT_EQ(verdict.remaining(), 60 - i);
    }
    const auto over = windows.take("a", 60, kStart + 1s);
    EXPECT_FALSE(over.allowed);
    EXPECT_EQ(over.used, 60U);
    EXPECT_EQ(over.remaining(), 0U);
    EXPECT_EQ(over.resetSeconds, 60U) << "59.01 seconds, rounded up";
    EXPECT_TRUE(windows.take("b", 60, kStart + 1s).allowed) << "another key has its own window";
}

TEST(RateWindows, slideWithEveryRequestSoThatNoBoundaryLetsTwiceTheLimitThrough)
{
    RateWindows windows;
    std::vector<UtcTime> allowed;
    std::mt19937 random(7);
    auto now = kStart;
    for (int i = 0; i < 5000; ++i) {
        now += std::chrono::milliseconds(std::uniform_int_distribution(0, 2000)(random));
        if (windows.take("a", 20, now).allowed) {
            allowed.push_back(now);
        }
    }
    ASSERT_GT(allowed.size(), 100U);
    for (std::size_t i = 20; i < allowed.size(); ++i) {
        EXPECT_GE(allowed[i] - allowed[i - 20], 60s) << "at most 20 in any minute";
    }
}

TEST(RateWindows, countNothingWithoutALimitAndNothingThatWasRefused)
{
    RateWindows windows;
    EXPECT_TRUE(windows.take("a", 0, kStart).allowed);
    EXPECT_EQ(windows.size(), 0U);
    EXPECT_TRUE(windows.take("a", 1, kStart).allowed);
    for (int i = 1; i < 60; ++i) {
        EXPECT_FALSE(windows.take("a", 1, kStart + i * 1s).allowed);
    }
    EXPECT_TRUE(windows.take("a", 1, kStart + 60s).allowed) << "refusals do not prolong the wait";
    windows.giveBack("a");
    EXPECT_TRUE(windows.take("a", 1, kStart + 60s).allowed);
}

TEST(RateWindows, giveWayToNewKeysBeyondTheirNumber)
{
    RateWindows windows(2);
    EXPECT_TRUE(windows.take("a", 1, kStart).allowed);
    EXPECT_TRUE(windows.take("b", 1, kStart).allowed);
    EXPECT_FALSE(windows.take("a", 1, kStart).allowed) << "used last";
    EXPECT_TRUE(windows.take("c", 1, kStart).allowed) << "instead of b";
    EXPECT_EQ(windows.size(), 2U);
    EXPECT_FALSE(windows.take("a", 1, kStart).allowed);
    EXPECT_TRUE(windows.take("b", 1, kStart).allowed) << "forgotten";
}

TEST(RateWindows, countWhatOtherReplicasLetIn)
{
    RateWindows here;
    RateWindows there;
    here.share(true);
    there.share(true);
    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(there.take("a", 6, kStart).allowed);
    }
    const auto uses = there.takeUnshared();
    ASSERT_EQ(uses.size(), 1U);
    EXPECT_EQ(uses[0].count, 4);
    EXPECT_TRUE(there.takeUnshared().empty()) << "each use is told once";
    here.learn(uses);
    EXPECT_EQ(here.take("a", 6, kStart + 1s).remaining(), 1U);
    EXPECT_TRUE(here.take("a", 6, kStart + 1s).allowed);
    EXPECT_FALSE(here.take("a", 6, kStart + 1s).allowed);
    EXPECT_EQ(here.activeKeys(kStart + 2s), std::vector<std::string>{"a"});
    EXPECT_EQ(here.take("a", 6, kStart + 61s).remaining(), 5U) << "all have left the window";
    here.share(false);
    EXPECT_TRUE(here.takeUnshared().empty());
}

} // namespace
} // namespace exhibit::security
