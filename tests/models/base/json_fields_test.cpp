// SPDX-License-Identifier: Apache-2.0
#include "models/base/json_fields.h"

#include <gtest/gtest.h>

namespace sample {

struct Inner {
    std::int64_t number = 0;
};

template <class V>
void visitFields(V& visit, exhibit::Of<V, Inner>& inner)
{
    visit("number", inner.number);
}

struct Outer {
    std::string name;
    std::optional<bool> flag;
    std::vector<Inner> list;
    std::uint32_t small = 7;
};

template <class V>
void visitFields(V& visit, exhibit::Of<V, Outer>& outer)
{
    visit("name", outer.name);
    visit("flag", outer.flag);
    visit.defaulted("list", outer.list);
    visit.defaulted("small", outer.small);
}

} // namespace sample

namespace {

exhibit::Result<sample::Outer> read(std::string_view text,
                                    exhibit::UnknownMembers unknown
                                    = exhibit::UnknownMembers::Ignore)
{
    return exhibit::fromJson<sample::Outer>(exhibit::parseJson(text).value(), unknown);
}

std::string faultOf(std::string_view text)
{
    const auto outer = read(text, exhibit::UnknownMembers::Reject);
    return outer ? "none" : outer.error().subject;
}

} // namespace

TEST(JsonFields, writesOptionalsOnlyWhenTheyAreSet)
{
    sample::Outer outer{"a", std::nullopt, {{1}, {2}}, 3};
    EXPECT_EQ(exhibit::printJson(exhibit::toJson(outer)),
              R"({"name":"a","list":[{"number":1},{"number":2}],"small":3})");
    outer.flag = false;
    EXPECT_EQ(exhibit::printJson(exhibit::toJson(outer)),
              R"({"name":"a","flag":false,"list":[{"number":1},{"number":2}],"small":3})");
}

TEST(JsonFields, absentMembersKeepTheirDefault)
{
    const auto outer = read(R"({"name":"a","flag":null})").value();
    EXPECT_EQ(outer.small, 7U);
    EXPECT_TRUE(outer.list.empty());
    EXPECT_FALSE(outer.flag.has_value());
}

TEST(JsonFields, faultsNameTheirPointer)
{
    EXPECT_EQ(faultOf("{}"), "/name");
    EXPECT_EQ(faultOf(R"({"name":3})"), "/name");
    EXPECT_EQ(faultOf(R"({"name":"a","list":[{"number":1},{"number":"x"}]})"), "/list/1/number");
    EXPECT_EQ(faultOf(R"({"name":"a","list":{}})"), "/list");
    EXPECT_EQ(faultOf(R"({"name":"a","small":-1})"), "/small");
    EXPECT_EQ(faultOf(R"({"name":"a","small":4294967296})"), "/small");
    EXPECT_EQ(faultOf(R"({"name":"a","small":1.5})"), "/small");
    EXPECT_EQ(faultOf("[]"), "");
}

TEST(JsonFields, unknownMembersAreRefusedOnlyWhenAsked)
{
    EXPECT_TRUE(read(R"({"name":"a","more":1})"));
    EXPECT_EQ(faultOf(R"({"name":"a","more":1})"), "/more");
    EXPECT_EQ(faultOf(R"({"name":"a","list":[{"number":1,"m~/n":1}]})"), "/list/0/m~0~1n");
}

TEST(JsonFields, integersReachTheirLimits)
{
    const auto outer
        = read(R"({"name":"a","small":4294967295,"list":[{"number":-9223372036854775808}]})")
              .value();
    EXPECT_EQ(outer.small, 4'294'967'295U);
    EXPECT_EQ(outer.list.front().number, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(faultOf(R"({"name":"a","list":[{"number":9223372036854775808}]})"), "/list/0/number");
}

TEST(Json, depthIsLimited)
{
    const auto nested
        = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(exhibit::parseJson(nested(exhibit::limits::kJsonDepthMax)));
    EXPECT_FALSE(exhibit::parseJson(nested(exhibit::limits::kJsonDepthMax + 1)));
}

TEST(Json, refusesTrailingTextAndBadUtf8)
{
    EXPECT_TRUE(exhibit::parseJson(" {} \n"));
    EXPECT_FALSE(exhibit::parseJson("{} x"));
    EXPECT_FALSE(exhibit::parseJson("{}{}"));
    EXPECT_FALSE(exhibit::parseJson("\"\xff\""));
    EXPECT_FALSE(exhibit::parseJson(""));
}
