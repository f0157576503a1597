// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"
#include "models/base/strong_id.h"

#include <gtest/gtest.h>

#include <set>

using exhibit::RunId;
using exhibit::Uuid;

TEST(Uuid, version7SortsInTheOrderOfMaking)
{
    std::set<std::string> texts;
    Uuid previous;
    for (int i = 0; i < 10'000; ++i) {
        const auto next = Uuid::v7();
        EXPECT_LT(previous, next);
        texts.insert(next.base32());
        previous = next;
    }
    EXPECT_EQ(texts.size(), 10'000U);
    EXPECT_EQ(*texts.rbegin(), previous.base32());
}

TEST(Uuid, version7CarriesItsTimeVersionAndVariant)
{
    const auto before = std::chrono::floor<std::chrono::milliseconds>(exhibit::utcNow());
    const auto uuid = Uuid::v7();
    EXPECT_GE(uuid.timestamp(), before);
    EXPECT_EQ(uuid.bytes[6] >> 4, 7);
    EXPECT_EQ(uuid.bytes[8] >> 6, 2);
}

TEST(Uuid, version8KeepsTheDigestButForVersionAndVariant)
{
    const auto digest = exhibit::sha256("abc");
    const auto uuid = Uuid::v8(digest);
    EXPECT_EQ(uuid.hyphenated(), "ba7816bf-8f01-8fea-8141-40de5dae2223");
}

TEST(Uuid, hyphenatedGoesBothWays)
{
    const auto uuid = Uuid::v7();
    EXPECT_EQ(Uuid::parseHyphenated(uuid.hyphenated()).value(), uuid);
    EXPECT_FALSE(Uuid::parseHyphenated(""));
    EXPECT_FALSE(Uuid::parseHyphenated("ba7816bf-8f01-8fea-8141-40de5dae222"));
    EXPECT_FALSE(Uuid::parseHyphenated("ba7816bf-8f01-8fea-8141-40de5dae22233"));
    EXPECT_FALSE(Uuid::parseHyphenated("ba7816bf_8f01-8fea-8141-40de5dae2223"));
    EXPECT_FALSE(Uuid::parseHyphenated("BA7816BF-8F01-8FEA-8141-40DE5DAE2223"));
}

TEST(StrongId, textFormGoesBothWays)
{
    const auto id = RunId::generate();
    EXPECT_EQ(id.text().size(), 4U + 26U);
    EXPECT_EQ(RunId::parse(id.text()).value(), id);
    const RunId highest{
        Uuid{{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}}};
    EXPECT_EQ(highest.text(), "run_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    EXPECT_EQ(RunId::parse(highest.text()).value(), highest);
}

TEST(StrongId, refusesOtherPrefixesLengthsAndLetters)
{
    const auto text = RunId::generate().text();
    EXPECT_FALSE(exhibit::CallId::parse(text));
    EXPECT_FALSE(RunId::parse(text.substr(0, text.size() - 1)));
    EXPECT_FALSE(RunId::parse(text + "0"));
    EXPECT_FALSE(RunId::parse("run_0000000000000000000000000u"));
    EXPECT_FALSE(RunId::parse("run_80000000000000000000000000")); // 129 bits.
    EXPECT_FALSE(RunId::parse(""));
}

TEST(StrongId, nullMeansNone)
{
    EXPECT_TRUE(RunId{}.isNull());
    EXPECT_FALSE(RunId::generate().isNull());
}
