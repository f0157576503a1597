// SPDX-License-Identifier: Apache-2.0
// The RunAbortLog: who ended a run before its time, why, at which step, and how fast.
#include "server/storage/run_store.h"
#include "tests/server/storage/ingest_on_test.h"

namespace exhibit::storage {
namespace {

/// A kill of the call's run, as the keeper of runs records it.
spool::Record killOf(const CallOnTest& call, std::int64_t callsCut)
{
    spool::RunEnded ended;
    ended.runId = call.opening.runId;
    ended.status = domain::RunStatus::Cancelled;
    ended.reason = domain::TerminationReason::UserAbort;
    ended.killReason = domain::KillReason::AdminKill;
    ended.actor = "key_1";
    ended.callsCut = callsCut;
    ended.cutLatencyUs = 700;
    ended.at = call.at(8);
    auto record = call.record(ended);
    record.call = CallId{};
    return record;
}

constexpr const char* kAbort
    = "SELECT kill_reason || ' ' || actor || ' ' || coalesce(step::text, 'none') || ' '"
      " || cut_latency_us FROM run_abort_log";

TEST(Ingest, keepsWhoKilledALiveRunAndAtWhichStep)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant, "task-killed");
    ASSERT_TRUE(on.ingestNow({call.open(), call.chunk("data: Your \n\n"), killOf(call, 1)}));
    EXPECT_EQ(on.ask(tenant.id, kAbort), "admin_kill key_1 none 700") << "the call is open yet";
    ASSERT_TRUE(on.ingestNow({call.close("stopped")}));
    EXPECT_EQ(on.ask(tenant.id, kAbort), "admin_kill key_1 2 700");
    EXPECT_EQ(on.ask(tenant.id, "SELECT step_type FROM steps WHERE step_index = 2"), "kill");
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT status || ' ' || termination_reason || ' ' || kill_reason || ' '"
                     " || stopped_at_step FROM runs"),
              "cancelled user_abort admin_kill 2");
    const auto run = RunStore(TestDatabase::instance().database())
                         .get(tenant.id, call.opening.runId, TestDatabase::soon());
    ASSERT_TRUE(run) << run.error().message;
    ASSERT_TRUE(run->abort);
    EXPECT_EQ(run->abort->actor, "key_1");
    EXPECT_EQ(run->abort->step, 2);
}

TEST(Ingest, ofARunKilledBetweenItsCallsKeepsTheLastStep)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant, "task-idle");
    ASSERT_TRUE(on.ingestNow({call.open(), call.close(), killOf(call, 0), killOf(call, 0)}));
    EXPECT_EQ(on.ask(tenant.id, kAbort), "admin_kill key_1 2 700") << "once, whoever repeats it";
    EXPECT_EQ(on.ask(tenant.id, "SELECT max(step_index) FROM steps"), "2");
}

TEST(Ingest, keepsTheLimitThatEndedARun)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant, "task-limit");
    auto story = call.blockedStory();
    auto record = spool::decodeRecord(story[6].kind, story[6].payload).value();
    auto& stop = *std::get<spool::IncidentRecord>(record).stop;
    stop.killReason = domain::KillReason::MaxTokens;
    stop.reason = domain::TerminationReason::BudgetExceeded;
    story[6] = call.record(record);
    ASSERT_TRUE(on.ingestNow(std::move(story)));
    EXPECT_EQ(on.ask(tenant.id, kAbort), "max_tokens policy:CONTENT_ACCURACY 4 1000")
        << "decided at 5 ms, recorded behind the cut at 6 ms";
}

} // namespace
} // namespace exhibit::storage
