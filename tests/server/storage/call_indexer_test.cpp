// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_indexer.h"

#include "tests/server/storage/call_index_on_test.h"
#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <random>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

std::vector<spool::Record> manyCalls(const TestTenant& tenant, int count)
{
    std::vector<spool::Record> records;
    for (int i = 0; i < count; ++i) {
        CallOnTest call(tenant);
        std::ranges::move(conversation(call, "ask number" + std::to_string(i), "answered"),
                          std::back_inserter(records));
    }
    return records;
}

/// Calls that are searchable, and those of the sample that are missing or too many.
std::string standing(TestDatabase& server, TenantId tenant)
{
    const auto rows = must(server.administrator()->query(
        "WITH chosen AS (SELECT call_id FROM exhibit.call_search WHERE tenant_id = $1"
        "  AND get_byte(uuid_send(call_id), 15) % 64 = 0),"
        " kept AS (SELECT call_id FROM exhibit.call_search_sample WHERE tenant_id = $1)"
        " SELECT (SELECT count(*) FROM exhibit.call_search WHERE tenant_id = $1) || ' '"
        "  || (SELECT count(*) FROM (TABLE chosen EXCEPT TABLE kept) a)"
        "  || (SELECT count(*) FROM (TABLE kept EXCEPT TABLE chosen) b)",
        {tenant},
        TestDatabase::soon()));
    return std::string(rows.text(0, 0));
}

constexpr const char* kChildUrl = "EXHIBIT_TEST_INDEXER_URL";

/// Not a test: the process that survivesItsKilling starts from this very program. It says when it
/// has begun and indexes until it is killed.
TEST(CallIndexerProcess, indexesUntilItIsKilled)
{
    const char* url = std::getenv(kChildUrl);
    if (url == nullptr) {
        GTEST_SKIP() << "started by CallIndexer.survivesItsKilling";
    }
    const test::TempDir folder;
    const auto keys = must(spool::keyFileWrapper(folder.path() / "spool.key"));
    const auto journal = must(spool::Journal::open(
        {.directory = folder.path() / "spool", .post = [](std::function<void()> work) { work(); }},
        keys));
    Database database({Secret(url), Secret(url), Secret(url)});
    ops::Metrics metrics;
    CallIndexer indexer({database, *journal, metrics, shippedPack()}, {.idlePause = 1ms});
    indexer.start();
    std::puts("indexing");
    std::fflush(stdout);
    std::this_thread::sleep_for(60s);
}

TEST(CallIndexer, survivesItsKilling)
{
    CallIndexOnTest on;
    auto& server = TestDatabase::instance();
    const auto tenant = server.newTenant();
    constexpr int kCalls = 3'000;
    ASSERT_TRUE(on.ingest.ingestNow(manyCalls(tenant, kCalls)));
    const test::TempDir folders; // What killed processes leave.
    std::mt19937 random(4711);
    const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
    std::string left;
    int killed = 0;
    for (; killed < 8 && left != "0"; ++killed) {
        auto child
            = must(test::Process::start(self,
                                        {.arguments = {"--gtest_filter=CallIndexerProcess.*"},
                                         .environment = {{kChildUrl, server.urls().writer.expose()},
                                                         {"TMPDIR", folders.path().string()}}}));
        while (must(child.readLine(TestDatabase::soon())) != "indexing") { }
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 120));
        child.kill();
        static_cast<void>(must(child.wait(TestDatabase::soon())));
        left = on.ingest.ask(tenant.id, "SELECT count(*) FROM call_index_queue");
    }
    EXPECT_GT(killed, 1) << "the first one did everything: more calls are needed";
    on.start();
    ASSERT_TRUE(on.finish(tenant.id));
    EXPECT_EQ(standing(server, tenant.id), std::to_string(kCalls) + " 00");
    EXPECT_EQ(on.find(tenant.id, "number2999").hits.size(), 1U);
}

TEST(CallIndexer, waitsForPostgresqlAndTellsOfIt)
{
    const auto server = TestDatabase::start();
    CallIndexOnTest on(*server);
    const auto tenant = server->newTenant();
    on.start();
    constexpr int kRounds = 3;
    constexpr int kCalls = 200;
    for (int i = 0; i < kRounds; ++i) {
        on.ingest.append(manyCalls(tenant, kCalls));
        if (i == 0) {
            on.ingest.start();
        }
        std::this_thread::sleep_for(20ms);
        // Immediate shutdown: sessions break in the middle; its keeper starts it again.
        const pid_t postmaster = server->cluster().pid();
        ASSERT_TRUE(postmaster == 0 || kill(postmaster, SIGQUIT) == 0);
        const auto deadline = TestDatabase::soon();
        while (!on.indexer().state().failing && !deadline.reached()) {
            std::this_thread::sleep_for(1ms);
        }
        EXPECT_TRUE(on.indexer().state().failing);
    }
    ASSERT_TRUE(on.ingest.finish());
    ASSERT_TRUE(on.finish(tenant.id));
    EXPECT_EQ(standing(*server, tenant.id), std::to_string(kRounds * kCalls) + " 00");
    const auto deadline = TestDatabase::soon();
    while ((on.indexer().state().failing || on.indexer().state().lag > 0s) && !deadline.reached()) {
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_FALSE(on.indexer().state().failing);
    EXPECT_EQ(on.indexer().state().lag, 0us);
    EXPECT_NE(on.metrics.expose().find("\nexhibit_index_lag_seconds 0\n"), std::string::npos);
    EXPECT_NE(on.metrics.expose().find("\nexhibit_index_calls_total "), std::string::npos);
}

TEST(CallIndexer, aTextThatTheDatabaseRefusesHoldsUpNoOther)
{
    const auto server = TestDatabase::start();
    CallIndexOnTest on(*server);
    // What PostgreSQL refuses is limited away; this stands for what nobody thought of.
    must(server->administrator()->script(
        "CREATE FUNCTION exhibit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.asked LIKE '%poison%' THEN RAISE data_exception; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER refuse BEFORE INSERT ON exhibit.call_search"
        " FOR EACH ROW EXECUTE FUNCTION exhibit.refuse();"
        "GRANT EXECUTE ON FUNCTION exhibit.refuse() TO PUBLIC",
        TestDatabase::soon()));
    const auto tenant = server->newTenant();
    auto records = manyCalls(tenant, 20);
    CallOnTest poison(tenant);
    poison.opening.userId = "mallory";
    std::ranges::move(conversation(poison, "poison", "unlucky"), std::back_inserter(records));
    std::ranges::move(manyCalls(tenant, 20), std::back_inserter(records));
    ASSERT_TRUE(on.indexNow(tenant.id, std::move(records)));
    EXPECT_EQ(on.total(tenant.id, "answered"), 40);
    EXPECT_EQ(on.total(tenant.id, "unlucky"), 0);
    const auto page = on.find(tenant.id, "user:mallory");
    ASSERT_EQ(page.hits.size(), 1U) << "found by its fields";
    EXPECT_FALSE(page.hits[0].textComplete);
    EXPECT_NE(on.metrics.expose().find("\nexhibit_index_unreadable_total 1\n"), std::string::npos);
    EXPECT_FALSE(on.indexer().state().failing);
}

TEST(CallIndexer, severalReplicasShareTheWork)
{
    auto& server = TestDatabase::instance();
    CallIndexOnTest one;
    CallIndexOnTest two;
    std::vector<TestTenant> tenants;
    for (int i = 0; i < 4; ++i) {
        tenants.push_back(server.newTenant());
        ASSERT_TRUE(one.ingest.ingestNow(manyCalls(tenants.back(), 300)));
    }
    one.start();
    two.start();
    for (const auto& tenant : tenants) {
        ASSERT_TRUE(one.finish(tenant.id));
        EXPECT_EQ(standing(server, tenant.id), "300 00");
    }
}

TEST(CallIndexer, saysHowLongCallsHaveWaited)
{
    CallIndexOnTest on;
    auto& server = TestDatabase::instance();
    const auto tenant = server.newTenant();
    CallOnTest call(tenant);
    call.opening.openedAt -= 90s;
    ASSERT_TRUE(on.ingest.ingestNow(conversation(call, "ask", "answer")));
    EXPECT_EQ(on.find(tenant.id, "").asOf, call.closing.closedAt)
        << "a page says up to when it is complete";
    // While another replica is at it, the call waits.
    const auto busy = server.administrator();
    must(busy->query(
        "SELECT pg_advisory_lock(exhibit.call_index_lock($1))", {tenant.id}, TestDatabase::soon()));
    on.start();
    const auto deadline = TestDatabase::soon();
    while (on.indexer().state().lag < 89s && !deadline.reached()) {
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_GE(on.indexer().state().lag, 89s);
    EXPECT_FALSE(on.indexer().state().failing);
    must(busy->query("SELECT pg_advisory_unlock_all()", {}, TestDatabase::soon()));
    ASSERT_TRUE(on.finish(tenant.id));
    const auto page = on.find(tenant.id, "");
    EXPECT_EQ(page.asOf, page.databaseTime);
}

TEST(CallIndexer, callsOfBeforeTheIndexAreIndexed)
{
    // As the migration finds a database of an earlier version.
    const auto server = TestDatabase::start();
    CallIndexOnTest on(*server);
    const auto tenant = server->newTenant();
    ASSERT_TRUE(on.ingest.ingestNow(manyCalls(tenant, 5)));
    on.ingest.stop();
    const auto sql = [&](const std::string& text) {
        must(server->administrator()->script("SET search_path = exhibit;" + text,
                                             TestDatabase::soon()));
    };
    sql("DROP TABLE call_index_queue, call_search, call_search_sample CASCADE;"
        "DELETE FROM partitioned_tables WHERE table_name LIKE 'call_search%';"
        "DELETE FROM schema_migrations WHERE number IN (6, 17);"
        "DO $$ DECLARE f record; BEGIN FOR f IN SELECT oid::regprocedure AS name FROM pg_proc"
        " WHERE pronamespace = 'exhibit'::regnamespace AND (proname LIKE '%call_index%' OR proname"
        " LIKE '%call_s%' OR proname LIKE '%_calls' OR proname LIKE 'call_values%')"
        " LOOP EXECUTE 'DROP FUNCTION ' || f.name || ' CASCADE'; END LOOP; END $$");
    must(server->setup().bringUpToDate(TestDatabase::soon()));
    on.start();
    ASSERT_TRUE(on.finish(tenant.id));
    EXPECT_EQ(on.total(tenant.id, "answered"), 5);
}

} // namespace
} // namespace exhibit::storage
