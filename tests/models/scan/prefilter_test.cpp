// SPDX-License-Identifier: Apache-2.0
#include "models/scan/prefilter.h"

#include "models/scan/automaton.h"

#include <gtest/gtest.h>

namespace exhibit::scan {
namespace {

std::vector<Window> windowsOf(std::string_view pattern)
{
    return requiredWindows(parsePattern(pattern).value());
}

/// The bytes that may stand at a place of the window, if they are few.
std::string bytesAt(const Window& window, std::size_t place)
{
    std::string bytes;
    for (std::size_t byte = 0; byte < 256; ++byte) {
        if (window.bytes[place][byte]) {
            bytes += static_cast<char>(byte);
        }
    }
    return bytes.size() == 256 ? "*" : bytes;
}

/// Without the places where any byte may stand at its end.
std::string textOf(const Window& window)
{
    std::string text;
    for (std::size_t place = Window::kBytes; place-- > 0;) {
        const auto bytes = bytesAt(window, place);
        text = text.empty() && bytes == "*" ? text : "[" + bytes + "]" + text;
    }
    return text + std::to_string(window.before);
}

TEST(RequiredWindows, areTheRarestPartEveryMatchHas)
{
    const auto key = windowsOf(R"((?i)\b[a-z]{2,8}_key=AKIA[0-9A-Z]{16}\b)");
    ASSERT_EQ(key.size(), 1U);
    EXPECT_EQ(textOf(key[0]), "[_][Kk][Ee][Yy][=][Aa][Kk][Ii]8");
    const auto mail = windowsOf(R"([a-z.]{1,64}@[a-z]{2,20}\.[a-z]{2,9})");
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_EQ(bytesAt(mail[0], 0), "@");
    EXPECT_EQ(mail[0].before, 64U);
}

TEST(RequiredWindows, oneForEachBranch)
{
    const auto windows = windowsOf("(?:jan|feb|mar)x?[0-9]");
    ASSERT_EQ(windows.size(), 3U);
    EXPECT_EQ(textOf(windows[1]), "[f][e][b][0123456789x]0");
}

TEST(RequiredWindows, areOpenWhereAMatchMayEnd)
{
    EXPECT_EQ(textOf(windowsOf("ab?").at(0)), "[a]0");
    EXPECT_EQ(textOf(windowsOf("q(?:a|)z").at(0)), "[q][az]0");
}

TEST(RequiredWindows, knowWhatAWordBoundaryLeaves)
{
    const auto inside = windowsOf(R"(\bpan\b[ a-z])");
    EXPECT_EQ(textOf(inside.at(0)), "[p][a][n][ ]0");
    const auto end = windowsOf(R"(\bpan\b)");
    EXPECT_EQ(bytesAt(end.at(0), 3).find_first_of("azAZ09_"), std::string::npos);
    EXPECT_TRUE(end.at(0).bytes[3]['-']);
}

TEST(RequiredWindows, areNotFarBehindAStart)
{
    EXPECT_TRUE(windowsOf("(?:a|b)*@").empty()) << "the sign may be anywhere, the letters absent";
    EXPECT_EQ(windowsOf("[ab]{0,256}@").size(), 1U);
    EXPECT_TRUE(windowsOf("[ab]{0,257}@").empty());
}

TEST(RequiredWindows, ofRepeatsOfNothingAreFound)
{
    EXPECT_EQ(windowsOf("(?:(?:a?){0,9}){0,9}zq").size(), 1U);
}

TEST(Prefilter, findsEachWindowAndNothingElse)
{
    auto windows = windowsOf("secret");
    const auto more = windowsOf("[0-9]{2}-[0-9]{4}");
    windows.insert(windows.end(), more.begin(), more.end());
    const auto filter = Prefilter::build(windows);
    ASSERT_TRUE(filter);
    const std::string_view text = "no digits, a secret, 12-3x and 12-3456.";
    std::vector<std::size_t> offsets;
    for (auto hit = filter->find(text, 0); hit; hit = filter->find(text, hit->offset + 1)) {
        offsets.push_back(hit->offset);
    }
    ASSERT_FALSE(offsets.empty());
    EXPECT_EQ(offsets.size(), 2U) << "the word and the whole number";
    EXPECT_FALSE(filter->find("sec", 0)) << "shorter than a window";
}

TEST(Prefilter, isNotBuiltWhereItDoesNotPay)
{
    EXPECT_FALSE(Prefilter::build({}));
    EXPECT_FALSE(Prefilter::build(windowsOf("[a-z ]{4}")));
    EXPECT_TRUE(Prefilter::build(windowsOf("xq[0-9]z")));
}

TEST(Prefilter, servesMoreWindowsThanItHasBuckets)
{
    std::vector<Window> windows;
    for (int index = 0; index < 500; ++index) {
        const auto one = windowsOf("zq" + std::to_string(100 + index) + "k");
        windows.insert(windows.end(), one.begin(), one.end());
    }
    const auto filter = Prefilter::build(windows);
    ASSERT_TRUE(filter);
    for (int index = 0; index < 500; ++index) {
        const auto text = "text zq" + std::to_string(100 + index) + "k text";
        EXPECT_TRUE(filter->find(text, 0)) << text;
    }
    EXPECT_FALSE(filter->find("text zq999k text", 0));
}

} // namespace
} // namespace exhibit::scan
