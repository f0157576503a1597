// SPDX-License-Identifier: Apache-2.0
#include "server/http/byte_range.h"

#include <gtest/gtest.h>

namespace exhibit::http {
namespace {

/// "2-5": a part, up to before the second; "whole" or "none".
std::string choiceOf(const Headers& headers, std::uint64_t size = 10)
{
    ByteRange range;
    switch (chooseRange(headers, size, "\"tag\"", range)) {
    case RangeChoice::Whole:
        EXPECT_EQ(range.begin, 0U);
        EXPECT_EQ(range.end, size);
        return "whole";
    case RangeChoice::Part:
        return std::to_string(range.begin) + "-" + std::to_string(range.end);
    case RangeChoice::Unsatisfiable:
        return "none";
    }
    return "";
}

std::string rangeOf(const std::string& value, std::uint64_t size = 10)
{
    return choiceOf({{"Range", value}}, size);
}

TEST(ByteRange, oneRangeIsTaken)
{
    EXPECT_EQ(rangeOf("bytes=0-"), "0-10");
    EXPECT_EQ(rangeOf("bytes=4-"), "4-10");
    EXPECT_EQ(rangeOf("bytes=4-4"), "4-5");
    EXPECT_EQ(rangeOf("bytes=4-6"), "4-7");
    EXPECT_EQ(rangeOf("bytes=9-"), "9-10");
    EXPECT_EQ(rangeOf("bytes=4-99"), "4-10");
    EXPECT_EQ(rangeOf("bytes=4-18446744073709551615"), "4-10");
    EXPECT_EQ(rangeOf("bytes=-3"), "7-10");
    EXPECT_EQ(rangeOf("bytes=-99"), "0-10");
    EXPECT_EQ(rangeOf("BYTES=4-6"), "4-7");
}

TEST(ByteRange, whatTheBodyDoesNotHaveIsUnsatisfiable)
{
    EXPECT_EQ(rangeOf("bytes=10-"), "none");
    EXPECT_EQ(rangeOf("bytes=99-100"), "none");
    EXPECT_EQ(rangeOf("bytes=-0"), "none");
    EXPECT_EQ(rangeOf("bytes=0-", 0), "none");
    EXPECT_EQ(rangeOf("bytes=-1", 0), "none");
}

TEST(ByteRange, whatIsNotUnderstoodGetsTheWhole)
{
    EXPECT_EQ(choiceOf({}), "whole");
    for (const auto* value : {"",
                              "bytes",
                              "bytes=",
                              "bytes=-",
                              "bytes=a-",
                              "bytes=1-b",
                              "bytes=5-4",
                              "bytes=1-2,4-5",
                              "bytes=+1-2",
                              "bytes= 1-2",
                              "bytes=1-2 ",
                              "items=1-2",
                              "bytes=-1-2",
                              "bytes=18446744073709551616-"}) {
        EXPECT_EQ(rangeOf(value), "whole") << value;
    }
}

TEST(ByteRange, aRangeOfAnotherBodyGetsTheWhole)
{
    EXPECT_EQ(choiceOf({{"Range", "bytes=4-"}, {"If-Range", "\"tag\""}}), "4-10");
    EXPECT_EQ(choiceOf({{"Range", "bytes=4-"}, {"If-Range", "\"other\""}}), "whole");
    EXPECT_EQ(choiceOf({{"Range", "bytes=4-"}, {"If-Range", "W/\"tag\""}}), "whole");
    EXPECT_EQ(choiceOf({{"Range", "bytes=99-"}, {"If-Range", "Sun, 22 Nov 2026 00:00:00 GMT"}}),
              "whole");
}

} // namespace
} // namespace exhibit::http
