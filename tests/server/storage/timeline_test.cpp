// SPDX-License-Identifier: Apache-2.0
// The timeline of a run that is longer than what is sent of one.
#include "server/storage/incident_store.h"
#include "server/storage/recorded_binding.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

constexpr std::int64_t kMost{limits::kTimelineEventsMax};
constexpr std::int64_t kSteps = kMost + 15'000;

class Timeline : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        tenant = TestDatabase::instance().newTenant();
        run = RunId::generate();
        must(TestDatabase::instance().administrator()->query(
            "WITH r AS (INSERT INTO exhibit.runs (tenant_id, run_id, project_id,"
            "  policy_snapshot_id, status, step_count, started_at, last_active_at)"
            "  VALUES ($1, $2, $3, 'SNAP-000000000000', 'completed', $4, now(), now()))"
            " INSERT INTO exhibit.steps (tenant_id, run_id, step_index, at, step_type, status, "
            "data)"
            " SELECT $1, $2, i, now() + i * interval '1 ms', 'input', 'ok', '{}'"
            " FROM generate_series(0, $4::bigint - 1) i",
            {tenant.id, run, tenant.project, kSteps},
            TestDatabase::soon()));
    }
    /// Of an incident whose call begins at that step; its decision is five later, if there is one.
    static IncidentTimeline around(std::int64_t step, bool hasDecision)
    {
        const auto call = CallId::generate();
        const auto incident = IncidentId::generate();
        const auto decision = DecisionId::generate();
        const auto administrator = TestDatabase::instance().administrator();
        must(administrator->query(
            "UPDATE exhibit.steps SET call_id = $3, decision_id ="
            " CASE WHEN step_index = $4::bigint + 5 AND $6 THEN $5::uuid END"
            " WHERE tenant_id = $1 AND run_id = $2 AND step_index BETWEEN $4 AND $4::bigint + 9",
            {tenant.id, run, call, step, decision, hasDecision},
            TestDatabase::soon()));
        must(administrator->query(
            "INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, call_id, decision_id,"
            " model, severity, policy_id, status, title, excerpt, cost_microcents, latency_us,"
            " created_at) VALUES ($1, $2, $3, $4, $5, 'gpt-4o', 'high', 'BUDGET', 'open', '', '',"
            " 0, 0, now())",
            {tenant.id, incident, run, call, decision},
            TestDatabase::soon()));
        return must(IncidentStore(TestDatabase::instance().database())
                        .timeline(tenant.id, incident, TestDatabase::soon()));
    }
    static void expectEvents(const IncidentTimeline& timeline, std::int64_t first)
    {
        EXPECT_TRUE(timeline.truncated());
        EXPECT_EQ(timeline.steps, kSteps);
        ASSERT_EQ(static_cast<std::int64_t>(timeline.events.size()), kMost);
        EXPECT_EQ(timeline.events.front().stepIndex, first);
        EXPECT_EQ(timeline.events.back().stepIndex, first + kMost - 1);
    }

    inline static TestTenant tenant{};
    inline static RunId run;
};

TEST_F(Timeline, showsWhatIsAroundTheDecisionOfALongRun)
{
    expectEvents(around(12'000, true), 12'005 - kMost / 2);
}

TEST_F(Timeline, showsWhatIsAroundTheCallWhereNoDecisionIsKnown)
{
    expectEvents(around(14'000, false), 14'000 - kMost / 2);
}

TEST_F(Timeline, beginsAndEndsWithTheRun)
{
    expectEvents(around(100, true), 0);
    expectEvents(around(kSteps - 20, true), kSteps - kMost);
}

/// Of steps without calls, but for the first and the last one, whose calls the log does not have.
class CommittedSteps : public testing::Test {
protected:
    static std::vector<report::RecordedStep> steps(std::int64_t first)
    {
        std::vector<report::RecordedStep> made(5);
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i].event.stepIndex = first + static_cast<std::int64_t>(i);
        }
        made.front().event.callId = kFirst;
        made.back().event.callId = kLast;
        return made;
    }
    static bool areAsCommitted(const std::vector<report::RecordedStep>& steps,
                               const std::set<CallId>& cut)
    {
        auto& database = TestDatabase::instance();
        SubjectKeys keys(nullptr); // None of them is looked for.
        const auto compared = database.database().read(
            database.newTenant().id, TestDatabase::soon(), [&](Transaction& transaction) {
                return expectStepsAsCommitted(transaction, keys, steps, cut);
            });
        return compared.has_value();
    }

    inline static const CallId kFirst = CallId::generate();
    inline static const CallId kLast = CallId::generate();
};

TEST_F(CommittedSteps, ofAPartMayBeginAnywhereButHaveNoGap)
{
    const std::set<CallId> ends{kFirst, kLast};
    EXPECT_TRUE(areAsCommitted(steps(0), ends));
    EXPECT_TRUE(areAsCommitted(steps(2'005), ends));
    auto gap = steps(2'005);
    gap.erase(gap.begin() + 2);
    EXPECT_FALSE(areAsCommitted(gap, ends));
    EXPECT_FALSE(areAsCommitted(steps(2'005), {kFirst})) << "the log does not have the last call";
    EXPECT_FALSE(areAsCommitted(steps(2'005), {kLast}));
}

TEST_F(CommittedSteps, ofAWholeRunBeginWithIt)
{
    auto whole = steps(0);
    whole.front().event.callId.reset();
    whole.back().event.callId.reset();
    EXPECT_TRUE(areAsCommitted(whole, {}));
    whole.erase(whole.begin());
    EXPECT_FALSE(areAsCommitted(whole, {}));
}

} // namespace
} // namespace exhibit::storage
