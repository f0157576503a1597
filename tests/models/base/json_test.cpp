// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"

#include <gtest/gtest.h>

namespace exhibit {
namespace {

TEST(Json, refusesNumbersItCouldNotWriteAgain)
{
    const std::string digits(400, '9');
    for (const auto& text :
         {digits, "-" + digits, "{\"a\":[1," + digits + "]}", std::string("1e400")}) {
        EXPECT_FALSE(parseJson(text).has_value()) << text.substr(0, 20);
    }
    const auto large = parseJson(std::string(300, '9'));
    ASSERT_TRUE(large.has_value());
    EXPECT_TRUE(parseJson(printJson(*large)).has_value());
}

TEST(Json, refusesTextBehindTheValueAndTooDeepNesting)
{
    EXPECT_FALSE(parseJson("{} {}").has_value());
    EXPECT_TRUE(parseJson(" {} \n").has_value());
    const auto nested
        = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parseJson(nested(limits::kJsonDepthMax)).has_value());
    EXPECT_FALSE(parseJson(nested(limits::kJsonDepthMax + 1)).has_value());
}

TEST(Json, thatPeopleWriteHasNoTwoMembersOfOneName)
{
    EXPECT_TRUE(parseWrittenJson(R"({"a":{"x":1},"b":[{"x":1},{"x":2}]})"));
    EXPECT_FALSE(parseWrittenJson("{"));
    const auto twice = parseWrittenJson(R"({"rules":[{},{"mode":"block","m\u006fde":"monitor"}]})");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(twice.error().subject, "/rules/1/mode");
}

} // namespace
} // namespace exhibit
