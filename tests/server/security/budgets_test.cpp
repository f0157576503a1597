// SPDX-License-Identifier: Apache-2.0
#include "server/security/budgets.h"

#include <gtest/gtest.h>

namespace exhibit::security {
namespace {

const TenantId kTenant = TenantId::generate();

BudgetKey key(const std::string& name)
{
    return {kTenant, name, BudgetKind::Daily};
}

TEST(Budgets, takeAllOrNothing)
{
    Budgets budgets;
    budgets.add(key("a"), 10);
    budgets.add(key("b"), 3);
    const std::vector<BudgetDemand> demands{{key("a"), 100, 4, 4}, {key("b"), 100, 4, 4}};
    const auto lacking = budgets.take(demands);
    EXPECT_EQ(lacking.lacking, 1U);
    EXPECT_EQ(budgets.available(key("a")), 10) << "nothing was taken of the other";
    budgets.add(key("b"), 1);
    const auto taken = budgets.take(demands);
    EXPECT_FALSE(taken.lacking);
    EXPECT_EQ(taken.taken, (std::vector<std::int64_t>{4, 4}));
    EXPECT_EQ(budgets.available(key("b")), 0);
}

TEST(Budgets, takeWhatIsWantedAsFarAsItIsThere)
{
    Budgets budgets;
    budgets.add(key("a"), 10);
    const std::vector<BudgetDemand> open{{key("a"), 100, 3, 8}};
    EXPECT_EQ(budgets.take(open).taken.front(), 8);
    EXPECT_TRUE(budgets.take(open).lacking) << "2 are left";
    budgets.settle(key("a"), 8, 5);
    EXPECT_EQ(budgets.take(open).taken.front(), 5);
}

TEST(Budgets, oweWhatACallUsedBeyondItsReservation)
{
    Budgets budgets;
    budgets.add(key("a"), 5);
    const std::vector<BudgetDemand> demand{{key("a"), 100, 5, 5}};
    EXPECT_FALSE(budgets.take(demand).lacking);
    budgets.settle(key("a"), 5, 9);
    EXPECT_EQ(budgets.available(key("a")), -4);
    EXPECT_TRUE(budgets.take(demand).lacking);
    const auto owed = budgets.takeIdle();
    ASSERT_EQ(owed.size(), 1U);
    EXPECT_EQ(owed[0].amount, -4);
    EXPECT_EQ(budgets.available(key("a")), 0);
}

TEST(Budgets, meltWhenNobodyUsesThem)
{
    Budgets budgets;
    budgets.add(key("a"), 8);
    EXPECT_TRUE(budgets.takeIdle().empty()) << "it was touched";
    std::int64_t given = 0;
    for (int i = 0; i < 10; ++i) {
        for (const auto& amount : budgets.takeIdle()) {
            given += amount.amount;
        }
    }
    EXPECT_EQ(given, 8);
    budgets.restore({{key("a"), 8}});
    EXPECT_EQ(budgets.available(key("a")), 8) << "what could not be given back is still here";
    EXPECT_EQ(budgets.takeAll().front().amount, 8);
    EXPECT_EQ(budgets.available(key("a")), 0);
}

} // namespace
} // namespace exhibit::security
