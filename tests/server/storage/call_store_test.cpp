// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_store.h"

#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace exhibit::storage {
namespace {

/// Many calls of one tenant, spread over `months` months back from now: number i has the words
/// "common", "even" or "odd", "tenth" (every 10th), "rare" (every 500th), user-(i % 7), cost i and
/// latency 1000 * i.
class Calls {
public:
    explicit Calls(int count, int months = 1)
        : m_tenant(TestDatabase::instance().newTenant())
    {
        const auto administrator = TestDatabase::instance().administrator();
        const auto soon = TestDatabase::soon();
        must(administrator->query(
            "WITH i AS (SELECT n, now() - n * ($4::int * interval '30 days') / $3::int AS at,"
            "   gen_random_uuid() AS id,"
            "   'common ' || CASE WHEN n % 2 = 0 THEN 'even' ELSE 'odd' END"
            "   || CASE WHEN n % 10 = 0 THEN ' tenth' ELSE '' END"
            "   || CASE WHEN n % 500 = 0 THEN ' rare' ELSE '' END AS words"
            "   FROM generate_series(1, $3::int) AS n),"
            " s AS (INSERT INTO exhibit.call_search (tenant_id, opened_at, call_id, subject,"
            "   cost_microcents, latency_us, tsv, asked, answered, complete, decisions,"
            "   incident_ids)"
            "   SELECT $1::uuid, at, id, 'user:user-' || n % 7, n, 1000 * n,"
            "   to_tsvector('exhibit.exhibit_text', words) || array_to_tsvector(ARRAY['t:' ||"
            "   $2::text, 'u:user-' || n % 7]), words, '', true, '[]', '{}' FROM i)"
            " INSERT INTO exhibit.proxy_calls (tenant_id, opened_at, call_id, run_id, project_id,"
            "   key_id, request_id, user_id, endpoint, model, streaming, snapshot_id, closed_at,"
            "   status, outcome, cost_microcents, latency_us)"
            " SELECT $1::uuid, at, id, id, id, id, id, 'user-' || n % 7, '/v1/chat/completions',"
            "   'gpt-4o', false, 'SNAP-000000000000', at, 200, 'completed', n, 1000 * n FROM i",
            {m_tenant.id, m_tenant.id.text(), count, months},
            soon));
        must(administrator->script("ANALYZE exhibit.call_search; ANALYZE exhibit.proxy_calls",
                                   soon));
    }

    [[nodiscard]] CallPage find(const CallSearch& search) const
    {
        return must(CallStore(TestDatabase::instance().database())
                        .search(m_tenant.id, search, TestDatabase::soon()));
    }
    [[nodiscard]] CallPage find(const std::string& text, std::uint32_t limit = 50) const
    {
        CallSearch search;
        auto query = query::parse(text);
        EXPECT_TRUE(query) << text;
        search.query = *query;
        search.limit = limit;
        return find(search);
    }
    [[nodiscard]] std::int64_t total(const std::string& text) const
    {
        return find(text).total.count;
    }
    /// The costs of everything a search finds, page by page.
    [[nodiscard]] std::vector<std::int64_t> walk(const std::string& text, std::uint32_t limit) const
    {
        std::vector<std::int64_t> costs;
        CallSearch search;
        search.query = *query::parse(text);
        search.limit = limit;
        do {
            const auto page = find(search);
            for (const auto& hit : page.hits) {
                costs.push_back(hit.costMicrocents);
            }
            search.after = page.next;
            search.total = page.total;
        } while (search.after);
        return costs;
    }
    [[nodiscard]] TenantId tenant() const { return m_tenant.id; }

private:
    TestTenant m_tenant;
};

TEST(CallSearch, understandsEveryShapeOfTheLanguage)
{
    const Calls calls(1000);
    EXPECT_EQ(calls.total(""), 1000);
    EXPECT_EQ(calls.total("EVEN tenth"), 100);
    EXPECT_EQ(calls.total("-even"), 500);
    EXPECT_EQ(calls.total("tenth or odd"), 600);
    EXPECT_EQ(calls.total("\"common odd\""), 500);
    EXPECT_EQ(calls.total("\"odd common\""), 0);
    EXPECT_EQ(calls.total("-user:user-1"), 857);
    EXPECT_EQ(calls.total("cost:<=0.0000001"), 10);
    EXPECT_EQ(calls.total("-cost:0.0000001"), 999);
    EXPECT_EQ(calls.total("cost:>0.0000001 cost:<=0.0000002"), 10);
    EXPECT_EQ(calls.total("latency:>900ms"), 100);
    EXPECT_EQ(calls.total("latency:512ms"), 1);
    EXPECT_EQ(calls.total("latency:<512ms"), 511);
    EXPECT_EQ(calls.total("latency:>900ms or rare"), 101);
    EXPECT_EQ(calls.total("after:2020-01-01 before:2021-01-01"), 0);
    EXPECT_EQ(calls.total("cost:<=92233720368.54775807"), 1000) << "the largest number there is";
    for (const char* text : {"\"'); DROP TABLE call_search; --\"", "user:\"x' | 't:other\""}) {
        EXPECT_EQ(calls.total(text), 0) << text;
    }
}

TEST(CallSearch, pagesThroughMonthsNewestFirstWithoutGapOrRepetition)
{
    const Calls calls(6000, 5);
    for (const char* text : {"",
                             "even",
                             "rare",
                             "tenth -rare",
                             "latency:>1s",
                             "rare or user:user-2",
                             "\"even tenth\"",
                             "\"tenth rare\"",
                             "cost:>=0.00005 odd",
                             "cost:>0.0000591 latency:<=5950ms"}) {
        const auto costs = calls.walk(text, 137);
        EXPECT_TRUE(std::is_sorted(costs.begin(), costs.end())) << text; // Older ones cost more.
        EXPECT_EQ(std::set<std::int64_t>(costs.begin(), costs.end()).size(), costs.size()) << text;
        EXPECT_EQ(static_cast<std::int64_t>(costs.size()), calls.total(text)) << text;
    }
}

TEST(CallSearch, keepsItsPlaceWhileNewCallsArrive)
{
    const Calls calls(300);
    CallSearch search;
    search.limit = 100;
    const auto first = calls.find(search);
    must(TestDatabase::instance().administrator()->query(
        "INSERT INTO exhibit.call_search SELECT tenant_id, now() + n * interval '1 ms',"
        " gen_random_uuid(), subject, cost_microcents, latency_us, tsv, asked, answered, complete,"
        " decisions, incident_ids FROM exhibit.call_search, generate_series(1, 50) AS n"
        " WHERE tenant_id = $1 AND cost_microcents = 1",
        {calls.tenant()},
        TestDatabase::soon()));
    search.after = first.next;
    const auto second = calls.find(search);
    ASSERT_EQ(second.hits.size(), 100U);
    EXPECT_EQ(second.hits.front().costMicrocents, 101);
}

TEST(CallSearch, skipsToAnOffset)
{
    const Calls calls(50);
    CallSearch search;
    search.limit = 5;
    search.offset = 10;
    const auto page = calls.find(search);
    ASSERT_EQ(page.hits.size(), 5U);
    EXPECT_EQ(page.hits.front().costMicrocents, 11);
    EXPECT_EQ(page.total.count, 50);
    search.offset = 60;
    EXPECT_EQ(calls.find(search).total.count, 50);
    EXPECT_TRUE(calls.find(search).hits.empty());
}

TEST(CallSearch, countsExactlyToTenThousandAndSaysWhenItEstimates)
{
    const Calls exact(static_cast<int>(limits::kExactTotalMax));
    EXPECT_EQ(exact.find("common").total.count, limits::kExactTotalMax);
    EXPECT_FALSE(exact.find("common").total.isEstimate);
    const Calls more(static_cast<int>(limits::kExactTotalMax) + 1);
    EXPECT_GT(more.find("common").total.count, limits::kExactTotalMax);
    EXPECT_TRUE(more.find("common").total.isEstimate);
    EXPECT_FALSE(more.find("tenth").total.isEstimate);
}

TEST(CallSearch, estimatesFromASampleAndAPageIsNeverLargerThanItsTotal)
{
    const Calls calls(60'000, 3);
    struct Case {
        const char* text;
        double expected;
    };
    for (const auto& each : std::vector<Case>{{"", 60'000},
                                              {"common", 60'000},
                                              {"\"common even\"", 30'000},
                                              {"-tenth", 54'000},
                                              {"cost:>=0.0003", 30'001}}) {
        const auto page = calls.find(each.text);
        EXPECT_TRUE(page.total.isEstimate) << each.text;
        // Five standard deviations of a sample of one in 64.
        const double tolerance = 5 * std::sqrt(each.expected * 63);
        EXPECT_NEAR(static_cast<double>(page.total.count), each.expected, tolerance) << each.text;
        EXPECT_GT(page.total.count, 50);
    }
    EXPECT_EQ(calls.total("tenth"), 6'000);
    EXPECT_FALSE(calls.find("tenth").total.isEstimate);
}

/// How often indexes of that name have been read, and rows of whole tables, in all
/// partitions.
std::pair<std::int64_t, std::int64_t> readsOf(Connection& administrator, const std::string& index)
{
    const auto rows = must(administrator.query(
        "SELECT (SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_all_indexes"
        "  WHERE relname LIKE 'call_search_2%' AND indexrelname LIKE '%' || $1 || '%'),"
        " (SELECT coalesce(sum(seq_tup_read), 0)::bigint"
        "  FROM pg_stat_all_tables WHERE relname LIKE 'call_search_2%')",
        {index},
        TestDatabase::soon()));
    return {rows.integer(0, 0), rows.integer(0, 1)};
}

void expectFoundThrough(const Calls& calls, const std::string& text, const std::string& index)
{
    const auto administrator = TestDatabase::instance().administrator();
    const auto before = readsOf(*administrator, index);
    EXPECT_EQ(calls.find(text, 300).hits.size(), 240U) << text;
    // The reader's session reports its statistics when it is idle, within a second or so.
    const auto deadline = TestDatabase::soon();
    while (readsOf(*administrator, index).first == before.first && !deadline.reached()) {
        must(TestDatabase::instance().database().read(
            calls.tenant(), TestDatabase::soon(), [](Transaction& transaction) {
                return transaction.query("SELECT pg_stat_force_next_flush()");
            }));
    }
    const auto after = readsOf(*administrator, index);
    EXPECT_GT(after.first, before.first) << text;
    // Nor was a partition of any size read from end to end.
    EXPECT_LT(after.second - before.second, 1000) << text;
}

TEST(CallSearch, findsTheFewThroughTheirIndexUnderTheReaderRole)
{
    // So many that reading them all is never the cheaper way.
    const Calls calls(120'000, 3);
    expectFoundThrough(calls, "rare", "tsv");
    expectFoundThrough(calls, "cost:>0.0011976", "cost");
    expectFoundThrough(calls, "latency:>119760ms", "latency");
}

} // namespace
} // namespace exhibit::storage
