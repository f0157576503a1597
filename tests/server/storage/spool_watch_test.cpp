// SPDX-License-Identifier: Apache-2.0
// What is missing of a journal is told exactly, and nothing of a healthy one.
#include "server/storage/spool_watch.h"
#include "tests/server/storage/ledger_on_test.h"

namespace exhibit::storage {
namespace {

class SpoolWatchTest : public ::testing::Test {
protected:
    SpoolWatchTest()
    {
        must(m_on.append({LedgerOnTest::draft("one")}));
        must(m_on.write([this](Transaction& transaction) {
            return transaction.query("INSERT INTO spool_marks (tenant_id, replica_id, record_no,"
                                     " record_at) VALUES ($1, $2, 7, now())",
                                     {transaction.tenant(), m_replica});
        }));
    }
    SpoolWatch watch() { return {TestDatabase::instance().database(), m_on.ledger(), m_replica}; }
    SpoolLosses losses()
    {
        return must(
            m_on.read([](Transaction& transaction) { return readSpoolLosses(transaction); }));
    }
    void setLease(const std::string& until)
    {
        must(m_on.write([&](Transaction& transaction) {
            return transaction.query("INSERT INTO replicas (replica_id, name, version, lease_until,"
                                     " sharing) VALUES ($1, 'test', '', clock_timestamp() + $2"
                                     "::interval, true) ON CONFLICT (replica_id) DO UPDATE"
                                     " SET lease_until = excluded.lease_until",
                                     {m_replica, until});
        }));
    }

    LedgerOnTest m_on;
    ReplicaId m_replica = ReplicaId::generate();
};

TEST_F(SpoolWatchTest, aJournalThatGoesOnWhereItEndedHasNoGap)
{
    setLease("1 minute");
    auto first = watch();
    ASSERT_TRUE(first.begin(1, TestDatabase::soon()));
    ASSERT_TRUE(first.tell(7, TestDatabase::soon()));
    EXPECT_FALSE(first.tell(8, TestDatabase::soon())) << "at most once a second";
    auto next = watch(); // The process was killed; files up to there may be gone.
    for (const std::int64_t oldest : {1, 7, 8}) {
        ASSERT_TRUE(next.begin(oldest, TestDatabase::soon()));
    }
    EXPECT_TRUE(losses().gaps.empty());
    EXPECT_TRUE(losses().open.empty()) << "its replica lives";
}

TEST_F(SpoolWatchTest, recordsThatAreGoneAndNeverArrivedAreTold)
{
    auto first = watch();
    ASSERT_TRUE(first.begin(1, TestDatabase::soon()));
    ASSERT_TRUE(first.tell(7, TestDatabase::soon()));
    auto restored = watch(); // Of a backup: the journal went on without it.
    ASSERT_TRUE(restored.begin(20, TestDatabase::soon()));
    ASSERT_TRUE(watch().begin(20, TestDatabase::soon())) << "once";
    const auto found = losses();
    ASSERT_EQ(found.gaps.size(), 1U);
    EXPECT_EQ(found.gaps.front().replica, m_replica.text());
    EXPECT_EQ(found.gaps.front().first, 8);
    EXPECT_EQ(found.gaps.front().last, 19);
    const auto check = m_on.check();
    EXPECT_TRUE(check.sound());
    EXPECT_EQ(check.losses.gaps.size(), 1U);
}

TEST_F(SpoolWatchTest, anyNumberThatStandsThereIsTaken)
{
    for (const char* number : {"9223372036854775807", "-9223372036854775808"}) {
        ASSERT_TRUE(watch().begin(1, TestDatabase::soon()));
        m_on.tamper(std::string("UPDATE spool_heads SET brought_no = ") + number
                    + " WHERE replica_id = '" + m_replica.value.hyphenated() + "'");
        EXPECT_TRUE(watch().begin(20, TestDatabase::soon())) << number;
    }
    ASSERT_EQ(losses().gaps.size(), 1U);
    EXPECT_EQ(losses().gaps.front().first, 1);
}

TEST_F(SpoolWatchTest, aJournalThatNobodyClosedIsOpen)
{
    setLease("1 minute");
    auto first = watch();
    ASSERT_TRUE(first.begin(1, TestDatabase::soon()));
    ASSERT_TRUE(first.tell(7, TestDatabase::soon()));
    setLease("-1 second");
    const auto found = losses();
    ASSERT_EQ(found.open.size(), 1U);
    EXPECT_EQ(found.open.front().replica, m_replica.text());
    EXPECT_EQ(found.open.front().brought, 7);
    first.close(9, TestDatabase::soon());
    EXPECT_TRUE(losses().open.empty());
}

TEST_F(SpoolWatchTest, ofAJournalThatIsNotTheirsTenantsAreToldNothing)
{
    LedgerOnTest other;
    must(other.append({LedgerOnTest::draft("one")}));
    auto first = watch();
    ASSERT_TRUE(first.begin(1, TestDatabase::soon()));
    ASSERT_TRUE(watch().begin(20, TestDatabase::soon()));
    const auto theirs
        = must(other.read([](Transaction& transaction) { return readSpoolLosses(transaction); }));
    EXPECT_TRUE(theirs.gaps.empty());
    EXPECT_TRUE(theirs.open.empty());
}

} // namespace
} // namespace exhibit::storage
