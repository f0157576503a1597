// SPDX-License-Identifier: Apache-2.0
#include "server/storage/local_copy.h"

#include "server/spool/sqlite.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include <sys/stat.h>

namespace exhibit::storage {
namespace {

/// Completions run on the writer's thread.
std::unique_ptr<LocalCopy> open(const test::TempDir& dir)
{
    auto opened = LocalCopy::open(dir.path() / "local.db",
                                  [](const std::function<void()>& work) { work(); });
    if (!opened) {
        ADD_FAILURE() << opened.error().message;
        return nullptr;
    }
    return *std::move(opened);
}

domain::LiveRun run(std::int64_t lastActiveUs = 0)
{
    domain::LiveRun run;
    run.runId = RunId::generate();
    run.tenantId = TenantId::generate();
    run.projectId = ProjectId::generate();
    run.clientRunId = "nightly";
    run.snapshotId = "SNAP-1";
    run.counters.tokens = 5;
    run.lastActiveAt = fromMicroseconds(lastActiveUs);
    return run;
}

Result<void> saveAndWait(LocalCopy& copy, const domain::LiveRun& run)
{
    std::promise<Result<void>> durable;
    copy.saveRun(run, [&durable](const Result<void>& outcome) { durable.set_value(outcome); });
    return durable.get_future().get();
}

TEST(LocalCopy, givesBackARunWithEverythingInItAlsoAfterARestart)
{
    const test::TempDir dir;
    auto copy = open(dir);
    domain::LiveRun saved = run();
    saved.status = domain::RunStatus::FailedPolicy;
    saved.stop.emplace();
    saved.stop->killReason = domain::KillReason::MaxCost;
    saved.stop->policyId = "PII";
    saved.stop->eventNo = 7;
    ASSERT_TRUE(saveAndWait(*copy, saved));
    saved.clientRunId.clear();
    for (int i = 0; i < 2; ++i) {
        const auto found = copy->findRun(saved.tenantId, saved.runId);
        ASSERT_TRUE(found);
        ASSERT_TRUE(*found);
        EXPECT_EQ(toJson(**found), toJson(saved));
        copy.reset();
        copy = open(dir);
    }
}

/// Everything that lies in the folder, the log of writes too.
Bytes allBytes(const test::TempDir& dir)
{
    Bytes all;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
        std::ifstream stream(entry.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(stream), {});
    }
    return all;
}

TEST(LocalCopy, keepsNoNameThatAnApplicationGaveARun)
{
    const test::TempDir dir;
    const auto copy = open(dir);
    domain::LiveRun saved = run();
    saved.clientRunId = "of-jane-roe";
    ASSERT_TRUE(saveAndWait(*copy, saved));
    EXPECT_NE(allBytes(dir).find("SNAP-1"), Bytes::npos) << "it looks where the run is";
    EXPECT_EQ(allBytes(dir).find("jane-roe"), Bytes::npos);
}

TEST(LocalCopy, forgetsTheNamesThatAnEarlierFormatKept)
{
    const test::TempDir dir;
    domain::LiveRun saved = run();
    saved.clientRunId = "of-jane-roe";
    {
        ASSERT_TRUE(open(dir)); // The tables.
        auto store = spool::SqliteConnection::open(dir.path() / "local.db",
                                                   spool::SqliteConnection::Open::Existing);
        ASSERT_TRUE(store);
        auto put = store->prepare("INSERT INTO run VALUES (?, ?, 0, 0, ?)");
        ASSERT_TRUE(put);
        const Bytes state = printJson(toJson(saved));
        put->bind(1, asView(saved.tenantId.value.bytes));
        put->bind(2, asView(saved.runId.value.bytes));
        put->bind(3, BytesView(state));
        ASSERT_TRUE(put->step());
        ASSERT_TRUE(store->execute("PRAGMA user_version=2"));
    }
    ASSERT_NE(allBytes(dir).find("jane-roe"), Bytes::npos);
    const auto copy = open(dir);
    EXPECT_EQ(allBytes(dir).find("jane-roe"), Bytes::npos);
    saved.clientRunId.clear();
    const auto found = copy->findRun(saved.tenantId, saved.runId);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ(toJson(**found), toJson(saved));
}

TEST(LocalCopy, leavesNothingOfACatalogueThatWasReplaced)
{
    const test::TempDir dir;
    const auto copy = open(dir);
    const auto tenant = TenantId::generate();
    Catalogue catalogue;
    catalogue.currentSnapshot[tenant] = "SNAP-of-jane-roe";
    ASSERT_TRUE(copy->saveCatalogue(catalogue));
    ASSERT_NE(allBytes(dir).find("jane-roe"), Bytes::npos);
    catalogue.currentSnapshot[tenant] = "SNAP-2";
    ASSERT_TRUE(copy->saveCatalogue(catalogue));
    EXPECT_EQ(allBytes(dir).find("jane-roe"), Bytes::npos);
}

TEST(LocalCopy, seesAStateThatIsStillQueued)
{
    const test::TempDir dir;
    const auto copy = open(dir);
    domain::LiveRun saved = run();
    for (std::int64_t tokens = 1; tokens <= 2000; ++tokens) {
        saved.counters.tokens = tokens;
        copy->saveRun(saved);
        const auto found = copy->findRun(saved.tenantId, saved.runId);
        ASSERT_TRUE(found && *found);
        ASSERT_EQ((*found)->counters.tokens, tokens);
    }
}

TEST(LocalCopy, seesEveryStateWhileItMovesIntoTheFile)
{
    const test::TempDir dir;
    const auto copy = open(dir);
    std::atomic<bool> done{false};
    std::thread flusher([&] {
        while (!done) {
            EXPECT_TRUE(copy->flush());
        }
    });
    domain::LiveRun saved = run();
    for (std::int64_t tokens = 1; tokens <= 2000; ++tokens) {
        saved.counters.tokens = tokens;
        copy->saveRun(saved);
        for (int i = 0; i < 3; ++i) {
            const auto found = copy->findRun(saved.tenantId, saved.runId);
            EXPECT_TRUE(found && *found && (*found)->counters.tokens == tokens);
        }
    }
    done = true;
    flusher.join();
}

TEST(LocalCopy, theNewestStateOfARunWins)
{
    const test::TempDir dir;
    auto copy = open(dir);
    domain::LiveRun saved = run();
    for (std::int64_t tokens = 1; tokens <= 100; ++tokens) {
        saved.counters.tokens = tokens;
        copy->saveRun(saved);
    }
    saved.counters.tokens = 101;
    ASSERT_TRUE(saveAndWait(*copy, saved));
    saved.counters.tokens = 102;
    copy->saveRun(saved);
    ASSERT_TRUE(copy->flush());
    copy = open(dir);
    EXPECT_EQ((*copy->findRun(saved.tenantId, saved.runId))->counters.tokens, 102);
}

TEST(LocalCopy, writesWhatIsQueuedWhenItCloses)
{
    const test::TempDir dir;
    std::vector<domain::LiveRun> runs;
    {
        const auto copy = open(dir);
        for (int i = 0; i < 200; ++i) {
            runs.push_back(run());
            copy->saveRun(runs.back());
        }
    }
    const auto copy = open(dir);
    for (const auto& saved : runs) {
        const auto found = copy->findRun(saved.tenantId, saved.runId);
        ASSERT_TRUE(found && *found);
    }
}

TEST(LocalCopy, doesNotShowARunToAnotherTenant)
{
    const test::TempDir dir;
    const auto copy = open(dir);
    const domain::LiveRun saved = run();
    copy->saveRun(saved);
    EXPECT_FALSE(*copy->findRun(TenantId::generate(), saved.runId));
    ASSERT_TRUE(copy->flush());
    EXPECT_FALSE(*copy->findRun(TenantId::generate(), saved.runId));
    EXPECT_TRUE(*copy->findRun(saved.tenantId, saved.runId));
}

TEST(LocalCopy, findsIdleRunsInTheFileAndInTheQueue)
{
    const test::TempDir dir;
    const auto copy = open(dir);
    const domain::LiveRun stored = run(100);
    domain::LiveRun wokeUp = run(200);
    domain::LiveRun ended = run(300);
    const domain::LiveRun active = run(2000);
    for (const auto& each : {stored, wokeUp, ended, active}) {
        copy->saveRun(each);
    }
    ASSERT_TRUE(copy->flush());
    wokeUp.lastActiveAt = fromMicroseconds(1500);
    ended.status = domain::RunStatus::Succeeded;
    const domain::LiveRun queued = run(400);
    for (const auto& each : {wokeUp, ended, queued}) {
        copy->saveRun(each);
    }
    for (int i = 0; i < 2; ++i) {
        const auto idle = copy->idleRuns(fromMicroseconds(1000), 10);
        ASSERT_TRUE(idle);
        ASSERT_EQ(idle->size(), 2U);
        EXPECT_EQ(idle->at(0).runId, stored.runId);
        EXPECT_EQ(idle->at(1).runId, queued.runId);
        EXPECT_EQ(copy->idleRuns(fromMicroseconds(1000), 1)->size(), 1U);
        ASSERT_TRUE(copy->flush());
    }
}

TEST(LocalCopy, keepsTheCatalogue)
{
    const test::TempDir dir;
    auto copy = open(dir);
    EXPECT_FALSE(*copy->loadCatalogue());
    Catalogue catalogue;
    domain::Project project;
    project.projectId = ProjectId::generate();
    project.tenantId = TenantId::generate();
    catalogue.projects = {project};
    catalogue.currentSnapshot[project.tenantId] = "SNAP-1";
    catalogue.readAt = fromMicroseconds(5);
    ASSERT_TRUE(copy->saveCatalogue({}));
    ASSERT_TRUE(copy->saveCatalogue(catalogue));
    copy = open(dir);
    const auto loaded = copy->loadCatalogue();
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_TRUE(*loaded);
    EXPECT_EQ(catalogueToJson(**loaded), catalogueToJson(catalogue));
}

TEST(LocalCopy, isCompleteOnlyAfterItWasMarked)
{
    const test::TempDir dir;
    auto copy = open(dir);
    EXPECT_FALSE(copy->complete());
    copy = open(dir);
    EXPECT_FALSE(copy->complete());
    ASSERT_TRUE(copy->markComplete());
    EXPECT_TRUE(copy->complete());
    copy = open(dir);
    EXPECT_TRUE(copy->complete());
}

TEST(LocalCopy, isReadableByItsOwnerOnly)
{
    const test::TempDir dir;
    const auto copy = open(dir);
    copy->saveRun(run());
    ASSERT_TRUE(copy->flush());
    for (const char* name : {"local.db", "local.db-wal"}) {
        struct stat status = {};
        ASSERT_EQ(::stat(dir.file(name).c_str(), &status), 0) << name;
        EXPECT_EQ(status.st_mode & 0777, 0600U) << name;
    }
}

TEST(LocalCopy, refusesAFileItDoesNotUnderstand)
{
    const test::TempDir dir;
    const auto post = [](const std::function<void()>& work) { work(); };
    const auto damaged
        = LocalCopy::open(dir.write("damaged", "this has never been a database of any kind"), post);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code, ErrorCode::Corrupt);
    open(dir).reset();
    {
        auto connection = spool::SqliteConnection::open(dir.path() / "local.db",
                                                        spool::SqliteConnection::Open::Existing);
        ASSERT_TRUE(connection);
        ASSERT_TRUE(connection->execute("PRAGMA user_version=4"));
    }
    const auto newer = LocalCopy::open(dir.path() / "local.db", post);
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, ErrorCode::Corrupt);
    EXPECT_FALSE(LocalCopy::open("/nonexistent/local.db", post));
}

TEST(LocalCopy, tellsWhoWaitsWhenTheFileTakesNothingAndTriesAgain)
{
    const test::TempDir dir;
    const auto copy = open(dir);
    const domain::LiveRun saved = run();
    {
        // Somebody else holds the write lock for longer than SQLite waits.
        auto other = spool::SqliteConnection::open(dir.path() / "local.db",
                                                   spool::SqliteConnection::Open::Existing);
        ASSERT_TRUE(other);
        ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
        const auto outcome = saveAndWait(*copy, saved);
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, ErrorCode::Unavailable);
        EXPECT_TRUE(*copy->findRun(saved.tenantId, saved.runId));
    }
    ASSERT_TRUE(copy->flush());
    const auto again = open(dir);
    EXPECT_TRUE(*again->findRun(saved.tenantId, saved.runId));
}

} // namespace
} // namespace exhibit::storage
