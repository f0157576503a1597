// SPDX-License-Identifier: Apache-2.0
// Connections to a real redis-server, plain and over TLS.
#include "server/redis/redis_client.h"
#include "tests/server/redis/redis_on_test.h"

#include <gtest/gtest.h>

#include <thread>

namespace exhibit::redis {
namespace {

using namespace std::chrono_literals;

Deadline soon()
{
    return RedisOnTest::soon();
}

/// The error's code when connecting with these options.
std::optional<ErrorCode> refusalOf(const Options& options, Deadline deadline = soon())
{
    const auto opened = Connection::open(options, deadline);
    return opened ? std::nullopt : std::optional(opened.error().code);
}

TEST(RedisConnection, asksAndAnswersInOrder)
{
    const RedisOnTest redis;
    Client client(redis.options());
    const std::string bytes("a\r\n\0b", 5);
    const auto replies = client.ask({{"SET", "k", bytes}, {"GET", "k"}, {"NONSENSE"}}, soon());
    ASSERT_TRUE(replies) << replies.error().message;
    EXPECT_EQ(replies->at(0).text, "OK");
    EXPECT_EQ(replies->at(1).text, bytes);
    EXPECT_EQ(replies->at(2).kind, Reply::Kind::Refusal);
    const std::string large(3'000'000, 'x');
    ASSERT_TRUE(client.askOne({"SET", "k", large}, soon()));
    EXPECT_EQ(client.askOne({"GET", "k"}, soon())->text, large) << "in many pieces";
    EXPECT_EQ(client.askOne({"NONSENSE"}, soon()).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(client.trouble(), "") << "a refusal is no trouble with the connection";
}

TEST(RedisConnection, overTlsOnlyWithWhomTheAuthoritiesKnowByThatName)
{
    const RedisOnTest redis({.tls = true});
    Client client(redis.options());
    EXPECT_EQ(client.askOne({"PING"}, soon())->text, "PONG");
    EXPECT_EQ(client.askOne({"SET", "k", std::string(100'000, 'x')}, soon())->text, "OK");
    auto stranger = redis.options();
    stranger.caFile = "";
    EXPECT_EQ(refusalOf(stranger), ErrorCode::Unavailable) << "the system knows no such authority";
    auto plain = redis.options();
    plain.address.tls = false;
    EXPECT_NE(refusalOf(plain), std::nullopt) << "no plain word to a port that speaks TLS";
    auto missing = redis.options();
    missing.caFile = "/nowhere/ca.pem";
    EXPECT_EQ(refusalOf(missing), ErrorCode::Unavailable);

    const RedisOnTest other({.tls = true, .names = "DNS:elsewhere.example"});
    EXPECT_EQ(refusalOf(other.options()), ErrorCode::Unavailable) << "another name";
}

TEST(RedisConnection, saysTheWordItIsAskedFor)
{
    const RedisOnTest redis({.password = "open sesame"});
    EXPECT_EQ(refusalOf(redis.options()), std::nullopt);
    auto wrong = redis.options();
    wrong.address.password = Secret("wrong");
    EXPECT_EQ(refusalOf(wrong), ErrorCode::Forbidden);
    wrong.address.password = Secret();
    EXPECT_EQ(refusalOf(wrong), ErrorCode::Forbidden);
}

TEST(RedisConnection, waitsNoLongerThanItMay)
{
    RedisOnTest redis;
    Client client(redis.options());
    ASSERT_TRUE(client.askOne({"PING"}, soon()));
    redis.pause(true);
    EXPECT_EQ(client.askOne({"PING"}, Deadline::after(50ms)).error().code,
              ErrorCode::DeadlineExceeded);
    EXPECT_NE(client.trouble(), "");
    redis.pause(false);
    EXPECT_EQ(client.askOne({"PING"}, soon())->text, "PONG") << "over a new connection";
    EXPECT_EQ(client.trouble(), "");
}

TEST(RedisConnection, isMadeAgainOnceRedisIsThereAgain)
{
    RedisOnTest redis;
    Client client(redis.options());
    ASSERT_TRUE(client.askOne({"PING"}, soon()));
    redis.kill();
    const auto away = client.askOne({"PING"}, soon());
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().subject, kNotSent) << "nobody was there to hear it";
    redis.start();
    const auto deadline = soon();
    auto again = client.askOne({"PING"}, soon());
    while (!again && !deadline.reached()) {
        std::this_thread::sleep_for(10ms);
        again = client.askOne({"PING"}, soon());
    }
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->text, "PONG");
}

} // namespace
} // namespace exhibit::redis
