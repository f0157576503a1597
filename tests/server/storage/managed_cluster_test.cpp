// SPDX-License-Identifier: Apache-2.0
#include "server/storage/managed_cluster.h"

#include "server/storage/connection.h"
#include "server/storage/machine_memory.h"
#include "server/storage/private_file.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

namespace exhibit::storage {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A data directory of its own, with and without a server.
class ManagedClusterTest : public testing::Test {
protected:
    [[nodiscard]] Result<std::unique_ptr<ManagedCluster>> start()
    {
        return ManagedCluster::start({m_directory, Secret{"not a real password"}, false},
                                     Deadline::after(2min));
    }
    static Result<std::string> ask(const ManagedCluster& cluster, const char* sql)
    {
        EXHIBIT_TRY(auto connection,
                    Connection::open(cluster.administratorUrl(), TestDatabase::soon()));
        EXHIBIT_TRY(const Rows rows, connection->query(sql, {}, TestDatabase::soon()));
        return rows.empty() ? std::string() : std::string(rows.text(0, 0));
    }
    /// Asks until there is an answer.
    static std::string askAgain(const ManagedCluster& cluster, const char* sql)
    {
        const auto deadline = TestDatabase::soon();
        auto answer = ask(cluster, sql);
        while (!answer && !deadline.reached()) {
            std::this_thread::sleep_for(20ms);
            answer = ask(cluster, sql);
        }
        return must(std::move(answer));
    }
    static bool runs(pid_t pid) { return fs::exists("/proc/" + std::to_string(pid) + "/cwd/base"); }
    static bool endsSoon(pid_t pid)
    {
        const auto deadline = TestDatabase::soon();
        while (runs(pid) && !deadline.reached()) {
            std::this_thread::sleep_for(20ms);
        }
        return !runs(pid);
    }

    test::TempDir m_private;
    fs::path m_directory = m_private.path() / "data";
};

TEST_F(ManagedClusterTest, keepsWhatWasWrittenFromStartToStart)
{
    auto cluster = must(start());
    must(ask(*cluster, "CREATE TABLE kept AS SELECT 42 AS answer"));
    const auto pid = cluster->pid();
    cluster.reset();
    EXPECT_FALSE(runs(pid));
    cluster = must(start());
    EXPECT_EQ(must(ask(*cluster, "SELECT answer FROM kept")), "42");
}

TEST_F(ManagedClusterTest, listensOnAPrivateSocketAlone)
{
    auto cluster = must(start());
    EXPECT_EQ(must(ask(*cluster, "SHOW listen_addresses")), "");
    EXPECT_EQ(must(ask(*cluster,
                       "SELECT setting::bigint * 8 / 1024 FROM pg_settings"
                       " WHERE name = 'shared_buffers'")),
              std::to_string(databaseCacheMegabytes(machineMemory())));
    const fs::path folder = must(ask(*cluster, "SHOW unix_socket_directories"));
    struct stat status { };
    ASSERT_EQ(stat(folder.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
    const auto owner = status.st_uid;
    ASSERT_EQ(stat((m_directory / "postgres").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
    EXPECT_EQ(status.st_uid, owner);
    if (geteuid() == 0) {
        EXPECT_NE(owner, 0U);
    }
    const auto wrong = Connection::open(
        Secret{"host=" + folder.string() + " user=exhibit_admin password=guess dbname=exhibit"},
        TestDatabase::soon());
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().subject, "28P01");
    cluster->stop();
    EXPECT_FALSE(fs::exists(folder));
}

TEST_F(ManagedClusterTest, startsTheServerAgainWhenItDies)
{
    const auto cluster = must(start());
    must(ask(*cluster, "CREATE TABLE kept AS SELECT 42 AS answer"));
    for (int round = 0; round < 2; ++round) {
        const auto before = cluster->pid();
        ASSERT_EQ(kill(before, SIGKILL), 0);
        ASSERT_TRUE(endsSoon(before));
        EXPECT_EQ(askAgain(*cluster, "SELECT answer FROM kept"), "42");
        EXPECT_NE(cluster->pid(), before);
    }
}

TEST_F(ManagedClusterTest, theServerEndsWithTheProcessThatStartedIt)
{
    // A process that starts a cluster and is killed: nothing of it may clean up.
    std::array<int, 2> report{};
    ASSERT_EQ(pipe(report.data()), 0);
    const pid_t starter = fork();
    if (starter == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        const auto cluster = start();
        const pid_t pid = cluster ? (*cluster)->pid() : 0;
        (void)!write(report[1], &pid, sizeof pid);
        pause();
        _exit(0);
    }
    close(report[1]);
    pid_t postmaster = 0;
    ASSERT_EQ(read(report[0], &postmaster, sizeof postmaster), ssize_t{sizeof postmaster});
    close(report[0]);
    ASSERT_TRUE(runs(postmaster));
    ASSERT_EQ(kill(starter, SIGKILL), 0);
    ASSERT_EQ(waitpid(starter, nullptr, 0), starter);
    // Started over it at once: whether the old one still stops or is gone, there is one in the end.
    const auto cluster = must(start());
    EXPECT_FALSE(runs(postmaster));
    EXPECT_EQ(must(ask(*cluster, "SELECT 1")), "1");
}

TEST_F(ManagedClusterTest, adoptsAServerThatRunsAlready)
{
    must(start())->stop();
    ClusterPlace place{m_directory / "postgres", {}, {}};
    place.account = must(unprivilegedAccount());
    place.programs = must(findPostgresPrograms(place.folder));
    const auto sockets = must(makeSocketFolder(place.account));
    const pid_t running = must(spawn({{(place.programs / "postgres").string(),
                                       "-D",
                                       place.folderForAccount(),
                                       "-c",
                                       "unix_socket_directories=" + sockets.string(),
                                       "-c",
                                       "listen_addresses="},
                                      place.account,
                                      place.folder,
                                      kStartupLog,
                                      SIGKILL}));
    const auto deadline = TestDatabase::soon();
    for (auto found = findRunningPostgres(place);
         (!found || found->state != "ready") && !deadline.reached();
         found = findRunningPostgres(place)) {
        std::this_thread::sleep_for(10ms);
    }
    auto cluster = must(start());
    EXPECT_EQ(cluster->pid(), running);
    EXPECT_EQ(must(ask(*cluster, "SHOW unix_socket_directories")), sockets.string());
    // It is looked after like one of ours.
    ASSERT_EQ(kill(running, SIGKILL), 0);
    ASSERT_EQ(waitpid(running, nullptr, 0), running);
    EXPECT_EQ(askAgain(*cluster, "SELECT 1"), "1");
    cluster.reset();
    EXPECT_FALSE(fs::exists(m_directory / "postgres/postmaster.pid"));
    fs::remove_all(sockets);
}

TEST_F(ManagedClusterTest, startsAfterEverythingWasKilledWhileMakingTheCluster)
{
    fs::create_directories(m_directory / "postgres.new/data/base");
    std::ofstream(m_directory / "postgres.new/data/PG_VERSION") << "15\n";
    EXPECT_TRUE(start());
    EXPECT_FALSE(fs::exists(m_directory / "postgres.new"));
}

TEST_F(ManagedClusterTest, startsBesideAStaleProcessFile)
{
    must(start())->stop();
    // Ours is a number that certainly runs and certainly is no PostgreSQL.
    std::ofstream(m_directory / "postgres/postmaster.pid")
        << getpid() << "\n/elsewhere\n1700000000\n5432\n/tmp\n\n\nready\n";
    const auto cluster = start();
    ASSERT_TRUE(cluster) << cluster.error().message;
    EXPECT_NE((*cluster)->pid(), getpid());
}

TEST_F(ManagedClusterTest, doesNotTouchAFolderThatIsNoCluster)
{
    fs::create_directories(m_directory / "postgres");
    std::ofstream(m_directory / "postgres/thesis.txt") << "ten years of work";
    const auto cluster = start();
    ASSERT_FALSE(cluster);
    EXPECT_EQ(cluster.error().code, ErrorCode::Conflict);
    EXPECT_TRUE(fs::exists(m_directory / "postgres/thesis.txt"));
}

TEST_F(ManagedClusterTest, saysWhyTheServerDoesNotStart)
{
    must(start())->stop();
    std::ofstream(m_directory / "postgres/postgresql.conf", std::ios::app)
        << "shared_buffers = 'much'\n";
    const auto cluster = start();
    ASSERT_FALSE(cluster);
    EXPECT_EQ(cluster.error().code, ErrorCode::Unavailable);
    EXPECT_NE(cluster.error().message.find("does not start"), std::string::npos);
}

TEST_F(ManagedClusterTest, namesTheMissingPrograms)
{
    setenv("EXHIBIT_PG_BIN", "/nonexistent", 1);
    const auto cluster = start();
    unsetenv("EXHIBIT_PG_BIN");
    ASSERT_FALSE(cluster);
    EXPECT_NE(cluster.error().message.find("/nonexistent"), std::string::npos);
}

TEST(DataDirectoryLock, refusesASecondProcessUntilTheFirstHasEnded)
{
    const test::TempDir directory;
    std::array<int, 2> report{};
    ASSERT_EQ(pipe(report.data()), 0);
    const pid_t first = fork();
    if (first == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        const auto lock = DataDirectoryLock::acquire(directory.path());
        const char ok = lock ? 1 : 0;
        (void)!write(report[1], &ok, 1);
        pause();
        _exit(0);
    }
    char ok = 0;
    ASSERT_EQ(read(report[0], &ok, 1), 1);
    ASSERT_EQ(ok, 1);
    const auto second = DataDirectoryLock::acquire(directory.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Conflict);
    kill(first, SIGKILL);
    waitpid(first, nullptr, 0);
    EXPECT_TRUE(DataDirectoryLock::acquire(directory.path()));
    close(report[0]);
    close(report[1]);
}

TEST(PrivateFile, isReadableForNobodyElseAndReplacedAsAWhole)
{
    const test::TempDir directory;
    const auto file = directory.path() / "secret";
    std::ofstream(file) << "readable for all";
    fs::permissions(file, fs::perms::all);
    must(writePrivateFile(file, "new"));
    struct stat status { };
    ASSERT_EQ(stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_EQ(must(readSmallFile(file)), "new");
    EXPECT_EQ(must(readSmallFile(directory.path() / "none")), std::nullopt);
}

TEST(PrivateFile, oneByteTooManyIsNotOurs)
{
    const test::TempDir directory;
    const auto file = directory.path() / "large";
    std::ofstream(file) << std::string(64 * 1024, 'x');
    EXPECT_TRUE(readSmallFile(file));
    std::ofstream(file, std::ios::app) << 'x';
    EXPECT_EQ(readSmallFile(file).error().code, ErrorCode::TooLarge);
}

} // namespace
} // namespace exhibit::storage
