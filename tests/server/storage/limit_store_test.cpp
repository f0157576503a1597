// SPDX-License-Identifier: Apache-2.0
// Budgets in a real PostgreSQL: what is granted together never exceeds the limit.
#include "server/storage/limit_store.h"

#include "models/base/traffic_limits.h"
#include "server/storage/quota_store.h"
#include "server/storage/rate_exchange.h"
#include "server/storage/unproven_ledger.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>

namespace exhibit::storage {
namespace {

using security::BudgetDemand;
using security::BudgetKind;

class LimitStoreTest : public testing::Test {
protected:
    [[nodiscard]] BudgetDemand demand(const std::string& name,
                                      std::int64_t limit,
                                      std::int64_t least,
                                      BudgetKind kind = BudgetKind::Daily) const
    {
        return {{m_tenant.id, name, kind}, limit, least, least};
    }
    /// A row of replicas with a lease that ends in so many seconds.
    void lives(ReplicaId replica, int seconds)
    {
        must(m_server.database().write(
            m_tenant.id, TestDatabase::soon(), [&](Transaction& transaction) {
                return transaction.query(
                    "INSERT INTO replicas (replica_id, name, version, lease_until, sharing)"
                    " VALUES ($1, 'test', '1', now() + $2::integer * interval '1 second', true)",
                    {replica, seconds});
            }));
    }

    TestDatabase& m_server = TestDatabase::instance();
    TestTenant m_tenant = m_server.newTenant();
    ReplicaId m_here = ReplicaId::generate();
    ReplicaId m_there = ReplicaId::generate();
    PostgresLimitStore m_store{m_server.database(), m_here};
    PostgresLimitStore m_other{m_server.database(), m_there};
};

TEST_F(LimitStoreTest, grantsNoMoreThanTheLimitToManyAtOnce)
{
    std::atomic<std::int64_t> granted{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            auto& store = i % 2 == 0 ? m_store : m_other;
            for (int call = 0; call < 20; ++call) {
                const auto lease = store.lease(demand("at-once", 1000, 9));
                ASSERT_TRUE(lease) << lease.error().message;
                granted += lease->granted;
                refused += lease->granted == 0 ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_LE(granted.load(), 1000);
    EXPECT_GT(granted.load(), 1000 - 9) << "what is left is less than one asks for";
    EXPECT_GT(refused.load(), 0);
}

TEST_F(LimitStoreTest, grantsBlocksFarFromTheLimitAndWhatIsAskedForNearIt)
{
    const auto first = must(m_store.lease(demand("blocks", 6400, 1)));
    EXPECT_EQ(first.granted, 100) << "a 64th";
    EXPECT_EQ(first.taken, 100);
    EXPECT_EQ(must(m_store.lease(demand("small", 63, 1))).granted, 1);
    EXPECT_EQ(must(m_store.lease(demand("small", 63, 62))).granted, 62);
    const auto over = must(m_store.lease(demand("small", 63, 1)));
    EXPECT_EQ(over.granted, 0);
    EXPECT_EQ(over.taken, 63);
    EXPECT_EQ(must(m_store.lease(demand("small", 64, 1))).granted, 1) << "the limit was raised";
}

TEST_F(LimitStoreTest, takesBackWhatWasNotUsedAndChargesWhatWasOverspent)
{
    const auto asked = demand("back", 10, 10);
    EXPECT_EQ(must(m_store.lease(asked)).granted, 10);
    EXPECT_TRUE(m_store.giveBack({{asked.key, 4}}).empty());
    EXPECT_EQ(must(m_other.lease(demand("back", 10, 5))).granted, 0);
    EXPECT_EQ(must(m_other.lease(demand("back", 10, 4))).granted, 4);
    EXPECT_TRUE(m_store.giveBack({{asked.key, -7}}).empty());
    EXPECT_EQ(must(m_other.lease(demand("back", 100, 1))).taken, 18) << "17 were taken";
}

TEST_F(LimitStoreTest, countsSlotsOfReplicasThatLive)
{
    const auto slot = demand("slots", 2, 1, BudgetKind::Slots);
    lives(m_here, 60);
    lives(m_there, 60);
    EXPECT_EQ(must(m_store.lease(slot)).granted, 1);
    EXPECT_EQ(must(m_other.lease(slot)).granted, 1);
    EXPECT_EQ(must(m_store.lease(slot)).granted, 0);
    EXPECT_TRUE(m_other.giveBack({{slot.key, 1}}).empty());
    EXPECT_EQ(must(m_store.lease(slot)).granted, 1);
    // After a crash the same replica comes back with nothing under way.
    PostgresLimitStore again(m_server.database(), m_here);
    EXPECT_EQ(must(again.lease(slot)).granted, 1);
    const auto dead = ReplicaId::generate();
    lives(dead, -1);
    PostgresLimitStore gone(m_server.database(), dead);
    EXPECT_EQ(must(gone.lease(slot)).granted, 1);
    EXPECT_EQ(must(again.lease(slot)).granted, 1) << "its lease has run out";
}

TEST_F(LimitStoreTest, tidiesUpAfterACrashAlsoWhenTheFirstLeaseFails)
{
    const auto slot = demand("crashed", 1, 1, BudgetKind::Slots);
    lives(m_here, 60);
    EXPECT_EQ(must(m_store.lease(slot)).granted, 1);
    // More was given back than was taken: the difference to the largest limit is no number.
    const auto odd = demand("odd", 10, 10);
    EXPECT_EQ(must(m_other.lease(odd)).granted, 10);
    EXPECT_TRUE(m_other.giveBack({{odd.key, 20}}).empty());
    PostgresLimitStore again(m_server.database(), m_here);
    EXPECT_FALSE(again.lease(demand("odd", std::numeric_limits<std::int64_t>::max(), 1)));
    EXPECT_EQ(must(again.lease(slot)).granted, 1) << "the crash's slot is gone";
    EXPECT_EQ(must(again.lease(slot)).granted, 0) << "and the fresh one is not";
}

TEST_F(LimitStoreTest, atOnceNobodyTakesFreshSlotsForThoseOfACrash)
{
    const auto slot = demand("fresh", 8, 1, BudgetKind::Slots);
    lives(m_here, 60);
    for (int round = 0; round < 20; ++round) {
        PostgresLimitStore again(m_server.database(), m_here);
        std::atomic<std::int64_t> granted{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] { granted += must(again.lease(slot)).granted; });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QuotaStore store(m_server.database());
        EXPECT_EQ(must(store.taken(slot.key, TestDatabase::soon())), granted.load()) << round;
    }
}

TEST_F(LimitStoreTest, keepsWhatCouldCertainlyNotBeGivenBack)
{
    Database nowhere({Secret("postgresql://localhost:1/none?connect_timeout=1"),
                      Secret("postgresql://localhost:1/none?connect_timeout=1"),
                      Secret("")});
    PostgresLimitStore away(nowhere, m_here);
    const auto asked = demand("away", 10, 1);
    EXPECT_FALSE(away.lease(asked));
    EXPECT_EQ(away.giveBack({{asked.key, 3}}).size(), 1U);
}

TEST_F(LimitStoreTest, tellsReplicasWhatTheOthersLetIn)
{
    const auto key = "person " + m_tenant.id.text();
    const auto second = toMicroseconds(utcNow()) / 1'000'000;
    const auto exchange = [&](ReplicaId replica, std::int64_t count) {
        std::vector<security::RateUse> uses;
        if (count > 0) {
            uses.push_back({key, second, count});
        }
        return must(exchangeRates(
            m_server.database(), replica, uses, {key, "nobody"}, TestDatabase::soon()));
    };
    EXPECT_TRUE(exchange(m_here, 3).empty()) << "one's own are known";
    EXPECT_TRUE(exchange(m_here, 2).empty());
    const auto others = exchange(m_there, 1);
    ASSERT_EQ(others.size(), 1U);
    EXPECT_EQ(others[0].key, key);
    EXPECT_EQ(others[0].second, second);
    EXPECT_EQ(others[0].count, 5);
    EXPECT_EQ(exchange(m_here, 0)[0].count, 1);
}

TEST_F(LimitStoreTest, refusesOneAssignmentOrWhitelistEntryTooMany)
{
    QuotaStore store(m_server.database());
    UnprovenLedger ledger;
    const Actor actor{"key_test", "10.0.0.1", "test"};
    const ChangedBy by{actor, ledger};
    const auto fill = [&](const char* sql, std::size_t count) {
        must(m_server.database().write(
            m_tenant.id, TestDatabase::soon(), [&](Transaction& transaction) {
                return transaction.query(sql, {m_tenant.id, static_cast<std::int64_t>(count)});
            }));
    };
    fill("INSERT INTO quota_assignments (tenant_id, scope, subject, tier)"
         " SELECT $1, 'user', 'u' || n, 'FREE' FROM generate_series(1, $2::bigint) AS n",
         limits::kQuotaAssignmentsMax - 1);
    const auto soon = TestDatabase::soon();
    using domain::QuotaScope;
    using domain::Tier;
    EXPECT_TRUE(store.assign(m_tenant.id, {QuotaScope::User, "last", Tier::Free}, by, soon));
    const auto over = store.assign(m_tenant.id, {QuotaScope::User, "over", Tier::Free}, by, soon);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, ErrorCode::Conflict);
    fill("INSERT INTO alpha_whitelist (tenant_id, user_id, added_by)"
         " SELECT $1, 'u' || n, 'key' FROM generate_series(1, $2::bigint) AS n",
         limits::kWhitelistMax - 1);
    EXPECT_TRUE(store.whitelist(m_tenant.id, {"last", "key", "", {}, utcNow()}, by, soon));
    const auto full = store.whitelist(m_tenant.id, {"over", "key", "", {}, utcNow()}, by, soon);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::Conflict);
}

} // namespace
} // namespace exhibit::storage
