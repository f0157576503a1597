// SPDX-License-Identifier: Apache-2.0
// Whatever the owner of the database writes into whichever column of the evidence: the check says
// that something is wrong and where, nothing ends in an error of SQL, and what reads the log either
// reads it or says why not.
#include "server/storage/certificate_reading.h"
#include "server/storage/good_head.h"
#include "server/storage/ledger_anchors.h"
#include "server/storage/ledger_dump.h"
#include "server/storage/log_openings.h"
#include "server/storage/pack_parts.h"
#include "tests/server/storage/kept_log_on_test.h"

#include <random>
#include <thread>

namespace exhibit::storage {
namespace {

constexpr const char* kTables[] = {"ledger_heads",
                                   "incident_log_chain",
                                   "ledger_fields",
                                   "ledger_tiles",
                                   "ledger_links",
                                   "ledger_keys",
                                   "checkpoints",
                                   "checkpoint_attestations",
                                   "subject_keys",
                                   "certificates",
                                   "certificate_issue_fields",
                                   "legal_holds",
                                   "keyrings",
                                   "call_bodies",
                                   "decisions",
                                   "incidents",
                                   "steps",
                                   "spool_heads",
                                   "spool_marks"};

/// Columns that no entry commits to: when the database did something, by its own clock; what is
/// changed later by entries of its own; what finds rows and proves nothing; whom a hold covers,
/// which an entry could not forget; the pieces of a request, of which it has one.
const std::set<std::string> kUntold{
    "ledger_heads.opened_at",    "checkpoints.signed_at",  "checkpoint_attestations.received_at",
    "subject_keys.created_at",   "subject_keys.subject",   "ledger_keys.noted_at",
    "ledger_keys.epoch",         "certificates.hmac",      "legal_holds.placed_at",
    "legal_holds.subject",       "legal_holds.call_id",    "legal_holds.released_at",
    "keyrings.published_at",     "call_bodies.stored_at",  "call_bodies.subject",
    "call_bodies.pieces",        "decisions.run_id",       "incidents.assignee",
    "incidents.cost_microcents", "incidents.latency_us",   "incidents.root_cause",
    "incidents.status",          "incidents.tags",         "incidents.project_id",
    "incidents.updated_at",      "spool_marks.record_at",  "spool_marks.record_no",
    "spool_marks.replica_id",    "spool_marks.updated_at", "spool_marks.quarantined",
    "spool_heads.replica_id",    "spool_heads.brought_no", "spool_heads.closed",
    "spool_heads.told_at",       "steps.channel"};

std::string hex(BytesView bytes)
{
    return "'\\x" + toHex(bytes) + "'::bytea";
}

class Garbage : public ::testing::Test {
protected:
    static KeptLogOnTest& log()
    {
        static KeptLogOnTest log;
        return log;
    }
    /// As they were before anything was changed.
    static const LedgerCheckOptions& anchors()
    {
        static const LedgerCheckOptions anchors = log().anchors();
        return anchors;
    }

    /// What a type can hold that nothing of ours would write.
    std::vector<std::string> valuesOf(const std::string& type, const std::string& column)
    {
        Bytes noise(1 + m_random() % 90, '\0');
        std::generate(noise.begin(), noise.end(), [this] { return static_cast<char>(m_random()); });
        if (type == "bytea") {
            return {"''::bytea",
                    hex(noise),
                    "t." + column + " || '\\x00'::bytea",
                    "set_byte(t." + column + ", 0, get_byte(t." + column + ", 0) # 128)"};
        }
        if (type == "bigint" || type == "integer") {
            const bool big = type == "bigint";
            return {"-1",
                    "-5",
                    big ? "9223372036854775807" : "2147483647",
                    big ? "-9223372036854775808" : "-2147483648",
                    "t." + column + " + 1"};
        }
        if (type == "uuid") {
            return {"gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'"};
        }
        if (type == "timestamp with time zone") {
            return {
                "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'2026-11-22 00:00:00.000001Z'"};
        }
        if (type == "boolean") {
            return {"NOT t." + column};
        }
        if (type == "jsonb") {
            return {"'null'", "'\"x\"'", "'[[1,2],[3]]'", "'{\"a\":{\"b\":[-1e300]}}'", "'[]'"};
        }
        if (type == "double precision" || type == "numeric") {
            return {"-1", "'NaN'"};
        }
        return {"''", "'{\"a\":'", "repeat('x', 100000)", "E'\\x01\\u2014 a line\\n\\n'", "'-1'"};
    }

    struct Column {
        std::string table;
        std::string name;
        std::string type;
        bool nullable = false;
    };
    static std::vector<Column> columns()
    {
        const auto connection = log().on().server().administrator();
        std::vector<Column> all;
        for (const auto* table : kTables) {
            // Constraints are the owner's to drop; keys stay, so that look-ups stay fast.
            must(connection->script(
                std::string("DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname FROM"
                            " pg_constraint WHERE conrelid = 'exhibit.")
                    + table
                    + "'::regclass AND contype IN ('c', 'f') AND coninhcount = 0 LOOP"
                      " EXECUTE format('ALTER TABLE exhibit."
                    + table
                    + " DROP CONSTRAINT %I CASCADE', c.conname); END LOOP;"
                      " FOR c IN SELECT attname FROM pg_attribute WHERE attrelid = 'exhibit."
                    + table
                    + "'::regclass AND attnum > 0 AND attnotnull AND NOT EXISTS (SELECT FROM"
                      " pg_index i WHERE i.indrelid = attrelid AND i.indisprimary"
                      " AND attnum = ANY (i.indkey)) LOOP EXECUTE format('ALTER TABLE exhibit."
                    + table + " ALTER COLUMN %I DROP NOT NULL', c.attname); END LOOP; END $$",
                TestDatabase::soon()));
            const auto rows = must(connection->query(
                std::string("SELECT a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull"
                            " FROM pg_attribute a WHERE a.attrelid = 'exhibit.")
                    + table
                    + "'::regclass AND a.attnum > 0 AND NOT a.attisdropped"
                      " AND a.attgenerated = '' ORDER BY a.attnum",
                {},
                TestDatabase::soon()));
            for (std::size_t row = 0; row < rows.size(); ++row) {
                if (rows.text(row, 0) != "tenant_id") { // Another tenant's row is a deleted one.
                    all.push_back({table,
                                   std::string(rows.text(row, 0)),
                                   std::string(rows.text(row, 1)),
                                   rows.boolean(row, 2)});
                }
            }
        }
        return all;
    }

    /// Whether a row has another value now.
    bool damage(Connection& owner, const Column& column, const std::string& value)
    {
        const bool shared = column.table == "spool_heads";
        const std::string table = "exhibit." + column.table;
        const auto done = owner.script(
            "BEGIN; CREATE TABLE kept_row AS SELECT pg_current_xact_id()::xid AS changed_by,"
            " tableoid AS at_table, ctid AS at_place, t.* FROM "
                + table + " t" + (shared ? " WHERE true" : log().on().whereOf("t")) + "AND t."
                + column.name + " IS DISTINCT FROM (" + value + ") ORDER BY ctid OFFSET "
                + std::to_string(m_random() % 3) + " LIMIT 1;" + "UPDATE " + table + " t SET "
                + column.name + " = " + value
                + " FROM kept_row k WHERE t.tableoid = k.at_table AND t.ctid = k.at_place; COMMIT",
            TestDatabase::soon());
        if (!done) {
            must(owner.script("ROLLBACK", TestDatabase::soon()));
            return false;
        }
        return !must(owner.query("SELECT FROM kept_row", {}, TestDatabase::soon())).empty();
    }
    static void repair(Connection& owner, const Column& column)
    {
        const std::string table = "exhibit." + column.table;
        must(owner.script("BEGIN; DELETE FROM " + table
                              + " t USING kept_row k WHERE t.xmin = k.changed_by;"
                                "ALTER TABLE kept_row DROP COLUMN changed_by, DROP COLUMN at_table,"
                                " DROP COLUMN at_place; INSERT INTO "
                              + table + " SELECT * FROM kept_row; COMMIT",
                          TestDatabase::soon()));
    }

    /// What has no error but those that say what is wrong.
    template <class Read>
    void expectTold(const char* what, Read read)
    {
        const auto done = log().on().read([&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_TRY([[maybe_unused]] const auto value, read(transaction));
            return true;
        });
        if (!done) {
            const auto code = done.error().code;
            EXPECT_TRUE(code == ErrorCode::Conflict || code == ErrorCode::Corrupt
                        || code == ErrorCode::NotFound || code == ErrorCode::Unavailable)
                << what << ": " << errorCodeName(code) << ": " << done.error().message;
        }
    }

    void expectServed()
    {
        auto& keys = log().on().keys();
        const auto packKeys = log().packKeys();
        expectTold("the last head", [](Transaction& t) { return checkLastCheckpoint(t); });
        expectTold("a certificate", [&](Transaction& t) {
            return readCertificate(t, keys, packKeys, log().certificate());
        });
        expectTold("openings", [&](Transaction& t) -> Result<std::vector<StoredOpening>> {
            EXHIBIT_TRY(const auto head, readCheckpoint(t, 1));
            return head ? readOpenings(t, keys, packKeys, {*head, true})
                        : Result<std::vector<StoredOpening>>(std::vector<StoredOpening>{});
        });
        expectTold("the last good head",
                   [&](Transaction& t) { return lastGoodHead(t, 1, anchors().keys); });
        expectTold("a dump", [](Transaction& t) { return dumpLedger(t, 1, 0, 1000); });
        expectTold("rotation", [&](Transaction& t) {
            return draftKeyring(t, {{packKeys.log}, packKeys.certificate});
        });
        expectTold("an incident", [&](Transaction& t) -> Result<bool> {
            EXHIBIT_CHECK(entriesOfIncident(t, 1, log().incident()));
            return true;
        });
    }

    std::mt19937 m_random{1126};
};

TEST_F(Garbage, theLogIsSoundToBeginWith)
{
    const auto check = log().on().check(anchors());
    EXPECT_TRUE(check.sound()) << printJson(findingsJson(check.findings));
    EXPECT_EQ(check.checkpoints, 2U);
    EXPECT_EQ(check.entries, log().on().head().nextSequence);
    expectServed();
}

TEST_F(Garbage, rowsAreDumpedAsTheyLie)
{
    const auto whole
        = must(log().on().read([](Transaction& t) { return dumpLedger(t, 1, 0, 1000); }));
    EXPECT_FALSE(whole.next);
    const auto part = must(log().on().read([](Transaction& t) { return dumpLedger(t, 1, 2, 3); }));
    EXPECT_EQ(part.next, 5U);
    std::map<std::string, int> tables;
    std::string previous;
    for (std::string_view rest = part.text; !rest.empty();
         rest.remove_prefix(rest.find('\n') + 1)) {
        const auto line = must(parseJson(rest.substr(0, rest.find('\n'))));
        ++tables[std::string(stringMember(line, "table"))];
        if (stringMember(line, "table") != "incident_log_chain") {
            continue;
        }
        const auto entry = must(fromHex(stringMember(line.at("row"), "entry").substr(2)));
        EXPECT_EQ(stringMember(line.at("computed"), "event_hash"), toHex(asView(sha256(entry))));
        EXPECT_EQ(stringMember(line.at("says"), "prev"),
                  stringMember(line.at("computed"), "previous_hash"));
        EXPECT_TRUE(previous.empty() || stringMember(line.at("says"), "prev") == previous);
        previous = stringMember(line.at("computed"), "event_hash");
        EXPECT_FALSE(stringMember(line, "transaction").empty());
    }
    EXPECT_EQ(tables["incident_log_chain"], 3);
    EXPECT_EQ(tables["ledger_heads"], 1);
    EXPECT_GE(tables["ledger_fields"], 3);
    EXPECT_EQ(tables["checkpoints"], 0) << "none is over these entries";
}

TEST_F(Garbage, inWhicheverColumnIsFoundAndEndsNothing)
{
    const auto all = columns();
    const auto owner = log().on().server().administrator();
    must(owner->script("SET session_replication_role = replica; SET synchronous_commit = off;"
                       "SET client_min_messages = error",
                       TestDatabase::soon()));
    int changed = 0;
    std::set<std::string> silent;
    for (const auto& column : all) {
        auto values = valuesOf(column.type, column.name);
        if (column.nullable && column.type != "boolean") { // Which reads as false.
            values.emplace_back("NULL");
        }
        std::shuffle(values.begin(), values.end(), m_random);
        values.resize(std::min<std::size_t>(values.size(), 2));
        const std::string name = column.table + "." + column.name;
        for (const auto& value : values) {
            SCOPED_TRACE(name + " = " + value.substr(0, 60));
            must(owner->script("DROP TABLE IF EXISTS kept_row", TestDatabase::soon()));
            if (!damage(*owner, column, value)) {
                continue;
            }
            ++changed;
            const auto check = log().on().read([&](Transaction& transaction) {
                return checkLedger(transaction, log().on().keys(), anchors());
            });
            EXPECT_TRUE(check) << errorCodeName(check.error().code) << ": "
                               << check.error().message;
            if (check && check->sound()) {
                silent.insert(name);
            }
            expectServed();
            repair(*owner, column);
            if (HasFailure()) {
                return;
            }
        }
    }
    EXPECT_GT(changed, 150);
    for (const auto& name : silent) {
        EXPECT_TRUE(kUntold.contains(name)) << name << " was changed and nothing was said";
    }
    const auto after = log().on().check(anchors());
    EXPECT_TRUE(after.sound()) << "repaired: " << printJson(findingsJson(after.findings));
}

} // namespace
} // namespace exhibit::storage
