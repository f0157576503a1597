// SPDX-License-Identifier: Apache-2.0
#include "tests/server/spool/journal_on_test.h"

#include <atomic>
#include <thread>

namespace exhibit::spool {
namespace {

TEST(Journal, givesBackWhatWasAppended)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    const Record record = JournalOnTest::record(Bytes("payload\0with zero", 17));
    ASSERT_TRUE(journal.appendAndWait(record));
    const auto read = journal->read(0, 10);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1U);
    const StoredRecord& stored = read->front();
    EXPECT_EQ(stored.recordNo, 1);
    EXPECT_EQ(stored.previousHash, Digest{});
    EXPECT_NE(stored.hash, Digest{});
    EXPECT_EQ(stored.record.tenant, record.tenant);
    EXPECT_EQ(stored.record.call, record.call);
    EXPECT_EQ(stored.record.at, record.at);
    EXPECT_EQ(stored.record.kind, record.kind);
    EXPECT_EQ(stored.record.payload, record.payload);
}

TEST(Journal, takesAnEmptyPayload)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record({})));
    const auto read = journal->read(0, 10);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1U);
    EXPECT_EQ(read->front().record.payload, "");
}

TEST(Journal, keepsTheOrderOfAwaitedAndOtherRecords)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    int completed = 0;
    for (int i = 1; i <= 3000; ++i) {
        if (i % 3 == 0) {
            journal->append(JournalOnTest::record(std::to_string(i)),
                            [&completed](const Result<void>& durable) {
                                EXPECT_TRUE(durable);
                                ++completed;
                            });
        } else {
            journal->append(JournalOnTest::record(std::to_string(i)));
        }
    }
    journal.loop().runUntil([&completed] { return completed == 1000; });
    const auto all = journal.readAll(100);
    ASSERT_EQ(all.size(), 3000U);
    Digest previous{};
    for (std::size_t i = 0; i < all.size(); ++i) {
        ASSERT_EQ(all[i].recordNo, static_cast<std::int64_t>(i) + 1);
        ASSERT_EQ(all[i].record.payload, std::to_string(i + 1));
        ASSERT_EQ(all[i].previousHash, previous);
        previous = all[i].hash;
    }
}

TEST(Journal, commitsManyWaitersTogetherAndPostsOncePerCommit)
{
    test::TempDir dir;
    std::atomic<std::uint64_t> posts{0};
    std::atomic<int> completed{0};
    constexpr int kRecords = 2000;
    {
        auto journal = Journal::open({.directory = dir.path() / "spool",
                                      .bytesMax = 4 * JournalOnTest::kFileBytes,
                                      .fileBytes = JournalOnTest::kFileBytes,
                                      .post =
                                          [&posts](const std::function<void()>& work) {
                                              ++posts;
                                              work();
                                          }},
                                     *keyFileWrapper(dir.path() / "spool.key"));
        ASSERT_TRUE(journal);
        for (int i = 0; i < kRecords; ++i) {
            (*journal)->append(JournalOnTest::record("r"),
                               [&completed](const Result<void>&) { ++completed; });
        }
        while (completed < kRecords) {
            std::this_thread::yield();
        }
        EXPECT_EQ(posts, (*journal)->stats().commits);
    }
    EXPECT_LT(posts, kRecords / 4U);
}

TEST(Journal, callsTheCompletionOnlyWhenTheRecordCanBeRead)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    for (int i = 1; i <= 50; ++i) {
        journal->append(JournalOnTest::record("before"));
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("awaited")));
        EXPECT_EQ(journal->stats().durableRecordNo, 2 * i);
        const auto read = journal->read(2 * i - 2, 10);
        ASSERT_TRUE(read);
        ASSERT_EQ(read->size(), 2U);
        EXPECT_EQ(read->back().record.payload, "awaited");
    }
}

TEST(Journal, writesARecordNobodyWaitsFor)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    journal->append(JournalOnTest::record("quiet"));
    while (journal->stats().durableRecordNo == 0) {
        std::this_thread::yield();
    }
    EXPECT_EQ(journal.readAll().size(), 1U);
}

TEST(Journal, commitsWhatIsQueuedWhenItCloses)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    bool durable = false;
    for (int i = 0; i < 100; ++i) {
        journal->append(JournalOnTest::record("queued"));
    }
    journal->append(JournalOnTest::record("last"),
                    [&durable](const Result<void>& outcome) { durable = outcome.has_value(); });
    ASSERT_TRUE(journal.open());
    journal.loop().runUntil([&durable] { return durable; });
    EXPECT_EQ(journal.readAll().size(), 101U);
}

TEST(Journal, refusesARecordThatIsTooLarge)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    const auto outcome = journal.appendAndWait(
        JournalOnTest::record(Bytes(limits::kSpoolRecordBytesMax + 1, 'x')));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::TooLarge);
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("small")));
    EXPECT_EQ(journal.readAll().size(), 1U);
}

TEST(Journal, makesPayloadsThatWerePutOffAndRefusesThoseTooLarge)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    const auto putOff = [](Bytes payload) {
        auto record = JournalOnTest::record("");
        record.encode = [payload = std::move(payload)] { return payload; };
        return record;
    };
    journal->append(JournalOnTest::record("at once"));
    journal->append(putOff("put off"));
    const auto tooLarge
        = journal.appendAndWait(putOff(Bytes(limits::kSpoolRecordBytesMax + 1, 'x')));
    ASSERT_FALSE(tooLarge);
    EXPECT_EQ(tooLarge.error().code, ErrorCode::TooLarge);
    ASSERT_TRUE(journal.appendAndWait(putOff("last")));
    const auto records = journal.readAll();
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].record.payload, "at once");
    EXPECT_EQ(records[1].record.payload, "put off");
    EXPECT_EQ(records[2].record.payload, "last");
    EXPECT_EQ(journal->stats().lastRecordNo, 3) << "the refused one is not waited for";
}

TEST(Journal, takesARecordLargerThanAFile)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("a")));
    ASSERT_TRUE(
        journal.appendAndWait(JournalOnTest::record(Bytes(3 * JournalOnTest::kFileBytes, 'b'))));
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("c")));
    ASSERT_TRUE(journal.open());
    const auto all = journal.readAll();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[1].record.payload.size(), 3 * JournalOnTest::kFileBytes);
    EXPECT_EQ(all[2].record.payload, "c");
}

TEST(Journal, splitsAFloodIntoBoundedCommits)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open(64 * 1024 * 1024));
    const std::size_t count = 3 * limits::kSpoolBatchBytesMax / 500'000;
    for (std::size_t i = 0; i < count; ++i) {
        journal->append(JournalOnTest::record(Bytes(500'000, static_cast<char>('a' + i % 26))));
    }
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("end")));
    EXPECT_GE(journal->stats().commits, 3U);
    const auto all = journal.readAll();
    ASSERT_EQ(all.size(), count + 1);
    EXPECT_EQ(all[count - 1].record.payload.front(), static_cast<char>('a' + (count - 1) % 26));
}

TEST(Journal, boundsWhatOneReadReturns)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open(256 * 1024 * 1024));
    constexpr std::size_t kLarge = 5'000'000;
    const std::size_t count = limits::kSpoolReadBytesMax / kLarge + 3;
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record(Bytes(kLarge, 'x'))));
    }
    const auto read = journal->read(0, 1000);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), limits::kSpoolReadBytesMax / kLarge + 1);
    EXPECT_EQ(journal.readAll(1000).size(), count);
    EXPECT_EQ(journal->read(0, 2)->size(), 2U);
    EXPECT_TRUE(journal->read(0, 0)->empty());
    EXPECT_TRUE(journal->read(static_cast<std::int64_t>(count), 5)->empty());
    EXPECT_TRUE(journal->read(1'000'000, 5)->empty());
    EXPECT_EQ(journal->read(-5, 1)->size(), 1U);
}

TEST(Journal, isReadWhileItIsWrittenByManyThreads)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    constexpr int kThreads = 4;
    constexpr int kEach = 2000;
    std::vector<std::thread> writers;
    for (int t = 0; t < kThreads; ++t) {
        writers.emplace_back([&journal, t] {
            for (int i = 0; i < kEach; ++i) {
                journal->append(JournalOnTest::record(std::to_string(t) + ":" + std::to_string(i)));
            }
        });
    }
    std::vector<int> next(kThreads, 0);
    std::int64_t last = 0;
    while (last < kThreads * kEach) {
        const auto read = journal->read(last, 500);
        ASSERT_TRUE(read) << read.error().message;
        for (const auto& stored : *read) {
            ASSERT_EQ(stored.recordNo, ++last);
            const auto thread = static_cast<std::size_t>(stored.record.payload[0] - '0');
            ASSERT_EQ(stored.record.payload.substr(2), std::to_string(next[thread]++));
        }
        journal->release(last / 2);
    }
    for (auto& writer : writers) {
        writer.join();
    }
}

} // namespace
} // namespace exhibit::spool
