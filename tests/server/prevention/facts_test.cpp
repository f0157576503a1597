// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/facts.h"

#include <gtest/gtest.h>

using exhibit::prevention::FactState;
using exhibit::prevention::factStateOf;

namespace {

FactState stateIn(std::string_view json, std::string_view path)
{
    const auto facts = exhibit::parseJson(json).value();
    return factStateOf(&facts, path);
}

} // namespace

TEST(Facts, nullAndAbsentAreDifferent)
{
    EXPECT_EQ(stateIn(R"({"a":{"b":null}})", "a.b"), FactState::Null);
    EXPECT_EQ(stateIn(R"({"a":{"b":false}})", "a.b"), FactState::Present);
    EXPECT_EQ(stateIn(R"({"a":{}})", "a.b"), FactState::Absent);
    EXPECT_EQ(stateIn("{}", "a"), FactState::Absent);
    EXPECT_EQ(factStateOf(nullptr, "a"), FactState::Absent);
}

TEST(Facts, aPathStopsAtWhatIsNoObject)
{
    EXPECT_EQ(stateIn(R"({"a":null})", "a.b"), FactState::Absent);
    EXPECT_EQ(stateIn(R"({"a":[{"b":1}]})", "a.b"), FactState::Absent);
    EXPECT_EQ(stateIn(R"({"a":{"b":{"c":1}}})", "a.b"), FactState::Present);
    EXPECT_EQ(stateIn("[]", "a"), FactState::Absent);
}

TEST(Facts, theWholePathMayBeOneName)
{
    EXPECT_EQ(stateIn(R"({"a.b":1})", "a.b"), FactState::Present);
    EXPECT_EQ(stateIn(R"({"a.b":1,"a":{"b":null}})", "a.b"), FactState::Null);
}
