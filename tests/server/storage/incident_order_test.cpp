// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_store_order.h"

#include "tests/server/storage/incidents_on_test.h"

#include <algorithm>
#include <set>

namespace exhibit::storage {
namespace {

using domain::SearchOrder;
using domain::SearchSort;
using domain::Severity;

/// Everything a search finds, page by page in that order.
std::vector<domain::Incident> walk(const Incidents& incidents,
                                   const std::string& text,
                                   SearchSort sort,
                                   SearchOrder order,
                                   std::uint32_t limit)
{
    std::vector<domain::Incident> found;
    IncidentSearch search;
    search.query = *query::parse(text);
    search.sort = sort;
    search.order = order;
    search.limit = limit;
    do {
        const auto page = incidents.find(search);
        for (const auto& hit : page.hits) {
            found.push_back(hit.incident);
        }
        search.after = page.next;
        search.total = page.total;
    } while (search.after);
    return found;
}

std::vector<std::int64_t> costs(const std::vector<domain::Incident>& incidents)
{
    std::vector<std::int64_t> list;
    for (const auto& incident : incidents) {
        list.push_back(incident.costMicrocents);
    }
    return list;
}

std::vector<std::int64_t> numbers(std::int64_t first, std::int64_t step, std::int64_t count)
{
    std::vector<std::int64_t> list;
    for (std::int64_t i = 0; i < count; ++i) {
        list.push_back(first + i * step);
    }
    return list;
}

TEST(IncidentOrder, goesByCostAndLatencyBothWays)
{
    const Incidents incidents(120, 3); // Incident n costs n and is the older the larger n.
    for (const auto sort : {SearchSort::Cost, SearchSort::Latency}) {
        EXPECT_EQ(costs(walk(incidents, "", sort, SearchOrder::Descending, 50)),
                  numbers(120, -1, 120));
        EXPECT_EQ(costs(walk(incidents, "", sort, SearchOrder::Ascending, 7)), numbers(1, 1, 120));
        EXPECT_EQ(costs(walk(incidents, "tenth", sort, SearchOrder::Descending, 5)),
                  numbers(120, -10, 12));
    }
}

TEST(IncidentOrder, goesByTimeBothWays)
{
    const Incidents incidents(90, 3);
    EXPECT_EQ(costs(walk(incidents, "", SearchSort::Time, SearchOrder::Descending, 20)),
              numbers(1, 1, 90));
    EXPECT_EQ(costs(walk(incidents, "", SearchSort::Time, SearchOrder::Ascending, 20)),
              numbers(90, -1, 90));
    EXPECT_EQ(costs(walk(incidents, "even", SearchSort::Time, SearchOrder::Ascending, 100)),
              numbers(90, -2, 45));
}

TEST(IncidentOrder, goesBySeverityAndNewestFirstWithin)
{
    const Incidents incidents(60); // Every fifth is critical, the others high.
    for (const auto order : {SearchOrder::Descending, SearchOrder::Ascending}) {
        const auto found = walk(incidents, "", SearchSort::Severity, order, 7);
        ASSERT_EQ(found.size(), 60U);
        const auto first = order == SearchOrder::Descending ? Severity::Critical : Severity::High;
        const std::size_t firsts = first == Severity::Critical ? 12 : 48;
        for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_EQ(found[i].severity == first, i < firsts) << i;
            if (i != 0 && i != firsts) {
                EXPECT_LT(found[i].createdAt, found[i - 1].createdAt) << i;
            }
        }
    }
    EXPECT_EQ(costs(walk(incidents, "tenth", SearchSort::Severity, SearchOrder::Ascending, 2)),
              numbers(10, 10, 6));
    EXPECT_TRUE(
        walk(incidents, "nowhere", SearchSort::Severity, SearchOrder::Ascending, 2).empty());
}

TEST(IncidentOrder, findsRareOnesBehindTheRowsItWalks)
{
    const Incidents incidents(5000,
                              2); // "rare" stands in one of five hundred: gathered and sorted.
    EXPECT_EQ(costs(walk(incidents, "rare", SearchSort::Cost, SearchOrder::Descending, 3)),
              numbers(5000, -500, 10));
    EXPECT_EQ(costs(walk(incidents, "rare", SearchSort::Time, SearchOrder::Ascending, 3)),
              numbers(5000, -500, 10));
    EXPECT_EQ(costs(walk(incidents, "rare", SearchSort::Latency, SearchOrder::Ascending, 20)),
              numbers(500, 500, 10));
    const auto all = walk(incidents, "odd", SearchSort::Cost, SearchOrder::Ascending, 500);
    EXPECT_EQ(costs(all), numbers(1, 2, 2500));
}

TEST(IncidentOrder, keepsToFiltersOffsetsAndTheTenant)
{
    const Incidents incidents(40);
    const Incidents others(40);
    IncidentSearch search;
    search.query = *query::parse("status:resolved cost:<=0.0000003");
    search.sort = SearchSort::Cost;
    search.offset = 2;
    search.limit = 3;
    const auto page = incidents.find(search); // 30, 27, then 24, 21, 18.
    ASSERT_EQ(page.hits.size(), 3U);
    EXPECT_EQ(page.hits[0].incident.costMicrocents, 24);
    EXPECT_EQ(page.hits[2].incident.costMicrocents, 18);
    EXPECT_EQ(page.total.count, 10);
}

} // namespace
} // namespace exhibit::storage
