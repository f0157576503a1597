// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/text_layout.h"

#include <gtest/gtest.h>

namespace exhibit::ctl {
namespace {

TEST(TextLayout, whatCouldSteerATerminalBecomesVisible)
{
    EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
    EXPECT_EQ(printable(std::string_view("a\0\x7f", 3)), "a\\x00\\x7f");
    EXPECT_EQ(printable("\u009b31m"), "\\u009b31m"); // CSI as one C1 character.
    EXPECT_EQ(printable("\u202egnp.exe"), "\\u202egnp.exe");
    EXPECT_EQ(printable("a\r\nb\tc"), "a\\x0d b c");
}

TEST(TextLayout, bytesThatAreNoUtf8BecomeVisible)
{
    EXPECT_EQ(printable("a\xff"), "a\\xff");
    EXPECT_EQ(printable("\xe2\x80"), "\\xe2\\x80");
    EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b"); // Overlong ESC.
    EXPECT_EQ(printable("\xe0\x80\x9b"), "\\xe0\\x80\\x9b");
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80"); // A surrogate.
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"); // Beyond U+10FFFF.
}

TEST(TextLayout, ordinaryTextOfAllLanguagesStays)
{
    for (const auto* text : {"Größe", "日本語", "שלום", "😀", "naïve café"}) {
        EXPECT_EQ(printable(text), text);
    }
}

TEST(TextLayout, widthsAreColumnsNotBytes)
{
    EXPECT_EQ(displayWidth("Größe"), 5u);
    EXPECT_EQ(displayWidth("日本"), 4u);
    EXPECT_EQ(displayWidth("e\u0301"), 1u);
    EXPECT_EQ(displayWidth("😀"), 2u);
}

TEST(TextLayout, cutsAtCharactersAndSaysSo)
{
    EXPECT_EQ(cutToWidth("abcdef", 6), "abcdef");
    EXPECT_EQ(cutToWidth("abcdefg", 6), "abcde…");
    EXPECT_EQ(cutToWidth("日本語", 5), "日本…");
    EXPECT_EQ(cutToWidth("日本語", 4), "日…");
    EXPECT_EQ(cutToWidth("ab", 1), "…");
}

TEST(TextLayout, wrapsAtSpaces)
{
    using Lines = std::vector<std::string>;
    EXPECT_EQ(wrapped("one two three", 8), (Lines{"one two", "three"}));
    EXPECT_EQ(wrapped("abcdefghij", 4), (Lines{"abcd", "efgh", "ij"}));
    EXPECT_EQ(wrapped("a\r\nb\n", 80), (Lines{"a", "b", ""}));
    EXPECT_EQ(wrapped("a long line stays whole", 0), (Lines{"a long line stays whole"}));
    EXPECT_EQ(wrapped("", 10), (Lines{""}));
    EXPECT_EQ(wrapped("日本語", 1), (Lines{"日", "本", "語"})); // Too narrow, and yet it ends.
}

} // namespace
} // namespace exhibit::ctl
