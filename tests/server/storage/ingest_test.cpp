// SPDX-License-Identifier: Apache-2.0
#include "server/spool/aes_gcm.h"
#include "tests/server/storage/ingest_on_test.h"

#include <csignal>
#include <sys/types.h>

namespace exhibit::storage {
namespace {

/// What sealing adds to a row's bytes.
constexpr std::size_t kSeal = spool::kNonceBytes + spool::kTagBytes;

TEST(Ingest, bringsACallIntoItsRows)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    ASSERT_TRUE(on.ingestNow(call.blockedStory()));

    EXPECT_EQ(on.ask(tenant.id, "SELECT outcome || ' ' || released_bytes FROM proxy_calls"),
              "stopped " + std::to_string(call.released.size()));
    EXPECT_EQ(on.body(tenant.id, call.opening.callId, "/response/released"), call.released);
    EXPECT_EQ(on.body(tenant.id, call.opening.callId, "/response/withheld"), call.withheld);
    EXPECT_EQ(on.body(tenant.id, call.opening.callId, "/request"), call.opening.request);
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT count(*) FROM call_bodies WHERE position(convert_to('model', 'UTF8')"
                     " IN bytes) > 0"),
              "0")
        << "nothing is stored in plain";
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT status || ' ' || termination_reason || ' ' || violation_policy_id"
                     " FROM runs"),
              "failed_policy policy_block CONTENT_ACCURACY");
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM incidents WHERE root_cause IS NOT NULL"),
              "1");
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM quarantined_records"), "0");
}

TEST(Ingest, writesTheStepsOfABlockedStreamInOrderWithItsInflection)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    call.opening.facts = JsonObject{{"contract", JsonObject{{"auto_renew", nullptr}, {"id", 7}}}};
    ASSERT_TRUE(on.ingestNow(call.blockedStory()));

    EXPECT_EQ(on.ask(tenant.id, "SELECT string_agg(step_type, ' ' ORDER BY step_index) FROM steps"),
              "input context policy llm_call policy policy output root_cause");
    EXPECT_EQ(on.ask(tenant.id, "SELECT data->'states' FROM steps WHERE step_type = 'context'"),
              R"({"contract.id": "present", "contract.auto_renew": "null"})");
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT result || ' ' || (data->'inflection'->>'byte_offset') FROM steps"
                     " WHERE is_inflection"),
              "BLOCK 14");
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT (r.stopped_at_step = s.step_index)::text FROM runs r JOIN steps s"
                     " USING (tenant_id, run_id) WHERE s.result = 'BLOCK'"),
              "true");
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM steps WHERE is_inflection"), "1");
}

TEST(Ingest, completesACallWhoseRecordsComeInSeveralBatches)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    for (auto& record : call.blockedStory()) {
        ASSERT_TRUE(on.ingestNow({std::move(record)}));
    }
    EXPECT_EQ(on.ask(tenant.id, "SELECT outcome FROM proxy_calls"), "stopped");
    EXPECT_EQ(on.body(tenant.id, call.opening.callId, "/response/released"), call.released);
    EXPECT_EQ(on.ask(tenant.id, "SELECT root_cause IS NOT NULL FROM incidents"), "t");
    EXPECT_EQ(on.ask(tenant.id, "SELECT stopped_at_step FROM runs"), "4");
    EXPECT_EQ(on.ask(tenant.id, "SELECT cost_microcents FROM incidents"), "420");
}

TEST(Ingest, joinsPiecesThatFollowOneAnotherAndKeepsWhereEachBegan)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    on.append(
        {call.open(), call.chunk("one"), call.chunk("two"), call.chunk("three"), call.close()});
    on.start();
    ASSERT_TRUE(on.finish());
    EXPECT_EQ(on.ask(tenant.id, "SELECT pieces FROM call_bodies WHERE path = '/response/released'"),
              "[[3, 1000, 0, 1], [3, 2000, 1, 1], [5, 3000, 2, 1]]");
}

TEST(Ingest, startsANewRowWhenJoinedPiecesWouldPassTheLimit)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    on.append({call.open(),
               call.chunk(std::string(limits::kBodyRowBytesMax, 'x')),
               call.chunk("y"),
               call.close()});
    on.start();
    ASSERT_TRUE(on.finish());
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT string_agg(octet_length(bytes)::text, ' ' ORDER BY position)"
                     " FROM call_bodies WHERE path = '/response/released'"),
              std::to_string(limits::kBodyRowBytesMax + kSeal) + " " + std::to_string(1 + kSeal));
}

TEST(Ingest, numbersTheStepsOfARunWithoutGapsAcrossCallsThatOverlap)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest first(tenant, "task-1");
    CallOnTest second(tenant, "task-1");
    second.opening.runId = first.opening.runId;
    ASSERT_TRUE(on.ingestNow({first.open(), second.open(), second.chunk("b")}));
    ASSERT_TRUE(on.ingestNow({second.close(), first.chunk("a")}));
    ASSERT_TRUE(on.ingestNow({first.close()}));
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT string_agg(step_index::text, ' ' ORDER BY step_index) FROM steps"),
              "0 1 2 3 4 5");
    EXPECT_EQ(
        on.ask(tenant.id, "SELECT step_count || ' ' || llm_calls || ' ' || tokens_used FROM runs"),
        "6 2 40");
    EXPECT_EQ(on.ask(tenant.id, "SELECT status FROM runs"), "running");
}

TEST(Ingest, endsABoundRunAndOpensItAgain)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant, "task-2");
    spool::RunEnded ended;
    ended.runId = call.opening.runId;
    ended.at = call.at(20);
    auto end = call.record(ended);
    end.call = CallId{};
    ASSERT_TRUE(on.ingestNow({call.open(), call.close(), end}));
    EXPECT_EQ(on.ask(tenant.id, "SELECT status FROM runs"), "succeeded");
    CallOnTest next(tenant, "task-2");
    next.opening.runId = call.opening.runId;
    ASSERT_TRUE(on.ingestNow({next.open()}));
    EXPECT_EQ(on.ask(tenant.id, "SELECT status || coalesce(ended_at::text, '') FROM runs"),
              "running");
}

TEST(Ingest, leavesAStoppedRunStoppedWhateverFollows)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant, "task-3");
    ASSERT_TRUE(on.ingestNow(call.blockedStory()));
    CallOnTest refused(tenant, "task-3");
    refused.opening.runId = call.opening.runId;
    refused.opening.upstream.reset();
    refused.closing.errorCode = "run_stopped";
    ASSERT_TRUE(on.ingestNow({refused.open(), refused.close("refused")}));
    EXPECT_EQ(on.ask(tenant.id, "SELECT status || ' ' || llm_calls FROM runs"), "failed_policy 1");
}

TEST(Ingest, arrivesExactlyOnceHoweverOftenItIsInterrupted)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    constexpr int kCalls = 150;
    std::string expected;
    std::vector<CallId> ids;
    for (int i = 0; i < kCalls; ++i) {
        CallOnTest call(tenant);
        on.append({call.open(),
                   call.chunk("<" + std::to_string(i)),
                   call.chunk(">"),
                   call.decide(domain::DecisionResult::Warn),
                   call.close()});
        expected += call.released;
        ids.push_back(call.opening.callId);
        if (i % 10 == 0) {
            on.stop();
            on.start(); // In the middle of whatever it was doing.
        }
    }
    ASSERT_TRUE(on.finish());
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM proxy_calls WHERE outcome = 'completed'"),
              std::to_string(kCalls));
    std::string recorded;
    for (const auto& id : ids) {
        recorded += on.body(tenant.id, id, "/response/released");
    }
    EXPECT_EQ(recorded, expected);
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) || ' ' || max(row_no) FROM unproven_rows"),
              std::to_string(2 * kCalls) + " " + std::to_string(2 * kCalls - 1));
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT (SELECT sum(step_count) FROM runs)"
                     " = (SELECT count(*) FROM steps)"),
              "t");
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM quarantined_records"), "0");
}

TEST(Ingest, learnsOpenCallsAgainAfterARestart)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    ASSERT_TRUE(on.ingestNow(
        {call.open(), call.chunk("before"), call.decide(domain::DecisionResult::Warn)}));
    on.closeJournal();
    on.openJournal();
    ASSERT_TRUE(on.ingestNow({call.chunk(" after"), call.close()}));
    EXPECT_EQ(on.ask(tenant.id, "SELECT outcome || ' ' || released_bytes FROM proxy_calls"),
              "completed 12");
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM steps WHERE result = 'WARN'"), "1");
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM quarantined_records"), "0");
}

TEST(Ingest, closesCallsThatACrashLeftOpen)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest whole(tenant);
    CallOnTest cut(tenant);
    on.append(
        {whole.open(), cut.open(), cut.chunk("half an "), whole.close(), cut.chunk("answer")});
    on.closeJournal();
    on.openJournal();
    const auto recovered = recoverOpenCalls(on.journal(), TestDatabase::soon());
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(*recovered, 1U);
    on.start();
    ASSERT_TRUE(on.finish());
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT outcome || ' ' || released_bytes FROM proxy_calls WHERE recovered"),
              "recovered 14");
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM proxy_calls WHERE closed_at IS NULL"), "0");
    EXPECT_EQ(*recoverOpenCalls(on.journal(), TestDatabase::soon()), 0U);
}

TEST(Ingest, setsRecordsAsideThatCannotBeReadAndGoesOn)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest before(tenant);
    CallOnTest after(tenant);
    auto poison = before.open();
    poison.call = CallId::generate();
    poison.payload = "\xff\xff\xff\xff no record";
    ASSERT_TRUE(on.ingestNow({before.open(), poison, before.close(), after.open(), after.close()}));
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM proxy_calls WHERE outcome = 'completed'"),
              "2");
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT (digest = sha256(payload))::text || ' ' || record_no"
                     " FROM quarantined_records"),
              "true 2");
    EXPECT_EQ(on.ingest().state().quarantined, 1);
}

TEST(Ingest, setsRecordsAsideThatTheDatabaseRefusesForTheirContent)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest good(tenant);
    CallOnTest poison(tenant);
    poison.opening.userId.emplace();
    while (poison.opening.userId->size() < 20'000) {
        *poison.opening.userId
            += toHex(asView(sha256(Uuid::v7().hyphenated()))); // Too long for an index.
    }
    std::vector<spool::Record> records{
        good.open(), poison.open(), poison.chunk("x"), good.chunk("y")};
    records.push_back(poison.close());
    records.push_back(good.close());
    ASSERT_TRUE(on.ingestNow(std::move(records)));
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) || ' ' || min(outcome) FROM proxy_calls"),
              "1 completed");
    EXPECT_NE(on.metrics().find("\nexhibit_trace_completeness 0.5\n"), std::string::npos)
        << "one of two calls is whole";
    EXPECT_EQ(on.ask(tenant.id,
                     "SELECT string_agg(record_no::text, ' ' ORDER BY record_no)"
                     " FROM quarantined_records"),
              "2 3 5");
    CallOnTest next(tenant);
    on.closeJournal();
    on.openJournal();
    ASSERT_TRUE(on.ingestNow({next.open(), next.close()}));
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM proxy_calls"), "2");
}

TEST(Ingest, storesTextThatPostgresqlCannotHoldVisiblyReplaced)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    call.opening.userId = std::string("al\0ice", 6);
    call.opening.metadata = JsonObject{{"note", std::string("a\0b", 3)}};
    ASSERT_TRUE(on.ingestNow({call.open(), call.close()}));
    EXPECT_EQ(on.ask(tenant.id, "SELECT user_id || ' ' || (metadata->>'note') FROM proxy_calls"),
              "al\xEF\xBF\xBDice a\xEF\xBF\xBD"
              "b");
}

TEST(Ingest, keepsTenantsApart)
{
    IngestOnTest on;
    const auto one = TestDatabase::instance().newTenant();
    const auto two = TestDatabase::instance().newTenant();
    CallOnTest first(one);
    CallOnTest second(two);
    ASSERT_TRUE(on.ingestNow({first.open(), second.open(), second.close(), first.close()}));
    EXPECT_EQ(on.ask(one.id, "SELECT count(*) FROM proxy_calls"), "1");
    EXPECT_EQ(on.ask(two.id, "SELECT count(*) FROM proxy_calls"), "1");
    EXPECT_EQ(on.ask(one.id,
                     "SELECT count(*) FROM call_bodies WHERE call_id = $1",
                     {second.opening.callId}),
              "0");
}

TEST(Ingest, waitsForPostgresqlAndLosesNothing)
{
    const auto server = TestDatabase::start();
    IngestOnTest on(*server);
    const auto tenant = server->newTenant();
    CallOnTest first(tenant);
    ASSERT_TRUE(on.ingestNow({first.open(), first.close()}));

    constexpr int kCalls = 60;
    for (int i = 0; i < kCalls; ++i) {
        if (i % 20 == 0) {
            // Immediate shutdown: sessions break in the middle; its keeper starts it again.
            const pid_t postmaster = server->cluster().pid();
            ASSERT_TRUE(postmaster == 0 || kill(postmaster, SIGQUIT) == 0);
        }
        CallOnTest call(tenant);
        on.append({call.open(), call.chunk("while away"), call.close()});
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_TRUE(on.finish());
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM proxy_calls WHERE closed_at IS NOT NULL"),
              std::to_string(kCalls + 1));
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM unproven_rows"), std::to_string(kCalls + 1));
    EXPECT_EQ(on.ask(tenant.id, "SELECT count(*) FROM quarantined_records"), "0");
}

TEST(Ingest, knowsTheIncidentsThatWaitWhilePostgresqlIsAway)
{
    IngestOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    on.append(call.blockedStory());

    const Secret nowhere("postgresql:///exhibit?host=/nonexistent");
    Database away({nowhere, nowhere, nowhere});
    UnprovenLedger ledger;
    ops::Metrics metrics;
    Ingest ingest({away, on.journal(), ledger, on.fields(), metrics});
    ingest.start();
    const auto deadline = TestDatabase::soon();
    while (!ingest.incidentInSpool(tenant.id, call.incidentId) && !deadline.reached()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_TRUE(ingest.incidentInSpool(tenant.id, call.incidentId));
    EXPECT_FALSE(ingest.incidentInSpool(TenantId::generate(), call.incidentId));
    EXPECT_EQ(ingest.state().waiting, 10);
    EXPECT_GT(ingest.state().lag.count(), 0);
}

} // namespace
} // namespace exhibit::storage
