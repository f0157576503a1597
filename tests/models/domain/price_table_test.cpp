// SPDX-License-Identifier: Apache-2.0
#include "models/domain/price_table.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

namespace domain = exhibit::domain;

namespace {

domain::PriceTable shippedTable()
{
    const auto* source = std::getenv("EXHIBIT_SOURCE_DIR");
    std::ifstream file(std::string(source != nullptr ? source : ".")
                       + "/resources/prices/2026-11-22.json");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return exhibit::fromJson<domain::PriceTable>(exhibit::parseJson(text).value(),
                                                 exhibit::UnknownMembers::Reject)
        .value();
}

} // namespace

TEST(PriceTable, theFirstGlobThatMatchesCounts)
{
    const domain::PriceTable table{
        "v", "USD", {{"gpt-4o-mini*", 1, 1, 1, 4.0}, {"gpt-4o*", 2, 2, 2, 4.0}}};
    EXPECT_EQ(table.find("gpt-4o-mini-2024")->inputPerMillion, 1);
    EXPECT_EQ(table.find("gpt-4o-2024")->inputPerMillion, 2);
    EXPECT_EQ(table.find("other"), nullptr);
}

TEST(PriceTable, costRoundsHalfUp)
{
    const domain::ModelPrice price{"*", 500'000, 0, 0, 4.0};
    EXPECT_EQ(domain::costOf({1, 0, 0, 0, false}, price), 1);
    EXPECT_EQ(domain::costOf({1, 0, 0, 0, false}, {"*", 499'999, 0, 0, 4.0}), 0);
}

TEST(PriceTable, cachedTokensHaveTheirOwnPrice)
{
    const domain::ModelPrice price{"*", 10'000'000, 1'000'000, 100'000'000, 4.0};
    // 60 fresh, 40 cached, 10 out.
    EXPECT_EQ(domain::costOf({100, 10, 40, 0, false}, price), 600 + 40 + 1000);
    // More cached than prompt tokens cannot be.
    EXPECT_EQ(domain::costOf({100, 0, 400, 0, false}, price), 100);
}

TEST(PriceTable, whatIsWrittenToTheCacheReasonedOrHeardMayHaveItsOwnPrice)
{
    domain::ModelPrice price{"*", 10'000'000, 1'000'000, 100'000'000, 4.0};
    domain::Usage usage{100, 50, 40, 20, false};
    usage.cacheWriteTokens = 30;
    usage.audioInputTokens = 10;
    usage.audioOutputTokens = 5;
    // Without prices of their own: 40 cached, 60 other input, 50 output.
    EXPECT_EQ(domain::costOf(usage, price), 40 + 600 + 5000);
    price.cacheWritePerMillion = 12'000'000;
    EXPECT_EQ(domain::costOf(usage, price), 40 + 30 * 12 + 300 + 5000);
    price.audioInputPerMillion = 50'000'000;
    EXPECT_EQ(domain::costOf(usage, price), 40 + 30 * 12 + 10 * 50 + 200 + 5000);
    price.reasoningPerMillion = 70'000'000;
    EXPECT_EQ(domain::costOf(usage, price), 40 + 30 * 12 + 10 * 50 + 200 + 20 * 70 + 3000);
    price.audioOutputPerMillion = 200'000'000;
    EXPECT_EQ(domain::costOf(usage, price),
              40 + 30 * 12 + 10 * 50 + 200 + 20 * 70 + 5 * 200 + 2500);
    // Parts that are more than their whole are cut to it: 40 cached, 60 written, nothing heard.
    usage.cacheWriteTokens = 1000;
    EXPECT_EQ(domain::costOf(usage, price), 40 + 60 * 12 + 20 * 70 + 5 * 200 + 2500);
}

TEST(PriceTable, hostileUsageNeitherOverflowsNorPays)
{
    const auto huge = std::numeric_limits<std::int64_t>::max();
    const domain::ModelPrice price{"*", huge, huge, huge, 4.0};
    EXPECT_GT(domain::costOf({huge, huge, huge, huge, false}, price), 0);
    EXPECT_EQ(domain::costOf({-huge, -huge, -huge, 0, false}, price), 0);
    for (const auto tokens : {huge, -huge}) {
        domain::Usage parts{huge, huge, tokens, tokens, false};
        parts.cacheWriteTokens = parts.audioInputTokens = parts.audioOutputTokens = tokens;
        EXPECT_GT(domain::costOf(parts, price), 0);
    }
}

TEST(PriceTable, estimatesAtLeastOneTokenForAnyText)
{
    EXPECT_EQ(domain::estimateTokens(0, nullptr), 0);
    EXPECT_EQ(domain::estimateTokens(1, nullptr), 1);
    EXPECT_EQ(domain::estimateTokens(9, nullptr), 3);
    const domain::ModelPrice price{"*", 0, 0, 0, 3.0};
    EXPECT_EQ(domain::estimateTokens(9, &price), 3);
    const domain::ModelPrice broken{"*", 0, 0, 0, 0.0};
    EXPECT_EQ(domain::estimateTokens(8, &broken), 2);
}

TEST(PriceTable, theShippedTableNamesCommonModelsFromCheapToDear)
{
    const auto table = shippedTable();
    EXPECT_EQ(table.version, "2026-11-22");
    EXPECT_EQ(table.currency, "USD");
    const auto* mini = table.find("gpt-4o-mini-2024-07-18");
    const auto* full = table.find("gpt-4o-2024-08-06");
    ASSERT_NE(mini, nullptr);
    ASSERT_NE(full, nullptr);
    EXPECT_LT(mini->inputPerMillion, full->inputPerMillion);
    for (const auto& price : table.models) {
        EXPECT_EQ(table.find(price.model), &price) << price.model << " is hidden by an earlier one";
        EXPECT_LE(price.cachedInputPerMillion, price.inputPerMillion) << price.model;
        EXPECT_GT(price.bytesPerToken, 1.0) << price.model;
    }
}
