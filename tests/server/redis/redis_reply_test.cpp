// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_reply.h"

#include <gtest/gtest.h>

namespace exhibit::redis {
namespace {

TEST(RedisReply, commandsAreWrittenWithTheirLengths)
{
    EXPECT_EQ(encode({"SET", "k", std::string("a\r\n\0b", 5)}).value(),
              std::string("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\na\r\n\0b\r\n", 31));
}

TEST(RedisReply, isTheSameHoweverItsBytesCome)
{
    const std::string bytes = "*4\r\n$2\r\nhi\r\n:-7\r\n$-1\r\n*1\r\n+OK\r\n-ERR no\r\n";
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
        ReplyReader reader;
        std::vector<Reply> replies;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            ASSERT_TRUE(reader.feed(std::string_view(bytes).substr(at, step)));
            while (auto reply = reader.next().value()) {
                replies.push_back(*std::move(reply));
            }
        }
        ASSERT_EQ(replies.size(), 2U) << step;
        ASSERT_EQ(replies[0].items.size(), 4U);
        EXPECT_EQ(replies[0].items[0].text, "hi");
        EXPECT_EQ(replies[0].items[1].number, -7);
        EXPECT_EQ(replies[0].items[2].kind, Reply::Kind::Nil);
        EXPECT_EQ(replies[0].items[3].items[0].text, "OK");
        EXPECT_EQ(replies[1].kind, Reply::Kind::Refusal);
        EXPECT_EQ(replies[1].text, "ERR no");
    }
}

TEST(RedisReply, refusesWhatIsNoneAndWhatIsTooLarge)
{
    ReplyReader odd;
    ASSERT_TRUE(odd.feed("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_FALSE(odd.next());
    ReplyReader large;
    ASSERT_TRUE(large.feed("$99999999\r\n"));
    const std::string most(ReplyReader::kReplyBytesMax - 11, 'x');
    ASSERT_TRUE(large.feed(most));
    EXPECT_FALSE(large.next().value());
    EXPECT_EQ(large.feed("x").error().code, ErrorCode::TooLarge);
}

} // namespace
} // namespace exhibit::redis
