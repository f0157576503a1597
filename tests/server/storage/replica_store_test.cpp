// SPDX-License-Identifier: Apache-2.0
#include "server/storage/replica_store.h"

#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

#include <thread>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

class ReplicaStoreTest : public testing::Test {
protected:
    void SetUp() override
    {
        must(m_server.administrator()->query(
            "DELETE FROM exhibit.replicas", {}, TestDatabase::soon()));
    }
    OtherReplicas renew(ReplicaId replica, bool sharing, std::chrono::milliseconds length = 60s)
    {
        return must(m_store.renew({replica, "here", length, sharing}, TestDatabase::soon()));
    }

    TestDatabase& m_server = TestDatabase::instance();
    ReplicaStore m_store{m_server.database()};
    ReplicaId m_first = ReplicaId::generate();
    ReplicaId m_second = ReplicaId::generate();
};

TEST_F(ReplicaStoreTest, seesTheOthersAndWhetherTheyShare)
{
    EXPECT_EQ(renew(m_first, false).live, 0);
    EXPECT_EQ(renew(m_first, false).live, 0) << "itself does not count";
    auto others = renew(m_second, true);
    EXPECT_EQ(others.live, 1);
    EXPECT_EQ(others.notSharing, 1);
    EXPECT_EQ(renew(m_first, true).notSharing, 0);
    others = renew(m_second, true);
    EXPECT_EQ(others.live, 1);
    EXPECT_EQ(others.notSharing, 0);
}

TEST_F(ReplicaStoreTest, forgetsALeaseThatIsOverOrGivenUp)
{
    renew(m_first, true, 1ms);
    std::this_thread::sleep_for(5ms);
    EXPECT_EQ(renew(m_second, true).live, 0);
    renew(m_first, true);
    EXPECT_EQ(renew(m_second, true).live, 1);
    must(m_store.remove(m_first, TestDatabase::soon()));
    EXPECT_EQ(renew(m_second, true).live, 0);
}

TEST_F(ReplicaStoreTest, ofTwoThatComeAtOnceOneSeesTheOther)
{
    for (int round = 0; round < 20; ++round) {
        SetUp();
        std::int64_t firstSees = -1;
        std::thread other([&] { firstSees = renew(m_first, true).live; });
        const auto secondSees = renew(m_second, true).live;
        other.join();
        ASSERT_GE(firstSees + secondSees, 1) << "round " << round;
    }
}

TEST_F(ReplicaStoreTest, tellsOfChangesButNotOfRenewals)
{
    auto listener = must(Connection::open(m_server.urls().listener, TestDatabase::soon()));
    must(listener->query("LISTEN exhibit_changed", {}, TestDatabase::soon()));
    const auto heard
        = [&] { return must(listener->waitForNotification(Deadline::after(100ms))).value_or(""); };
    renew(m_first, false);
    EXPECT_EQ(heard(), "replicas") << "it came";
    renew(m_first, false);
    EXPECT_EQ(heard(), "") << "it renewed";
    renew(m_first, true);
    EXPECT_EQ(heard(), "replicas") << "it shares now";
    must(m_store.remove(m_first, TestDatabase::soon()));
    EXPECT_EQ(heard(), "replicas") << "it left";
}

} // namespace
} // namespace exhibit::storage
