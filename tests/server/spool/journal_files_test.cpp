// SPDX-License-Identifier: Apache-2.0
#include "server/spool/spool_file.h"
#include "tests/server/spool/journal_on_test.h"

#include <thread>

#include <sys/stat.h>

namespace exhibit::spool {
namespace {

TEST(JournalFiles, numbersGoOnWithoutAGapAfterReopening)
{
    JournalOnTest journal;
    Digest previous{};
    ReplicaId replica;
    for (std::int64_t round = 0; round < 4; ++round) {
        ASSERT_TRUE(journal.open());
        EXPECT_TRUE(round == 0 || journal->replica() == replica);
        replica = journal->replica();
        EXPECT_EQ(journal->stats().durableRecordNo, 3 * round);
        for (int i = 0; i < 3; ++i) {
            ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record(std::to_string(round))));
        }
    }
    const auto all = journal.readAll();
    ASSERT_EQ(all.size(), 12U);
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(all[i].recordNo, static_cast<std::int64_t>(i) + 1);
        EXPECT_EQ(all[i].record.payload, std::to_string(i / 3));
        EXPECT_EQ(all[i].previousHash, previous);
        previous = all[i].hash;
    }
}

TEST(JournalFiles, manyRestartsDoNotFillTheLimit)
{
    JournalOnTest journal;
    for (int i = 0; i < 12; ++i) {
        ASSERT_TRUE(journal.open(4 * JournalOnTest::kFileBytes));
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("x")));
        EXPECT_FALSE(journal->stats().full) << i;
    }
    EXPECT_EQ(journal.readAll().size(), 12U);
}

TEST(JournalFiles, restartsWithoutRecordsLeaveNothingBehind)
{
    JournalOnTest journal;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(journal.open());
        EXPECT_EQ(journal.files().size(), 1U);
    }
}

TEST(JournalFiles, goesOnInTheNextFileWhenOneIsFull)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    journal.fillFiles(5);
    const auto durable = journal->stats().durableRecordNo;
    EXPECT_EQ(journal.readAll().size(), static_cast<std::size_t>(durable));
    ASSERT_TRUE(journal.open());
    EXPECT_EQ(journal.readAll().size(), static_cast<std::size_t>(durable));
}

std::size_t bytesOfOldest(std::size_t count, const std::vector<std::filesystem::path>& files)
{
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        std::error_code gone;
        const auto logBytes = std::filesystem::file_size(logPathOf(files.at(i)), gone);
        bytes += std::filesystem::file_size(files.at(i)) + (gone ? 0 : logBytes);
    }
    return bytes;
}

TEST(JournalFiles, aBacklogOfSmallCommitsIsKeptSmall)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    while (journal.files().size() < 10) {
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record(Bytes(300, 's'))));
    }
    // Each commit writes a whole page: six logs would be 3 MB and hold 200 kB. Those in use stay as
    // they are, and have grown where the writer was quicker than the files' helper.
    constexpr std::size_t kNotInUse = 6;
    while (bytesOfOldest(kNotInUse, journal.files()) > 2 * JournalOnTest::kFileBytes) {
        std::this_thread::yield();
    }
    const auto durable = journal->stats().durableRecordNo;
    EXPECT_EQ(journal.readAll().size(), static_cast<std::size_t>(durable));
    ASSERT_TRUE(journal.open());
    EXPECT_EQ(journal.readAll().size(), static_cast<std::size_t>(durable));
}

TEST(JournalFiles, keepsThemToTheirOwner)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("x")));
    struct stat status = {};
    ASSERT_EQ(::stat(journal.folder().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST(JournalFiles, releasingDeletesWholeFilesBelow)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    journal.fillFiles(6);
    const auto durable = journal->stats().durableRecordNo;
    ASSERT_EQ(journal->read(0, 1)->front().recordNo, 1); // Keeps the first file open.
    // Not what the journal says: its figure follows its files by a moment.
    const auto before = journal.bytesOnDisk();
    journal->release(durable / 2);
    while (std::filesystem::exists(spoolFilePath(journal.folder(), 1))) {
        std::this_thread::yield();
    }
    const auto oldest = journal->read(0, 1);
    ASSERT_TRUE(oldest);
    EXPECT_GT(oldest->front().recordNo, 1);
    EXPECT_LE(oldest->front().recordNo, durable / 2 + 1);
    while (journal->stats().bytesOnDisk >= before) {
        std::this_thread::yield();
    }
    ASSERT_TRUE(journal.open());
    EXPECT_EQ(journal->read(0, 1)->front().recordNo, oldest->front().recordNo);
    EXPECT_EQ(journal.readAll().back().recordNo, durable);
}

TEST(JournalFiles, numbersGoOnAfterEverythingWasReleased)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    journal.fillFiles(4);
    const auto durable = journal->stats().durableRecordNo;
    const auto last = journal.readAll().back();
    journal->release(durable);
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("next")));
    const auto next = journal->read(durable, 1);
    ASSERT_TRUE(next);
    ASSERT_EQ(next->size(), 1U);
    EXPECT_EQ(next->front().recordNo, durable + 1);
    EXPECT_EQ(next->front().previousHash, last.hash);
}

TEST(JournalFiles, usesTheLogsOfReleasedFilesAgain)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    for (int round = 0; round < 12; ++round) {
        journal.fillFiles(3);
        journal->release(journal->stats().durableRecordNo - 1);
        while (std::filesystem::exists(journal.files().front()) && journal.files().size() > 2) {
            std::this_thread::yield();
        }
    }
    const auto durable = journal->stats().durableRecordNo;
    ASSERT_TRUE(journal.open());
    EXPECT_EQ(journal->stats().durableRecordNo, durable);
    EXPECT_EQ(journal.readAll().back().recordNo, durable);
}

TEST(JournalFiles, twoCannotHaveTheSameFolder)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    const auto second = Journal::open(
        {.directory = journal.folder(), .post = [](const std::function<void()>& work) { work(); }},
        *keyFileWrapper(journal.folder().parent_path() / "k"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Conflict);
}

TEST(JournalFiles, refusesALimitBelowFourFiles)
{
    JournalOnTest journal;
    const auto opened = journal.open(4 * JournalOnTest::kFileBytes - 1);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::InvalidInput);
}

TEST(JournalFiles, canBeReadWhileKeysCannotBeUnwrapped)
{
    /// A signer that goes away.
    class LeavingWrapper final : public KeyWrapper {
    public:
        explicit LeavingWrapper(std::shared_ptr<KeyWrapper> origin)
            : m_origin(std::move(origin))
        {
        }
        Result<Bytes> wrap(const Secret& key) override { return m_origin->wrap(key); }
        Result<Secret> unwrap(BytesView wrapped) override
        {
            return away ? fail(ErrorCode::Unavailable, "away") : m_origin->unwrap(wrapped);
        }
        bool away = false;

    private:
        std::shared_ptr<KeyWrapper> m_origin;
    };
    JournalOnTest old;
    ASSERT_TRUE(old.open());
    ASSERT_TRUE(old.appendAndWait(JournalOnTest::record("of a former process")));
    const auto folder = old.folder();
    old.close();
    CompletionLoop loop;
    const auto keys
        = std::make_shared<LeavingWrapper>(*keyFileWrapper(folder.parent_path() / "spool.key"));
    auto journal = Journal::open({.directory = folder, .post = loop.poster()}, keys);
    ASSERT_TRUE(journal);
    keys->away = true;
    bool durable = false;
    (*journal)->append(JournalOnTest::record("new"),
                       [&durable](const Result<void>& outcome) { durable = outcome.has_value(); });
    loop.runUntil([&durable] { return durable; });
    const auto read = (*journal)->read(0, 10);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->size(), 2U);
}

} // namespace
} // namespace exhibit::spool
