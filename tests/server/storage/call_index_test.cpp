// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_index.h"

#include "server/storage/erasure.h"
#include "tests/server/storage/call_index_on_test.h"
#include "tests/server/storage/ledger_on_test.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::storage {
namespace {

using domain::DecisionResult;

TEST(CallIndex, findsCallsByTheWordsOfRequestAndAnswer)
{
    CallIndexOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest confirmed(tenant);
    CallOnTest other(tenant);
    auto records = conversation(confirmed, "Where is parcel A-4711?", "Your order is confirmed.");
    std::ranges::move(conversation(other, "Good morning", "Hello <b>there</b>"),
                      std::back_inserter(records));
    ASSERT_TRUE(on.indexNow(tenant.id, std::move(records)));
    EXPECT_EQ(on.total(tenant.id, ""), 2);
    EXPECT_EQ(on.total(tenant.id, "\"order is confirmed\""), 1) << "a call without an incident";
    EXPECT_EQ(on.total(tenant.id, "parcel CONFIRMED"), 1);
    EXPECT_EQ(on.total(tenant.id, "parcel morning"), 0);
    EXPECT_EQ(on.total(tenant.id, "-parcel"), 1);
    const auto page = on.find(tenant.id, "confirmed or there");
    ASSERT_EQ(page.hits.size(), 2U);
    const auto& hit = page.hits.back();
    EXPECT_EQ(hit.callId, confirmed.opening.callId);
    EXPECT_EQ(hit.asked, "Where is parcel A-4711?\n");
    EXPECT_EQ(hit.answered, "Your order is confirmed.\n");
    EXPECT_TRUE(hit.textComplete);
    EXPECT_TRUE(hit.decisions.empty());
    EXPECT_EQ(hit.passed, std::optional(false)) << "no policy judged it";
    EXPECT_EQ(hit.closedAt, confirmed.closing.closedAt);
    ASSERT_EQ(hit.highlights.size(), 1U);
    EXPECT_TRUE(hit.highlights[0].starts_with("Your order is <mark>confirmed</mark>."));
    EXPECT_TRUE(
        page.hits.front().highlights[0].starts_with("Hello &lt;b&gt;<mark>there</mark>&lt;/b&gt;"))
        << page.hits.front().highlights[0];
}

/// A call of alice's that was blocked and one of bob's that passed.
struct TwoCalls : CallIndexOnTest {
    TwoCalls()
        : call(tenant, "order-4711")
    {
        call.opening.sessionId = "session-9";
        std::vector<spool::Record> records{
            call.open(), call.decide(DecisionResult::Block), call.incident(true)};
        static_cast<void>(call.close("stopped"));
        call.closing.status = 403;
        call.closing.answeredModel = "gpt-4o-mini-2026";
        call.closing.latencyUs = 2'500'000;
        call.closing.costMicrocents = 60'000'000;
        records.push_back(call.record(call.closing));
        CallOnTest passed(tenant);
        passed.opening.userId = "bob";
        for (auto& record :
             std::vector{passed.open(), passed.pass(domain::Stage::Input), passed.close()}) {
            records.push_back(std::move(record));
        }
        EXPECT_TRUE(indexNow(tenant.id, std::move(records)));
    }
    std::int64_t total(const std::string& text) { return CallIndexOnTest::total(tenant.id, text); }

    TestTenant tenant = TestDatabase::instance().newTenant();
    CallOnTest call;
};

TEST(CallIndex, saysWhichCallsWerePassed)
{
    TwoCalls on;
    const auto of = [&](const std::string& user) {
        return on.find(on.tenant.id, "user:" + user).hits.at(0).passed;
    };
    EXPECT_EQ(of("bob"), std::optional(true));
    EXPECT_EQ(of("alice"), std::optional(false)) << "it was blocked";
}

TEST(CallIndex, findsCallsByTheFieldsOfTheLanguage)
{
    TwoCalls on;
    for (const auto* text : {"user:alice",
                             "session:session-9",
                             "run:order-4711",
                             "model:gpt-4o-mini-2026",
                             "model:gpt-4o-mini -user:bob",
                             "policy:CONTENT_ACCURACY",
                             "severity:high",
                             "cost:>0.5",
                             "cost:0.6",
                             "cost:>=0.6 cost:<1",
                             "latency:>2s",
                             "-latency:<2s",
                             "cost:>0.5 or user:nobody"}) {
        const auto page = on.find(on.tenant.id, text);
        ASSERT_EQ(page.hits.size(), 1U) << text;
        EXPECT_EQ(page.hits[0].callId, on.call.opening.callId) << text;
    }
    for (const auto* text :
         {"user:carol", "cost:>0.6", "cost:<0", "cost:>2 cost:<1", "latency:>9h"}) {
        EXPECT_EQ(on.total(text), 0) << text;
    }
    EXPECT_EQ(on.total("after:2020-01-01 -before:2020-01-01 latency:<=10s"), 2);
    EXPECT_EQ(on.total("run:" + on.call.opening.runId.text()), 1);
    const auto hit = on.find(on.tenant.id, "user:alice").hits.at(0);
    ASSERT_EQ(hit.decisions.size(), 1U);
    EXPECT_EQ(hit.decisions[0].decisionId, on.call.decision.decisionId);
    EXPECT_EQ(hit.decisions[0].severity, domain::Severity::High);
    EXPECT_EQ(hit.incidentIds, std::vector{on.call.incidentId});
}

TEST(CallIndex, findsCallsByTheMembersBesideTheQuery)
{
    TwoCalls on;
    const auto with = [&on](auto set) {
        CallSearch search;
        set(search);
        return on.find(on.tenant.id, search).total.count;
    };
    const auto decided
        = [&with](std::vector<DecisionResult> results, std::optional<std::string> policy = {}) {
              return with([&](CallSearch& search) {
                  search.results = std::move(results);
                  search.policyId = std::move(policy);
              });
          };
    EXPECT_EQ(decided({DecisionResult::Block}), 1);
    EXPECT_EQ(decided({DecisionResult::Pass}), 1);
    EXPECT_EQ(decided({DecisionResult::Warn, DecisionResult::Redact}), 0);
    EXPECT_EQ(decided({DecisionResult::Warn, DecisionResult::Block}, "CONTENT_ACCURACY"), 1);
    EXPECT_EQ(decided({DecisionResult::Block}, "SAFETY"), 0);
    EXPECT_EQ(decided({}, "SAFETY"), 0);
    EXPECT_EQ(with([](auto& search) { search.status = 403; }), 1);
    EXPECT_EQ(with([](auto& search) { search.outcomes = {"stopped", "timeout"}; }), 1);
    EXPECT_EQ(with([&](auto& search) { search.projectId = on.tenant.project; }), 2);
    EXPECT_EQ(with([](auto& search) { search.projectId = ProjectId::generate(); }), 0);
    EXPECT_EQ(with([&](auto& search) { search.timeTo = on.call.opening.openedAt; }), 0);
}

TEST(CallIndex, redactedValuesAreNeitherFoundNorShownNorStored)
{
    CallIndexOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    ASSERT_TRUE(
        on.indexNow(tenant.id,
                    conversation(call,
                                 "I am alice@example.com, card 4111 1111 1111 1111, refund please",
                                 "The refund goes to alice@example.com.")));
    for (const auto* text : {"alice@example.com", "example.com", "4111", "\"1111 1111\""}) {
        EXPECT_EQ(on.total(tenant.id, text), 0) << text;
    }
    const auto page = on.find(tenant.id, "refund");
    ASSERT_EQ(page.hits.size(), 1U);
    std::string seen = page.hits[0].asked + page.hits[0].answered;
    for (const auto& excerpt : page.hits[0].highlights) {
        seen += excerpt;
    }
    EXPECT_EQ(seen.find("alice"), std::string::npos) << seen;
    EXPECT_EQ(seen.find("4111"), std::string::npos) << seen;
    const auto administrator = TestDatabase::instance().administrator();
    const auto stored = must(administrator->query(
        "SELECT asked || answered || tsv::text FROM exhibit.call_search WHERE tenant_id = $1",
        {tenant.id},
        TestDatabase::soon()));
    EXPECT_EQ(stored.text(0, 0).find("example.com"), std::string_view::npos) << stored.text(0, 0);
    EXPECT_EQ(stored.text(0, 0).find("4111"), std::string_view::npos) << stored.text(0, 0);
}

TEST(CallIndex, anotherTenantFindsNothing)
{
    CallIndexOnTest on;
    auto& server = TestDatabase::instance();
    const auto mine = server.newTenant();
    const auto other = server.newTenant();
    CallOnTest call(mine);
    ASSERT_TRUE(on.indexNow(mine.id, conversation(call, "secret plan", "indeed")));
    EXPECT_EQ(on.total(mine.id, "plan"), 1);
    EXPECT_EQ(on.total(other.id, "plan"), 0);
    EXPECT_EQ(on.total(other.id, ""), 0);
    // Even a caller that names another tenant is refused by the database.
    const auto crossed = [&](const std::string& sql) {
        const auto rows
            = server.database().read(other.id, TestDatabase::soon(), [&](Transaction& t) {
                  return t.query(sql, {mine.id});
              });
        return rows ? "found " + std::to_string(rows->size()) : rows.error().subject;
    };
    EXPECT_EQ(crossed("SELECT * FROM search_calls($1, NULL, '-infinity', 'infinity', NULL, NULL,"
                      " NULL, NULL, NULL, 10)"),
              "42501");
    EXPECT_EQ(crossed("SELECT * FROM count_calls($1, NULL, '-infinity', 'infinity', NULL, NULL,"
                      " NULL, 10)"),
              "42501");
    EXPECT_EQ(crossed("SELECT * FROM call_search_row($1, now(), gen_random_uuid())"), "42501");
    EXPECT_EQ(crossed("SELECT call_search_has($1, now(), gen_random_uuid(), NULL)"), "42501");
    EXPECT_EQ(crossed("SELECT * FROM call_search WHERE tenant_id = $1"), "42501");
    EXPECT_EQ(crossed("SELECT * FROM call_index_queue WHERE tenant_id = $1"), "found 0");
    EXPECT_EQ(crossed("SELECT forget_call_subject($1, 'user:alice')"), "42501");
}

TEST(CallIndex, takesHostileText)
{
    CallIndexOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    std::vector<spool::Record> records;
    const auto add = [&](CallOnTest& call, const std::string& asked, const std::string& answered) {
        std::ranges::move(conversation(call, asked, answered), std::back_inserter(records));
    };
    CallOnTest nul(tenant);
    add(nul, std::string("zero\0byte", 9), "fine");
    CallOnTest invalid(tenant);
    add(invalid, "never", "answered anyway");
    invalid.opening.request = "{\"messages\":[\xff\xfe]}";
    records[records.size() - 2] = invalid.open();
    CallOnTest large(tenant);
    std::string words;
    for (int i = 0; words.size() < 10 * 1024 * 1024; ++i) {
        words += "w" + std::to_string(i * 7919LL % 1'000'003) + ' ';
    }
    add(large, words, words);
    CallOnTest deep(tenant);
    add(deep, std::string(200, '[') + std::string(200, ']'), "nested");
    CallOnTest plain(tenant);
    add(plain, "the last one", "found");
    ASSERT_TRUE(on.indexNow(tenant.id, std::move(records)));
    EXPECT_EQ(on.total(tenant.id, ""), 5);
    EXPECT_EQ(on.total(tenant.id, "zero fine"), 1);
    EXPECT_EQ(on.total(tenant.id, "w0"), 1);
    EXPECT_FALSE(on.find(tenant.id, "w0").hits.at(0).textComplete);
    EXPECT_EQ(on.total(tenant.id, "anyway"), 1);
    EXPECT_FALSE(on.find(tenant.id, "anyway").hits.at(0).textComplete);
    EXPECT_EQ(on.total(tenant.id, "nested"), 1);
    EXPECT_EQ(on.total(tenant.id, "\"last one\""), 1);
}

TEST(CallIndex, ofALongTextTheBeginningIsShownAndAllOfItFound)
{
    CallIndexOnTest on;
    const auto tenant = TestDatabase::instance().newTenant();
    CallOnTest call(tenant);
    const std::string filler(limits::kCallExcerptBytesMax - 10, '-');
    ASSERT_TRUE(
        on.indexNow(tenant.id, conversation(call, "inside " + filler + " beyond", "short")));
    EXPECT_EQ(on.find(tenant.id, "inside").hits.at(0).highlights.size(), 1U);
    const auto beyond = on.find(tenant.id, "beyond");
    ASSERT_EQ(beyond.hits.size(), 1U);
    EXPECT_TRUE(beyond.hits[0].highlights.empty());
}

/// What one batch does, without a thread.
Result<IndexedCalls> indexOnce(TenantId tenant)
{
    return TestDatabase::instance().database().write(
        tenant, TestDatabase::soon(), [](Transaction& transaction) {
            return indexCalls(transaction, shippedPack(), {});
        });
}

TEST(CallIndex, aBatchHasALimitOfCallsAndOneOfBytes)
{
    IngestOnTest on;
    const auto many = TestDatabase::instance().newTenant();
    std::vector<spool::Record> records;
    for (std::size_t i = 0; i < limits::kIndexBatchCallsMax + 1; ++i) {
        CallOnTest call(many);
        std::ranges::move(conversation(call, "ask", "answer"), std::back_inserter(records));
    }
    // Random text, which PostgreSQL cannot make much smaller; cut by ingest to 16 KiB a message.
    const auto heavy = TestDatabase::instance().newTenant();
    for (int i = 0; i < 2; ++i) {
        CallOnTest call(heavy);
        std::vector<spool::Record> pair = conversation(call, "", "x");
        JsonArray messages;
        while (messages.size() < 60) {
            std::string content;
            while (content.size() < 16'000) {
                content += toHex(asView(sha256(Uuid::v7().base32())));
            }
            messages.push_back(JsonObject{{"role", "user"}, {"content", content}});
        }
        call.opening.request = printJson(JsonObject{{"messages", std::move(messages)}});
        records.push_back(call.open());
        records.push_back(std::move(pair[1]));
    }
    ASSERT_TRUE(on.ingestNow(std::move(records)));
    EXPECT_EQ(must(indexOnce(many.id)).calls, std::int64_t{limits::kIndexBatchCallsMax});
    EXPECT_EQ(must(indexOnce(many.id)).calls, 1);
    EXPECT_EQ(must(indexOnce(many.id)).calls, 0);
    EXPECT_EQ(must(indexOnce(heavy.id)).calls, 1);
    EXPECT_EQ(must(indexOnce(heavy.id)).calls, 1);
}

TEST(CallIndex, isDoneAgainAfterAnAbortedTransactionAndOnlyOnce)
{
    IngestOnTest on;
    auto& server = TestDatabase::instance();
    const auto tenant = server.newTenant();
    CallOnTest call(tenant);
    ASSERT_TRUE(on.ingestNow(conversation(call, "ask", "answer")));
    const auto aborted = server.database().write(
        tenant.id, TestDatabase::soon(), [](Transaction& transaction) -> Result<IndexedCalls> {
            EXHIBIT_CHECK(indexCalls(transaction, shippedPack(), {}));
            return fail(ErrorCode::Internal, "power is gone", "test");
        });
    EXPECT_FALSE(aborted);
    EXPECT_EQ(must(indexOnce(tenant.id)).calls, 1);
    EXPECT_EQ(must(indexOnce(tenant.id)).calls, 0);
}

TEST(CallIndex, forgetsASubjectWithOneStatement)
{
    CallIndexOnTest on;
    auto& server = TestDatabase::instance();
    const auto tenant = server.newTenant();
    std::vector<spool::Record> records;
    for (int i = 0; i < 200; ++i) { // Enough that some are in the sample.
        CallOnTest call(tenant);
        call.opening.userId = i % 2 == 0 ? "alice" : "bob";
        std::ranges::move(conversation(call, "ask", "answer"), std::back_inserter(records));
    }
    ASSERT_TRUE(on.indexNow(tenant.id, std::move(records)));
    const auto forgotten
        = must(server.database().write(tenant.id, TestDatabase::soon(), [&](Transaction& t) {
              return t.query("SELECT forget_call_subject($1, 'user:alice')", {tenant.id});
          }));
    EXPECT_EQ(forgotten.integer(0, 0), 100);
    EXPECT_EQ(on.total(tenant.id, "user:alice"), 0);
    EXPECT_EQ(on.total(tenant.id, "answer"), 100);
    const auto sample = must(server.administrator()->query(
        "SELECT count(*), count(*) FILTER (WHERE tsv @@ '''u:alice'''),"
        " (SELECT count(*) FROM exhibit.call_search WHERE tenant_id = $1"
        "  AND get_byte(uuid_send(call_id), 15) % 64 = 0)"
        " FROM exhibit.call_search_sample WHERE tenant_id = $1",
        {tenant.id},
        TestDatabase::soon()));
    EXPECT_EQ(sample.integer(0, 1), 0);
    EXPECT_EQ(sample.integer(0, 0), sample.integer(0, 2)) << "the sample follows";
}

TEST(CallIndex, erasureTakesWhatSearchesFind)
{
    LedgerOnTest log;
    CallIndexOnTest on;
    CallOnTest indexed(log.tenant());
    ASSERT_TRUE(on.indexNow(log.tenant().id, conversation(indexed, "ask", "remembered")));
    on.stop();
    CallOnTest waiting(log.tenant());
    ASSERT_TRUE(on.ingest.ingestNow(conversation(waiting, "ask", "remembered")));
    must(log.write([&](Transaction& transaction) {
        const Actor actor{"key_1", "127.0.0.1", "test"};
        return eraseSubject(transaction, log.ledger(), log.keys(), actor, "user:alice", "GDPR 17");
    }));
    on.start();
    ASSERT_TRUE(on.finish(log.tenant().id));
    EXPECT_EQ(on.total(log.tenant().id, "remembered"), 0);
    EXPECT_EQ(on.total(log.tenant().id, "user:alice"), 0);
}

} // namespace
} // namespace exhibit::storage
