// SPDX-License-Identifier: Apache-2.0
#include "server/ops/log.h"

#include "models/base/json.h"

#include <gtest/gtest.h>

namespace exhibit::ops {
namespace {

std::string logged(std::string_view message)
{
    testing::internal::CaptureStderr();
    logWarning("it says {}", message);
    const auto line = parseJson(testing::internal::GetCapturedStderr());
    return line ? std::string(stringMember(*line, "message")) : "no JSON";
}

class Log : public testing::Test {
protected:
    void TearDown() override { setLogRedaction({}); }
};

TEST_F(Log, messagesPassTheRedaction)
{
    EXPECT_EQ(logged("a word"), "it says a word");
    setLogRedaction([](std::string_view message) {
        return message == "it says a word" ? std::string("it says [WORD]") : std::string(message);
    });
    EXPECT_EQ(logged("a word"), "it says [WORD]");
    EXPECT_EQ(logged("another"), "it says another");
}

TEST_F(Log, longMessagesAreCutBeforeAnybodyReadsThem)
{
    std::size_t seen = 0;
    setLogRedaction([&seen](std::string_view message) {
        seen = message.size();
        return std::string(message);
    });
    const auto text = logged(std::string(20'000, 'x') + "secret");
    EXPECT_EQ(seen, 8192U);
    EXPECT_EQ(text.size(), 8192U + std::string_view(" (cut)").size());
    EXPECT_TRUE(text.ends_with("x (cut)"));
}

TEST_F(Log, halfAWordIsNotLeftAtACut)
{
    const auto text = logged(std::string(8'180, 'x') + " ada.lovelace@example.com");
    EXPECT_EQ(text, "it says " + std::string(8'180, 'x') + " (cut)");
}

TEST_F(Log, whatIsNotLoggedCostsNoRedaction)
{
    int calls = 0;
    setLogRedaction([&calls](std::string_view message) {
        ++calls;
        return std::string(message);
    });
    logLine(LogLevel::Debug, "below the level");
    EXPECT_EQ(calls, 0);
}

} // namespace
} // namespace exhibit::ops
