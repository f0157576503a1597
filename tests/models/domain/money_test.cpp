// SPDX-License-Identifier: Apache-2.0
#include "models/domain/money.h"

#include <gtest/gtest.h>

namespace exhibit::domain {
namespace {

TEST(Money, isReadAsItIsWritten)
{
    for (const Microcents amount :
         {0L, 1L, 100'000'000L, 250'000'000L, 9'223'372'036'854'775'807L}) {
        EXPECT_EQ(parseAmount(amountOf(amount)), amount);
    }
    EXPECT_EQ(parseAmount("2.5"), 250'000'000);
    EXPECT_EQ(parseAmount("7"), 700'000'000);
    for (const char* text : {"", "-1", "2,50", "1.", ".5", "0.000000001", "92233720368.54775808"}) {
        EXPECT_FALSE(parseAmount(text)) << text;
    }
}

} // namespace
} // namespace exhibit::domain
