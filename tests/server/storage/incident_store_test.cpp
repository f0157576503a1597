// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_counts.h"
#include "server/storage/incident_store.h"

#include "tests/server/storage/incidents_on_test.h"

#include <cmath>
#include <numeric>
#include <set>

namespace exhibit::storage {
namespace {

TEST(IncidentSearch, understandsEveryShapeOfTheLanguage)
{
    const Incidents incidents(1000);
    EXPECT_EQ(incidents.total(""), 1000);
    EXPECT_EQ(incidents.total("even"), 500);
    EXPECT_EQ(incidents.total("EVEN tenth"), 100);
    EXPECT_EQ(incidents.total("-even"), 500);
    EXPECT_EQ(incidents.total("tenth or odd"), 600);
    EXPECT_EQ(incidents.total("\"common odd\""), 500);
    EXPECT_EQ(incidents.total("\"odd common\""), 0);
    EXPECT_EQ(incidents.total("rare -tenth"), 0);
    EXPECT_EQ(incidents.total("user:user-1"), 143);
    EXPECT_EQ(incidents.total("-user:user-1"), 857);
    EXPECT_EQ(incidents.total("severity:critical"), 200);
    EXPECT_EQ(incidents.total("severity:critical or severity:high"), 1000);
    EXPECT_EQ(incidents.total("policy:SAFETY model:gpt-4o rare"), 2);
    EXPECT_EQ(incidents.total("status:resolved"), 333);
    EXPECT_EQ(incidents.total("-status:resolved even"), 334);
    EXPECT_EQ(incidents.total("status:open status:resolved"), 0);
    EXPECT_EQ(incidents.total("cost:<=0.0000001"), 10);
    EXPECT_EQ(incidents.total("latency:>900ms"), 100);
    EXPECT_EQ(incidents.total("-latency:>900ms"), 900);
    EXPECT_EQ(incidents.total("status:resolved or rare"), 335);
    EXPECT_EQ(incidents.total("rare or -status:open"), 335);
    EXPECT_EQ(incidents.total("after:2020-01-01 before:2021-01-01"), 0);
    EXPECT_EQ(incidents.total("after:2020-01-01"), 1000);
}

TEST(IncidentSearch, takesWhatUsersWriteAsTextOnly)
{
    const Incidents incidents(20);
    for (const char* text : {"\"'); DROP TABLE incidents; --\"",
                             "\"a' & 'b\"",
                             "\"t:x | u:y\"",
                             "user:\"x' | 't:other\"",
                             "user:\"\\\\\"",
                             "model:\"a & !b\""}) {
        EXPECT_EQ(incidents.total(text), 0) << text;
    }
    EXPECT_EQ(incidents.total("common"), 20);
}

TEST(IncidentSearch, filtersByTheMembersBesideTheQuery)
{
    const Incidents incidents(100);
    IncidentSearch search;
    search.userId = "user-2";
    search.severities = {domain::Severity::Critical};
    search.status = domain::IncidentStatus::Open;
    search.policyId = "SAFETY";
    search.model = "gpt-4o";
    const auto page = incidents.find(search);
    for (const auto& hit : page.hits) {
        EXPECT_EQ(hit.incident.userId, "user-2");
        EXPECT_EQ(hit.incident.severity, domain::Severity::Critical);
        EXPECT_EQ(hit.incident.status, domain::IncidentStatus::Open);
    }
    EXPECT_EQ(page.total.count, 2); // 30 is resolved; 65 and 100 are open.
    search.failureCode = domain::FailureCode::Quota;
    EXPECT_EQ(incidents.find(search).total.count, 0);
}

TEST(IncidentSearch, pagesThroughMonthsNewestFirstWithoutGapOrRepetition)
{
    const Incidents incidents(4000, 5);
    for (const char* text : {"", "even", "rare", "tenth -rare", "status:resolved or rare"}) {
        const auto costs = incidents.walk(text, 137);
        EXPECT_TRUE(std::is_sorted(costs.begin(), costs.end())) << text; // Older ones cost more.
        EXPECT_EQ(std::set<std::int64_t>(costs.begin(), costs.end()).size(), costs.size()) << text;
        EXPECT_EQ(static_cast<std::int64_t>(costs.size()), incidents.total(text)) << text;
    }
}

TEST(IncidentSearch, keepsItsPlaceWhileNewIncidentsArrive)
{
    const Incidents incidents(300);
    IncidentSearch search;
    search.limit = 100;
    const auto first = incidents.find(search);
    const auto administrator = TestDatabase::instance().administrator();
    ASSERT_TRUE(administrator->query(
        "INSERT INTO exhibit.incident_search SELECT tenant_id, now() + n * interval '1 ms',"
        " gen_random_uuid(), status, cost_microcents, latency_us, tsv FROM exhibit.incident_search,"
        " generate_series(1, 50) AS n WHERE tenant_id = $1 AND cost_microcents = 1",
        {incidents.tenant()},
        TestDatabase::soon()));
    search.after = first.next;
    const auto second = incidents.find(search);
    ASSERT_EQ(second.hits.size(), 100U);
    EXPECT_EQ(second.hits.front().incident.costMicrocents, 101);
}

TEST(IncidentSearch, skipsToAnOffset)
{
    const Incidents incidents(50);
    IncidentSearch search;
    search.limit = 5;
    search.offset = 10;
    const auto page = incidents.find(search);
    ASSERT_EQ(page.hits.size(), 5U);
    EXPECT_EQ(page.hits.front().incident.costMicrocents, 11);
    EXPECT_EQ(page.total.count, 50);
    search.offset = 60;
    EXPECT_EQ(incidents.find(search).total.count, 50);
    EXPECT_TRUE(incidents.find(search).hits.empty());
}

TEST(IncidentSearch, countsExactlyToTenThousandAndSaysWhenItEstimates)
{
    const Incidents exact(static_cast<int>(limits::kExactTotalMax));
    EXPECT_EQ(exact.find("common").total.count, limits::kExactTotalMax);
    EXPECT_FALSE(exact.find("common").total.isEstimate);
    const Incidents more(static_cast<int>(limits::kExactTotalMax) + 1);
    EXPECT_GT(more.find("common").total.count, limits::kExactTotalMax);
    EXPECT_TRUE(more.find("common").total.isEstimate);
    EXPECT_FALSE(more.find("tenth").total.isEstimate);
}

TEST(IncidentSearch, estimatesFromASampleWithinAFewPercent)
{
    const Incidents incidents(40'000, 3);
    struct Case {
        const char* text;
        double expected;
    };
    // So large the sample is taken for: counting begins at a level with some 4,000 rows of it.
    for (const int rows : {0, 8'000, 64'000, 1'000'000'000}) {
        ASSERT_TRUE(TestDatabase::instance().administrator()->query(
            "UPDATE pg_class SET reltuples = CASE relname WHEN 'incident_search_sample_default' "
            "THEN"
            " $1 ELSE 0 END WHERE relname LIKE 'incident\\_search\\_sample\\__%' AND relkind = 'r'",
            {rows},
            TestDatabase::soon()));
        for (const auto& each : std::vector<Case>{{"", 40'000},
                                                  {"common", 40'000},
                                                  {"even", 20'000},
                                                  {"\"common even\"", 20'000},
                                                  {"-tenth", 36'000},
                                                  {"common status:open", 26'667},
                                                  {"-\"common even\"", 20'000},
                                                  {"\"common odd\" or tenth", 24'000}}) {
            const auto total = incidents.find(each.text).total;
            EXPECT_TRUE(total.isEstimate) << each.text;
            // Five standard deviations of a sample of one in 16, or in 32 where level 1 is enough.
            const double tolerance = 5 * std::sqrt(each.expected * (rows == 8'000 ? 31 : 15));
            EXPECT_NEAR(static_cast<double>(total.count), each.expected, tolerance)
                << each.text << ' ' << rows;
        }
    }
    // Few rows have the words: exact, though their order has to be looked at.
    EXPECT_EQ(incidents.total("\"even tenth\""), 4'000);
    EXPECT_FALSE(incidents.find("\"even tenth\"").total.isEstimate);
    EXPECT_EQ(incidents.total("tenth"), 4'000);
}

TEST(IncidentCounts, theHistogramOfManyMatchesMayBeEstimated)
{
    const Incidents incidents(40'000, 3);
    const auto bars = [&incidents](const char* text, bool mayEstimate) {
        IncidentSearch search;
        search.query = *query::parse(text);
        const auto counted
            = IncidentCounts(TestDatabase::instance().database())
                  .histogram(incidents.tenant(), search, 120, mayEstimate, TestDatabase::soon());
        EXPECT_TRUE(counted) << counted.error().message;
        return counted ? *counted : domain::HistogramReply{};
    };
    for (const char* text : {"", "even", "\"common even\"", "common status:open"}) {
        const auto exact = bars(text, false);
        const auto about = bars(text, true);
        EXPECT_FALSE(exact.isEstimate) << text;
        EXPECT_TRUE(about.isEstimate) << text;
        EXPECT_EQ(about.barSeconds, exact.barSeconds) << text;
        ASSERT_NEAR(double(about.counts.size()), double(exact.counts.size()), 2) << text;
        EXPECT_LE(about.counts.size(), 120U) << text;
        // Incidents are spread evenly: so is what is estimated, and together it is the total.
        const auto sum = [](const auto& reply) {
            return std::accumulate(reply.counts.begin(), reply.counts.end(), std::int64_t{});
        };
        EXPECT_NEAR(double(sum(about)), double(incidents.total(text)), 120) << text;
        const double share = double(sum(exact)) / double(exact.counts.size());
        for (std::size_t bar = 2; bar + 2 < about.counts.size(); ++bar) {
            EXPECT_NEAR(double(about.counts[bar]), share, 6 * std::sqrt(share * 15))
                << text << ' ' << bar;
        }
    }
    // Few are exact at once.
    EXPECT_FALSE(bars("tenth", true).isEstimate);
    EXPECT_EQ(bars("tenth", true).counts, bars("tenth", false).counts);
}

TEST(IncidentSearch, aPageIsNeverLargerThanItsEstimatedTotal)
{
    const Incidents incidents(30'000);
    // Both words are everywhere, side by side in this order in 60 rows only, which may all have
    // missed the sample.
    const auto administrator = TestDatabase::instance().administrator();
    ASSERT_TRUE(administrator->query(
        "UPDATE exhibit.incident_search SET tsv = tsv || to_tsvector('exhibit.exhibit_text',"
        " 'so odd so even so') WHERE tenant_id = $1",
        {incidents.tenant()},
        TestDatabase::soon()));
    ASSERT_TRUE(administrator->query(
        "UPDATE exhibit.incident_search SET tsv = tsv || to_tsvector('exhibit.exhibit_text',"
        " 'even odd') WHERE tenant_id = $1 AND cost_microcents <= 60",
        {incidents.tenant()},
        TestDatabase::soon()));
    const auto page = incidents.find("\"even odd\"");
    ASSERT_EQ(page.hits.size(), 50U);
    EXPECT_GE(page.total.count, 51);
    EXPECT_TRUE(page.total.isEstimate);
}

TEST(IncidentSearch, theSampleFollowsEveryChange)
{
    const Incidents incidents(2'000);
    const auto administrator = TestDatabase::instance().administrator();
    const Parameters tenant{incidents.tenant()};
    const auto differing = [&] {
        const auto rows = administrator->query(
            "WITH chosen AS (SELECT * FROM exhibit.incident_search WHERE tenant_id = $1"
            "  AND get_byte(uuid_send(incident_id), 15) % 16 = 0),"
            " kept AS (SELECT * FROM exhibit.incident_search_sample WHERE tenant_id = $1)"
            " SELECT (SELECT count(*) FROM (TABLE chosen EXCEPT TABLE kept) a)"
            "  + (SELECT count(*) FROM (TABLE kept EXCEPT TABLE chosen) b),"
            " (SELECT count(*) FROM kept)",
            tenant,
            TestDatabase::soon());
        EXPECT_TRUE(rows) << rows.error().message;
        EXPECT_GT(rows->integer(0, 1), 50);
        return rows->integer(0, 0);
    };
    EXPECT_EQ(differing(), 0);
    for (const char* change :
         {"UPDATE exhibit.incident_search SET status = 'contained', cost_microcents = 7"
          " WHERE tenant_id = $1 AND latency_us % 2000 = 0",
          "DELETE FROM exhibit.incident_search WHERE tenant_id = $1 AND latency_us % 3000 = 0"}) {
        ASSERT_TRUE(administrator->query(change, tenant, TestDatabase::soon()));
        EXPECT_EQ(differing(), 0) << change;
    }
    // As the server itself changes it.
    const auto reader = TestDatabase::instance().database().read(
        incidents.tenant(), TestDatabase::soon(), [](Transaction& transaction) {
            return transaction.query("SELECT count(*) FROM incident_search_sample");
        });
    EXPECT_FALSE(reader) << "the sample is reached through the search functions alone";
    const auto written = TestDatabase::instance().database().write(
        incidents.tenant(), TestDatabase::soon(), [](Transaction& transaction) {
            return transaction.query("UPDATE incident_search SET status = 'resolved'");
        });
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(differing(), 0);
}

TEST(IncidentSearch, marksWordsAndEscapesEverythingElse)
{
    EXPECT_EQ(markedHtml("a <b> & \x02word\x03 \"q\" 'x'"),
              "a &lt;b&gt; &amp; <mark>word</mark> &quot;q&quot; &#39;x&#39;");
    const Incidents incidents(3);
    const auto administrator = TestDatabase::instance().administrator();
    ASSERT_TRUE(
        administrator->query("UPDATE exhibit.incidents SET excerpt = 'a <script>' || chr(2) "
                             "|| 'odd' || chr(3) || '</script> b'"
                             " WHERE tenant_id = $1",
                             {incidents.tenant()},
                             TestDatabase::soon()));
    const auto page = incidents.find("odd");
    ASSERT_EQ(page.hits.size(), 2U);
    ASSERT_EQ(page.hits.front().highlights.size(), 1U);
    EXPECT_EQ(page.hits.front().highlights.front(),
              "a &lt;script&gt;<mark>odd</mark>&lt;/script&gt; b");
    EXPECT_TRUE(incidents.find("status:open").hits.front().highlights.empty());
}

TEST(IncidentSearch, readsNothingOfAnotherTenant)
{
    const Incidents mine(30);
    const Incidents others(30);
    EXPECT_EQ(mine.total("common"), 30);
    // Even a caller that names another tenant is refused by the database.
    auto crossed = TestDatabase::instance().database().read(
        mine.tenant(), TestDatabase::soon(), [&](Transaction& transaction) {
            return transaction.query(
                "SELECT * FROM search_incidents($1, NULL, NULL, '-infinity', 'infinity', NULL,"
                " NULL, NULL, NULL, NULL, NULL, NULL, 10)",
                {others.tenant()});
        });
    ASSERT_FALSE(crossed);
    EXPECT_EQ(crossed.error().subject, "42501");
    auto direct = TestDatabase::instance().database().read(
        mine.tenant(), TestDatabase::soon(), [&](Transaction& transaction) {
            return transaction.query("SELECT count(*) FROM incident_search");
        });
    EXPECT_FALSE(direct);
}

/// How often the GIN index on a word column has been read, in all partitions.
std::int64_t indexReads(Connection& administrator)
{
    const auto rows = administrator.query(
        "SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_all_indexes"
        " WHERE relname LIKE 'incident_search%' AND indexrelname LIKE '%tsv%'",
        {},
        TestDatabase::soon());
    return rows ? rows->integer(0, 0) : -1;
}

TEST(IncidentSearch, findsRareWordsThroughTheIndexUnderTheReaderRole)
{
    const Incidents incidents(20'000, 3);
    const auto administrator = TestDatabase::instance().administrator();
    const auto before = indexReads(*administrator);
    const auto tableReads = [&administrator] {
        const auto rows = administrator->query(
            "SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_all_tables"
            " WHERE relname LIKE 'incident_search%'",
            {},
            TestDatabase::soon());
        return rows->integer(0, 0);
    };
    const auto readBefore = tableReads();
    EXPECT_EQ(incidents.find("rare", 100).hits.size(), 40U);
    // The reader's session reports its statistics when it is idle, within a second or so.
    const auto deadline = TestDatabase::soon();
    while (indexReads(*administrator) == before && !deadline.reached()) {
        const auto nudge = TestDatabase::instance().database().read(
            incidents.tenant(), TestDatabase::soon(), [](Transaction& transaction) {
                return transaction.query("SELECT pg_stat_force_next_flush()");
            });
        ASSERT_TRUE(nudge);
    }
    EXPECT_GT(indexReads(*administrator), before);
    // Nor was a partition of any size read from end to end.
    EXPECT_LT(tableReads() - readBefore, 1000);
}

} // namespace
} // namespace exhibit::storage
