// SPDX-License-Identifier: Apache-2.0
#include "server/storage/connection.h"

#include "models/base/json_fields.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <thread>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Connection> connect()
{
    return must(Connection::open(TestDatabase::instance().urls().writer, TestDatabase::soon()));
}

Result<Rows> query(Connection& connection, std::string_view sql, const Parameters& parameters = {})
{
    return connection.query(sql, parameters, TestDatabase::soon());
}

TEST(Connection, bringsEveryKindOfValueBack)
{
    const auto connection = connect();
    const auto time = fromMicroseconds(1'795'000'000'123'456);
    const auto id = Uuid::v7();
    const std::vector<std::string> list{"a", "b,c", "\"quoted\"", "back\\slash", "", "NULL", "{}"};
    const auto rows = must(query(*connection,
                                 "SELECT $1::bigint, $2::boolean, $3::timestamptz, $4::uuid,"
                                 " $5::bytea, $6::jsonb, $7::text, $8::double precision,"
                                 " to_jsonb($9::text[]), $10::text",
                                 {std::numeric_limits<std::int64_t>::min(),
                                  true,
                                  time,
                                  id,
                                  Parameter::bytes(std::string("\0\x01\xff\\x", 5)),
                                  Json(JsonObject{{"a", 1}}),
                                  "text",
                                  0.1,
                                  Parameter::array(list),
                                  std::nullopt}));
    EXPECT_EQ(rows.integer(0, 0), std::numeric_limits<std::int64_t>::min());
    EXPECT_TRUE(rows.boolean(0, 1));
    EXPECT_EQ(rows.time(0, 2), time);
    EXPECT_EQ(rows.uuid(0, 3), id);
    EXPECT_EQ(rows.bytes(0, 4), std::string("\0\x01\xff\\x", 5));
    EXPECT_EQ(rows.json(0, 5), Json(JsonObject{{"a", 1}}));
    EXPECT_EQ(rows.text(0, 6), "text");
    EXPECT_EQ(rows.text(0, 7), "0.1");
    EXPECT_EQ(rows.json(0, 8), toJson(list));
    EXPECT_TRUE(rows.isNull(0, 9));
    EXPECT_EQ(rows.optionalText(0, 9), std::nullopt);
    EXPECT_EQ(rows.integer(0, 9), 0);
}

TEST(Connection, readsTimesOfAnyZone)
{
    const auto connection = connect();
    must(connection->script("SET timezone = 'Asia/Kolkata'", TestDatabase::soon()));
    const auto rows = must(query(*connection,
                                 "SELECT '2026-11-21 10:00:01.5+00'::timestamptz,"
                                 " 'infinity'::timestamptz, '-infinity'::timestamptz"));
    EXPECT_EQ(formatTime(rows.time(0, 0)), "2026-11-21T10:00:01.500000Z");
    EXPECT_EQ(rows.time(0, 1), UtcTime::max());
    EXPECT_EQ(rows.time(0, 2), UtcTime::min());
}

TEST(Connection, carriesHostileTextAsTextAlone)
{
    const auto connection = connect();
    for (const std::string text : {"'; DROP TABLE tenants; --",
                                   "$1 $$ \\' \" %s",
                                   "\xF0\x9F\x92\xA3 \xE2\x80\xAE",
                                   "line\nbreak\r\t\x01\x7f"}) {
        const auto rows = must(query(*connection, "SELECT $1::text", {text}));
        EXPECT_EQ(rows.text(0, 0), text);
    }
    EXPECT_FALSE(must(query(*connection, "SELECT to_regclass('tenants')")).isNull(0, 0));
}

TEST(Connection, refusesTextThatPostgresCannotHoldAndStaysUsable)
{
    const auto connection = connect();
    const std::string withNul("a\0b", 3);
    const auto nul = query(*connection, "SELECT $1::text", {withNul});
    ASSERT_FALSE(nul);
    EXPECT_EQ(nul.error().code, ErrorCode::InvalidInput);
    const auto notUtf8 = query(*connection, "SELECT $1::text", {"\xff\xfe"});
    ASSERT_FALSE(notUtf8);
    EXPECT_EQ(notUtf8.error().code, ErrorCode::InvalidInput);
    const auto escaped = query(*connection, "SELECT $1::jsonb", {R"({"a":"\u0000"})"});
    ASSERT_FALSE(escaped);
    EXPECT_EQ(escaped.error().code, ErrorCode::InvalidInput);
    const std::array statements{Statement{"SELECT 1", {}}, Statement{"SELECT $1::text", {withNul}}};
    EXPECT_EQ(connection->pipeline(statements, TestDatabase::soon()).error().code,
              ErrorCode::InvalidInput);
    EXPECT_TRUE(connection->isReusable());
    EXPECT_EQ(must(query(*connection, "SELECT 1")).integer(0, 0), 1);
}

TEST(Connection, errorsNeverQuoteAValue)
{
    const auto connection = TestDatabase::instance().administrator();
    const auto bad = query(*connection, "SELECT $1::text::integer", {"s3cret"});
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().subject, "22P02");
    EXPECT_EQ(bad.error().message.find("s3cret"), std::string::npos);
    must(connection->script("CREATE TEMP TABLE seen (word text UNIQUE);"
                            "INSERT INTO seen VALUES ('s3cret')",
                            TestDatabase::soon()));
    const auto twice = query(*connection, "INSERT INTO seen VALUES ($1)", {"s3cret"});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::Conflict);
    EXPECT_EQ(twice.error().subject, "23505");
    EXPECT_EQ(twice.error().message.find("s3cret"), std::string::npos);
}

TEST(Connection, givesUpAtTheDeadline)
{
    const auto connection = connect();
    const auto begin = std::chrono::steady_clock::now();
    const auto result = connection->query("SELECT pg_sleep(60)", {}, Deadline::after(200ms));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::DeadlineExceeded);
    EXPECT_FALSE(connection->isOpen());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    EXPECT_EQ(query(*connection, "SELECT 1").error().code, ErrorCode::Unavailable);
}

TEST(Connection, theServerEndsAStatementOfATransactionThatNobodyWaitsFor)
{
    auto& server = TestDatabase::instance();
    const auto watcher = server.administrator();
    {
        const auto connection = connect();
        auto transaction
            = must(Transaction::begin(*connection, TenantId{}, Deadline::after(300ms)));
        EXPECT_FALSE(transaction.query("SELECT pg_sleep(3600) AS abandoned"));
    }
    const auto deadline = TestDatabase::soon();
    std::int64_t running = 1;
    while (running > 0 && !deadline.reached()) {
        running = must(query(*watcher,
                             "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                             " AND state = 'active' AND query LIKE '%AS abandoned'"))
                      .integer(0, 0);
    }
    EXPECT_EQ(running, 0);
}

TEST(Connection, noticesThatTheServerHungUp)
{
    auto& server = TestDatabase::instance();
    const auto connection = connect();
    const auto pid = must(query(*connection, "SELECT pg_backend_pid()")).integer(0, 0);
    must(query(*server.administrator(), "SELECT pg_terminate_backend($1, 10000)", {pid}));
    const auto deadline = TestDatabase::soon();
    while (connection->isReusable() && !deadline.reached()) {
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_FALSE(connection->isOpen());
    EXPECT_EQ(query(*connection, "SELECT 1").error().code, ErrorCode::Unavailable);
}

TEST(Connection, saysThatTheServerEndedAStatement)
{
    auto& server = TestDatabase::instance();
    const auto connection = connect();
    const auto pid = must(query(*connection, "SELECT pg_backend_pid()")).integer(0, 0);
    std::thread killer([&] {
        std::this_thread::sleep_for(100ms);
        must(query(*server.administrator(), "SELECT pg_terminate_backend($1)", {pid}));
    });
    const auto result = query(*connection, "SELECT pg_sleep(60)");
    killer.join();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(result.error().subject, "57P01");
    EXPECT_FALSE(connection->isOpen());
}

TEST(Connection, anUnreachableServerIsUnavailable)
{
    const auto noSocket
        = Connection::open(Secret{"host=/nonexistent dbname=x"}, TestDatabase::soon());
    ASSERT_FALSE(noSocket);
    EXPECT_EQ(noSocket.error().code, ErrorCode::Unavailable);
    const auto noUrl = Connection::open(Secret{"postgresql://:not a url"}, TestDatabase::soon());
    ASSERT_FALSE(noUrl);
}

TEST(Connection, aPipelineReturnsTheRowsOfEachStatementInOrder)
{
    const auto connection = connect();
    std::vector<Statement> statements;
    for (int i = 0; i < 500; ++i) {
        // Together larger than any socket buffer, in both directions.
        statements.push_back(
            {"SELECT $1::int, repeat('x', 2000), $2::text", {i, std::string(2000, 'y')}});
    }
    const auto results = must(connection->pipeline(statements, TestDatabase::soon()));
    ASSERT_EQ(results.size(), 500U);
    EXPECT_EQ(results[499].integer(0, 0), 499);
}

TEST(Connection, theFirstErrorOfAPipelineFailsTheWhole)
{
    const auto connection = TestDatabase::instance().administrator();
    must(connection->script("CREATE TEMP TABLE kept (n int)", TestDatabase::soon()));
    const std::array statements{Statement{"INSERT INTO kept VALUES (1)", {}},
                                Statement{"SELECT 1/0", {}},
                                Statement{"INSERT INTO kept VALUES (2)", {}}};
    const auto result = connection->pipeline(statements, TestDatabase::soon());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().subject, "22012");
    EXPECT_TRUE(connection->isReusable());
    EXPECT_EQ(must(query(*connection, "SELECT count(*) FROM kept")).integer(0, 0), 0);
}

TEST(Connection, aScriptStopsAtItsFirstError)
{
    const auto connection = TestDatabase::instance().administrator();
    const auto result = connection->script(
        "CREATE TEMP TABLE made (n int); SELECT 1/0; CREATE TEMP TABLE never (n int)",
        TestDatabase::soon());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().subject, "22012");
    EXPECT_TRUE(must(query(*connection, "SELECT to_regclass('made')")).isNull(0, 0));
}

TEST(Connection, hearsNotifications)
{
    const auto listener = connect();
    const auto speaker = connect();
    must(query(*listener, "LISTEN exhibit_test"));
    EXPECT_EQ(must(listener->waitForNotification(Deadline::after(10ms))), std::nullopt);
    must(query(*speaker, "SELECT pg_notify('exhibit_test', 'hello')"));
    EXPECT_EQ(must(listener->waitForNotification(TestDatabase::soon())), "hello");
}

TEST(Transaction, isGoneWhenItIsNotCommitted)
{
    auto& server = TestDatabase::instance();
    const auto tenant = TenantId::generate();
    const auto insert = "INSERT INTO tenants (tenant_id, slug) VALUES ($1, $2)";
    const auto connection = connect();
    {
        auto transaction = must(Transaction::begin(*connection, tenant, TestDatabase::soon()));
        must(transaction.query(insert, {tenant, "rolled-back"}));
    }
    EXPECT_TRUE(connection->isReusable());
    const auto found = server.administrator()->query(
        "SELECT FROM exhibit.tenants WHERE tenant_id = $1", {tenant}, TestDatabase::soon());
    EXPECT_TRUE(must(found.map([](const Rows& rows) { return rows.empty(); })));
}

TEST(Transaction, commitAfterAFailedStatementIsAnError)
{
    const auto connection = connect();
    auto transaction = must(Transaction::begin(*connection, TenantId{}, TestDatabase::soon()));
    EXPECT_FALSE(transaction.query("SELECT 1/0"));
    EXPECT_FALSE(transaction.commit());
    EXPECT_TRUE(connection->isReusable());
}

TEST(Transaction, leavesNoTenantBehind)
{
    const auto connection = connect();
    const auto tenant = TenantId::generate();
    {
        auto transaction = must(Transaction::begin(*connection, tenant, TestDatabase::soon()));
        EXPECT_EQ(must(transaction.query("SELECT current_setting('app.tenant')")).text(0, 0),
                  tenant.value.hyphenated());
        must(transaction.commit());
    }
    EXPECT_EQ(must(query(*connection, "SELECT current_setting('app.tenant', true)")).text(0, 0),
              "");
}

} // namespace
} // namespace exhibit::storage
