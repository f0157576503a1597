// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/call_corpus.h"

#include "tests/bench/search_corpus.h"

#include <thread>

namespace exhibit::bench {
namespace {

using namespace std::chrono_literals;
using storage::Connection;
using storage::Parameter;

constexpr std::size_t kSentences = 100'000;
constexpr std::size_t kWordsPerSentence = 20;
constexpr std::size_t kSentencesPerStatement = 5'000;
constexpr std::int64_t kCallsPerStatement = 50'000;
constexpr auto kTimeout = 600s;

// The past months get partitions as they had when they were present, and words are indexed at the
// end, which is faster.
constexpr const char* kPrepare
    = "SET search_path = exhibit, public; SET timezone = 'UTC';"
      "DO $$ DECLARE month timestamptz; parent text; BEGIN"
      " FOREACH parent IN ARRAY ARRAY['call_search', 'call_search_sample', 'proxy_calls'] LOOP"
      "  FOR n IN 1..3 LOOP month := date_trunc('month', now()) - n * interval '1 month';"
      "   PERFORM add_partition(parent::regclass, to_char(month, 'YYYYMM'),"
      "    format('FOR VALUES FROM (%L) TO (%L)', month, month + interval '1 month'));"
      "  END LOOP; END LOOP; END $$;"
      "DROP INDEX call_search_words, call_search_sample_words;"
      "CREATE SCHEMA bench;"
      "CREATE TABLE bench.sentences (n int PRIMARY KEY, text text, tsv tsvector);";
constexpr const char* kAddSentences
    = "INSERT INTO bench.sentences SELECT $1::int + o - 1, t,"
      " to_tsvector('exhibit.exhibit_text', t) FROM unnest($2::text[]) WITH ORDINALITY AS u(t, o)";
constexpr const char* kAddCalls
    = "WITH g AS MATERIALIZED (SELECT gen_random_uuid() AS id,"
      "   now() - n * (interval '90 days' / $3::bigint) AS at,"
      "   'user-' || floor(random() * 5000) AS u, 'session-' || floor(random() * 50000) AS e,"
      "   (ARRAY['gpt-4o','gpt-4o-mini','gpt-4.1-mini'])[1 + floor(random() * 3)] AS m,"
      "   (ARRAY['CONTENT_ACCURACY','PII_OUTPUT','PROMPT_INJECTION','BUDGET','TOOL_SAFETY',"
      "    'SECRET_OUTPUT'])[1 + floor(random() * 6)] AS p,"
      "   (ARRAY['critical','high','medium','low'])[1 + floor(random() * 4)] AS s,"
      "   random() < 0.1 AS warned, floor(random() * 100000000)::bigint AS cost,"
      "   floor(random() * 5000000)::bigint AS latency, floor(random() * $6::int)::int AS n1,"
      "   floor(random() * $6::int)::int AS n2, floor(random() * $6::int)::int AS n3,"
      "   floor(random() * $6::int)::int AS n4 FROM generate_series($4::bigint, $5::bigint) AS n),"
      " c AS (INSERT INTO exhibit.proxy_calls (tenant_id, opened_at, call_id, run_id, project_id,"
      "   key_id, request_id, user_id, session_id, endpoint, model, streaming, snapshot_id,"
      "   closed_at, status, outcome, cost_microcents, latency_us)"
      "  SELECT $1::uuid, at, id, id, id, id, id, u, e, '/v1/chat/completions', m, true,"
      "   'SNAP-000000000000', at, 200, 'completed', cost, latency FROM g)"
      " INSERT INTO exhibit.call_search (tenant_id, opened_at, call_id, subject, cost_microcents,"
      "  latency_us, tsv, asked, answered, complete, decisions, incident_ids)"
      " SELECT $1::uuid, at, id, 'user:' || u, cost, latency,"
      "  s1.tsv || s2.tsv || s3.tsv || s4.tsv || array_to_tsvector(ARRAY['t:' || $2::text,"
      "  'u:' || u, 'e:' || e, 'm:' || m, 'r:run_' || id, 'j:' || $2::text, 'h:200',"
      "  'o:completed'] || CASE WHEN warned THEN"
      "  ARRAY['d:WARN', 'd:WARN/' || p, 'p:' || p, 's:' || s] ELSE ARRAY['d:PASS'] END),"
      "  s1.text || s2.text, s3.text || s4.text, true, '[]', '{}' FROM g"
      " JOIN bench.sentences s1 ON s1.n = n1 JOIN bench.sentences s2 ON s2.n = n2"
      " JOIN bench.sentences s3 ON s3.n = n3 JOIN bench.sentences s4 ON s4.n = n4";

Result<void> addSentences(Connection& connection)
{
    ZipfWords words;
    for (std::size_t done = 0; done < kSentences; done += kSentencesPerStatement) {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < kSentencesPerStatement; ++i) {
            texts.push_back(words.text(kWordsPerSentence));
        }
        EXHIBIT_CHECK(connection.query(kAddSentences,
                                       {static_cast<std::int64_t>(done), Parameter::array(texts)},
                                       Deadline::after(kTimeout)));
    }
    return connection.script("ANALYZE bench.sentences", Deadline::after(kTimeout));
}

/// Every second range, from the first or the second one on.
Result<void> addCalls(Connection& connection,
                      TenantId tenant,
                      std::int64_t calls,
                      std::int64_t first)
{
    EXHIBIT_CHECK(connection.script("SET synchronous_commit = off", Deadline::after(kTimeout)));
    for (std::int64_t from = first * kCallsPerStatement; from < calls;
         from += 2 * kCallsPerStatement) {
        const auto to = std::min(calls, from + kCallsPerStatement) - 1;
        EXHIBIT_CHECK(connection.query(
            kAddCalls,
            {tenant, tenant.text(), calls, from, to, static_cast<std::int64_t>(kSentences)},
            Deadline::after(kTimeout)));
    }
    return {};
}

/// The words of every second month's partitions.
Result<void> indexWords(Connection& connection, int first)
{
    return connection.script(
        "SET maintenance_work_mem = '512MB'; SET timezone = 'UTC';"
        "DO $$ DECLARE name text; BEGIN FOR n IN 0..1 LOOP"
        " name := to_char(date_trunc('month', now()) - (2 * n + "
            + std::to_string(first)
            + ") * interval '1 month', 'YYYYMM');"
              " EXECUTE 'CREATE INDEX ON exhibit.call_search_' || name || ' USING gin (tsv)';"
              " EXECUTE 'CREATE INDEX ON exhibit.call_search_sample_' || name ||"
              "  ' USING gin (exhibit.sample_words(tsv, call_id))'; END LOOP; END $$",
        Deadline::after(kTimeout));
}

/// The same work on two connections at once.
Result<void> twice(storage::TestDatabase& server,
                   const std::function<Result<void>(Connection&, int)>& work)
{
    const auto other = server.administrator();
    Result<void> second;
    std::thread thread([&] { second = work(*other, 1); });
    const auto connection = server.administrator();
    const auto first = work(*connection, 0);
    thread.join();
    EXHIBIT_CHECK(first);
    return second;
}

} // namespace

Result<std::int64_t> writeCalls(storage::TestDatabase& server, TenantId tenant, std::int64_t calls)
{
    const auto connection = server.administrator();
    EXHIBIT_CHECK(connection->script(kPrepare, Deadline::after(kTimeout)));
    EXHIBIT_CHECK(addSentences(*connection));
    EXHIBIT_CHECK(twice(
        server, [&](Connection& half, int first) { return addCalls(half, tenant, calls, first); }));
    EXHIBIT_CHECK(twice(server, indexWords));
    EXHIBIT_CHECK(
        connection->script("CREATE INDEX call_search_words ON call_search USING gin (tsv);"
                           "CREATE INDEX call_search_sample_words ON call_search_sample"
                           " USING gin (sample_words(tsv, call_id))",
                           Deadline::after(kTimeout)));
    for (const char* table : {"call_search", "call_search_sample", "proxy_calls"}) {
        EXHIBIT_CHECK(connection->query(
            "VACUUM (ANALYZE) " + std::string(table), {}, Deadline::after(kTimeout)));
    }
    EXHIBIT_TRY(
        const auto rows,
        connection->query("SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c"
                          " WHERE c.relname LIKE 'call_search%' AND c.relkind = 'r'",
                          {},
                          Deadline::after(kTimeout)));
    return rows.integer(0, 0);
}

} // namespace exhibit::bench
