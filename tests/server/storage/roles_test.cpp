// SPDX-License-Identifier: Apache-2.0
#include "server/storage/roles.h"

#include "tests/server/storage/test_database.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

/// The walls, as the database itself holds them. Tables and functions are taken from the catalog:
/// what a later migration adds is tested here without being named.
namespace exhibit::storage {
namespace {

/// Where the owner's functions look before a tenant is known.
const std::set<std::string> kLookedUpByOwner = {"tenants",
                                                "api_keys",
                                                "certificates",
                                                "ledger_heads",
                                                "checkpoints",
                                                "call_index_queue",
                                                "subject_keys"};

constexpr const char* kTenantTables
    = "SELECT c.oid::regclass::text, c.relkind, c.relrowsecurity, c.relforcerowsecurity,"
      " pg_get_userbyid(c.relowner) LIKE '%\\_search', c.relispartition"
      " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
      " WHERE c.relnamespace = 'exhibit'::regnamespace AND c.relkind IN ('r', 'p')";

/// A value that any column of the type accepts, NULL excepted. Ids and texts never repeat.
std::string valueFor(std::string_view type)
{
    static int count = 0;
    ++count;
    if (type == "uuid") {
        return "gen_random_uuid()";
    }
    if (type == "bytea") {
        return fmt::format("sha256('{}')", count);
    }
    if (type == "timestamp with time zone" || type == "date") {
        return "now()";
    }
    if (type == "jsonb" || type == "text[]" || type == "uuid[]") {
        return "'{}'";
    }
    if (type == "boolean") {
        return "true";
    }
    if (type == "tsvector") {
        return "'word'";
    }
    if (type == "text") {
        return fmt::format("'x{}'", count);
    }
    return std::to_string(count); // Numbers.
}

class Walls : public testing::Test {
protected:
    Rows ask(std::string_view sql, const Parameters& parameters = {})
    {
        return must(m_admin->query(sql, parameters, TestDatabase::soon()));
    }
    /// Fails, and the transaction of the administrator goes on.
    std::string stateOf(const std::string& sql)
    {
        ask("SAVEPOINT attempt");
        const auto result = m_admin->query(sql, {}, TestDatabase::soon());
        ask("ROLLBACK TO attempt");
        return result ? "done" : result.error().subject;
    }
    void become(const std::string& role, TenantId tenant)
    {
        ask("SET LOCAL ROLE " + quoteIdentifier(role));
        ask("SET LOCAL app.tenant = '" + tenant.value.hyphenated() + "'");
    }
    /// INSERT of one row with nothing but what the table demands.
    std::string insertInto(const std::string& table, TenantId tenant)
    {
        ask("RESET ROLE");
        const Rows columns = ask("SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
                                 " WHERE attrelid = $1::regclass AND attnum > 0 AND attnotnull"
                                 " AND NOT attisdropped AND attname <> 'tenant_id'",
                                 {table});
        std::string names = "tenant_id";
        std::string values = "'" + tenant.value.hyphenated() + "'";
        for (std::size_t row = 0; row < columns.size(); ++row) {
            names += ", " + quoteIdentifier(columns.text(row, 0));
            values += ", " + valueFor(columns.text(row, 1));
        }
        return fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, values);
    }
    bool may(const std::string& role, const std::string& table, const std::string& privilege)
    {
        return ask("SELECT has_table_privilege($1,$2,$3)", {role, table, privilege}).boolean(0, 0);
    }

    std::unique_ptr<Connection> m_admin = TestDatabase::instance().administrator();
    RoleNames m_names = RoleNames::of(kManagedDatabase);
};

TEST_F(Walls, everyTenantTableHasRowLevelSecurity)
{
    const Rows tables = ask(kTenantTables);
    ASSERT_GT(tables.size(), 15U);
    for (std::size_t row = 0; row < tables.size(); ++row) {
        EXPECT_TRUE(tables.boolean(row, 2)) << tables.text(row, 0);
        // Search tables alone are not forced, and they belong to a role that nobody can become.
        EXPECT_NE(tables.boolean(row, 3), tables.boolean(row, 4)) << tables.text(row, 0);
    }
}

TEST_F(Walls, tenantIdIsFirstInEveryPrimaryKeyAndNoColumnIsAnEnum)
{
    const Rows keys
        = ask("SELECT i.indrelid::regclass::text FROM pg_index i"
              " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'tenant_id'"
              " WHERE i.indisprimary AND i.indkey[0] <> a.attnum");
    EXPECT_TRUE(keys.empty()) << keys.text(0, 0);
    const Rows without = ask(std::string(kTenantTables)
                             + " AND NOT EXISTS (SELECT FROM pg_index i"
                               " WHERE i.indrelid = c.oid AND i.indisprimary)");
    EXPECT_TRUE(without.empty()) << without.text(0, 0);
    const Rows enums = ask("SELECT attrelid::regclass::text FROM pg_attribute a"
                           " JOIN pg_type t ON t.oid = a.atttypid WHERE t.typtype = 'e'"
                           " AND a.attrelid >= 16384");
    EXPECT_TRUE(enums.empty());
}

TEST_F(Walls, noRoleSeesAnotherTenantsRowsInAnyTable)
{
    const TenantId mine = TenantId::generate();
    const TenantId other = TenantId::generate();
    ask("BEGIN");
    // Rows need to be well-formed for RLS alone: foreign keys and checks are off until ROLLBACK.
    ask("SET LOCAL session_replication_role = replica");
    ask("DO $$ DECLARE c record; BEGIN FOR c IN SELECT conrelid::regclass AS t, conname FROM "
        "pg_constraint WHERE contype = 'c' AND connamespace = 'exhibit'::regnamespace AND "
        "coninhcount = 0 LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); "
        "END LOOP; END $$");
    ask("SET LOCAL search_path = exhibit");
    const Rows tables = ask(std::string(kTenantTables) + " AND NOT c.relispartition");
    for (std::size_t row = 0; row < tables.size(); ++row) {
        const std::string table{tables.text(row, 0)};
        ask(insertInto(table, mine));
        for (const auto& role : {m_names.writer, m_names.reader, m_names.owner}) {
            const bool readable = may(role, table, "SELECT");
            // The owner passes where it must look before a tenant is known, and owns search tables.
            const bool walled = role != m_names.owner
                || (!kLookedUpByOwner.contains(table) && !tables.boolean(row, 4));
            if (!readable || !walled) {
                continue;
            }
            const auto count = "SELECT count(*) FROM " + table;
            become(role, mine);
            EXPECT_EQ(ask(count).integer(0, 0), 1) << role << ' ' << table;
            become(role, other);
            EXPECT_EQ(ask(count).integer(0, 0), 0) << role << ' ' << table;
            ask("SET LOCAL app.tenant = ''");
            EXPECT_EQ(ask(count).integer(0, 0), 0) << role << ' ' << table;
            ask("RESET ROLE");
        }
    }
    ask("ROLLBACK");
}

TEST_F(Walls, theWriterCannotWriteAnotherTenantsRows)
{
    const TenantId mine = TenantId::generate();
    const TenantId other = TenantId::generate();
    ask("BEGIN");
    ask("SET LOCAL search_path = exhibit");
    ask("SET LOCAL session_replication_role = replica");
    const Rows tables = ask(std::string(kTenantTables) + " AND NOT c.relispartition");
    for (std::size_t row = 0; row < tables.size(); ++row) {
        const std::string table{tables.text(row, 0)};
        const auto insert = insertInto(table, other);
        become(m_names.writer, mine);
        EXPECT_EQ(stateOf(insert), "42501") << table;
        ask("RESET ROLE");
        const Rows columns = ask("SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass"
                                 " AND attnum > 0 AND has_column_privilege($2, attrelid, attnum,"
                                 " 'UPDATE') AND attname <> 'tenant_id' LIMIT 1",
                                 {table, m_names.writer});
        become(m_names.writer, mine);
        if (!columns.empty()) {
            const auto column = quoteIdentifier(columns.text(0, 0));
            EXPECT_EQ(ask(fmt::format("UPDATE {} SET {} = {}", table, column, column)).affected(),
                      0);
        }
        ask("RESET ROLE");
        if (may(m_names.writer, table, "DELETE")) {
            become(m_names.writer, mine);
            EXPECT_EQ(ask("DELETE FROM " + table).affected(), 0) << table;
            ask("RESET ROLE");
        }
    }
    ask("ROLLBACK");
}

TEST_F(Walls, noRoleReachesAPartitionOrTruncatesATable)
{
    const Rows tables = ask(kTenantTables);
    for (std::size_t row = 0; row < tables.size(); ++row) {
        const std::string table{tables.text(row, 0)};
        for (const auto& role : {m_names.writer, m_names.reader}) {
            EXPECT_FALSE(may(role, table, "TRUNCATE")) << table;
            EXPECT_FALSE(may(role, table, "TRIGGER")) << table;
            EXPECT_FALSE(may(role, table, "REFERENCES")) << table;
            if (tables.boolean(row, 5)) {
                EXPECT_FALSE(may(role, table, "SELECT, INSERT, UPDATE, DELETE")) << table;
            }
        }
        for (const char* privilege : {"INSERT", "UPDATE", "DELETE"}) {
            EXPECT_FALSE(may(m_names.reader, table, privilege)) << table;
        }
    }
}

TEST_F(Walls, appendOnlyTablesRefuseTheWriterAndTheOwner)
{
    ask("BEGIN");
    ask("SET LOCAL search_path = exhibit");
    const Rows tables
        = ask("SELECT tgrelid::regclass::text,"
              " (SELECT attname FROM pg_attribute WHERE attrelid = tgrelid AND attnum = 1)"
              " FROM pg_trigger WHERE tgname = 'refuse_change'");
    ASSERT_GE(tables.size(), 5U);
    for (std::size_t row = 0; row < tables.size(); ++row) {
        const std::string table{tables.text(row, 0)};
        const auto column = quoteIdentifier(tables.text(row, 1));
        for (const auto& role : {m_names.writer, m_names.owner}) {
            become(role, TenantId::generate());
            EXPECT_EQ(stateOf(fmt::format("UPDATE {} SET {} = {}", table, column, column)),
                      "42501");
            EXPECT_EQ(stateOf("DELETE FROM " + table), "42501") << role << ' ' << table;
            // A table that others refer to is refused for that, before any trigger.
            const auto truncated = stateOf("TRUNCATE " + table);
            EXPECT_TRUE(truncated == "42501" || truncated == "0A000") << role << ' ' << table;
            ask("RESET ROLE");
        }
    }
    ask("ROLLBACK");
}

TEST_F(Walls, servingLoginsCannotBecomeMore)
{
    const auto& urls = TestDatabase::instance().urls();
    for (const auto& url : {urls.writer, urls.reader}) {
        const auto login = must(Connection::open(url, TestDatabase::soon()));
        for (const std::string& sql :
             {"SET ROLE " + m_names.owner,
              "SET ROLE " + m_names.search,
              std::string("SET ROLE exhibit_admin"),
              std::string("CREATE TABLE exhibit.mine (n int)"),
              std::string("CREATE TABLE public.mine (n int)"),
              std::string("CREATE TEMP TABLE mine (n int)"),
              std::string("CREATE SCHEMA mine"),
              std::string("ALTER TABLE exhibit.tenants NO FORCE ROW LEVEL SECURITY"),
              std::string("DROP POLICY tenant ON exhibit.tenants"),
              std::string("SET session_replication_role = replica"),
              std::string("COPY exhibit.tenants FROM '/etc/passwd'"),
              std::string("CREATE ROLE mine")}) {
            const auto result = login->query(sql, {}, TestDatabase::soon());
            ASSERT_FALSE(result) << sql;
            EXPECT_EQ(result.error().subject, "42501") << sql;
        }
        // Row level security switched off is an error, not a way round it.
        must(login->query("SET row_security = off", {}, TestDatabase::soon()));
        EXPECT_FALSE(login->query("SELECT FROM tenants", {}, TestDatabase::soon()));
    }
}

TEST_F(Walls, everySecurityDefinerFunctionHasAFixedPathAndIsNotForEverybody)
{
    const Rows functions
        = ask("SELECT oid::regprocedure::text,"
              " coalesce(array_to_string(proconfig, ';'), '') LIKE '%search_path=%',"
              " has_function_privilege('public', oid, 'EXECUTE')"
              " FROM pg_proc WHERE prosecdef AND pronamespace = 'exhibit'::regnamespace");
    ASSERT_GE(functions.size(), 4U);
    for (std::size_t row = 0; row < functions.size(); ++row) {
        EXPECT_TRUE(functions.boolean(row, 1)) << functions.text(row, 0);
        EXPECT_FALSE(functions.boolean(row, 2)) << functions.text(row, 0);
    }
}

TEST_F(Walls, aKeyIsFoundByItsHashBeforeItsTenantIsKnown)
{
    auto& server = TestDatabase::instance();
    const auto tenant = server.newTenant();
    const auto hash = sha256("exk_of_" + tenant.slug);
    const auto insert = [&](Transaction& transaction) {
        return transaction.query(
            "INSERT INTO api_keys (tenant_id, key_id, project_id, role, scopes,"
            " hash) VALUES ($1, $2, $3, 'service', '{}', $4)",
            {tenant.id, KeyId::generate(), tenant.project, hash});
    };
    must(server.database().write(tenant.id, TestDatabase::soon(), insert));
    const auto find = [&](const Digest& wanted) {
        return must(server.database().read(TenantId{}, TestDatabase::soon(), [&](Transaction& t) {
            return t.query("SELECT tenant_id FROM resolve_key($1)", {wanted});
        }));
    };
    const Rows found = find(hash);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(TenantId{found.uuid(0, 0)}, tenant.id);
    EXPECT_TRUE(find(sha256("unknown")).empty());
}

TEST_F(Walls, loginsThatCouldPassThemAreRefused)
{
    const auto setUp = [&] {
        auto& setup = TestDatabase::instance().setup();
        return setup.bringUpToDate(TestDatabase::soon());
    };
    ask("ALTER ROLE " + quoteIdentifier(m_names.reader) + " BYPASSRLS");
    const auto bypass = setUp();
    ask("ALTER ROLE " + quoteIdentifier(m_names.reader) + " NOBYPASSRLS");
    ask("GRANT " + quoteIdentifier(m_names.owner) + " TO " + quoteIdentifier(m_names.writer));
    const auto member = setUp();
    ask("REVOKE " + quoteIdentifier(m_names.owner) + " FROM " + quoteIdentifier(m_names.writer));
    ASSERT_FALSE(bypass);
    EXPECT_EQ(bypass.error().code, ErrorCode::Forbidden);
    EXPECT_EQ(bypass.error().subject, m_names.reader);
    ASSERT_FALSE(member);
    EXPECT_EQ(member.error().subject, m_names.writer);
    EXPECT_TRUE(setUp());
}

TEST_F(Walls, aLostPasswordIsSetAgain)
{
    ask("ALTER ROLE " + quoteIdentifier(m_names.reader) + " PASSWORD 'somebody else'");
    const auto& url = TestDatabase::instance().urls().reader;
    ASSERT_EQ(Connection::open(url, TestDatabase::soon()).error().subject, "28P01");
    must(TestDatabase::instance().setup().bringUpToDate(TestDatabase::soon()));
    EXPECT_TRUE(Connection::open(url, TestDatabase::soon()));
}

TEST_F(Walls, aMonthWithRowsUnderALegalHoldIsNotDropped)
{
    const auto tenant = TestDatabase::instance().newTenant();
    ask("BEGIN");
    ask("SET LOCAL search_path = exhibit");
    ask("SET LOCAL ROLE " + quoteIdentifier(m_names.owner));
    ask("SELECT add_partition('usage_events', '202001',"
        " 'FOR VALUES FROM (''2020-01-01 00:00+00'') TO (''2020-02-01 00:00+00'')')");
    become(m_names.writer, tenant.id);
    ask("INSERT INTO usage_events SELECT $1, '2020-01-10', gen_random_uuid(), gen_random_uuid(),"
        " 'ada', gen_random_uuid(), 'llm_call', 1, 1, 0, 0, 1",
        {tenant.id});
    ask("INSERT INTO legal_holds SELECT $1, gen_random_uuid(), 'user:ada', NULL, NULL, 'law', "
        "'key'",
        {tenant.id});
    ask("SET LOCAL app.tenant = ''"); // Whoever asks.
    EXPECT_EQ(stateOf("SELECT drop_partition('usage_events', '2020-01-15')"), "55006");
    become(m_names.writer, tenant.id);
    ask("UPDATE legal_holds SET released_at = now()");
    EXPECT_TRUE(ask("SELECT drop_partition('usage_events', '2020-01-15')").boolean(0, 0));
    ask("ROLLBACK");
}

TEST_F(Walls, partitionsAreMadeAheadAndOnlyPastOnesAreDropped)
{
    ask("BEGIN");
    ask("SET LOCAL search_path = exhibit");
    become(m_names.writer, TenantId::generate());
    EXPECT_EQ(ask("SELECT ensure_partitions()").integer(0, 0), 0);
    EXPECT_EQ(stateOf("SELECT drop_partition('usage_events', current_date)"), "22023");
    EXPECT_EQ(stateOf("SELECT drop_partition('audit_logs', '2020-01-01')"), "42501");
    EXPECT_EQ(stateOf("SELECT drop_partition('tenants', '2020-01-01')"), "42P01");
    EXPECT_FALSE(ask("SELECT drop_partition('usage_events', '2020-01-01')").boolean(0, 0));
    ask("RESET ROLE");
    ask("SET LOCAL ROLE " + quoteIdentifier(m_names.owner));
    ask("SELECT add_partition('usage_events', '202001',"
        " 'FOR VALUES FROM (''2020-01-01 00:00+00'') TO (''2020-02-01 00:00+00'')')");
    become(m_names.writer, TenantId::generate());
    EXPECT_TRUE(ask("SELECT drop_partition('usage_events', '2020-01-15')").boolean(0, 0));
    ask("RESET ROLE");
    const Rows months = ask("SELECT count(*) FROM pg_inherits"
                            " WHERE inhparent = 'usage_events'::regclass");
    EXPECT_EQ(months.integer(0, 0), 5); // This month, three ahead, and the default.
    // A partition that is missing comes back, with its walls.
    const Rows last
        = ask("SELECT max(inhrelid::regclass::text) FILTER (WHERE inhrelid::regclass::text"
              " NOT LIKE '%default') FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass");
    ask("DROP TABLE " + std::string(last.text(0, 0)));
    EXPECT_EQ(ask("SELECT ensure_partitions()").integer(0, 0), 1);
    EXPECT_TRUE(ask("SELECT relforcerowsecurity FROM pg_class WHERE oid = $1::regclass",
                    {std::string(last.text(0, 0))})
                    .boolean(0, 0));
    ask("ROLLBACK");
}

} // namespace
} // namespace exhibit::storage
