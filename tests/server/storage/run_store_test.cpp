// SPDX-License-Identifier: Apache-2.0
#include "server/storage/run_store.h"

#include "server/storage/local_copy_retention.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

class RunStoreTest : public testing::Test {
protected:
    RunStoreTest()
    {
        m_copy = must(LocalCopy::open(m_folder.path() / "local.db",
                                      [](const std::function<void()>& work) { work(); }));
    }

    domain::LiveRun newRun(domain::RunStatus status, UtcTime lastActiveAt) const
    {
        domain::LiveRun run;
        run.runId = RunId::generate();
        run.tenantId = m_tenant.id;
        run.projectId = m_tenant.project;
        run.clientRunId = "nightly";
        run.snapshotId = "SNAP-1";
        run.status = status;
        run.counters.startedAt = m_now - 720h;
        run.lastActiveAt = lastActiveAt;
        return run;
    }
    /// As ingest would leave the run's row.
    void write(const domain::LiveRun& run)
    {
        const auto insert = [&](Transaction& transaction) {
            return transaction.query(
                "INSERT INTO runs (tenant_id, run_id, project_id, client_run_id, user_id,"
                " policy_snapshot_id, status, tokens_used, started_at, last_active_at)"
                " VALUES ($1, $2, $3, $4, 'u', $5, $6, 7, $7, $8)",
                {run.tenantId,
                 run.runId,
                 run.projectId,
                 run.clientRunId,
                 run.snapshotId,
                 wireName(run.status),
                 run.counters.startedAt,
                 run.lastActiveAt});
        };
        must(m_server.database().write(run.tenantId, TestDatabase::soon(), insert));
    }
    static domain::LiveRun stopped(domain::LiveRun run, const std::string& policy)
    {
        run.stop.emplace();
        run.stop->policyId = policy;
        run.stop->at = run.lastActiveAt;
        run.status = run.stop->status;
        return run;
    }
    std::optional<domain::LiveRun> live(const domain::LiveRun& run)
    {
        return must(m_store.live(run.tenantId, run.runId, TestDatabase::soon()));
    }
    std::size_t dropBefore(UtcTime before)
    {
        return must(dropEndedRuns(*m_copy, m_store, before, TestDatabase::soon()));
    }
    bool kept(const domain::LiveRun& run)
    {
        return must(m_copy->findRun(run.tenantId, run.runId)).has_value();
    }

    TestDatabase& m_server = TestDatabase::instance();
    TestTenant m_tenant = m_server.newTenant();
    RunStore m_store{m_server.database()};
    test::TempDir m_folder;
    std::unique_ptr<LocalCopy> m_copy;
    UtcTime m_now = fromMicroseconds(toMicroseconds(utcNow()));
};

TEST_F(RunStoreTest, aStopThatComesAheadOfItsRecordsIsSeen)
{
    const auto run = newRun(domain::RunStatus::Running, m_now);
    EXPECT_FALSE(live(run));
    must(m_store.publishStop(stopped(run, "PII"), TestDatabase::soon()));
    const auto seen = live(run);
    ASSERT_TRUE(seen && seen->stop);
    EXPECT_EQ(seen->stop->policyId, "PII");
    EXPECT_EQ(seen->status, domain::RunStatus::FailedPolicy);
    EXPECT_EQ(seen->snapshotId, "SNAP-1");
    const auto other = m_server.newTenant();
    EXPECT_FALSE(must(m_store.live(other.id, run.runId, TestDatabase::soon())));
}

TEST_F(RunStoreTest, theFirstStopStaysAndTheRowKeepsWhatItHad)
{
    const auto run = newRun(domain::RunStatus::Running, m_now);
    write(run);
    must(m_store.publishStop(stopped(run, "FIRST"), TestDatabase::soon()));
    must(m_store.publishStop(stopped(run, "SECOND"), TestDatabase::soon()));
    EXPECT_EQ(live(run)->stop->policyId, "FIRST");
    EXPECT_EQ(live(run)->counters.tokens, 7);
    const auto whole = must(m_store.get(run.tenantId, run.runId, TestDatabase::soon()));
    EXPECT_EQ(whole.userId, "u");
    EXPECT_EQ(whole.violationPolicyId, "FIRST");
    EXPECT_TRUE(whole.endedAt.has_value());
}

TEST_F(RunStoreTest, whoListensHearsOfAStop)
{
    auto listener = must(Connection::open(m_server.urls().listener, TestDatabase::soon()));
    must(listener->query("LISTEN exhibit_changed", {}, TestDatabase::soon()));
    const auto run = newRun(domain::RunStatus::Running, m_now);
    must(m_store.publishStop(stopped(run, "PII"), TestDatabase::soon()));
    EXPECT_EQ(must(listener->waitForNotification(TestDatabase::soon())),
              "run_stopped " + run.tenantId.text() + ' ' + run.runId.text());
}

TEST_F(RunStoreTest, runsThatEndedLongAgoLeaveTheCopyOnceTheyHaveArrived)
{
    const auto old = m_now - 200h;
    const auto before = m_now - 168h;
    const auto succeeded = newRun(domain::RunStatus::Succeeded, old);
    const auto failed = newRun(domain::RunStatus::Failed, old + 1s);
    const auto notArrived = newRun(domain::RunStatus::Succeeded, old + 2s);
    const auto stillOpen = newRun(domain::RunStatus::Running, old + 3s);
    const auto stoppedRun = stopped(newRun(domain::RunStatus::Running, old + 4s), "PII");
    const auto recent = newRun(domain::RunStatus::Succeeded, m_now);
    for (const auto& run : {succeeded, failed, notArrived, stillOpen, stoppedRun, recent}) {
        m_copy->saveRun(run);
    }
    must(m_copy->flush());
    for (const auto& run : {succeeded, failed, stillOpen, stoppedRun, recent}) {
        write(run);
    }
    EXPECT_EQ(dropBefore(before), 2U);
    EXPECT_FALSE(kept(succeeded));
    EXPECT_FALSE(kept(failed));
    for (const auto& run : {notArrived, stillOpen, stoppedRun, recent}) {
        EXPECT_TRUE(kept(run));
        EXPECT_FALSE(must(m_copy->wasDropped(run.runId)));
    }
    EXPECT_TRUE(must(m_copy->wasDropped(succeeded.runId)));
    EXPECT_EQ(dropBefore(before), 0U);
    write(notArrived);
    EXPECT_EQ(dropBefore(before), 1U);
}

TEST_F(RunStoreTest, aRunThatWasNamedAgainStaysInTheCopy)
{
    const auto old = m_now - 200h;
    auto again = newRun(domain::RunStatus::Succeeded, old);
    m_copy->saveRun(again);
    must(m_copy->flush());
    write(again);
    const auto page = must(m_copy->endedRuns(m_now, {}, 10));
    ASSERT_EQ(page.size(), 1U);
    again.status = domain::RunStatus::Running;
    again.lastActiveAt = m_now;
    m_copy->saveRun(again);
    must(m_copy->flush());
    must(m_copy->dropRuns(page));
    EXPECT_TRUE(kept(again));
}

TEST_F(RunStoreTest, moreEndedRunsThanAPageHoldsAllLeave)
{
    const auto old = m_now - 200h;
    for (int i = 0; i < 250; ++i) {
        const auto run = newRun(domain::RunStatus::Succeeded, old); // All at the same instant.
        m_copy->saveRun(run);
        write(run);
    }
    must(m_copy->flush());
    EXPECT_EQ(dropBefore(m_now), 250U);
}

} // namespace
} // namespace exhibit::storage
