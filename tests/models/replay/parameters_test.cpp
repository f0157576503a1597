// SPDX-License-Identifier: Apache-2.0
#include "models/replay/parameters.h"

#include <gtest/gtest.h>

namespace exhibit::replay {
namespace {

TEST(Parameters, samplingIsTakenAndTheConversationIsNot)
{
    const auto parameters = samplingParameters(
        R"({"model":"gpt-4o","seed":7,"temperature":0.2,"stream":true,"n":-0,)"
        R"("messages":[{"role":"user","content":"secret"}],"user":"ada","stop":["x"]})");
    EXPECT_EQ(printJson(Json(parameters)),
              R"({"model":"gpt-4o","n":"-0","seed":7,"stream":true,"temperature":"0.2"})");
}

TEST(Parameters, longTextsAndOtherShapesAreLeftOut)
{
    EXPECT_TRUE(samplingParameters(R"({"model":")" + std::string(257, 'x') + R"("})").empty());
    EXPECT_FALSE(samplingParameters(R"({"model":")" + std::string(256, 'x') + R"("})").empty());
    EXPECT_TRUE(samplingParameters(R"({"seed":{"deep":1}})").empty());
    EXPECT_TRUE(samplingParameters("[1]").empty());
    EXPECT_TRUE(samplingParameters("no JSON").empty());
}

} // namespace
} // namespace exhibit::replay
