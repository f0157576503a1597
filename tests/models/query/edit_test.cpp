// SPDX-License-Identifier: Apache-2.0
#include "models/query/edit.h"

#include <gtest/gtest.h>

namespace exhibit::query {
namespace {

Query parsed(std::string_view text)
{
    return parse(text).value();
}

TEST(QueryEdit, joinsAlternativesOfOneFieldIntoOneRestriction)
{
    const auto all
        = restrictions(parsed("severity:critical or severity:high -status:resolved refund"));
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].values, (std::vector<std::string>{"critical", "high"}));
    EXPECT_TRUE(all[1].negated);
    EXPECT_TRUE(all[2].fields.empty());
    EXPECT_EQ(all[2].values, (std::vector<std::string>{"refund"}));
}

TEST(QueryEdit, showsAfterAndBeforeAsOneRange)
{
    const auto all = restrictions(parsed("after:2026-11-20 before:2026-11-21"));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].fields, (std::vector<Field>{Field::After, Field::Before}));
    EXPECT_EQ(all[0].groups.size(), 2U);
}

TEST(QueryEdit, removesARestrictionByItsGroups)
{
    const auto query = parsed("severity:high after:2026-11-20 before:2026-11-21");
    const auto all = restrictions(query);
    EXPECT_EQ(print(withoutGroups(query, all[1].groups)), "severity:high");
}

TEST(QueryEdit, onlyThisReplacesWhatTheFieldWasRestrictedTo)
{
    const auto query = parsed("severity:high or severity:low policy:BUDGET");
    EXPECT_EQ(print(withOnly(query, Field::Severity, "critical")),
              "policy:BUDGET severity:critical");
}

TEST(QueryEdit, addsAnAlternativeToTheOnesThere)
{
    EXPECT_EQ(print(withAdded(parsed("severity:high"), Field::Severity, "low")),
              "severity:high or severity:low");
}

TEST(QueryEdit, takesTheLastAlternativeAwayWithItsGroup)
{
    EXPECT_EQ(print(withRemoved(parsed("severity:high refund"), Field::Severity, "high")),
              "refund");
}

TEST(QueryEdit, excludingAValueRemovesItFromTheAlternatives)
{
    EXPECT_EQ(
        print(withExcluded(parsed("policy:BUDGET or policy:SAFETY"), Field::Policy, "BUDGET")),
        "policy:SAFETY -policy:BUDGET");
}

TEST(QueryEdit, addingAnExcludedValueEndsTheExclusion)
{
    EXPECT_EQ(print(withAdded(parsed("-policy:BUDGET"), Field::Policy, "BUDGET")), "policy:BUDGET");
}

TEST(QueryEdit, keepsValuesWithBlanksInQuotes)
{
    const auto query = withOnly({}, Field::User, "Jo \"the\" Q");
    EXPECT_EQ(chosenValues(parsed(print(query)), Field::User),
              (std::vector<std::string>{"Jo \"the\" Q"}));
}

TEST(QueryEdit, replacesTheRangeOfTime)
{
    const auto from = parseTime("2026-11-21T10:00:00Z").value();
    const auto to = parseTime("2026-11-21T11:00:00Z").value();
    const auto query = withRange(parsed("after:2026-01-01 refund"), from, to);
    const auto again = parsed(print(query));
    ASSERT_EQ(again.groups.size(), 3U);
    EXPECT_EQ(again.groups[1].front().time, from);
    EXPECT_EQ(again.groups[2].front().time, to);
}

TEST(QueryEdit, admitsTheValuesThatGroupsOfTheFieldLetThrough)
{
    const Query query = parsed("user:ada or user:bob -user:eve policy:A or user:zoe refund");
    EXPECT_TRUE(admits(query, Field::User, "ada"));
    EXPECT_TRUE(admits(query, Field::User, "bob"));
    EXPECT_FALSE(admits(query, Field::User, "eve"));
    EXPECT_FALSE(admits(query, Field::User, "zoe")) << "the first group asks for others";
    EXPECT_TRUE(admits(query, Field::Policy, "B")) << "a group of two fields says nothing alone";
    EXPECT_TRUE(admits({}, Field::User, "anybody"));
}

TEST(QueryEdit, leavesMixedGroupsAlone)
{
    const auto query = parsed("severity:high or refund");
    EXPECT_EQ(print(withoutField(query, Field::Severity)), print(query));
    EXPECT_TRUE(restrictions(query).front().mixed);
}

TEST(QueryEdit, takesComparisonsOfNumbers)
{
    const auto slow = withOnly({}, Field::Latency, ">=837ms");
    EXPECT_EQ(print(slow), "latency:>=837ms");
    EXPECT_EQ(print(withAdded(slow, Field::Latency, ">=837000us")), "latency:>=837ms");
    EXPECT_EQ(print(withAdded(slow, Field::Latency, "<=837ms")),
              "latency:>=837ms or latency:<=837ms");
    EXPECT_EQ(print(withRemoved(slow, Field::Latency, ">=837ms")), "");
    EXPECT_EQ(print(withExcluded({}, Field::Cost, ">=0.50")), "-cost:>=0.5");
    EXPECT_EQ(print(withOnly({}, Field::User, ">=x")), "user:\">=x\"");
}

TEST(QueryEdit, leavesOutARangeOfTime)
{
    const auto time = [](std::string_view text) { return parseTime(text).value(); };
    const auto query = withoutRange(
        parsed("refund"), time("2026-11-20T00:00:00Z"), time("2026-11-21T00:00:00Z"));
    EXPECT_EQ(print(query), "refund before:2026-11-20 or after:2026-11-21");
}

} // namespace
} // namespace exhibit::query
