// SPDX-License-Identifier: Apache-2.0
#include "tests/models/query/query_text.h"

namespace exhibit::query {
namespace {

TEST(QueryValues, costIsReadInMicrocents)
{
    const auto clause = onlyClause("cost:>0.50");
    EXPECT_EQ(clause.field, Field::Cost);
    EXPECT_EQ(clause.comparison, Comparison::Greater);
    EXPECT_EQ(clause.number, 50'000'000);
    EXPECT_EQ(clause.value, "0.5");
    EXPECT_EQ(onlyClause("cost:12").number, 1'200'000'000);
    EXPECT_EQ(onlyClause("cost:<=0.00000001").number, 1);
    EXPECT_EQ(onlyClause("cost:92233720368.54775807").number, INT64_MAX);
}

TEST(QueryValues, aBadCostIsRefused)
{
    for (const auto* text : {"cost:free",
                             "cost:.5",
                             "cost:1.",
                             "cost:-1",
                             "cost:1e3",
                             "cost:$1",
                             "cost:0,5",
                             "cost:0.000000001",
                             "cost:92233720368.54775808",
                             "cost:99999999999999999999",
                             "cost:1.2.3"}) {
        const auto error = errorOf(text);
        EXPECT_GE(error.begin, 5u) << text;
    }
}

TEST(QueryValues, latencyTakesUnitsAndCountsInMilliseconds)
{
    EXPECT_EQ(onlyClause("latency:>2s").number, 2'000'000);
    EXPECT_EQ(onlyClause("latency:<500ms").number, 500'000);
    EXPECT_EQ(onlyClause("latency:>=500").number, 500'000);
    EXPECT_EQ(onlyClause("latency:250US").number, 250);
    EXPECT_EQ(onlyClause("latency:1.5m").number, 90'000'000);
    EXPECT_EQ(onlyClause("latency:2min").number, 120'000'000);
    EXPECT_EQ(onlyClause("latency:1h").number, 3'600'000'000);
    EXPECT_EQ(onlyClause("latency:>=500").value, "500ms");
    EXPECT_EQ(onlyClause("latency:0.5s").value, "500ms");
    EXPECT_EQ(onlyClause("latency:\"3000ms\"").value, "3s");
}

TEST(QueryValues, aBadLatencyIsRefused)
{
    for (const auto* text : {"latency:soon",
                             "latency:s",
                             "latency:0.0001ms",
                             "latency:2d",
                             "latency:9999999999999h",
                             "latency:-1s"}) {
        EXPECT_EQ(errorOf(text).begin, 8u) << text;
    }
}

TEST(QueryValues, closedSetsFoldCaseAndNameWhatIsAccepted)
{
    EXPECT_EQ(onlyClause("Severity:HIGH").value, "high");
    EXPECT_EQ(onlyClause("status:False_Positive").value, "false_positive");
    const auto error = errorOf("severity:hihg");
    EXPECT_EQ(error.suggestion, "high");
    EXPECT_EQ(error.begin, 9u);
    EXPECT_EQ(error.end, 13u);
    EXPECT_NE(error.message.find("critical, high, medium, low"), std::string::npos);
    EXPECT_EQ(errorOf("severity:crit").suggestion, "critical");
    EXPECT_EQ(errorOf("status:resolve").suggestion, "resolved");
    EXPECT_EQ(errorOf("failure:contradicton").suggestion, "contradiction");
    EXPECT_EQ(errorOf("severity:7").suggestion, "");
}

TEST(QueryValues, policyIdsAreUpperCase)
{
    EXPECT_EQ(onlyClause("policy:pii_output").value, "PII_OUTPUT");
}

TEST(QueryValues, textValuesKeepTheirCaseAndMayBeQuoted)
{
    EXPECT_EQ(onlyClause("user:\"Ann  Smith\"").value, "Ann  Smith");
    EXPECT_EQ(onlyClause("model:org/gpt-4o:2024").value, "org/gpt-4o:2024");
}

TEST(QueryValues, timesAreReadAsInstantsOrDates)
{
    const auto noon = onlyClause("after:2026-11-21T12:00:00+02:00");
    EXPECT_EQ(noon.value, "2026-11-21T10:00:00Z");
    EXPECT_EQ(formatTime(noon.time), "2026-11-21T10:00:00.000000Z");
    const auto date = onlyClause("before:2026-11-21");
    EXPECT_EQ(date.value, "2026-11-21");
    EXPECT_EQ(onlyClause("before:2026-11-21T00:00:00.1234567Z").value,
              "2026-11-21T00:00:00.123456Z");
    EXPECT_EQ(onlyClause("before:\"2026-11-21 10:00:00Z\"").value, "2026-11-21T10:00:00Z");
}

TEST(QueryValues, badTimesAreRefused)
{
    for (const auto* text : {"after:yesterday",
                             "after:2026",
                             "after:2026-13-01",
                             "after:2026-02-30",
                             "after:21.11.2026",
                             "after:2026-11-21T10:00",
                             "after:9999-01-01",
                             "after:0001-01-01",
                             "after:1969-12-31",
                             "after:2200-01-01",
                             "after:1970-01-01T00:00:00+00:01",
                             "after:2199-12-31T23:59:59-01:00"}) {
        EXPECT_EQ(errorOf(text).begin, 6u) << text;
    }
}

TEST(QueryValues, onlyCostAndLatencyCompare)
{
    EXPECT_EQ(errorOf("user:>bob").suggestion, "\">bob\"");
    EXPECT_EQ(onlyClause("user:\">bob\"").value, ">bob");
    EXPECT_EQ(errorOf("severity:>=high").suggestion, "high");
    EXPECT_EQ(errorOf("after:>2026-01-01").suggestion, "2026-01-01");
}

} // namespace
} // namespace exhibit::query
