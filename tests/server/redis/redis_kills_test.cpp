// SPDX-License-Identifier: Apache-2.0
// Kills told through a real redis-server.
#include "server/redis/redis_kills.h"
#include "tests/server/redis/redis_on_test.h"

#include <gtest/gtest.h>

#include <condition_variable>

namespace exhibit::redis {
namespace {

using namespace std::chrono_literals;

/// One replica's board, and what it heard.
class Board {
public:
    explicit Board(const RedisOnTest& redis)
        : m_client(redis.options())
        , m_board(m_client, [this](TenantId tenant, RunId run, domain::KillReason reason) {
            const std::scoped_lock lock(m_mutex);
            m_heard.push_back({tenant, run, reason});
            m_changed.notify_all();
        })
    {
        waitUntilItListens();
    }
    void waitUntilItListens()
    {
        const auto deadline = RedisOnTest::soon();
        while (!m_board.listening() && !deadline.reached()) {
            std::this_thread::sleep_for(5ms);
        }
        EXPECT_TRUE(m_board.listening());
    }
    [[nodiscard]] bool hears(RunId run, domain::KillReason reason)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 20s, [&] {
            return std::any_of(m_heard.begin(), m_heard.end(), [&](const Kill& kill) {
                return kill.run == run && kill.reason == reason;
            });
        });
    }
    KillBoard& board() { return m_board; }

private:
    struct Kill {
        TenantId tenant;
        RunId run;
        domain::KillReason reason;
    };
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Kill> m_heard;
    Client m_client;
    KillBoard m_board;
};

TEST(RedisKills, areHeardByTheOthersAndKeptUnderTheRunsName)
{
    const RedisOnTest redis;
    Board one(redis);
    Board two(redis);
    const auto tenant = TenantId::generate();
    const auto run = RunId::generate();
    ASSERT_TRUE(one.board().beat(RedisOnTest::soon())) << "which is no kill";
    ASSERT_TRUE(
        one.board().announce(tenant, run, domain::KillReason::UserCancel, RedisOnTest::soon()));
    EXPECT_TRUE(two.hears(run, domain::KillReason::UserCancel));
    EXPECT_EQ(redis.ask({"GET", "kill:run:" + run.text()}),
              tenant.text() + ' ' + run.text() + " user_cancel");
    EXPECT_GT(std::stoll(redis.ask({"TTL", "kill:run:" + run.text()})), 80'000);
}

TEST(RedisKills, areHeardAgainOnceRedisIsThereAgain)
{
    RedisOnTest redis;
    Board one(redis);
    redis.kill();
    const auto deadline = RedisOnTest::soon();
    while (one.board().listening() && !deadline.reached()) {
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_FALSE(one.board().listening());
    redis.start();
    one.waitUntilItListens();
    Board two(redis);
    const auto run = RunId::generate();
    ASSERT_TRUE(two.board().announce(
        TenantId::generate(), run, domain::KillReason::MaxCost, RedisOnTest::soon()));
    EXPECT_TRUE(one.hears(run, domain::KillReason::MaxCost));
}

} // namespace
} // namespace exhibit::redis
