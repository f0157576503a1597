// SPDX-License-Identifier: Apache-2.0
// The tamper campaign: what the owner of the database does to 10,000 entries is found and located.
#include "models/evidence/note.h"
#include "tests/server/storage/ledger_on_test.h"

#include <random>

namespace exhibit::storage {
namespace {

constexpr std::size_t kEntries = 10'000;

/// One log for all cases; each damages it and puts it back.
class Tamper : public ::testing::Test {
protected:
    static LedgerOnTest& on()
    {
        static LedgerOnTest ledger;
        static const bool filled = [] {
            ledger.appendMany(kEntries - 1);
            EXPECT_TRUE(ledger.check().sound());
            keepCopies(ledger);
            return true;
        }();
        EXPECT_TRUE(filled);
        return ledger;
    }

    static void keepCopies(LedgerOnTest& ledger)
    {
        ledger.tamper(
            "CREATE TABLE copy_of_chain AS SELECT * FROM incident_log_chain" + ledger.where()
            + "; CREATE TABLE copy_of_heads AS SELECT * FROM ledger_heads" + ledger.where()
            + "; CREATE TABLE copy_of_fields AS SELECT * FROM ledger_fields" + ledger.where()
            + "; CREATE TABLE copy_of_tiles AS SELECT * FROM ledger_tiles" + ledger.where());
    }
    void SetUp() override
    {
        on();
        const auto head = on().head();
        m_known[head.origin] = {head.edge.head()};
    }
    void TearDown() override
    {
        std::string restore;
        for (const auto& [table, copy] : {std::pair("incident_log_chain", "copy_of_chain"),
                                          std::pair("ledger_heads", "copy_of_heads"),
                                          std::pair("ledger_fields", "copy_of_fields"),
                                          std::pair("ledger_tiles", "copy_of_tiles")}) {
            restore += std::string("DELETE FROM ") + table + on().where() + ";INSERT INTO " + table
                + " SELECT * FROM " + copy + ";";
        }
        on().tamper(restore);
    }

    /// The head as if the log had ended there.
    static void rewindHead(std::uint64_t size)
    {
        must(on().write([size](Transaction& transaction) -> Result<bool> {
            evidence::TreeEdge edge;
            Digest last{};
            for (std::uint64_t at = 0; at < size; at += 1000) {
                EXHIBIT_TRY(const auto rows, readChain(transaction, 1, at, 1000));
                for (const auto& row : rows) {
                    edge.append(row.leaf);
                    last = row.eventHash;
                }
            }
            EXHIBIT_CHECK(transaction.query(
                "UPDATE ledger_heads SET next_seq = $1, last_hash = $2, edge = $3",
                {static_cast<std::int64_t>(size), last, Parameter::bytes(edgeBytes(edge))}));
            return true;
        }));
    }

    /// The first thing that the check finds after the damage was done: "SEQ: PROBLEM".
    std::string foundAfter(const std::string& sql)
    {
        on().tamper(sql);
        const auto check = on().check({m_known, {}});
        return check.sound() ? "sound"
                             : std::to_string(check.findings.front().sequence) + ": "
                + check.findings.front().problem;
    }
    /// What the operators' own function says first.
    std::string sqlFinds()
    {
        return must(on().read([](Transaction& transaction) -> Result<std::string> {
            EXHIBIT_TRY(const Rows rows,
                        transaction.query("SELECT sequence_number || ': ' || problem"
                                          " FROM verify_chain_integrity()"
                                          " ORDER BY sequence_number, problem LIMIT 1"));
            return std::string(rows.empty() ? "sound" : rows.text(0, 0));
        }));
    }
    static std::string row(int sequence)
    {
        return on().where() + "AND sequence_number = " + std::to_string(sequence) + " ";
    }
    std::map<std::string, std::vector<evidence::TreeHead>> m_known;
};

TEST_F(Tamper, oneByteOfAnEntry)
{
    const auto found = foundAfter(
        "UPDATE incident_log_chain SET entry = set_byte(entry, 20, get_byte(entry, 20) # 1),"
        " event_hash = sha256(set_byte(entry, 20, get_byte(entry, 20) # 1)),"
        " leaf = sha256('\\x00'::bytea || set_byte(entry, 20, get_byte(entry, 20) # 1))"
        + row(7000));
    EXPECT_TRUE(found.starts_with("7000: ")) << found;
    EXPECT_EQ(sqlFinds(), "7001: it does not follow the entry before it");
}

TEST_F(Tamper, anyByteOfAnEntryForTheOperatorsOwnFunction)
{
    // The entry is malformed, says something else, or is not what the next one follows.
    std::mt19937 random(7000);
    for (int turn = 0; turn < 25; ++turn) {
        const auto at = std::to_string(random() % 400);
        const auto bits = std::to_string(1 + random() % 255);
        const std::string changed
            = "set_byte(entry, " + at + ", get_byte(entry, " + at + ") # " + bits + ")";
        on().tamper("UPDATE incident_log_chain SET entry = " + changed + ", event_hash = sha256("
                    + changed + "), leaf = sha256('\\x00'::bytea || " + changed + ")" + row(7000));
        const auto found = sqlFinds();
        EXPECT_TRUE(found.starts_with("7000: ") || found.starts_with("7001: "))
            << "byte " << at << ": " << found;
        on().tamper("UPDATE incident_log_chain c SET entry = o.entry, event_hash = o.event_hash,"
                    " leaf = o.leaf FROM copy_of_chain o"
                    + on().whereOf("c")
                    + "AND c.sequence_number = 7000 AND o.sequence_number = 7000");
    }
    EXPECT_EQ(sqlFinds(), "sound");
}

TEST_F(Tamper, anEntryIsInsertedAndWhatFollowsShifted)
{
    EXPECT_EQ(foundAfter("UPDATE incident_log_chain SET sequence_number = sequence_number + 100000"
                         + on().where()
                         + "AND sequence_number >= 5000;"
                           "UPDATE incident_log_chain SET sequence_number = sequence_number - 99999"
                         + on().where()
                         + "AND sequence_number >= 100000;"
                           "INSERT INTO incident_log_chain SELECT tenant_id, epoch, 5000,"
                           " incident_id, event_type, event_data, reporter_type, reporter_id,"
                           " created_at, sha256(event_hash), event_hash, leaf, entry"
                           " FROM copy_of_chain WHERE sequence_number = 4999"),
              "5000: the columns beside the entry are not what it says");
    EXPECT_TRUE(sqlFinds().starts_with("5000: ")) << sqlFinds();
}

TEST_F(Tamper, aColumnBesideAnEntry)
{
    EXPECT_EQ(
        foundAfter("UPDATE incident_log_chain SET event_type = 'incident.closed'" + row(7000)),
        "7000: the columns beside the entry are not what it says");
    EXPECT_EQ(sqlFinds(), "7000: event_type is not what the entry says");
    EXPECT_EQ(foundAfter("UPDATE incident_log_chain SET reporter_id = 'somebody'" + row(3000)),
              "3000: the column beside /reporter_id is not what it says");
}

TEST_F(Tamper, aColumnThatNobodyCanReadAnyMore)
{
    for (const char* data : {"no JSON", "[]", R"({"spool":7})", R"({"spool":"{\"first\":1}"})"}) {
        EXPECT_EQ(
            foundAfter("UPDATE incident_log_chain SET event_type = 'spool.gap', event_data = '"
                       + std::string(data) + "'" + row(7000)),
            "7000: the columns beside the entry are not what it says")
            << data;
    }
}

TEST_F(Tamper, anEntryIsDeleted)
{
    EXPECT_EQ(foundAfter("DELETE FROM incident_log_chain" + row(5000)),
              "5000: entries 5000 to 5000 are missing");
    EXPECT_EQ(sqlFinds(), "5001: entries before it are missing");
}

TEST_F(Tamper, entriesAreSwapped)
{
    EXPECT_EQ(foundAfter("UPDATE incident_log_chain c SET entry = o.entry,"
                         " event_hash = o.event_hash, leaf = o.leaf"
                         " FROM copy_of_chain o WHERE c.tenant_id = o.tenant_id"
                         " AND c.epoch = o.epoch AND c.sequence_number IN (100, 101)"
                         " AND o.sequence_number = 201 - c.sequence_number"),
              "100: the columns beside the entry are not what it says");
    EXPECT_EQ(sqlFinds(), "100: previous_hash is not what the entry says");
}

TEST_F(Tamper, theTailIsTruncated)
{
    EXPECT_EQ(
        foundAfter("DELETE FROM incident_log_chain" + on().where() + "AND sequence_number >= 9000"),
        "9000: the chain ends at 9000, its head says 10000");
    EXPECT_EQ(sqlFinds(), "10000: the head does not follow the last entry");
}

TEST_F(Tamper, theTailIsTruncatedAndTheHeadMadeToFit)
{
    // As a restored backup looks: consistent in itself, but shorter than what was signed.
    on().tamper("DELETE FROM incident_log_chain" + on().where()
                + "AND sequence_number >= 9000; DELETE FROM ledger_tiles" + on().where()
                + "AND (tile_index + 1) * 256 > 9000");
    rewindHead(9000);
    EXPECT_EQ(foundAfter("SELECT 1"), "9000: entries 9000 to 9999 were signed and are gone");
}

TEST_F(Tamper, anEntryIsInserted)
{
    EXPECT_EQ(foundAfter("INSERT INTO incident_log_chain SELECT tenant_id, epoch,"
                         " sequence_number + 1, incident_id, event_type, event_data,"
                         " reporter_type, reporter_id, created_at, event_hash, event_hash,"
                         " leaf, entry FROM copy_of_chain WHERE sequence_number = 9999"),
              "10000: the columns beside the entry are not what it says");
}

TEST_F(Tamper, aStoredField)
{
    EXPECT_EQ(foundAfter("UPDATE ledger_fields SET sealed = set_byte(sealed, 40,"
                         " get_byte(sealed, 40) # 1)"
                         + row(4000)),
              "4000: stored fields were changed: their key does not open them");
}

TEST_F(Tamper, fieldsThatNobodyErased)
{
    EXPECT_EQ(foundAfter("DELETE FROM ledger_fields f USING subject_keys k" + on().whereOf("f")
                         + "AND sequence_number = 2000 AND f.key_id = k.key_id"
                           " AND k.subject = 'user:ada'"),
              "2000: fields of 1 entries are gone, the log names 0 as erased");
    EXPECT_TRUE(
        foundAfter("DELETE FROM ledger_fields" + row(1000)).starts_with("1000: the field /"));
}

TEST_F(Tamper, aTile)
{
    EXPECT_EQ(foundAfter("UPDATE ledger_tiles SET hashes = set_byte(hashes, 40,"
                         " get_byte(hashes, 40) # 1)"
                         + on().where() + "AND level = 0 AND tile_index = 3"),
              "768: a tile of the tree is not that of its entries");
}

TEST_F(Tamper, theRowOfTheWholeLogIsDeleted)
{
    on().tamper("DELETE FROM ledger_heads" + on().where());
    const auto check = on().check();
    ASSERT_EQ(check.findings.size(), 1U);
    EXPECT_EQ(check.findings.front().epoch, 1);
    EXPECT_EQ(check.findings.front().problem,
              "the row of the whole log is gone; its entries are there");
}

TEST_F(Tamper, everythingIsHashedAnewAfterAChange)
{
    // The owner rewrites the log from entry 6000 on with this very code: a perfect chain, another
    // history. The head that was signed is all that tells.
    on().tamper("DELETE FROM incident_log_chain" + on().where()
                + "AND sequence_number >= 6000; DELETE FROM ledger_fields" + on().where()
                + "AND sequence_number >= 6000; DELETE FROM ledger_tiles" + on().where()
                + "AND (tile_index + 1) * 256 > 6000");
    rewindHead(6000);
    on().appendMany(kEntries - 6000);
    EXPECT_TRUE(on().check().sound()) << "nothing inside gives it away";
    EXPECT_EQ(foundAfter("SELECT 1"),
              "0: entries 0 to 9999: the signed head over the first 0 fits, the one over the first "
              "10000 has another root");
}

TEST(LedgerRecovery, aLogThatEndedTakesNoEntry)
{
    LedgerOnTest on;
    must(on.append({LedgerOnTest::draft("one")}));
    const std::string next
        = "INSERT INTO incident_log_chain (tenant_id, epoch, sequence_number, event_type,"
          " event_data, reporter_type, reporter_id, created_at, previous_hash, event_hash, leaf,"
          " entry) SELECT tenant_id, epoch, sequence_number + 1, event_type, event_data,"
          " reporter_type, reporter_id, created_at, event_hash, sha256('x'), sha256('\\x0078'),"
          " 'x' FROM incident_log_chain"
        + on.where() + "ORDER BY sequence_number DESC LIMIT 1";
    const auto insert = [&] {
        return on.server().administrator()->script("SET search_path = exhibit;" + next,
                                                   TestDatabase::soon());
    };
    ASSERT_TRUE(insert()) << "it follows the entry before it";
    must(
        on.write([](Transaction& transaction) { return ChainLedger::closeEpoch(transaction, 1); }));
    const auto refused = insert();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("log 1 has ended"), std::string::npos)
        << refused.error().message;
}

TEST(LedgerRecovery, goesOnInANewEpochThatSaysWhy)
{
    LedgerOnTest on;
    on.appendMany(20);
    on.tamper("DELETE FROM incident_log_chain" + on.where() + "AND sequence_number >= 10");
    const auto check = must(on.read([](Transaction& t) { return checkLastCheckpoint(t); }));
    ASSERT_FALSE(check.sound());
    must(on.write([&](Transaction& transaction) {
        return recoverLedger(transaction, on.ledger(), check, "test");
    }));
    must(on.append({LedgerOnTest::draft("after")}));
    const auto head = on.head();
    EXPECT_EQ(head.epoch, 2);
    EXPECT_EQ(head.nextSequence, 2U);
    EXPECT_TRUE(head.origin.ends_with("/log2"));
    EXPECT_TRUE(must(on.read([](Transaction& t) { return checkLastCheckpoint(t); })).sound());
    // The old epoch stays as it was found.
    EXPECT_FALSE(on.check().sound());
}

} // namespace
} // namespace exhibit::storage
