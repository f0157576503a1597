// SPDX-License-Identifier: Apache-2.0
// What readers of the live view are told when they come back, and when there is too much to tell.
#include "server/api/event_feed.h"

#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::api {
namespace {

using namespace std::chrono_literals;
using storage::LiveHappenings;
using storage::TestDatabase;

class EventFeedTest : public testing::Test {
protected:
    /// Incidents of the same moment; the id of the last.
    std::string addIncidents(UtcTime at, std::int64_t count)
    {
        const auto last = IncidentId::generate();
        const auto administrator = TestDatabase::instance().administrator();
        must(administrator->query(
            "WITH i AS (SELECT CASE WHEN n = 1 THEN $3::uuid ELSE gen_random_uuid() END AS id"
            "   FROM generate_series(1, $4::bigint) AS n),"
            " s AS (INSERT INTO exhibit.incident_search (tenant_id, created_at, incident_id,"
            "   status, cost_microcents, latency_us, tsv) SELECT $1::uuid, $2::timestamptz, id,"
            "   'open', 0, 0, array_to_tsvector(ARRAY['t:' || $5]) FROM i)"
            " INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, call_id, model,"
            "   severity, policy_id, status, title, excerpt, cost_microcents, latency_us,"
            "   created_at)"
            " SELECT $1::uuid, id, gen_random_uuid(), gen_random_uuid(), 'gpt-4o', 'high',"
            "   'SAFETY', 'open', 'Title', 'words', 0, 0, $2::timestamptz FROM i",
            {m_tenant.id, at, last, count, m_tenant.id.text()},
            TestDatabase::soon()));
        return last.text();
    }
    static LiveCursor cursorAt(UtcTime at) { return {"run_seen", at}; }
    /// What comes within the time, up to a message that has `until`.
    static std::string told(EventQueue& queue, std::chrono::seconds time, const std::string& until)
    {
        const auto deadline = Deadline::after(time);
        std::string all;
        while (all.find(until) == std::string::npos && !deadline.reached()) {
            all += queue.take();
            std::this_thread::sleep_for(20ms);
        }
        return all;
    }
    static bool has(const std::string& text, const std::string& part)
    {
        return text.find(part) != std::string::npos;
    }

    storage::TestTenant m_tenant = TestDatabase::instance().newTenant();
    EventFeed m_feed{TestDatabase::instance().database()};
};

TEST_F(EventFeedTest, tellsWhoComesBackWhatWasBroughtLaterThanItHappened)
{
    const auto now = utcNow();
    const auto seen = addIncidents(now - 5s, 1);
    const auto late = addIncidents(now - 30s, 1);
    const auto queue = m_feed.subscribe(m_tenant.id, LiveCursor{seen, now - 5s});
    const auto all = told(*queue, 20s, late);
    EXPECT_TRUE(has(all, "event: incident.opened\nid: " + late)) << all;
    EXPECT_FALSE(has(all, seen)) << "the last one is known";
    EXPECT_FALSE(has(all, "resync")) << all;
}

TEST_F(EventFeedTest, saysThatThereWasMoreThanItTells)
{
    const auto now = utcNow();
    addIncidents(now - 10s, 50);
    addIncidents(now - 5s, LiveHappenings::kEachMax);
    const auto back = m_feed.subscribe(m_tenant.id, cursorAt(now - 20s));
    const auto all = told(*back, 20s, "resync");
    EXPECT_TRUE(all.starts_with("event: resync\ndata: {")) << all.substr(0, 200);
    EXPECT_TRUE(has(all, "incident.opened"));
    EXPECT_EQ(told(*back, 2s, "resync"), "") << "once, and not with every look";

    const auto fresh = m_feed.subscribe(m_tenant.id, {});
    EXPECT_EQ(told(*fresh, 2s, "event"), "") << "what was before it came is not missed";
    addIncidents(utcNow(), LiveHappenings::kEachMax + 1);
    EXPECT_TRUE(has(told(*fresh, 20s, "resync"), "event: resync\n"));
}

TEST_F(EventFeedTest, saysSoToWhoWasAwayForLongerThanItGoesBack)
{
    const auto now = utcNow();
    const auto away = m_feed.subscribe(m_tenant.id, cursorAt(now - 2h));
    EXPECT_TRUE(away->take().starts_with("event: resync\n"));
    const auto here = m_feed.subscribe(m_tenant.id, cursorAt(now - 50min));
    EXPECT_EQ(here->take(), "");
}

TEST(EventQueue, saysThatItLeftOutWhatASlowReaderDidNotTake)
{
    EventQueue queue;
    for (int i = 0; i < 1000; ++i) {
        queue.add("data: " + std::to_string(i) + "\n\n");
    }
    EXPECT_EQ(queue.take().find("resync"), std::string::npos);
    for (int i = 0; i < 1001; ++i) {
        queue.add("data: " + std::to_string(i) + "\n\n");
    }
    const auto all = queue.take();
    EXPECT_TRUE(all.starts_with("event: resync\n")) << all.substr(0, 200);
    EXPECT_TRUE(all.ends_with("data: 1000\n\n"));
}

} // namespace
} // namespace exhibit::api
