// SPDX-License-Identifier: Apache-2.0
#include "models/report/safe_text.h"

#include "models/base/bytes.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

TEST(SafeText, leavesTextOfEveryScriptAlone)
{
    const std::string text = "Vertrag verlängert · السلام عليكم · 契約 · 😀\nsecond line";
    EXPECT_EQ(safeText(text), text);
}

TEST(SafeText, showsControlsAsTheirPictures)
{
    EXPECT_EQ(safeText(std::string_view("a\0b\x1B", 4)), "a␀b␛");
    EXPECT_EQ(safeText("x\xC2\x85y\x7F"), "x[U+0085]y[U+007F]");
}

TEST(SafeText, namesCharactersThatTurnOrHideText)
{
    EXPECT_EQ(safeText("pay \xE2\x80\xAE"
                       "001"),
              "pay [U+202E]001");
    EXPECT_EQ(safeText("a\xE2\x80\x8B"
                       "b\xEF\xBB\xBF"),
              "a[U+200B]b[U+FEFF]");
    EXPECT_EQ(safeText("\xF3\xA0\x81\x81"), "[U+E0041]");
}

TEST(SafeText, isValidWhateverComesIn)
{
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const char bytes[] = {static_cast<char>(first), static_cast<char>(second), 'x'};
            const std::string safe = safeText(std::string_view(bytes, 3));
            ASSERT_TRUE(isValidUtf8(safe)) << first << " " << second;
            ASSERT_EQ(safe.back(), 'x');
        }
    }
}

TEST(SafeText, isOneLineWhereOneIsWanted)
{
    EXPECT_EQ(oneLine("a\r\nb\tc"), "a  b c");
}

TEST(SafeText, saysWhatItLeavesOut)
{
    EXPECT_EQ(bounded("short", 5), "short");
    EXPECT_EQ(bounded("abcdef", 5), "abcde… (1 bytes more)");
    EXPECT_EQ(bounded("aäb", 2), "a… (3 bytes more)");
}

} // namespace
} // namespace exhibit::report
