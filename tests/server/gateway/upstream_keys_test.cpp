// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/upstream_keys.h"

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

TEST(UpstreamKeys, wellKnownOnesGoToTheProvidersTheyAreNamedAfter)
{
    const UpstreamKeys keys;
    EXPECT_TRUE(keys.mayGo("OPENAI_API_KEY", "https://api.openai.com/v1"));
    EXPECT_TRUE(keys.mayGo("OPENAI_API_KEY", "https://API.OpenAI.com:443"));
    EXPECT_TRUE(keys.mayGo("ANTHROPIC_API_KEY", "https://api.anthropic.com"));
    for (const auto* url : {"http://api.openai.com/v1",
                            "https://api.openai.com:8443/v1",
                            "https://api.openai.com.evil.example/v1",
                            "https://evil.example/api.openai.com",
                            "https://api.openai.com@evil.example",
                            "https://api.anthropic.com",
                            "https://",
                            ""}) {
        EXPECT_FALSE(keys.mayGo("OPENAI_API_KEY", url)) << url;
    }
    EXPECT_FALSE(keys.mayGo("OTHER_TENANT_API_KEY", "https://api.openai.com/v1"));
    EXPECT_FALSE(keys.mayGo("", "https://api.openai.com/v1"));
}

TEST(UpstreamKeys, otherVariablesGoWhereTheOperatorSays)
{
    const auto keys
        = UpstreamKeys::parse("A_KEY=https://a.example:8443/v1, B_KEY=*,"
                              "A_KEY=http://[::1]:9, OPENAI_API_KEY=https://proxy.example")
              .value();
    EXPECT_TRUE(keys.mayGo("A_KEY", "https://a.example:8443"));
    EXPECT_TRUE(keys.mayGo("A_KEY", "http://[::1]:9/x"));
    EXPECT_FALSE(keys.mayGo("A_KEY", "https://a.example"));
    EXPECT_TRUE(keys.mayGo("B_KEY", "http://anything.example"));
    EXPECT_FALSE(keys.mayGo("B_KEY", "not a url"));
    EXPECT_FALSE(keys.mayGo("C_KEY", "https://a.example:8443"));
    // What is named goes nowhere else; the others stay as they are.
    EXPECT_TRUE(keys.mayGo("OPENAI_API_KEY", "https://proxy.example/v1"));
    EXPECT_FALSE(keys.mayGo("OPENAI_API_KEY", "https://api.openai.com/v1"));
    EXPECT_TRUE(keys.mayGo("ANTHROPIC_API_KEY", "https://api.anthropic.com"));
}

TEST(UpstreamKeys, wrongListsNameTheirEntry)
{
    for (const auto* entry : {"A_KEY", "A_KEY=", "=https://a.example", "A_KEY=a.example", "*=*x"}) {
        const auto parsed = UpstreamKeys::parse(std::string("B_KEY=*, ") + entry);
        ASSERT_FALSE(parsed) << entry;
        EXPECT_EQ(parsed.error().subject, entry);
    }
}

} // namespace
} // namespace exhibit::gateway
