// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_jobs.h"

#include "server/storage/unproven_ledger.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace exhibit::api {
namespace {

using storage::ExportJobState;
using storage::must;
using storage::TestDatabase;

Exported fileOf(Bytes bytes)
{
    Exported exported{std::move(bytes), "text/plain", "file.txt", {}};
    exported.record = storage::ExportRecord{.id = "made",
                                            .format = "test",
                                            .sha256 = sha256(exported.bytes),
                                            .bytes = exported.bytes.size(),
                                            .incident = {},
                                            .more = {}};
    return exported;
}

class ExportJobsTest : public testing::Test {
protected:
    ExportOrder orderOf(std::function<Result<Exported>(const ExportProgress&)> make,
                        std::optional<TenantId> tenant = {})
    {
        return {tenant.value_or(m_tenant.id), {"key_1", "", ""}, "test", {}, std::move(make)};
    }
    /// Once it is in one of those states.
    storage::ExportJob wait(storage::ExportJobId id, std::set<ExportJobState> states)
    {
        const auto soon = TestDatabase::soon();
        for (;;) {
            auto job = read(id);
            if (!job || states.contains(job->state) || soon.reached()) {
                EXPECT_TRUE(job && states.contains(job->state));
                return job ? *job : storage::ExportJob{};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    Result<storage::ExportJob> read(storage::ExportJobId id)
    {
        return m_server.database().read(
            m_tenant.id, TestDatabase::soon(), [&](storage::Transaction& t) {
                return storage::readExportJob(t, m_jobs->maker(), id, "key_1");
            });
    }
    std::int64_t count(const std::string& from)
    {
        return must(m_server.database().read(m_tenant.id,
                                             TestDatabase::soon(),
                                             [&](storage::Transaction& t) {
                                                 return t.query("SELECT count(*) FROM " + from, {});
                                             }))
            .integer(0, 0);
    }
    std::int64_t recorded()
    {
        return count("audit_logs WHERE action = 'export.created' AND resource = 'made'");
    }
    void cancel(storage::ExportJobId id)
    {
        must(m_server.database().write(
            m_tenant.id, TestDatabase::soon(), [&](storage::Transaction& t) {
                return storage::dropExportJob(t, id, "key_1");
            }));
    }

    TestDatabase& m_server = TestDatabase::instance();
    storage::TestTenant m_tenant = m_server.newTenant();
    storage::UnprovenLedger m_ledger;
    storage::CatalogueHolder m_catalogue;
    std::optional<ExportJobs> m_jobs{
        std::in_place,
        ExportJobs::Services{m_server.database(), m_ledger, m_catalogue, ReplicaId::generate()}};
};

TEST_F(ExportJobsTest, storesTheFileInPartsWithItsEntry)
{
    Bytes file(static_cast<std::size_t>(storage::kExportPartBytes) * 2 + 5, 'x');
    file.front() = 'f';
    file.back() = 'l';
    const auto job = must(m_jobs->start(
        orderOf([&file](const ExportProgress&) -> Result<Exported> { return fileOf(file); })));
    EXPECT_EQ(job.state, ExportJobState::Waiting);
    const auto done = wait(job.id, {ExportJobState::Done});
    EXPECT_EQ(done.bytes, static_cast<std::int64_t>(file.size()));
    EXPECT_EQ(done.sha256, sha256(file));
    EXPECT_EQ(done.fileName, "file.txt");
    EXPECT_EQ(count("export_job_parts"), 3);
    EXPECT_EQ(recorded(), 1);
}

TEST_F(ExportJobsTest, showsHowFarItIsAndEndsWhenItIsCancelled)
{
    std::promise<void> told;
    std::promise<ErrorCode> ended;
    const auto job
        = must(m_jobs->start(orderOf([&](const ExportProgress& progress) -> Result<Exported> {
              must(progress("pages", 7, 9));
              told.set_value();
              auto wanted = progress("pages", 7, 9);
              while (wanted) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(10));
                  wanted = progress("pages", 7, 9);
              }
              ended.set_value(wanted.error().code);
              return tl::make_unexpected(wanted.error());
          })));
    told.get_future().wait();
    const auto soon = TestDatabase::soon();
    while (must(read(job.id)).phase != "pages" && !soon.reached()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const auto running = must(read(job.id));
    EXPECT_EQ(running.state, ExportJobState::Running);
    EXPECT_EQ(running.done, 7);
    EXPECT_EQ(running.total, 9);
    cancel(job.id);
    EXPECT_EQ(ended.get_future().get(), ErrorCode::Cancelled);
    EXPECT_EQ(must(read(job.id)).state, ExportJobState::Cancelled);
    EXPECT_EQ(recorded(), 0);
}

TEST_F(ExportJobsTest, aCancelledFileIsNotKept)
{
    std::promise<void> made;
    std::promise<void> cancelled;
    auto go = cancelled.get_future().share();
    const auto job
        = must(m_jobs->start(orderOf([&made, go](const ExportProgress&) -> Result<Exported> {
              made.set_value();
              go.wait();
              return fileOf("content");
          })));
    made.get_future().wait();
    cancel(job.id);
    cancelled.set_value();
    m_jobs->stop();
    EXPECT_EQ(must(read(job.id)).state, ExportJobState::Cancelled);
    EXPECT_EQ(count("export_job_parts"), 0);
    EXPECT_EQ(recorded(), 0) << "nothing left the building";
}

TEST_F(ExportJobsTest, saysWhyItFailedAndNothingOfOurs)
{
    const auto failing = [this](ErrorCode code) {
        const auto job
            = must(m_jobs->start(orderOf([code](const ExportProgress&) -> Result<Exported> {
                  return fail(code, "what happened", "/there");
              })));
        return wait(job.id, {ExportJobState::Failed});
    };
    const auto refused = failing(ErrorCode::InvalidInput);
    EXPECT_EQ(refused.errorCode, "invalid_input");
    EXPECT_EQ(refused.errorMessage, "what happened");
    for (const auto code : {ErrorCode::Internal, ErrorCode::Unavailable}) {
        EXPECT_EQ(failing(code).errorMessage.find("what happened"), std::string::npos);
    }
    const auto job = must(m_jobs->start(orderOf([](const ExportProgress&) -> Result<Exported> {
        throw std::runtime_error("out of anything");
    })));
    EXPECT_EQ(wait(job.id, {ExportJobState::Failed}).errorCode, "internal");
}

TEST_F(ExportJobsTest, aStoppedServerLeavesNoneOpen)
{
    std::promise<void> running;
    const auto blocked = [&](const ExportProgress& progress) -> Result<Exported> {
        running.set_value();
        auto wanted = progress("pages", 0, 0);
        while (wanted) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            wanted = progress("pages", 0, 0);
        }
        return tl::make_unexpected(wanted.error());
    };
    const auto first = must(m_jobs->start(orderOf(blocked)));
    running.get_future().wait();
    m_jobs->stop();
    const auto ended = must(read(first.id));
    EXPECT_EQ(ended.state, ExportJobState::Failed);
    EXPECT_EQ(ended.errorCode, "export_interrupted");
    EXPECT_EQ(m_jobs->start(orderOf({})).error().code, ErrorCode::Unavailable);
}

TEST_F(ExportJobsTest, aTenantWithManyDoesNotHoldUpAnother)
{
    const auto held = [](std::promise<void>& running, std::promise<void>& release) {
        return [&running,
                go = release.get_future().share()](const ExportProgress&) -> Result<Exported> {
            running.set_value();
            go.wait();
            return fileOf("held");
        };
    };
    std::promise<void> running[2];
    std::promise<void> release[2];
    must(m_jobs->start(orderOf(held(running[0], release[0]))));
    must(m_jobs->start(orderOf(held(running[1], release[1]), m_server.newTenant().id)));
    running[0].get_future().wait();
    running[1].get_future().wait();
    std::atomic<bool> mine{false};
    std::promise<bool> theirs;
    const auto last = must(m_jobs->start(orderOf([&mine](const ExportProgress&) {
        mine = true;
        return Result<Exported>(fileOf("mine"));
    })));
    must(m_jobs->start(orderOf(
        [&](const ExportProgress&) {
            theirs.set_value(mine);
            return Result<Exported>(fileOf("theirs"));
        },
        m_server.newTenant().id)));
    release[1].set_value();
    EXPECT_FALSE(theirs.get_future().get()) << "ordered later, made first";
    release[0].set_value();
    wait(last.id, {ExportJobState::Done});
}

TEST_F(ExportJobsTest, aSmallOneIsMadeAtOnceUnlessOthersAre)
{
    const auto quick = orderOf([](const ExportProgress& progress) -> Result<Exported> {
        EXPECT_FALSE(progress) << "nobody is told of what is answered at once";
        return fileOf("quick");
    });
    const auto made = m_jobs->makeNow(quick);
    ASSERT_TRUE(made && *made);
    EXPECT_EQ((*made)->bytes, "quick");
    EXPECT_EQ(m_jobs
                  ->makeNow(orderOf([](const ExportProgress&) -> Result<Exported> {
                      throw std::runtime_error("out of anything");
                  }))
                  ->error()
                  .code,
              ErrorCode::Internal);
    std::promise<void> release;
    const auto go = release.get_future().share();
    const auto held = orderOf([go](const ExportProgress&) -> Result<Exported> {
        go.wait();
        return fileOf("held");
    });
    std::vector<std::future<bool>> others;
    for (std::size_t i = 0; i < ExportGate::kWaitingMax; ++i) {
        others.push_back(std::async(std::launch::async, [this, &held] {
            const auto one = m_jobs->makeNow(held);
            return one.has_value();
        }));
    }
    // Two are being made, two found no turn in time, and no more may wait: it is for a job.
    bool refused = false;
    const auto soon = TestDatabase::soon();
    while (!refused && !soon.reached()) {
        refused = !m_jobs->makeNow(quick).has_value();
    }
    EXPECT_TRUE(refused);
    release.set_value();
    std::ptrdiff_t begun = 0;
    for (auto& other : others) {
        begun += other.get() ? 1 : 0;
    }
    EXPECT_GE(begun, 2);
}

} // namespace
} // namespace exhibit::api
