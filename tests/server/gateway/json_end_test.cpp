// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/json_end.h"

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

using State = JsonEnd::State;

State after(std::string_view text)
{
    JsonEnd whole;
    const auto state = whole.feed(text);
    JsonEnd bytewise;
    for (const auto& byte : text) {
        bytewise.feed({&byte, 1});
    }
    EXPECT_EQ(bytewise.state(), state) << text;
    return state;
}

TEST(JsonEnd, isWhereTheOutermostValueCloses)
{
    EXPECT_EQ(after(""), State::Open);
    EXPECT_EQ(after(" {"), State::Open);
    EXPECT_EQ(after(R"({"a":[1,{"b":2}])"), State::Open);
    EXPECT_EQ(after(R"({"a":[1,{"b":2}]})"), State::Closed);
    EXPECT_EQ(after("[] \n"), State::Closed);
}

TEST(JsonEnd, isNotWithinTexts)
{
    EXPECT_EQ(after(R"({"a":"}")"), State::Open);
    EXPECT_EQ(after(R"({"a":"\"}")"), State::Open);
    EXPECT_EQ(after(R"({"a":"\\"})"), State::Closed);
}

TEST(JsonEnd, ofAnythingElseIsOdd)
{
    EXPECT_EQ(after("5"), State::Odd);
    EXPECT_EQ(after("plain"), State::Odd);
    EXPECT_EQ(after("{}x"), State::Odd);
    EXPECT_EQ(after("{}{}"), State::Odd);
    EXPECT_EQ(after("}"), State::Odd);
}

} // namespace
} // namespace exhibit::gateway
