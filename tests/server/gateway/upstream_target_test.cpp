// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/upstream_target.h"

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

TEST(UpstreamTarget, readsBaseUrls)
{
    const struct {
        const char* url;
        const char* origin;
        const char* chat;
    } cases[] = {
        {"https://api.example.com", "https://api.example.com", "/v1/chat/completions"},
        {"https://api.example.com/", "https://api.example.com", "/v1/chat/completions"},
        {"https://api.example.com/v1", "https://api.example.com", "/v1/chat/completions"},
        {"http://127.0.0.1:9/proxy/v1/", "http://127.0.0.1:9", "/proxy/v1/chat/completions"},
        {"http://[::1]:9/a", "http://[::1]:9", "/a/v1/chat/completions"},
        {"https://h:443", "https://h", "/v1/chat/completions"},
    };
    for (const auto& [url, origin, chat] : cases) {
        const auto target = parseBaseUrl(url);
        ASSERT_TRUE(target.has_value()) << url;
        EXPECT_EQ(target->origin(), origin);
        EXPECT_EQ(target->targetFor("/v1/chat/completions"), chat);
    }
}

TEST(UpstreamTarget, refusesWhatIsNoBaseUrl)
{
    for (const auto* url : {"",
                            "api.example.com",
                            "ftp://h",
                            "http://",
                            "http:///p",
                            "http://u:p@h",
                            "http://h:x",
                            "http://h?q",
                            "http://h#f",
                            "http://[::1",
                            "http://h:",
                            "http://h:123456",
                            "http://h\r\n"}) {
        EXPECT_FALSE(parseBaseUrl(url).has_value()) << url;
    }
}

} // namespace
} // namespace exhibit::gateway
