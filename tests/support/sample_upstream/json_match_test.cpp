// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/json_match.h"

#include <gtest/gtest.h>

namespace exhibit::sample {

namespace {

void expectEqual(const char* a, const char* b)
{
    EXPECT_TRUE(equalAsJson(*parseJson(a), *parseJson(b))) << a << " " << b;
    EXPECT_EQ(hashOfJson(*parseJson(a)), hashOfJson(*parseJson(b))) << a << " " << b;
}

void expectDifferent(const char* a, const char* b)
{
    EXPECT_FALSE(equalAsJson(*parseJson(a), *parseJson(b))) << a << " " << b;
}

} // namespace

TEST(JsonMatch, comparesNumbersByValue)
{
    expectEqual("1", "1.0");
    expectEqual("1", "1e0");
    expectEqual("0.0", "-0.0");
    expectEqual("18446744073709551615", "18446744073709551615");
    expectDifferent("1", "1.5");
    expectDifferent("1", "\"1\"");
    expectDifferent("1", "true");
}

TEST(JsonMatch, ignoresTheOrderOfMembersOnly)
{
    expectEqual(R"({"a":1,"b":[1,{"c":null}]})", R"({ "b": [1.0, {"c": null}], "a": 1 })");
    expectDifferent("[1,2]", "[2,1]");
    expectDifferent(R"({"a":1})", R"({"a":1,"b":null})");
    expectDifferent(R"({"a":1})", R"({"b":1})");
    expectDifferent("[]", "{}");
    expectDifferent("null", "false");
}

TEST(JsonMatch, findsTheTextOfAMember)
{
    const char* const text
        = R"( { "a\"b" : "}\\" , "x":{"y":[1,"]"],"z":{}} ,"n": 1.10 , "e":[] })";
    EXPECT_EQ(memberText(text, "x"), R"({"y":[1,"]"],"z":{}})");
    EXPECT_EQ(memberText(text, "n"), "1.10");
    EXPECT_EQ(memberText(text, "e"), "[]");
    EXPECT_EQ(memberText(text, "y"), "");
    EXPECT_EQ(memberText(R"({"a":1,"a":2})", "a"), "2");
    EXPECT_EQ(memberText("{}", "a"), "");
}

} // namespace exhibit::sample
