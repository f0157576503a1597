// SPDX-License-Identifier: Apache-2.0
// What of a person stays nowhere, and what a hold keeps of it.
#include "server/storage/erasure.h"

#include "server/storage/incident_store.h"
#include "server/storage/incident_values.h"
#include "server/storage/quota_store.h"
#include "server/storage/run_store.h"
#include "tests/server/storage/ingest_on_test.h"
#include "tests/server/storage/ledger_on_test.h"

namespace exhibit::storage {
namespace {

const Actor kActor{"key_1", "127.0.0.1", "test"};

class ErasureTest : public testing::Test {
protected:
    Result<Erasure> erase(const SubjectId& subject)
    {
        return m_log.write([&](Transaction& transaction) {
            return eraseSubject(
                transaction, m_log.ledger(), m_log.keys(), kActor, subject, "GDPR 17");
        });
    }
    Result<HoldId> place(const HoldRequest& request)
    {
        return m_log.write([&](Transaction& transaction) {
            return placeHold(transaction, m_log.ledger(), kActor, request);
        });
    }
    void release(HoldId hold)
    {
        must(m_log.write([&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_CHECK(releaseHold(transaction, m_log.ledger(), kActor, hold));
            return true;
        }));
    }
    std::string ask(const std::string& sql) { return m_ingest.ask(m_log.tenant().id, sql); }

    LedgerOnTest m_log;
    IngestOnTest m_ingest;
    CallOnTest m_call{m_log.tenant()}; ///< Of alice.
};

TEST_F(ErasureTest, leavesNobodysNameAmongWhatWasUsed)
{
    CallOnTest nobodys(m_log.tenant());
    nobodys.opening.userId.reset();
    CallOnTest bobs(m_log.tenant());
    bobs.opening.userId = "alice/tokens"; // Begins as alice's budgets do.
    for (auto* call : {&m_call, &nobodys, &bobs}) {
        ASSERT_TRUE(m_ingest.ingestNow(call->blockedStory()));
    }
    const auto soon = TestDatabase::soon();
    QuotaStore store(m_log.server().database());
    const ChangedBy by{kActor, m_log.ledger()};
    const auto tenant = m_log.tenant().id;
    using domain::QuotaScope;
    for (const auto* user : {"alice", "alice/tokens"}) {
        must(store.assign(tenant, {QuotaScope::User, user, domain::Tier::Alpha}, by, soon));
        must(store.whitelist(tenant, {user, "key_1", "asked", {}, utcNow()}, by, soon));
        must(m_log.write([&](Transaction& transaction) {
            return transaction.query(
                "INSERT INTO budget_counters SELECT $1, 'user/' || $2::text || m,"
                " current_date, 1 FROM unnest(ARRAY['/tokens/2026-11-21',"
                " '/runs/2026-11-21']) AS m",
                {tenant, std::string(user)});
        }));
        must(m_log.write([&](Transaction& transaction) {
            return transaction.query("INSERT INTO budget_slots SELECT $1, 'user/' || $2::text ||"
                                     " '/concurrent/', gen_random_uuid(), 1",
                                     {tenant, std::string(user)});
        }));
    }
    EXPECT_EQ(ask("SELECT sum(calls) FROM usage_daily_rollups"), "3");
    must(erase("user:alice"));
    for (const auto* place : {"usage_events WHERE user_id",
                              "usage_daily_rollups WHERE user_id",
                              "quota_assignments WHERE subject",
                              "alpha_whitelist WHERE user_id"}) {
        const std::string count = std::string("SELECT count(*) FROM ") + place;
        EXPECT_EQ(ask(count + " = 'alice'"), "0") << place;
        EXPECT_EQ(ask(count + " = 'alice/tokens'"), "1") << place;
    }
    EXPECT_EQ(ask("SELECT count(*) FROM budget_counters"), "2") << "the other's";
    EXPECT_EQ(ask("SELECT count(*) FROM budget_slots"), "1");
    EXPECT_EQ(ask("SELECT count(*) FROM usage_events"), "3");
    EXPECT_EQ(ask("SELECT calls || ' ' || prompt_tokens || ' ' || cost_microcents"
                  " FROM usage_daily_rollups WHERE user_id = ''"),
              "2 24 840")
        << "the sums stay";
    EXPECT_EQ(ask("SELECT count(*) FROM audit_logs WHERE audit_logs::text LIKE '%alice%'"), "0");
    EXPECT_EQ(ask("SELECT count(*) FROM incident_log_chain WHERE event_data LIKE '%alice%'"), "0");
    EXPECT_EQ(ask("SELECT string_agg(resource || details::text, ' ') FROM audit_logs"
                  " WHERE action = 'quota.assigned'"),
              R"(user{"tier": "ALPHA", "scope": "user"} user{"tier": "ALPHA", "scope": "user"})");
}

TEST_F(ErasureTest, takesWhatWasNotedOfThePersonAndTheNameOutOfCompletion)
{
    CallOnTest bobs(m_log.tenant());
    bobs.opening.userId = "bob";
    for (auto* call : {&m_call, &bobs}) {
        ASSERT_TRUE(m_ingest.ingestNow(call->blockedStory()));
    }
    const auto soon = TestDatabase::soon();
    const auto tenant = m_log.tenant().id;
    IncidentStore store(m_log.server().database());
    IncidentChange change;
    change.addNote = "Spoke with them on the telephone.";
    for (const auto* call : {&m_call, &bobs}) {
        must(store.change(tenant, call->incidentId, change, kActor, m_log.ledger(), soon));
    }
    IncidentValues values(m_log.server().database());
    EXPECT_EQ(must(values.find(tenant, {"user", "", 20}, soon)).values,
              (std::vector<std::string>{"alice", "bob"}));
    must(erase("user:alice"));
    const auto erased = must(store.get(tenant, m_call.incidentId, soon)).incident.notes.value();
    ASSERT_EQ(erased.size(), 1U);
    EXPECT_EQ(erased.front().text, "");
    EXPECT_EQ(ask("SELECT string_agg(octet_length(nonce)::text, ' ' ORDER BY octet_length(nonce))"
                  " FROM incident_notes"),
              "0 32")
        << "nothing is left to try texts with";
    EXPECT_EQ(must(store.get(tenant, bobs.incidentId, soon)).incident.notes->front().text,
              *change.addNote);
    EXPECT_EQ(must(values.find(tenant, {"user", "", 20}, soon)).values,
              std::vector<std::string>{"bob"});
}

TEST_F(ErasureTest, leavesARunStoppedThatHasLostItsName)
{
    m_call.opening.clientRunId = "alices-run";
    ASSERT_TRUE(m_ingest.ingestNow(m_call.blockedStory()));
    must(erase("user:alice"));
    RunStore runs(m_log.server().database());
    const auto tenant = m_log.tenant().id;
    const auto run = m_call.opening.runId;
    const auto live = must(runs.live(tenant, run, TestDatabase::soon()));
    ASSERT_TRUE(live) << "who names it again would begin it anew";
    EXPECT_TRUE(live->stop);
    EXPECT_EQ(live->clientRunId, "");
    EXPECT_EQ(must(runs.openAndStopped(tenant, {}, 10, TestDatabase::soon())).size(), 1U);
    EXPECT_FALSE(must(runs.get(tenant, run, TestDatabase::soon())).clientRunId);
}

TEST_F(ErasureTest, reachesWhoOnlyHasAQuota)
{
    QuotaStore store(m_log.server().database());
    const ChangedBy by{kActor, m_log.ledger()};
    const auto tenant = m_log.tenant().id;
    EXPECT_EQ(erase("user:carol").error().code, ErrorCode::NotFound);
    ASSERT_TRUE(store.assign(
        tenant, {domain::QuotaScope::User, "carol", domain::Tier::Free}, by, TestDatabase::soon()));
    EXPECT_TRUE(erase("user:carol"));
    EXPECT_EQ(ask("SELECT count(*) FROM quota_assignments"), "0");
}

TEST_F(ErasureTest, aHoldThatCoversNothingIsRefused)
{
    for (const auto* subject : {"ada", "user:", "call_1", "", "users:ada"}) {
        const auto placed = place({subject, {}, "litigation"});
        ASSERT_FALSE(placed) << subject;
        EXPECT_EQ(placed.error().code, ErrorCode::InvalidInput) << subject;
    }
    const auto unknown = place({{}, IncidentId::generate(), "litigation"});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::NotFound);
    EXPECT_EQ(ask("SELECT count(*) FROM legal_holds"), "0");
}

TEST_F(ErasureTest, aHoldCoversACallHoweverItIsNamed)
{
    ASSERT_TRUE(m_ingest.ingestNow(m_call.blockedStory()));
    const std::string call = m_call.opening.callId.text();
    for (const auto& request : std::vector<HoldRequest>{{"user:alice", {}, "litigation"},
                                                        {call, {}, "litigation"},
                                                        {{}, m_call.incidentId, "litigation"},
                                                        {{}, {}, "litigation"}}) {
        const auto hold = must(place(request));
        for (const auto& subject : {std::string("user:alice"), call}) {
            const auto erased = erase(subject);
            ASSERT_FALSE(erased) << subject << " under " << request.subject.value_or("-");
            EXPECT_EQ(erased.error().code, ErrorCode::Conflict);
        }
        release(hold);
    }
    const auto others = must(place({CallId::generate().text(), {}, "litigation"}));
    EXPECT_TRUE(erase("user:alice")) << "another call's hold covers nothing of it";
    release(others);
}

} // namespace
} // namespace exhibit::storage
