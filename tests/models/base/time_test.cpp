// SPDX-License-Identifier: Apache-2.0
#include "models/base/time.h"

#include <gtest/gtest.h>

using exhibit::formatTime;
using exhibit::parseTime;

TEST(Time, printsSixDecimalsAndZ)
{
    EXPECT_EQ(formatTime(exhibit::UtcTime{}), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(formatTime(exhibit::fromMicroseconds(1'795'255'201'000'001)),
              "2026-11-21T10:00:01.000001Z");
}

TEST(Time, cutsNanosecondsTowardsThePast)
{
    EXPECT_EQ(formatTime(exhibit::UtcTime{std::chrono::nanoseconds{-1}}),
              "1969-12-31T23:59:59.999999Z");
}

TEST(Time, readsWhatItPrints)
{
    const auto time = exhibit::fromMicroseconds(1'795'255'201'123'456);
    EXPECT_EQ(parseTime(formatTime(time)).value(), time);
}

TEST(Time, readsOffsetsDecimalsAndDates)
{
    const auto noon = parseTime("2026-11-21T12:00:00Z").value();
    EXPECT_EQ(parseTime("2026-11-21T13:30:00+01:30").value(), noon);
    EXPECT_EQ(parseTime("2026-11-21 07:00:00.000-05:00").value(), noon);
    EXPECT_EQ(parseTime("2026-11-21").value(), parseTime("2026-11-21T00:00:00Z").value());
    EXPECT_EQ(parseTime("2026-11-21T12:00:00.000000001Z").value() - noon,
              std::chrono::nanoseconds{1});
}

TEST(Time, refusesWhatIsNoTime)
{
    for (const auto* text : {"",
                             "2026",
                             "2026-13-01",
                             "2026-02-30",
                             "2026-11-21T",
                             "2026-11-21T24:00:00Z",
                             "2026-11-21T10:60:00Z",
                             "2026-11-21T10:00:00",
                             "2026-11-21T10:00:00.Z",
                             "2026-11-21T10:00:00.0000000001Z",
                             "2026-11-21T10:00:00+0100",
                             "2026-11-21T10:00:00Zx"}) {
        EXPECT_FALSE(parseTime(text)) << text;
    }
}

TEST(Time, refusesYearsThatNanosecondsCannotHold)
{
    EXPECT_FALSE(parseTime("1677-12-31"));
    EXPECT_FALSE(parseTime("9999-12-31T23:59:59Z"));
    EXPECT_TRUE(parseTime("1678-01-01"));
    EXPECT_TRUE(parseTime("2261-12-31T23:59:60.999999999-23:59"));
}

TEST(Time, endsOfTheRangeAreTimes)
{
    EXPECT_EQ(formatTime(exhibit::UtcTime::min()), "1677-09-21T00:12:43.145224Z");
    EXPECT_EQ(formatTime(exhibit::UtcTime::max()), "2262-04-11T23:47:16.854775Z");
}

TEST(Time, microsecondsGoBothWays)
{
    EXPECT_EQ(exhibit::toMicroseconds(exhibit::fromMicroseconds(-5)), -5);
}

TEST(Deadline, leavesNothingOnceReached)
{
    EXPECT_TRUE(exhibit::Deadline::after(std::chrono::nanoseconds{0}).reached());
    EXPECT_EQ(exhibit::Deadline::after(std::chrono::seconds{-1}).left().count(), 0);
    EXPECT_FALSE(exhibit::Deadline::after(std::chrono::hours{1}).reached());
}
