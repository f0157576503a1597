// SPDX-License-Identifier: Apache-2.0
#include "server/storage/export_job_store.h"

#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

class ExportJobStoreTest : public testing::Test {
protected:
    template <class Use>
    auto write(Use use)
    {
        return m_server.database().write(m_tenant.id, TestDatabase::soon(), use);
    }
    ExportJob order(std::int64_t age = 0)
    {
        ExportJob job;
        job.id = ExportJobId::generate();
        job.orderedBy = "key_mine";
        job.format = "pdf";
        job.createdAt = utcNow() - std::chrono::seconds(age);
        return job;
    }
    Result<void> add(const ExportJob& job)
    {
        return write([&](Transaction& t) { return addExportJob(t, m_maker, job); });
    }
    ExportJob added()
    {
        auto job = order();
        must(add(job));
        return job;
    }
    Result<ExportJob> read(ExportJobId id,
                           const std::string& key = "key_mine",
                           std::optional<ExportMaker> as = {})
    {
        return m_server.database().read(m_tenant.id, TestDatabase::soon(), [&](Transaction& t) {
            return readExportJob(t, as.value_or(m_maker), id, key);
        });
    }
    Result<void> finish(ExportJob job, const std::vector<Bytes>& parts)
    {
        Bytes all;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            EXHIBIT_CHECK(write([&](Transaction& t) {
                return addExportPart(t, job.id, static_cast<std::int64_t>(i), parts[i]);
            }));
            all += parts[i];
        }
        job.fileName = "report.pdf";
        job.contentType = "application/pdf";
        job.sha256 = sha256(all);
        job.bytes = static_cast<std::int64_t>(all.size());
        return write([&](Transaction& t) { return finishExportJob(t, job); });
    }
    Result<void> drop(ExportJobId id, const std::string& key = "key_mine")
    {
        return write([&](Transaction& t) { return dropExportJob(t, id, key); });
    }
    Result<Bytes> part(ExportJobId id, std::int64_t number, std::optional<TenantId> tenant = {})
    {
        return m_server.database().read(
            tenant.value_or(m_tenant.id), TestDatabase::soon(), [&](Transaction& t) {
                return readExportPart(t, id, number);
            });
    }
    void change(const std::string& set, ExportJobId id)
    {
        must(m_server.administrator()->query("UPDATE exhibit.export_jobs SET " + set
                                                 + " WHERE job_id = $1",
                                             {id},
                                             TestDatabase::soon()));
    }

    TestDatabase& m_server = TestDatabase::instance();
    TestTenant m_tenant = m_server.newTenant();
    ExportMaker m_maker{ReplicaId::generate(), Uuid::v7()};
};

TEST_F(ExportJobStoreTest, goesFromItsOrderToItsFile)
{
    auto job = added();
    auto seen = must(read(job.id));
    EXPECT_EQ(seen.state, ExportJobState::Waiting);
    EXPECT_EQ(seen.format, "pdf");
    EXPECT_EQ(seen.expiresAt, fromMicroseconds(toMicroseconds(job.createdAt)) + kExportKept);
    job.state = ExportJobState::Running;
    job.phase = "pages";
    job.done = 3;
    job.total = 12;
    EXPECT_TRUE(must(write([&](Transaction& t) { return beatExportJob(t, job); })));
    seen = must(read(job.id));
    EXPECT_EQ(seen.state, ExportJobState::Running);
    EXPECT_EQ(seen.phase, "pages");
    EXPECT_EQ(seen.done, 3);
    must(finish(job, {"first ", "second"}));
    seen = must(read(job.id));
    EXPECT_EQ(seen.state, ExportJobState::Done);
    EXPECT_EQ(seen.bytes, 12);
    EXPECT_EQ(seen.sha256, sha256("first second"));
    EXPECT_TRUE(seen.endedAt);
    EXPECT_EQ(must(part(job.id, 1)), "second");
    EXPECT_EQ(part(job.id, 2).error().code, ErrorCode::NotFound);
}

TEST_F(ExportJobStoreTest, isOfItsKeyAndItsTenant)
{
    const auto job = added();
    must(finish(job, {"content"}));
    EXPECT_EQ(read(job.id, "key_other").error().code, ErrorCode::NotFound);
    EXPECT_EQ(drop(job.id, "key_other").error().code, ErrorCode::NotFound);
    const auto other = m_server.newTenant();
    const auto theirs
        = m_server.database().read(other.id, TestDatabase::soon(), [&](Transaction& t) {
              return readExportJob(t, m_maker, job.id, "key_mine");
          });
    EXPECT_EQ(theirs.error().code, ErrorCode::NotFound);
    EXPECT_EQ(part(job.id, 0, other.id).error().code, ErrorCode::NotFound);
    const auto listed
        = must(m_server.database().read(m_tenant.id, TestDatabase::soon(), [&](Transaction& t) {
              return listExportJobs(t, m_maker, "key_other");
          }));
    EXPECT_TRUE(listed.empty());
}

TEST_F(ExportJobStoreTest, aCancelledOneNeverGetsAFile)
{
    const auto job = added();
    must(drop(job.id));
    EXPECT_EQ(must(read(job.id)).state, ExportJobState::Cancelled);
    EXPECT_FALSE(must(write([&](Transaction& t) { return beatExportJob(t, job); })));
    EXPECT_EQ(finish(job, {"late"}).error().code, ErrorCode::Cancelled);
    EXPECT_EQ(must(read(job.id)).state, ExportJobState::Cancelled);
    must(drop(job.id));
    EXPECT_EQ(read(job.id).error().code, ErrorCode::NotFound);
    EXPECT_EQ(part(job.id, 0).error().code, ErrorCode::NotFound) << "parts go with their job";
}

TEST_F(ExportJobStoreTest, whatItsMakerLeftBehindHasFailed)
{
    const auto job = added();
    const ExportMaker again{m_maker.replica, Uuid::v7()};
    const auto lost = must(read(job.id, "key_mine", again));
    EXPECT_EQ(lost.state, ExportJobState::Failed);
    EXPECT_EQ(lost.errorCode, "export_interrupted");
    const ExportMaker elsewhere{ReplicaId::generate(), Uuid::v7()};
    EXPECT_EQ(must(read(job.id, "key_mine", elsewhere)).state, ExportJobState::Waiting);
    change("beat_at = now() - interval '31 seconds'", job.id);
    EXPECT_EQ(must(read(job.id, "key_mine", elsewhere)).state, ExportJobState::Failed);
}

TEST_F(ExportJobStoreTest, aTenantHasSoManyOpenAndKeepsSoMuch)
{
    std::vector<ExportJob> open;
    for (std::int64_t i = 0; i < kOpenExportsMax; ++i) {
        open.push_back(added());
    }
    const auto refused = add(order());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(refused.error().subject, "exports");
    must(finish(open[0], {"x"}));
    must(write([&](Transaction& t) { return failExportJob(t, open[1].id, "internal", "no"); }));
    must(add(order()));
    change("bytes = " + std::to_string(kKeptExportBytesMax - 1), open[0].id);
    must(add(order()));
    must(drop(open[2].id));
    change("bytes = " + std::to_string(kKeptExportBytesMax), open[0].id);
    EXPECT_EQ(add(order()).error().subject, "exports");
    must(drop(open[0].id));
    must(add(order()));
}

TEST_F(ExportJobStoreTest, goesWhenItsTimeIsOver)
{
    const auto old = order(std::chrono::seconds(kExportKept).count() - 1);
    const auto older = order(std::chrono::seconds(kExportKept).count() + 1);
    must(add(old));
    must(add(older));
    EXPECT_TRUE(read(old.id));
    EXPECT_EQ(read(older.id).error().code, ErrorCode::NotFound);
    must(write(dropExpiredExports));
    change("expires_at = now() + interval '1 day'", older.id);
    EXPECT_EQ(read(older.id).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(read(old.id));
}

TEST_F(ExportJobStoreTest, anErasureWithdrawsWhatMayShowIt)
{
    const auto done = added();
    must(finish(done, {"names"}));
    const auto running = added();
    const auto cancelled = added();
    must(drop(cancelled.id));
    must(write(dropExportsOfErased));
    for (const auto& job : {done, running}) {
        const auto withdrawn = must(read(job.id));
        EXPECT_EQ(withdrawn.state, ExportJobState::Failed);
        EXPECT_EQ(withdrawn.errorCode, "export_withdrawn");
    }
    EXPECT_EQ(part(done.id, 0).error().code, ErrorCode::NotFound);
    EXPECT_EQ(finish(running, {"late"}).error().code, ErrorCode::Cancelled);
    EXPECT_EQ(must(read(cancelled.id)).state, ExportJobState::Cancelled);
}

} // namespace
} // namespace exhibit::storage
