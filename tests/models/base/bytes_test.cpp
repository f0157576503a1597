// SPDX-License-Identifier: Apache-2.0
#include "models/base/bytes.h"

#include <gtest/gtest.h>

using namespace std::string_literals;
using exhibit::characterStart;
using exhibit::fromHex;
using exhibit::isValidUtf8;

TEST(Bytes, hexGoesBothWays)
{
    const auto all = "\x00\x01\x7f\x80\xff"s;
    EXPECT_EQ(exhibit::toHex(all), "00017f80ff");
    EXPECT_EQ(fromHex("00017f80ff").value(), all);
}

TEST(Bytes, hexIsLowerCaseAndEven)
{
    EXPECT_FALSE(fromHex("FF"));
    EXPECT_FALSE(fromHex("f"));
    EXPECT_FALSE(fromHex("0g"));
    EXPECT_TRUE(fromHex("").value().empty());
}

TEST(Bytes, comparesSizesAndContent)
{
    EXPECT_TRUE(exhibit::equalInConstantTime("abc", "abc"));
    EXPECT_FALSE(exhibit::equalInConstantTime("abc", "abd"));
    EXPECT_FALSE(exhibit::equalInConstantTime("abc", "ab"));
    EXPECT_TRUE(exhibit::equalInConstantTime("", ""));
}

TEST(Bytes, acceptsUtf8OfEveryLength)
{
    EXPECT_TRUE(isValidUtf8(""));
    EXPECT_TRUE(isValidUtf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
    EXPECT_TRUE(isValidUtf8("\xed\x9f\xbf\xee\x80\x80")); // Around the surrogates.
    EXPECT_TRUE(isValidUtf8("\xf4\x8f\xbf\xbf")); // U+10FFFF.
}

TEST(Bytes, refusesWhatIsNoUtf8)
{
    EXPECT_FALSE(isValidUtf8("\x80"));
    EXPECT_FALSE(isValidUtf8("\xc3"));
    EXPECT_FALSE(isValidUtf8("\xc0\x80")); // Overlong.
    EXPECT_FALSE(isValidUtf8("\xe0\x80\x80"));
    EXPECT_FALSE(isValidUtf8("\xf0\x80\x80\x80"));
    EXPECT_FALSE(isValidUtf8("\xed\xa0\x80")); // A surrogate.
    EXPECT_FALSE(isValidUtf8("\xf4\x90\x80\x80")); // Beyond U+10FFFF.
    EXPECT_FALSE(isValidUtf8("\xff"));
}

TEST(Bytes, neverCutsACharacter)
{
    const std::string text = "a\xe2\x82\xac"
                             "b";
    EXPECT_EQ(characterStart(text, 0), 0U);
    EXPECT_EQ(characterStart(text, 1), 1U);
    EXPECT_EQ(characterStart(text, 2), 1U);
    EXPECT_EQ(characterStart(text, 3), 1U);
    EXPECT_EQ(characterStart(text, 4), 4U);
    EXPECT_EQ(characterStart(text, 99), 5U);
}
