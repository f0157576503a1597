// SPDX-License-Identifier: Apache-2.0
#include "tests/server/api/api_on_test.h"

#include <set>

namespace exhibit::api {
namespace {

using storage::CallOnTest;
using storage::IngestOnTest;
using storage::TestDatabase;

/// An API with `count` incidents of calls that went on.
struct ManyIncidents : ApiOnTest {
    explicit ManyIncidents(int count)
    {
        std::vector<spool::Record> records;
        for (int i = 0; i < count; ++i) {
            CallOnTest call(tenant);
            call.opening.sessionId = "session-" + std::to_string(i % 2);
            for (auto& record : std::vector{call.open(),
                                            call.decide(domain::DecisionResult::Warn),
                                            call.incident(false),
                                            call.close()}) {
                records.push_back(std::move(record));
            }
        }
        EXPECT_TRUE(ingest.ingestNow(std::move(records)));
    }
    Answer search(const std::string& body) { return ask("POST", "/api/v1/incidents/search", body); }

    IngestOnTest ingest;
};

TEST(Search, pagesByItsCursorToTheEnd)
{
    ManyIncidents api(7);
    std::set<std::string> seen;
    std::string cursor;
    int pages = 0;
    do {
        const auto page
            = api.search(R"({"query":"renews","limit":3)"
                         + (cursor.empty() ? "" : R"(,"cursor":")" + cursor + '"') + "}");
        ASSERT_EQ(page.status, 200) << printJson(page.body);
        EXPECT_EQ(page.at("/total"), 7);
        for (const auto& incident : page.at("/incidents").as_array()) {
            EXPECT_TRUE(seen.insert(std::string(incident.at("incident_id").as_string())).second);
        }
        cursor = page.at("/next_cursor").is_null()
            ? ""
            : std::string(page.at("/next_cursor").as_string());
        ++pages;
    } while (!cursor.empty());
    EXPECT_EQ(seen.size(), 7U);
    EXPECT_EQ(pages, 3);
}

TEST(Search, sortsAndPagesOnInThatOrder)
{
    ManyIncidents api(5);
    for (const std::string sort : {"time", "severity", "latency", "cost"}) {
        std::set<std::string> seen;
        std::string cursor;
        do {
            const auto page
                = api.search(R"({"limit":2,"order":"asc","sort":")" + sort + '"'
                             + (cursor.empty() ? "" : R"(,"cursor":")" + cursor + '"') + "}");
            ASSERT_EQ(page.status, 200) << sort << printJson(page.body);
            for (const auto& incident : page.at("/incidents").as_array()) {
                EXPECT_TRUE(
                    seen.insert(std::string(incident.at("incident_id").as_string())).second);
            }
            cursor = page.at("/next_cursor").is_null()
                ? ""
                : std::string(page.at("/next_cursor").as_string());
        } while (!cursor.empty());
        EXPECT_EQ(seen.size(), 5U) << sort;
    }
    const auto page = api.search(R"({"limit":2,"sort":"cost"})");
    const auto other = api.search(R"({"limit":2,"sort":"latency","cursor":")"
                                  + std::string(page.at("/next_cursor").as_string()) + "\"}");
    EXPECT_EQ(other.param(), "cursor") << "a cursor belongs to its order";
}

TEST(Search, takesEveryMemberOfItsContract)
{
    ManyIncidents api(4);
    const auto total = [&api](const std::string& members) {
        const auto found = api.search("{" + members + "}");
        EXPECT_EQ(found.status, 200) << printJson(found.body);
        return found.status == 200 ? found.at("/total").as_int64() : -1;
    };
    EXPECT_EQ(total(""), 4);
    EXPECT_EQ(total(R"("query":null,"severity":null)"), 4);
    EXPECT_EQ(total(R"("user_id":"alice")"), 4);
    EXPECT_EQ(total(R"("user_id":"bob")"), 0);
    EXPECT_EQ(total(R"("session_id":"session-1")"), 2);
    EXPECT_EQ(total(R"("severity":"high")"), 4);
    EXPECT_EQ(total(R"("severity":["low","critical"])"), 0);
    EXPECT_EQ(total(R"("severity":["low","high"])"), 4);
    EXPECT_EQ(total(R"("policy":"CONTENT_ACCURACY","status":"open","model":"gpt-4o-mini")"), 4);
    EXPECT_EQ(total(R"("failure_code":"missing_data_assertion")"), 4);
    EXPECT_EQ(total(R"("failure_code":"quota")"), 0);
    EXPECT_EQ(total(R"("time_from":"2020-01-01")"), 4);
    EXPECT_EQ(total(R"("time_to":"2020-01-01T00:00:00Z")"), 0);
    EXPECT_EQ(total(R"("offset":3)"), 4);
    EXPECT_EQ(total(R"("tenant_id":")" + api.tenant.id.text() + '"'), 4);
}

TEST(Search, findsARunByItsIdAndByTheApplicationsName)
{
    ApiOnTest api;
    IngestOnTest ingest;
    CallOnTest call(api.tenant, "order-4711");
    ASSERT_TRUE(ingest.ingestNow(call.blockedStory()));
    const auto total = [&api](const std::string& run) {
        return api.ask("POST", "/api/v1/incidents/search", R"({"query":"run:)" + run + R"("})")
            .at("/total")
            .as_int64();
    };
    EXPECT_EQ(total("order-4711"), 1);
    EXPECT_EQ(total(call.opening.runId.text()), 1);
    EXPECT_EQ(total("order-4712"), 0);
}

TEST(Search, explainsWhatIsWrongWithAQuery)
{
    ApiOnTest api;
    const auto bad
        = api.ask("POST", "/api/v1/incidents/search", R"({"query":"refund severty:high"})");
    EXPECT_EQ(bad.status, 400);
    EXPECT_EQ(bad.code(), "invalid_query");
    EXPECT_EQ(bad.param(), "query");
    EXPECT_EQ(bad.at("/error/position/begin"), 7);
    EXPECT_TRUE(bad.at("/error/position/end").is_int64()
                || bad.at("/error/position/end").is_uint64());
    EXPECT_NE(printJson(bad.at("/error/suggestion")).find("severity"), std::string::npos);
}

TEST(Search, refusesWhatItDoesNotUnderstandByName)
{
    ManyIncidents api(3);
    const auto param = [&api](const std::string& body) {
        const auto answer = api.search(body);
        EXPECT_EQ(answer.status, 400) << body;
        return answer.param();
    };
    EXPECT_EQ(param(R"({"sort":"asc"})"), "/sort");
    EXPECT_EQ(param(R"({"order":"time"})"), "/order");
    EXPECT_EQ(param(R"({"severity":"urgent"})"), "/severity");
    EXPECT_EQ(param(R"({"severity":["high","urgent"]})"), "/severity/1");
    EXPECT_EQ(param(R"({"time_from":"yesterday"})"), "/time_from");
    EXPECT_EQ(param(R"({"limit":0})"), "limit");
    EXPECT_EQ(param(R"({"limit":)" + std::to_string(limits::kPageRowsMax + 1) + "}"), "limit");
    EXPECT_EQ(param(R"({"offset":)" + std::to_string(limits::kPageOffsetMax + 1) + "}"), "offset");
    EXPECT_EQ(param(R"({"user_id":""})"), "user_id");
    EXPECT_EQ(param(R"({"user_id":"a\u0000b"})"), "user_id");
    EXPECT_EQ(param(R"({"cursor":"c1.x"})"), "cursor");
    EXPECT_EQ(param(R"({"query":")" + std::string(limits::kQueryBytesMax + 1, 'x') + "\"}"),
              "query");
    const auto page = api.search(R"({"limit":1})");
    const auto cursor = std::string(page.at("/next_cursor").as_string());
    EXPECT_EQ(param(R"({"query":"other","cursor":")" + cursor + "\"}"), "cursor");
    EXPECT_EQ(api.search(R"({"limit":2,"cursor":")" + cursor + "\"}").status, 200);
    EXPECT_EQ(api.search(R"({"tenant_id":")" + TenantId::generate().text() + "\"}").status, 403);
}

std::int64_t countOf(const Json& facets, std::string_view field, std::string_view value)
{
    for (const auto& facet : facets.at("facets").as_array()) {
        for (const auto& one : facet.at("values").as_array()) {
            if (stringMember(facet, "field") == field && stringMember(one, "value") == value) {
                return one.at("count").as_int64();
            }
        }
    }
    return 0;
}

TEST(Search, countsSessionsThoseWithoutARestrictionOnThem)
{
    ManyIncidents api(5); // Sessions 0 and 1 in turn.
    for (const std::string search :
         {"{}", R"({"session_id":"session-1"})", R"({"query":"session:session-1"})"}) {
        const auto counted = api.ask("POST",
                                     "/api/v1/incidents/facets",
                                     R"({"fields":["session"],"search":)" + search + "}");
        ASSERT_EQ(counted.status, 200) << search << printJson(counted.body);
        EXPECT_EQ(countOf(counted.body, "session", "session-0"), 3) << search;
        EXPECT_EQ(countOf(counted.body, "session", "session-1"), 2) << search;
    }
}

TEST(Search, countsFacetsWithoutTheFieldsOwnRestriction)
{
    ManyIncidents api(6);
    const auto counted = api.ask("POST",
                                 "/api/v1/incidents/facets",
                                 R"({"search":{"query":"severity:low session:session-1"},)"
                                 R"("fields":["severity","model","status"]})");
    ASSERT_EQ(counted.status, 200) << printJson(counted.body);
    const auto& severities = counted.at("/facets/0/values").as_array();
    ASSERT_EQ(severities.size(), 1U);
    EXPECT_EQ(severities.front().at("count"), 3)
        << "the severity asked for does not hide the others";
    EXPECT_EQ(countOf(counted.body, "status", "open"), 0) << "other fields keep restricting";
    EXPECT_EQ(counted.at("/is_estimate"), false);
    const auto stranger = TestDatabase::instance().newTenant();
    api.addTenant(stranger);
    const auto other = api.addKey(stranger, domain::Role::Admin, {});
    EXPECT_TRUE(api.askAs(other, "POST", "/api/v1/incidents/facets", R"({"fields":["model"]})")
                    .at("/facets/0/values")
                    .as_array()
                    .empty())
        << "another tenant's";
}

TEST(Search, spreadsAllMatchesOverBars)
{
    ManyIncidents api(5);
    const auto counted = api.ask("POST",
                                 "/api/v1/incidents/histogram",
                                 R"({"search":{"query":"before:2001-01-01"},"bars":20})");
    ASSERT_EQ(counted.status, 200) << printJson(counted.body);
    std::int64_t all = 0;
    for (const auto& count : counted.at("/counts").as_array()) {
        all += count.as_int64();
    }
    EXPECT_EQ(all, 5) << "bounds of time are what the bars are there to choose";
    EXPECT_LE(counted.at("/counts").as_array().size(), 20U);
    EXPECT_GE(counted.at("/bar_seconds").as_int64(), 1);
}

TEST(Search, refusesCountsBeyondTheirLimits)
{
    ManyIncidents api(1);
    const auto facets = [&api](const std::string& body) {
        return api.ask("POST", "/api/v1/incidents/facets", body).status;
    };
    EXPECT_EQ(facets(R"({"fields":[]})"), 400);
    EXPECT_EQ(
        facets(R"({"fields":["model","model","model","model","model","model","model","tag"]})"),
        400);
    EXPECT_EQ(facets(R"({"fields":["title"]})"), 400);
    EXPECT_EQ(facets(R"({"fields":["model"],"limit":201})"), 400);
    EXPECT_EQ(facets(R"({"fields":["model"],"search":{"query":"severty:high"}})"), 400);
    const auto bars = [&api](const std::string& body) {
        return api.ask("POST", "/api/v1/incidents/histogram", body).status;
    };
    EXPECT_EQ(bars(R"({"bars":1})"), 400);
    EXPECT_EQ(bars(R"({"bars":4001})"), 400);
    EXPECT_EQ(bars(R"({"bars":4000})"), 200);
}

/// Users with these names have an incident each.
struct NamedUsers : ApiOnTest {
    explicit NamedUsers(const std::vector<std::string>& users)
    {
        std::vector<spool::Record> records;
        for (const auto& user : users) {
            CallOnTest call(tenant);
            call.opening.userId = user;
            for (auto& record : std::vector{call.open(),
                                            call.decide(domain::DecisionResult::Warn),
                                            call.incident(false),
                                            call.close()}) {
                records.push_back(std::move(record));
            }
        }
        EXPECT_TRUE(ingest.ingestNow(std::move(records)));
    }
    std::string values(const std::string& field, const std::string& prefix, int limit = 20)
    {
        const auto reply
            = ask("POST",
                  "/api/v1/incidents/values",
                  printJson(JsonObject{{"field", field}, {"prefix", prefix}, {"limit", limit}}));
        EXPECT_EQ(reply.status, 200) << printJson(reply.body);
        return printJson(reply.at("/values"));
    }

    IngestOnTest ingest;
};

TEST(Search, completesValuesByTheirBeginning)
{
    NamedUsers api(
        {"alice", "alan", "alan", "Alfred", "bob", "100%", "100_", "o'hara", "zo\u00eb"});
    EXPECT_EQ(api.values("user", "al"), R"(["alan","alice"])") << "each once, in order";
    EXPECT_EQ(api.values("user", "Al"), R"(["Alfred","alan","alice"])") << "in lower case too";
    EXPECT_EQ(api.values("user", "100%"), R"(["100%"])") << "no pattern";
    EXPECT_EQ(api.values("user", "100_"), R"(["100_"])");
    EXPECT_EQ(api.values("user", "o'"), R"(["o'hara"])");
    EXPECT_EQ(api.values("user", "zo"), "[\"zo\u00eb\"]");
    EXPECT_EQ(api.values("user", "alice "), "[]");
    EXPECT_EQ(api.values("user", "", 3), R"(["100%","100_","Alfred"])");
    EXPECT_EQ(api.values("model", "gpt").substr(0, 5), R"(["gpt)");
    EXPECT_NE(api.values("policy", "c"), "[]") << "ids are in upper case";
    EXPECT_EQ(api.values("tag", ""), "[]");
    const auto reply = api.ask("POST", "/api/v1/incidents/values", R"({"field":"user","limit":2})");
    EXPECT_EQ(reply.at("/more"), true);
    EXPECT_EQ(reply.at("/values").as_array().size(), 2U);
}

TEST(Search, completesTagsInAnyCaseAndRunsByTheirNames)
{
    NamedUsers api({"alice"});
    const auto found = api.ask("POST", "/api/v1/incidents/search", "{}");
    const std::string id(found.at("/incidents/0/incident_id").as_string());
    ASSERT_EQ(
        api.ask("PATCH", "/api/v1/incidents/" + id, R"({"tags":["Legal Hold","pii_%"]})").status,
        200);
    EXPECT_EQ(api.values("tag", "le"), R"(["Legal Hold"])");
    EXPECT_EQ(api.values("tag", "pii_"), R"(["pii_%"])");
    EXPECT_EQ(api.values("tag", "_"), "[]");
    const auto run = found.at("/incidents/0/run_id").as_string();
    const auto name = api.ask("GET", "/api/v1/runs/" + std::string(run));
    if (const Json* client = findMember(name.at("/run"), "client_run_id")) {
        const std::string text(client->as_string());
        EXPECT_NE(api.values("run", text.substr(0, 2)).find(text), std::string::npos);
    }
}

TEST(Search, completesNothingOfAnotherTenantAndHasLimits)
{
    NamedUsers api({"alice"});
    const auto stranger = TestDatabase::instance().newTenant();
    api.addTenant(stranger);
    const auto other = api.addKey(stranger, domain::Role::Admin, {});
    for (const std::string field : {"user", "session", "run", "policy", "model", "tag"}) {
        const auto reply
            = api.askAs(other, "POST", "/api/v1/incidents/values", R"({"field":")" + field + "\"}");
        EXPECT_EQ(printJson(reply.at("/values")), "[]") << field;
    }
    const auto refused = [&api](const std::string& body) {
        return api.ask("POST", "/api/v1/incidents/values", body).param();
    };
    EXPECT_EQ(refused(R"({"field":"title"})"), "/field");
    EXPECT_EQ(refused(R"({"field":"user","limit":51})"), "/limit");
    EXPECT_EQ(refused(R"({"field":"user","limit":0})"), "/limit");
    EXPECT_EQ(refused(R"({"field":"user","prefix":")" + std::string(257, 'x') + "\"}"), "/prefix");
}

} // namespace
} // namespace exhibit::api
