// SPDX-License-Identifier: Apache-2.0
// Budgets and rates that replicas share through a real redis-server.
#include "server/redis/redis_limits.h"
#include "tests/server/redis/redis_on_test.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>

namespace exhibit::redis {
namespace {

using security::BudgetDemand;
using security::BudgetKey;
using security::BudgetKind;
using security::RateUse;

const TenantId kTenant = TenantId::generate();
const BudgetKey kTokens{kTenant, "user/alice/tokens/2026-11-21", BudgetKind::Daily};
const BudgetKey kSlots{kTenant, "user/alice/concurrent/", BudgetKind::Slots};

/// One exhibitd among others.
struct Replica {
    explicit Replica(const RedisOnTest& redis, ReplicaId known = ReplicaId::generate())
        : id(known)
        , client(redis.options())
        , store(client, id)
    {
    }
    std::int64_t lease(const BudgetKey& key, std::int64_t limit, std::int64_t least)
    {
        const auto leased = store.lease({key, limit, least, least});
        EXPECT_TRUE(leased) << (leased ? "" : leased.error().message);
        return leased ? leased->granted : -1;
    }
    ReplicaId id;
    Client client;
    RedisLimitStore store;
};

TEST(RedisLimits, grantNoMoreThanThereIsHoweverManyAsk)
{
    const RedisOnTest redis;
    std::vector<std::unique_ptr<Replica>> replicas;
    for (int i = 0; i < 4; ++i) {
        replicas.push_back(std::make_unique<Replica>(redis));
    }
    std::atomic<std::int64_t> granted = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 40; ++i) {
        threads.emplace_back([&, i] {
            for (int call = 0; call < 5; ++call) {
                const auto amount
                    = replicas[static_cast<std::size_t>(i) % 4]->lease(kTokens, 3774, 102);
                granted += amount;
                refused += amount == 0 ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(granted.load(), 37 * 102) << "37 of 200";
    EXPECT_EQ(refused.load(), 163);
    EXPECT_EQ(redis.ask({"GET", "budget:{" + kTenant.text() + "}:" + kTokens.name}), "3774");
}

TEST(RedisLimits, leaseBlocksFarFromTheLimitAndTakeThemBack)
{
    const RedisOnTest redis;
    Replica replica(redis);
    EXPECT_EQ(replica.lease(kTokens, 64'000, 10), 1000) << "a 64th of what is left";
    EXPECT_TRUE(replica.store.giveBack({{kTokens, 990}}).empty());
    const auto leased = replica.store.lease({kTokens, 64'000, 10, 10});
    EXPECT_EQ(leased->taken, leased->granted + 10);
    EXPECT_TRUE(replica.store.giveBack({{kTokens, leased->granted}, {kTokens, -5}}).empty());
    EXPECT_EQ(redis.ask({"GET", "budget:{" + kTenant.text() + "}:" + kTokens.name}), "15")
        << "used ten, and five beyond what was leased";
}

TEST(RedisLimits, doNotBringBackABudgetWhoseDayIsOver)
{
    const RedisOnTest redis;
    Replica replica(redis);
    EXPECT_TRUE(replica.store.giveBack({{kTokens, 5}}).empty());
    EXPECT_EQ(redis.ask({"DBSIZE"}), "0");
    EXPECT_EQ(replica.lease(kTokens, 10, 10), 10);
    EXPECT_GT(std::stoll(redis.ask({"TTL", "budget:{" + kTenant.text() + "}:" + kTokens.name})),
              86'400);
}

TEST(RedisLimits, countSlotsOfReplicasThatLive)
{
    const RedisOnTest redis;
    Replica one(redis);
    Replica two(redis);
    EXPECT_EQ(one.lease(kSlots, 2, 1), 1);
    EXPECT_EQ(two.lease(kSlots, 2, 1), 1);
    EXPECT_EQ(one.lease(kSlots, 2, 1), 0) << "both are taken";
    EXPECT_TRUE(two.store.giveBack({{kSlots, 1}}).empty());
    EXPECT_EQ(one.lease(kSlots, 2, 1), 1);
    EXPECT_EQ(two.lease(kSlots, 2, 1), 0);
    ASSERT_TRUE(one.store.renewSlots(RedisOnTest::soon()));
    // As a replica leaves them that died some time ago.
    EXPECT_EQ(
        redis.ask(
            {"HSET", "slots:{" + kTenant.text() + "}:" + kSlots.name, one.id.text(), "2 1000"}),
        "0");
    EXPECT_EQ(two.lease(kSlots, 2, 2), 2);
}

TEST(RedisLimits, doNotCountWhatAnEarlierProcessOfTheReplicaHeld)
{
    const RedisOnTest redis;
    const auto id = ReplicaId::generate();
    EXPECT_EQ(Replica(redis, id).lease(kSlots, 1, 1), 1);
    Replica restarted(redis, id);
    EXPECT_EQ(restarted.lease(kSlots, 1, 1), 1) << "nobody holds it any more";
    EXPECT_EQ(restarted.lease(kSlots, 1, 1), 0);
    ASSERT_TRUE(restarted.store.renewSlots(RedisOnTest::soon()));
    EXPECT_EQ(Replica(redis).lease(kSlots, 1, 1), 0);
}

TEST(RedisLimits, tellRedisTheWholeNumberOfSlotsEachTime)
{
    const RedisOnTest redis;
    Replica one(redis);
    Replica two(redis);
    EXPECT_EQ(one.lease(kSlots, 3, 3), 3);
    const auto key = "slots:{" + kTenant.text() + "}:" + kSlots.name;
    static_cast<void>(redis.ask({"DEL", key})); // A Redis that lost its data.
    ASSERT_TRUE(one.store.renewSlots(RedisOnTest::soon()));
    EXPECT_EQ(two.lease(kSlots, 3, 1), 0) << "they are held all the same";
    // As after a word of which nobody knows whether it was heard.
    static_cast<void>(redis.ask({"HSET", key, one.id.text(), "3 99999999999999"}));
    EXPECT_TRUE(one.store.giveBack({{kSlots, 2}}).empty());
    EXPECT_EQ(two.lease(kSlots, 3, 2), 2);
}

TEST(RedisLimits, keepWhatRedisRefuses)
{
    const RedisOnTest redis;
    Replica one(redis);
    EXPECT_EQ(one.lease(kSlots, 2, 2), 2);
    const auto key = "slots:{" + kTenant.text() + "}:" + kSlots.name;
    static_cast<void>(redis.ask({"DEL", key}));
    static_cast<void>(redis.ask({"SET", key, "no hash"})); // Every command about it is refused.
    EXPECT_FALSE(one.store.renewSlots(RedisOnTest::soon()));
    EXPECT_EQ(one.store.giveBack({{kSlots, 1}}).size(), 1U) << "to be tried again";
    static_cast<void>(redis.ask({"DEL", key}));
    ASSERT_TRUE(one.store.renewSlots(RedisOnTest::soon())) << "it has not forgotten its slots";
    EXPECT_EQ(Replica(redis).lease(kSlots, 2, 1), 0);
}

TEST(RedisLimits, sayWhatCertainlyWasNotGivenBackWhileRedisIsAway)
{
    RedisOnTest redis;
    Replica replica(redis);
    EXPECT_EQ(replica.lease(kTokens, 10, 4), 4);
    redis.kill();
    EXPECT_EQ(replica.store.giveBack({{kTokens, 4}}).size(), 1U) << "nothing was sent";
    const auto leased = replica.store.lease({kTokens, 10, 1, 1});
    ASSERT_FALSE(leased);
    EXPECT_EQ(leased.error().code, ErrorCode::Unavailable);
}

TEST(RedisLimits, tellRatesToTheOthersByDigest)
{
    const RedisOnTest redis;
    Replica one(redis);
    Replica two(redis);
    const std::int64_t now = toMicroseconds(utcNow()) / 1'000'000;
    const auto tell = [](Replica& replica,
                         const std::vector<RateUse>& uses,
                         const std::vector<std::string>& keys) {
        return exchangeRates(replica.client, replica.id, uses, keys, RedisOnTest::soon()).value();
    };
    EXPECT_TRUE(tell(one, {{"person alice", now, 3}, {"person alice", now - 90, 50}}, {}).empty());
    const auto heard = tell(two, {{"person alice", now, 2}}, {"person alice", "person bob"});
    ASSERT_EQ(heard.size(), 1U) << "its own and what is too old are not among it";
    EXPECT_EQ(heard[0].key, "person alice");
    EXPECT_EQ(heard[0].second, now);
    EXPECT_EQ(heard[0].count, 3);
    EXPECT_EQ(tell(one, {{"person alice", now, 1}}, {}).at(0).count, 2);
    EXPECT_EQ(tell(two, {}, {"person alice"}).at(0).count, 4) << "added up";
    EXPECT_EQ(redis.ask({"KEYS", "*alice*"}), "") << "nobody's name";
    EXPECT_TRUE(redis.ask({"KEYS", "rate:*"}).starts_with("rate:"));
}

} // namespace
} // namespace exhibit::redis
