// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"
#include "models/evidence/field.h"
#include "models/evidence/keys.h"
#include "tests/server/api/api_on_test.h"

namespace exhibit::api {
namespace {

using storage::CallOnTest;
using storage::IngestOnTest;
using storage::must;
using storage::TestDatabase;

/// An API with one blocked call in the database.
struct BlockedCall : ApiOnTest {
    BlockedCall()
        : call(tenant)
    {
        EXPECT_TRUE(ingest.ingestNow(call.blockedStory()));
    }
    [[nodiscard]] std::string path(const std::string& suffix = {}) const
    {
        return "/api/v1/incidents/" + call.incidentId.text() + suffix;
    }

    IngestOnTest ingest;
    CallOnTest call;
};

TEST(Incidents, areFoundAsSoonAsTheyExist)
{
    BlockedCall api;
    const auto found = api.ask("POST", "/api/v1/incidents/search", R"({"query":"AUTO-RENEWS"})");
    ASSERT_EQ(found.status, 200) << printJson(found.body);
    EXPECT_EQ(found.at("/total"), 1);
    EXPECT_EQ(found.at("/total_is_estimate"), false);
    EXPECT_EQ(found.at("/incidents/0/incident_id"), api.call.incidentId.text().c_str());
    EXPECT_EQ(found.at("/incidents/0/highlights/0"),
              "Your contract <mark>auto</mark>-<mark>renews</mark> in March.");
    EXPECT_TRUE(found.at("/next_cursor").is_null());
}

TEST(Incidents, areFoundWhateverTheirClientCalledTheModel)
{
    // Random, so that nothing compresses it to the size of an index row.
    BlockedCall api;
    CallOnTest call(api.tenant);
    call.opening.model = "gpt-4o-" + toHex(evidence::randomSalts(80));
    call.opening.userId = "mallory";
    ASSERT_TRUE(api.ingest.ingestNow(call.blockedStory()));
    EXPECT_EQ(api.ingest.ask(api.tenant.id, "SELECT count(*) FROM quarantined_records"), "0");
    const auto found
        = api.ask("POST", "/api/v1/incidents/search", R"({"query":"renews user:mallory"})");
    ASSERT_EQ(found.status, 200) << printJson(found.body);
    EXPECT_EQ(found.at("/total"), 1);
    EXPECT_EQ(found.at("/incidents/0/model"), Json(call.opening.model));
    const auto values
        = api.ask("POST", "/api/v1/incidents/values", R"({"field":"model","prefix":"gpt"})");
    EXPECT_EQ(printJson(values.at("/values")), R"(["gpt-4o-mini"])");
}

TEST(Incidents, areReadWithTheirLinks)
{
    BlockedCall api;
    const auto read = api.ask("GET", api.path());
    ASSERT_EQ(read.status, 200) << printJson(read.body);
    EXPECT_EQ(read.at("/incident/policy_id"), "CONTENT_ACCURACY");
    EXPECT_EQ(read.at("/incident/root_cause/kind"), "data_gap");
    EXPECT_EQ(read.at("/links/timeline"), Json(api.path("/timeline")));
    EXPECT_EQ(read.at("/links/run"), Json("/api/v1/runs/" + api.call.opening.runId.text()));
    EXPECT_EQ(read.at("/links/snapshot"), "/api/v1/snapshots/SNAP-000000000000");
}

TEST(Incidents, costsAreNamedInTheirCurrencyByEveryAnswer)
{
    BlockedCall api;
    ASSERT_EQ(api.publishPricesIn("EUR").status, 201);
    const std::vector<std::pair<std::string, std::string>> answers{
        {api.path(), "/incident/currency"},
        {api.path("/timeline"), "/currency"},
        {"/api/v1/runs/" + api.call.opening.runId.text(), "/run/currency"},
        {"/admin/quotas", "/currency"},
        {"/admin/quotas/usage", "/currency"}};
    for (const auto& [path, pointer] : answers) {
        EXPECT_EQ(api.ask("GET", path).at(pointer), "EUR") << path;
    }
    const auto found = api.ask("POST", "/api/v1/incidents/search", "{}");
    EXPECT_EQ(found.at("/incidents/0/currency"), "EUR");
    const auto changed = api.ask("PATCH", api.path(), R"({"tags":["a"]})");
    EXPECT_EQ(changed.at("/incident/currency"), "EUR");
}

TEST(Incidents, haveATimelineWithTheInflectionMarked)
{
    BlockedCall api;
    const auto read = api.ask("GET", api.path("/timeline"));
    ASSERT_EQ(read.status, 200) << printJson(read.body);
    const auto step = read.at("/inflection_step").as_int64();
    const auto& event = read.at("/events").as_array().at(static_cast<std::size_t>(step));
    EXPECT_EQ(event.at("type"), "policy");
    EXPECT_EQ(event.at("result"), "BLOCK");
    EXPECT_EQ(event.at("is_inflection"), true);
    EXPECT_EQ(event.at_pointer("/data/inflection/byte_offset"), 14);
    const auto& events = read.at("/events").as_array();
    EXPECT_EQ(events.back().at("type"), "root_cause");
    EXPECT_FALSE(stringMember(events.back(), "analysis").empty());
    const auto& output = events.at(events.size() - 2);
    EXPECT_EQ(output.at_pointer("/data/texts/0/released"), "Your contract ");
    EXPECT_EQ(output.at_pointer("/data/texts/0/withheld"), "auto-renews");
}

TEST(Incidents, areChangedAndStayFoundByTheirNewStatus)
{
    BlockedCall api;
    const auto changed = api.ask(
        "PATCH", api.path(), R"({"status":"contained","assignee":"ann","tags":["billing"]})");
    ASSERT_EQ(changed.status, 200) << printJson(changed.body);
    EXPECT_EQ(changed.at("/incident/assignee"), "ann");
    const auto found
        = api.ask("POST", "/api/v1/incidents/search", R"({"query":"status:contained renews"})");
    EXPECT_EQ(found.at("/total"), 1);
    const auto cleared = api.ask("PATCH", api.path(), R"({"assignee":null})");
    EXPECT_EQ(findMember(cleared.at("/incident"), "assignee"), nullptr);
    EXPECT_EQ(cleared.at("/incident/status"), "contained");
    EXPECT_EQ(api.ingest.ask(api.tenant.id,
                             "SELECT count(*) || ' ' || min(ip_address) FROM audit_logs"
                             " WHERE action = 'incident.changed' AND resource = $1",
                             {api.call.incidentId.text()}),
              "2 10.0.0.1");
}

TEST(Incidents, singleTagsComeAndGoBesideThoseOfOthers)
{
    BlockedCall api;
    const auto tags = [&](const std::string& change) {
        const auto reply = api.ask("PATCH", api.path(), change);
        EXPECT_EQ(reply.status, 200) << printJson(reply.body);
        return printJson(reply.at("/incident/tags"));
    };
    EXPECT_EQ(tags(R"({"add_tags":["pii"]})"), R"(["pii"])");
    EXPECT_EQ(tags(R"({"add_tags":["legal-hold","pii"]})"), R"(["pii","legal-hold"])");
    EXPECT_EQ(tags(R"({"remove_tags":["pii","never there"]})"), R"(["legal-hold"])");
    EXPECT_EQ(tags(R"({"add_tags":["a","b"],"remove_tags":["b"]})"), R"(["legal-hold","a"])");
    EXPECT_EQ(tags(R"({"tags":["whole"]})"), R"(["whole"])");
    std::string many;
    for (int i = 0; i < 63; ++i) {
        many += (many.empty() ? "\"" : ",\"") + std::to_string(i) + "\"";
    }
    EXPECT_EQ(tags(R"({"status":"open","add_tags":[)" + many + "]}").size(),
              std::string_view(R"(["whole"])").size() + 1 + many.size());
    const auto over = api.ask("PATCH", api.path(), R"({"add_tags":["one too many"]})");
    EXPECT_EQ(over.status, 400);
    EXPECT_EQ(over.param(), "/add_tags");
    EXPECT_EQ(api.ask("GET", api.path()).at("/incident/tags").as_array().size(), 64U);
}

TEST(Incidents, areFoundByWhoLooksAfterThemAndByTheirFailure)
{
    BlockedCall api;
    const auto found = [&](const std::string& query) {
        const auto reply
            = api.ask("POST", "/api/v1/incidents/search", printJson(JsonObject{{"query", query}}));
        EXPECT_EQ(reply.status, 200) << query << printJson(reply.body);
        return reply.at("/total").as_int64();
    };
    ASSERT_EQ(api.ask("PATCH", api.path(), R"({"assignee":"ann","add_tags":["pii"]})").status, 200);
    EXPECT_EQ(found("assignee:ann tag:pii"), 1);
    ASSERT_EQ(api.ask("PATCH", api.path(), R"({"assignee":"bob"})").status, 200);
    EXPECT_EQ(found("assignee:ann"), 0);
    EXPECT_EQ(found("assignee:bob tag:pii"), 1) << "its tags are left alone";
    const auto values
        = api.ask("POST", "/api/v1/incidents/values", R"({"field":"assignee","prefix":"B"})");
    EXPECT_EQ(printJson(values.at("/values")), R"(["bob"])");
    ASSERT_EQ(api.ask("PATCH", api.path(), R"({"assignee":null})").status, 200);
    EXPECT_EQ(found("-assignee:bob"), 1);
    const auto code = api.ask("GET", api.path()).at("/incident/failure_code").as_string();
    EXPECT_EQ(found("failure:" + std::string(code)), 1);
}

TEST(Incidents, areFoundByTheirTagsAsTheyAreNow)
{
    BlockedCall api;
    const auto found = [&](const std::string& query) {
        const auto reply
            = api.ask("POST", "/api/v1/incidents/search", printJson(JsonObject{{"query", query}}));
        EXPECT_EQ(reply.status, 200) << query << printJson(reply.body);
        return reply.at("/total").as_int64();
    };
    ASSERT_EQ(api.ask("PATCH", api.path(), R"({"add_tags":["pii","it's \"100%\" sure"]})").status,
              200);
    EXPECT_EQ(found("tag:pii"), 1);
    EXPECT_EQ(found("tag:pi"), 0) << "whole tags";
    EXPECT_EQ(found(R"(tag:"it's \"100%\" sure")"), 1);
    EXPECT_EQ(found("-tag:pii"), 0);
    EXPECT_EQ(found("-tag:other renews"), 1);
    EXPECT_EQ(found("tag:other or status:open"), 1);
    EXPECT_EQ(found("tag:pii status:resolved"), 0);
    ASSERT_EQ(api.ask("PATCH", api.path(), R"({"remove_tags":["pii"],"status":"resolved"})").status,
              200);
    EXPECT_EQ(found("tag:pii"), 0);
    EXPECT_EQ(found(R"(tag:"it's \"100%\" sure" status:resolved)"), 1);
    EXPECT_EQ(found("renews"), 1) << "its words are left alone";
    ASSERT_EQ(api.ask("PATCH", api.path(), R"({"tags":["whole"]})").status, 200);
    EXPECT_EQ(found(R"(tag:"it's \"100%\" sure")"), 0);
    EXPECT_EQ(found("tag:whole"), 1);
    const auto facets
        = api.ask("POST", "/api/v1/incidents/facets", R"({"fields":["tag"],"limit":200})");
    EXPECT_EQ(printJson(facets.at("/facets/0/values")), R"([{"value":"whole","count":1}])");
    const auto calls = api.ask("POST", "/api/v1/calls/search", R"({"query":"tag:whole"})");
    EXPECT_EQ(calls.status, 400) << "calls have none";
}

TEST(Incidents, keepNotesAndSayWhichWereTakenBack)
{
    BlockedCall api;
    EXPECT_EQ(api.ask("GET", api.path()).at("/incident/notes").as_array().size(), 0U);
    const auto first = api.ask("PATCH", api.path(), R"({"add_note":"Called the customer."})");
    ASSERT_EQ(first.status, 200) << printJson(first.body);
    const auto second = api.ask("PATCH", api.path(), R"({"add_note":"Second","status":"open"})");
    const auto& notes = second.at("/incident/notes").as_array();
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_EQ(notes[0].at("text"), "Called the customer.");
    EXPECT_TRUE(notes[0].at("author").as_string().starts_with("key_"));
    const std::string id(notes[0].at("note_id").as_string());
    const auto back = api.ask("PATCH", api.path(), R"({"withdraw_note":")" + id + "\"}");
    ASSERT_EQ(back.status, 200) << printJson(back.body);
    EXPECT_NE(findMember(back.at("/incident/notes/0"), "withdrawn_at"), nullptr);
    EXPECT_EQ(back.at("/incident/notes/0/text"), "Called the customer.") << "it stays";
    EXPECT_EQ(findMember(back.at("/incident/notes/1"), "withdrawn_at"), nullptr);
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"withdraw_note":")" + id + "\"}").status, 404);
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"add_note":""})").param(), "/add_note");
    const Json longText(std::string(8193, 'x'));
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"add_note":)" + printJson(longText) + "}").param(),
              "/add_note");
    EXPECT_EQ(api.ingest.ask(api.tenant.id,
                             "SELECT count(*)::text FROM audit_logs WHERE action ="
                             " 'incident.changed' AND details::text LIKE '%customer%'"
                             " AND resource = $1",
                             {api.call.incidentId.text()}),
              "0")
        << "what the audit log has cannot be erased";
    const auto bare = toHex(asView(sha256("Called the customer.")));
    EXPECT_EQ(api.ingest.ask(api.tenant.id,
                             "SELECT count(*)::text FROM audit_logs"
                             " WHERE position($1 IN details::text) > 0",
                             {bare}),
              "0")
        << "a short text is guessed by its digest";
    const auto nonce = must(fromHex(api.ingest.ask(
        api.tenant.id,
        "SELECT encode(nonce, 'hex') FROM incident_notes WHERE note_text LIKE 'Called%'")));
    EXPECT_EQ(nonce.size(), 32U);
    EXPECT_EQ(api.ingest.ask(api.tenant.id,
                             "SELECT details#>>'{add_note,hmac_sha256}' FROM audit_logs"
                             " WHERE details#>>'{add_note,note_id}' = $1",
                             {id}),
              toHex(evidence::hmacSha256(nonce, "Called the customer.")));
    const auto search = api.ask("POST", "/api/v1/incidents/search", R"({"query":"renews"})");
    EXPECT_EQ(findMember(search.at("/incidents/0"), "notes"), nullptr);
}

TEST(Incidents, areNotTakenFromWhomTheyWereGivenToMeanwhile)
{
    BlockedCall api;
    const auto set
        = [&](const std::string& change) { return api.ask("PATCH", api.path(), change); };
    EXPECT_EQ(set(R"({"assignee":"ann","assignee_was":null})").status, 200);
    const auto late = set(R"({"assignee":"bob","assignee_was":null})");
    EXPECT_EQ(late.status, 409);
    EXPECT_EQ(late.param(), "/assignee_was");
    EXPECT_EQ(api.ask("GET", api.path()).at("/incident/assignee"), "ann");
    EXPECT_EQ(set(R"({"assignee":null,"assignee_was":"ann"})").status, 200);
    EXPECT_EQ(set(R"({"assignee_was":"ann"})").status, 400);
}

TEST(Incidents, keepTheStatusThatSomebodyElseGaveThem)
{
    BlockedCall api;
    const auto set
        = [&](const std::string& change) { return api.ask("PATCH", api.path(), change).status; };
    EXPECT_EQ(set(R"({"status":"investigating","status_was":"open"})"), 200);
    EXPECT_EQ(set(R"({"status":"resolved"})"), 200);
    const auto late
        = api.ask("PATCH", api.path(), R"({"status":"open","status_was":"investigating"})");
    EXPECT_EQ(late.status, 409);
    EXPECT_EQ(late.param(), "/status_was");
    EXPECT_EQ(api.ask("GET", api.path()).at("/incident/status"), "resolved");
    EXPECT_EQ(set(R"({"status_was":"resolved"})"), 400);
    const auto nobody = "/api/v1/incidents/" + IncidentId::generate().text();
    EXPECT_EQ(api.ask("PATCH", nobody, R"({"status":"open","status_was":"resolved"})").status, 404);
}

TEST(Incidents, refuseChangesThatSayNothingOrTooMuch)
{
    BlockedCall api;
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"tags":["a"],"add_tags":["b"]})").param(), "/tags");
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"add_tags":["b","b"]})").param(), "/add_tags");
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"remove_tags":[""]})").param(), "/remove_tags");
    EXPECT_EQ(api.ask("PATCH", api.path(), "{}").status, 400);
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"title":"x"})").param(), "/title");
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"status":"closed"})").param(), "/status");
    const Json label(std::string(129, 'x'));
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"tags":[)" + printJson(label) + "]}").param(),
              "/tags");
    const Json name(std::string(257, 'x'));
    EXPECT_EQ(api.ask("PATCH", api.path(), R"({"assignee":)" + printJson(name) + "}").param(),
              "/assignee");
    EXPECT_EQ(api.ask("PATCH", api.path(), "no json").status, 400);
    EXPECT_EQ(api.ask("PATCH", api.path(), "[]").status, 400);
}

TEST(Incidents, ofAnotherTenantDoNotExist)
{
    BlockedCall api;
    const auto other = TestDatabase::instance().newTenant();
    api.addTenant(other);
    const auto key = api.addKey(other, domain::Role::Admin, {});
    EXPECT_EQ(api.askAs(key, "GET", api.path()).status, 404);
    EXPECT_EQ(api.askAs(key, "GET", api.path("/timeline")).status, 404);
    EXPECT_EQ(api.askAs(key, "PATCH", api.path(), R"({"status":"resolved"})").status, 404);
    const auto found = api.askAs(key, "POST", "/api/v1/incidents/search", "{}");
    EXPECT_EQ(found.at("/total"), 0);
    EXPECT_EQ(api.ask("GET", api.path()).at("/incident/status"), "open");
}

TEST(Incidents, thatWaitInTheSpoolSaySo)
{
    ApiOnTest api;
    api.waiting = IncidentId::generate();
    const auto answer = api.ask("GET", "/api/v1/incidents/" + api.waiting.text());
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.code(), "not_yet_ingested");
    EXPECT_TRUE(answer.headers.contains("Retry-After"));
    const auto unknown = api.ask("GET", "/api/v1/incidents/" + IncidentId::generate().text());
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.code(), "not_found");
    EXPECT_EQ(api.ask("GET", "/api/v1/incidents/inc_nonsense").status, 400);
}

TEST(Runs, areReadAndEnded)
{
    BlockedCall api;
    const auto path = "/api/v1/runs/" + api.call.opening.runId.text();
    const auto run = api.ask("GET", path);
    ASSERT_EQ(run.status, 200) << printJson(run.body);
    EXPECT_EQ(run.at("/run/status"), "failed_policy");
    EXPECT_EQ(run.at("/run/termination_reason"), "policy_block");
    EXPECT_EQ(api.ask("POST", path + "/end").code(), "run_not_running");
    api.running = RunId::generate();
    const auto live = "/api/v1/runs/" + api.running.text() + "/end";
    EXPECT_EQ(api.ask("POST", live, R"({"status":"succeeded"})").at("/ended"), true);
    EXPECT_EQ(api.endedAs, domain::RunStatus::Succeeded);
    EXPECT_EQ(api.ask("POST", live, R"({"status":"failed"})").at("/ended"), true);
    EXPECT_EQ(api.endedAs, domain::RunStatus::Failed);
    EXPECT_EQ(api.ask("POST", live).at("/ended"), true);
    EXPECT_EQ(api.endedAs, domain::RunStatus::Succeeded);
    EXPECT_EQ(api.ask("POST", live, R"({"status":"cancelled"})").param(), "/status");
    EXPECT_EQ(api.ask("GET", "/api/v1/runs/" + RunId::generate().text()).status, 404);
    const auto other = TestDatabase::instance().newTenant();
    EXPECT_EQ(api.askAs(api.addKey(other, domain::Role::Admin, {}), "GET", path).status, 404);
}

TEST(Runs, areKilledByWhoeverMay)
{
    BlockedCall api;
    api.running = RunId::generate();
    for (const auto& path : {"/api/v1/runs/" + api.running.text() + "/kill",
                             "/admin/kill-run/" + api.running.text()}) {
        const auto killed = api.ask("POST", path, R"({"reason":"user_cancel"})");
        ASSERT_EQ(killed.status, 200) << printJson(killed.body);
        EXPECT_EQ(killed.at("/kill_reason"), "user_cancel");
        EXPECT_EQ(killed.at("/calls_cut"), 1);
        ASSERT_TRUE(api.killed);
        EXPECT_EQ(api.killed->reason, domain::KillReason::UserCancel);
        EXPECT_TRUE(api.killed->actor.starts_with("key_"));
        EXPECT_EQ(api.ask("POST", path).at("/kill_reason"), "admin_kill");
        EXPECT_EQ(api.ask("POST", path, R"({"reason":"max_cost"})").param(), "/reason");
        const auto service = api.addKey(api.tenant, domain::Role::Service, {});
        EXPECT_EQ(api.askAs(service, "POST", path).status, 403);
    }
    const auto ended = "/api/v1/runs/" + api.call.opening.runId.text() + "/kill";
    EXPECT_EQ(api.ask("POST", ended).code(), "run_not_running");
    EXPECT_EQ(api.ask("POST", "/admin/kill-run/" + RunId::generate().text()).status, 404);
}

TEST(Runs, ofOtherReplicasAreKilledToo)
{
    ApiOnTest api;
    IngestOnTest ingest;
    CallOnTest call(api.tenant);
    ASSERT_TRUE(ingest.ingestNow({call.open()}));
    const auto killed = api.ask("POST", "/admin/kill-run/" + call.opening.runId.text(), R"({})");
    EXPECT_EQ(killed.status, 200) << printJson(killed.body);
    ASSERT_TRUE(api.killed);
    EXPECT_TRUE(api.killed->runsElsewhere);
}

} // namespace
} // namespace exhibit::api
