// SPDX-License-Identifier: Apache-2.0
#include "server/spool/spool_file.h"
#include "server/spool/sqlite.h"
#include "tests/server/spool/journal_on_test.h"

#include <fstream>

namespace exhibit::spool {
namespace {

/// Flips one bit of the file, `fromStart` bytes in.
void flipBit(const std::filesystem::path& file, std::size_t fromStart)
{
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(fromStart));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(fromStart));
    stream.put(static_cast<char>(byte ^ 1));
    ASSERT_TRUE(stream.good());
}

/// Where `text` stands in the file; fails the test when it does not.
std::size_t find(const std::filesystem::path& file, BytesView text)
{
    std::ifstream stream(file, std::ios::binary);
    const Bytes bytes(std::istreambuf_iterator<char>(stream), {});
    const auto at = bytes.find(text);
    EXPECT_NE(at, Bytes::npos);
    return at;
}

void overwriteBody(const std::filesystem::path& file, const char* sql)
{
    auto connection = SqliteConnection::open(file, SqliteConnection::Open::Existing);
    ASSERT_TRUE(connection);
    const auto done = connection->execute(sql);
    ASSERT_TRUE(done) << done.error().message;
}

TEST(JournalDamage, namesTheRecordWhoseStoredBytesWereChanged)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("payload")));
    }
    const auto file = journal.files().front();
    journal.close();
    // The last byte of record 2 is in its tag: only the chain can see it without the key.
    overwriteBody(file,
                  "UPDATE batch SET body = CAST(substr(body, 1, length(body) - 1)"
                  " || CASE substr(body, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB)"
                  " WHERE first_record_no = 2");
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    EXPECT_NE(opened.error().message.find("record 3"), std::string::npos) << opened.error().message;
    EXPECT_EQ(opened.error().subject, file.string());
}

TEST(JournalDamage, namesTheRecordThatIsMissing)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("payload")));
    }
    const auto file = journal.files().front();
    journal.close();
    overwriteBody(file, "DELETE FROM batch WHERE first_record_no = 4");
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    EXPECT_NE(opened.error().message.find("record 4"), std::string::npos) << opened.error().message;
}

TEST(JournalDamage, findsThatTheLastRecordsWereCutOff)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("payload")));
    }
    const auto file = journal.files().front();
    journal.close();
    overwriteBody(file, "DELETE FROM batch WHERE first_record_no = 5");
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    EXPECT_NE(opened.error().message.find("records 5 to 5"), std::string::npos)
        << opened.error().message;
}

TEST(JournalDamage, findsAFlippedBitInTheLogOfTheNewestFile)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    std::vector<Record> records;
    for (int i = 0; i < 5; ++i) {
        records.push_back(JournalOnTest::record("payload"));
        ASSERT_TRUE(journal.appendAndWait(records.back()));
    }
    const auto log = logPathOf(journal.files().front());
    journal.close();
    // The call id stands unsealed in the stored record. SQLite ends a log at the first bad frame
    // without an error: the records behind it would be lost silently.
    flipBit(log, find(log, asView(records[2].call.value.bytes)));
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    EXPECT_NE(opened.error().message.find("records 3 to 5"), std::string::npos)
        << opened.error().message;
}

TEST(JournalDamage, findsAMissingFile)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    journal.fillFiles(5);
    const auto file = journal.files()[1];
    journal.close();
    removeSpoolFile(file);
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
}

TEST(JournalDamage, findsALogThatLostItsDatabase)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("payload")));
    const auto file = journal.files().front();
    journal.close();
    std::filesystem::remove(file);
    std::filesystem::remove(journal.folder() / "durable");
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    EXPECT_TRUE(std::filesystem::exists(logPathOf(file)));
}

TEST(JournalDamage, refusesAFileThatIsNoDatabase)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    journal.close();
    std::ofstream(spoolFilePath(journal.folder(), 9)) << "not a database at all, not even nearly";
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
}

TEST(JournalDamage, doesNotOpenAsAnotherReplica)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("payload")));
    journal.close();
    std::filesystem::remove(journal.folder() / "replica");
    auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    {
        std::ofstream replica(journal.folder() / "replica");
        replica << ReplicaId::generate().text();
    }
    std::filesystem::permissions(journal.folder() / "replica", std::filesystem::perms{0600});
    EXPECT_EQ(journal.open().error().code, ErrorCode::Corrupt);
}

TEST(JournalDamage, doesNotOpenUnderAnotherKey)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("payload")));
    journal.close();
    std::filesystem::remove(journal.folder().parent_path() / "spool.key");
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
    EXPECT_NE(opened.error().message.find("key"), std::string::npos) << opened.error().message;
}

TEST(JournalDamage, leavesTheFilesAsTheyAre)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    const Record record = JournalOnTest::record("payload");
    ASSERT_TRUE(journal.appendAndWait(record));
    const auto file = journal.files().front();
    journal.close();
    const auto at = find(logPathOf(file), asView(record.call.value.bytes));
    flipBit(logPathOf(file), at);
    EXPECT_EQ(journal.open().error().code, ErrorCode::Corrupt);
    EXPECT_EQ(journal.open().error().code, ErrorCode::Corrupt);
    flipBit(logPathOf(file), at);
    ASSERT_TRUE(journal.open());
    EXPECT_EQ(journal.readAll().size(), 1U);
}

TEST(JournalDamage, findsNoPayloadInTheClear)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    const std::string secret = "my card number is 4111";
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record(secret)));
    journal.close();
    for (const auto& entry : std::filesystem::directory_iterator(journal.folder())) {
        std::ifstream stream(entry.path(), std::ios::binary);
        const Bytes bytes(std::istreambuf_iterator<char>(stream), {});
        EXPECT_EQ(bytes.find(secret), Bytes::npos) << entry.path();
    }
}

TEST(JournalDamage, doesNotMindWhatACrashLeavesHalfMade)
{
    JournalOnTest journal;
    ASSERT_TRUE(journal.open());
    ASSERT_TRUE(journal.appendAndWait(JournalOnTest::record("payload")));
    journal.close();
    const auto half = spoolFilePath(journal.folder(), 7);
    std::ofstream(half.string() + ".draft") << "";
    std::ofstream(half.string() + ".draft-wal") << "half";
    std::ofstream(half.string() + "-wal") << Bytes(100, '\0');
    std::ofstream(journal.folder() / "recycled.log") << "old frames";
    ASSERT_TRUE(journal.open());
    EXPECT_EQ(journal.readAll().size(), 1U);
    EXPECT_FALSE(std::filesystem::exists(half.string() + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(half.string() + ".draft"));
}

} // namespace
} // namespace exhibit::spool
