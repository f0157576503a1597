// SPDX-License-Identifier: Apache-2.0
#include "server/ops/log.h"
#include "tests/server/spool/journal_on_test.h"

#include <thread>

#include <sched.h>
#include <sys/mount.h>

namespace exhibit::spool {
namespace {

/// A disk of that size: a tmpfs on a private folder, in a mount namespace of this process, so that
/// nothing stays mounted when the test is killed. Needs the right to mount.
class SmallDisk {
public:
    explicit SmallDisk(std::size_t bytes)
    {
        const std::string options = "size=" + std::to_string(bytes) + ",mode=0700";
        m_mounted = ::unshare(CLONE_NEWNS) == 0
            && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
            && ::mount("tmpfs", path().c_str(), "tmpfs", 0, options.c_str()) == 0;
    }
    ~SmallDisk()
    {
        if (m_mounted) {
            ::umount2(path().c_str(), MNT_DETACH);
        }
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] bool mounted() const { return m_mounted; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_dir.path(); }

private:
    test::TempDir m_dir;
    bool m_mounted = false;
};

/// Appends until the journal refuses; returns how many were durable.
std::int64_t fillUp(JournalOnTest& journal)
{
    for (std::int64_t count = 0;; ++count) {
        const auto outcome = journal.appendAndWait(JournalOnTest::record(Bytes(10'000, 'x')));
        if (!outcome) {
            EXPECT_EQ(outcome.error().code, ErrorCode::Unavailable);
            return count;
        }
    }
}

void expectWhole(JournalOnTest& journal, std::int64_t last)
{
    const auto all = journal.readAll();
    ASSERT_FALSE(all.empty());
    EXPECT_EQ(all.back().recordNo, last);
    for (std::size_t i = 1; i < all.size(); ++i) {
        ASSERT_EQ(all[i].recordNo, all[i - 1].recordNo + 1);
        ASSERT_EQ(all[i].previousHash, all[i - 1].hash);
    }
}

TEST(JournalFullDisk, saysFullWhileOpenCallsCanStillClose)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
    while (!journal->stats().full) {
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record(Bytes(10'000, 'x'))));
    }
    // The reserve is the file that has just been begun.
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record(Bytes(10'000, 'y'))));
    }
    constexpr std::size_t kBatchBytes = 4 * 8192; // A record of 10 kB, in pages.
    EXPECT_LE(journal->stats().bytesOnDisk, 5 * JournalOnTest::kFileBytes + kBatchBytes);
}

TEST(JournalFullDisk, refusesAtTheLimitAndGoesOnAfterARelease)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
    const auto durable = fillUp(journal);
    EXPECT_TRUE(journal->stats().full);
    EXPECT_TRUE(journal->stats().failing);
    EXPECT_EQ(journal->stats().durableRecordNo, durable);
    expectWhole(journal, durable);
    journal->release(durable);
    while (journal->stats().full) {
        std::this_thread::yield();
    }
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("again")));
    EXPECT_FALSE(journal->stats().failing);
    expectWhole(journal, durable + 1);
    ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
    expectWhole(journal, durable + 1);
}

TEST(JournalFullDisk, findsOutByItselfThatCommitsWorkAgain)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
    journal->release(fillUp(journal));
    // No record comes: the gateway lets no call through while it fails.
    const auto deadline = Deadline::after(std::chrono::seconds(30));
    while (journal->stats().failing && !deadline.reached()) {
        std::this_thread::yield();
    }
    EXPECT_FALSE(journal->stats().failing);
}

TEST(JournalFullDisk, opensFullAndCanBeDrained)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
    const auto durable = fillUp(journal);
    ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
    expectWhole(journal, durable);
    journal->release(durable);
    while (journal->stats().full) {
        std::this_thread::yield();
    }
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("again")));
}

TEST(JournalFullDisk, writesRecordsNobodyWaitsForWhenThereIsRoomAgain)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
    const auto durable = fillUp(journal);
    journal->append(JournalOnTest::record("first kept"));
    const auto refused = journal.appendAndWait(JournalOnTest::record(Bytes(10'000, 'r')));
    ASSERT_FALSE(refused);
    journal->append(JournalOnTest::record("second kept"));
    journal->release(durable);
    while (journal->stats().durableRecordNo < durable + 2) {
        std::this_thread::yield();
    }
    const auto read = journal->read(durable, 10);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->at(0).record.payload, "first kept");
    EXPECT_EQ(read->at(1).record.payload, "second kept");
    EXPECT_EQ(journal->stats().lost, 0U);
}

TEST(JournalFullDisk, countsWhatItHadToGiveUp)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
    const auto durable = fillUp(journal);
    constexpr std::size_t kRecord = 1'000'000;
    const std::size_t count = limits::kSpoolUnwrittenBytesMax / kRecord + 1;
    for (std::size_t i = 0; i < count; ++i) {
        journal->append(JournalOnTest::record(Bytes(kRecord, 'u')));
    }
    // Told at once, however much stands before it.
    ASSERT_FALSE(journal.appendAndWait(JournalOnTest::record(Bytes(10'000, 'r'))));
    while (journal->stats().lost == 0) {
        std::this_thread::yield();
    }
    EXPECT_EQ(journal->stats().lost, 1U);
    EXPECT_EQ(journal->stats().durableRecordNo, durable);
}

TEST(JournalFullDisk, failsWhilePreparingAndLosesNothing)
{
    SmallDisk disk(5 * JournalOnTest::kFileBytes);
    if (!disk.mounted()) {
        GTEST_SKIP() << "a small tmpfs cannot be mounted here; run as root to test a full disk";
    }
    JournalOnTest journal(disk.path());
    ASSERT_TRUE(journal.open());
    const auto durable = fillUp(journal);
    EXPECT_GT(durable, 20);
    EXPECT_TRUE(journal->stats().full || journal->stats().failing);
    expectWhole(journal, durable);
    ASSERT_TRUE(journal.open()); // Also after a restart on the full disk.
    expectWhole(journal, durable);
    journal->release(durable);
    while (journal->stats().full) {
        std::this_thread::yield();
    }
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("again")));
    expectWhole(journal, durable + 1);
}

TEST(JournalFullDisk, aFailedCommitLeavesNothingBehind)
{
    SmallDisk disk(5 * JournalOnTest::kFileBytes);
    if (!disk.mounted()) {
        GTEST_SKIP() << "a small tmpfs cannot be mounted here; run as root to test a full disk";
    }
    JournalOnTest journal(disk.path());
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("one")));
    // Larger than the prepared file and than the disk: SQLite itself runs into the end.
    const auto large
        = journal.appendAndWait(JournalOnTest::record(Bytes(8 * JournalOnTest::kFileBytes, 'L')));
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, ErrorCode::Unavailable);
    while (journal->stats().full) { // Until the helper has tried again.
        std::this_thread::yield();
    }
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("two")));
    ASSERT_TRUE(journal.open());
    const auto all = journal.readAll();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].record.payload, "two");
    EXPECT_EQ(all[1].previousHash, all[0].hash);
}

} // namespace
} // namespace exhibit::spool
