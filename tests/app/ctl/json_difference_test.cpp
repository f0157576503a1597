// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/json_difference.h"

#include <gtest/gtest.h>

namespace exhibit::ctl {
namespace {

std::vector<JsonDifference> between(const char* a, const char* b)
{
    return differences(parseJson(a).value(), parseJson(b).value());
}

TEST(JsonDifference, isNoneBetweenEqualDocumentsInAnyOrderOfMembers)
{
    EXPECT_TRUE(between(R"({"a":1,"b":[1,{"c":null}]})", R"({"b":[1,{"c":null}],"a":1})").empty());
}

TEST(JsonDifference, namesTheInnermostPlaceAndBothValues)
{
    const auto found = between(R"({"rule":{"max":5,"x/y":1}})", R"({"rule":{"max":7,"x/y":2}})");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].pointer, "/rule/max");
    EXPECT_EQ(*found[0].before, 5);
    EXPECT_EQ(*found[0].after, 7);
    EXPECT_EQ(found[1].pointer, "/rule/x~1y");
}

TEST(JsonDifference, saysWhatOnlyOneSideHas)
{
    const auto found = between(R"({"a":1,"list":[1,2]})", R"({"list":[1],"b":null})");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].pointer, "/a");
    EXPECT_FALSE(found[0].after);
    EXPECT_EQ(found[1].pointer, "/list/1");
    EXPECT_FALSE(found[1].after);
    EXPECT_EQ(found[2].pointer, "/b");
    EXPECT_FALSE(found[2].before);
    EXPECT_TRUE(found[2].after->is_null());
}

TEST(JsonDifference, takesValuesOfDifferentKindsAsWholes)
{
    const auto found = between(R"({"a":{"b":1}})", R"({"a":[1]})");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].pointer, "/a");
}

} // namespace
} // namespace exhibit::ctl
