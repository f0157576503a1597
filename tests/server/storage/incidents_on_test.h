// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/incident_store.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::storage {

/// Many incidents of one tenant, spread over `months` months back from now: number i has the words
/// "common", "even" or "odd", "tenth" (every 10th), "rare" (every 500th), user-(i % 7), status open
/// or (every 3rd) resolved, severity high or (every 5th) critical, cost i, latency 1000 * i.
class Incidents {
public:
    explicit Incidents(int count, int months = 1)
        : m_tenant(TestDatabase::instance().newTenant())
        , m_count(count)
    {
        const auto administrator = TestDatabase::instance().administrator();
        const auto soon = TestDatabase::soon();
        const Parameters parameters{m_tenant.id, m_tenant.id.text(), count, months};
        const auto made = administrator->query(
            "WITH i AS (SELECT n, now() - n * ($4::int * interval '30 days') / $3::int AS at,"
            "   gen_random_uuid() AS id,"
            "   'common ' || CASE WHEN n % 2 = 0 THEN 'even' ELSE 'odd' END"
            "   || CASE WHEN n % 10 = 0 THEN ' tenth' ELSE '' END"
            "   || CASE WHEN n % 500 = 0 THEN ' rare' ELSE '' END AS words,"
            "   CASE WHEN n % 3 = 0 THEN 'resolved' ELSE 'open' END AS status,"
            "   CASE WHEN n % 5 = 0 THEN 'critical' ELSE 'high' END AS severity"
            "   FROM generate_series(1, $3::int) AS n),"
            " s AS (INSERT INTO exhibit.incident_search (tenant_id, created_at, incident_id, "
            "status,"
            "   cost_microcents, latency_us, tsv) SELECT $1::uuid, at, id, status, n, 1000 * n,"
            "   to_tsvector('exhibit.exhibit_text', words) || array_to_tsvector(ARRAY['t:' || "
            "$2::text,"
            "   'u:user-' || n % 7, 's:' || severity, 'p:SAFETY', 'm:gpt-4o']) FROM i)"
            " INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, call_id, user_id, "
            "model,"
            "   severity, policy_id, status, title, excerpt, cost_microcents, latency_us, "
            "created_at)"
            " SELECT $1::uuid, id, gen_random_uuid(), gen_random_uuid(), 'user-' || n % 7, "
            "'gpt-4o',"
            "   severity, 'SAFETY', status, 'Title ' || n, words, n, 1000 * n, at FROM i",
            parameters,
            soon);
        EXPECT_TRUE(made) << made.error().message;
        EXPECT_TRUE(administrator->query("ANALYZE exhibit.incident_search", {}, soon));
    }

    [[nodiscard]] IncidentPage find(IncidentSearch search) const
    {
        auto page = IncidentStore(TestDatabase::instance().database())
                        .search(m_tenant.id, search, TestDatabase::soon());
        EXPECT_TRUE(page) << page.error().message;
        return page ? *std::move(page) : IncidentPage{};
    }
    [[nodiscard]] IncidentPage find(const std::string& text, std::uint32_t limit = 50) const
    {
        IncidentSearch search;
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
    /// Everything a search finds, page by page.
    [[nodiscard]] std::vector<std::int64_t> walk(const std::string& text, std::uint32_t limit) const
    {
        std::vector<std::int64_t> costs;
        IncidentSearch search;
        search.query = *query::parse(text);
        search.limit = limit;
        do {
            const auto page = find(search);
            for (const auto& hit : page.hits) {
                costs.push_back(hit.incident.costMicrocents);
            }
            search.after = page.next;
            search.total = page.total;
        } while (search.after);
        return costs;
    }
    [[nodiscard]] TenantId tenant() const { return m_tenant.id; }
    [[nodiscard]] int count() const { return m_count; }

private:
    TestTenant m_tenant;
    int m_count;
};

} // namespace exhibit::storage
