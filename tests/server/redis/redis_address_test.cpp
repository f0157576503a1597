// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_address.h"

#include <gtest/gtest.h>

namespace exhibit::redis {
namespace {

TEST(RedisAddress, saysWhereAsWhomAndHow)
{
    const auto plain = parseAddress("redis://cache");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->host, "cache");
    EXPECT_EQ(plain->port, 6379);
    EXPECT_FALSE(plain->tls);
    EXPECT_TRUE(plain->password.empty());
    const auto full = parseAddress("rediss://app:p%40ss@[::1]:6380/3");
    ASSERT_TRUE(full);
    EXPECT_TRUE(full->tls);
    EXPECT_EQ(full->user, "app");
    EXPECT_EQ(full->password.expose(), "p@ss");
    EXPECT_EQ(full->host, "::1");
    EXPECT_EQ(full->port, 6380);
    EXPECT_EQ(full->database, 3U);
    EXPECT_EQ(parseAddress("redis://:secret@h/")->password.expose(), "secret");
}

TEST(RedisAddress, refusesWhatIsNoneAndNeverQuotesIt)
{
    for (const auto* url : {"",
                            "http://h",
                            "redis://",
                            "redis://h:0",
                            "redis://h:70000",
                            "redis://h/x",
                            "redis://u:%4@h",
                            "redis://u:%zz@h",
                            "redis://[::1",
                            "redis://secret word@h o"}) {
        const auto address = parseAddress(url);
        ASSERT_FALSE(address) << url;
        EXPECT_EQ(address.error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(address.error().message.find("secret"), std::string::npos);
    }
    EXPECT_TRUE(parseAddress("redis://" + std::string(1016, 'h')));
    EXPECT_FALSE(parseAddress("redis://" + std::string(1017, 'h'))) << "1,025 bytes";
}

} // namespace
} // namespace exhibit::redis
