// SPDX-License-Identifier: Apache-2.0
#include "server/api/openapi_document.h"
#include "tests/server/api/api_on_test.h"
#include "tests/server/storage/call_index_on_test.h"

#include <set>

namespace exhibit::api {
namespace {

using storage::CallIndexOnTest;
using storage::CallOnTest;
using storage::TestDatabase;

/// An API with `count` calls, every second one warned of.
struct ManyCalls : ApiOnTest {
    explicit ManyCalls(int count)
    {
        std::vector<spool::Record> records;
        for (int i = 0; i < count; ++i) {
            CallOnTest call(tenant);
            call.opening.sessionId = "session-" + std::to_string(i % 2);
            auto made = storage::conversation(call, "Where is it?", "Your order is confirmed.");
            if (i % 2 == 0) {
                made.insert(made.begin() + 1, call.decide(domain::DecisionResult::Warn));
            }
            std::ranges::move(made, std::back_inserter(records));
        }
        EXPECT_TRUE(index.indexNow(tenant.id, std::move(records)));
    }
    Answer search(const std::string& body) { return ask("POST", "/api/v1/calls/search", body); }

    CallIndexOnTest index;
};

TEST(CallSearchRoute, pagesByItsCursorToTheEnd)
{
    ManyCalls api(7);
    std::set<std::string> seen;
    std::string cursor;
    int pages = 0;
    do {
        const auto page
            = api.search(R"({"query":"\"order is confirmed\"","limit":3)"
                         + (cursor.empty() ? "" : R"(,"cursor":")" + cursor + '"') + "}");
        ASSERT_EQ(page.status, 200) << printJson(page.body);
        EXPECT_EQ(page.at("/total"), 7);
        EXPECT_EQ(page.at("/total_is_estimate"), false);
        for (const auto& call : page.at("/calls").as_array()) {
            EXPECT_TRUE(seen.insert(std::string(call.at("call_id").as_string())).second);
        }
        const auto& next = page.at("/next_cursor");
        cursor = next.is_null() ? "" : std::string(next.as_string());
        ++pages;
    } while (!cursor.empty());
    EXPECT_EQ(seen.size(), 7U);
    EXPECT_EQ(pages, 3);
}

TEST(CallSearchRoute, takesEveryMemberOfItsContract)
{
    ManyCalls api(4);
    const auto total = [&api](const std::string& members) {
        const auto found = api.search("{" + members + "}");
        EXPECT_EQ(found.status, 200) << members << printJson(found.body);
        return found.status == 200 ? found.at("/total").as_int64() : -1;
    };
    EXPECT_EQ(total(""), 4);
    EXPECT_EQ(total(R"("query":null,"result":null,"outcome":null,"cursor":null)"), 4);
    EXPECT_EQ(total(R"("user_id":"alice")"), 4);
    EXPECT_EQ(total(R"("user_id":"bob")"), 0);
    EXPECT_EQ(total(R"("session_id":"session-1")"), 2);
    EXPECT_EQ(total(R"("run_id":"unknown")"), 0);
    EXPECT_EQ(total(R"("project_id":")" + api.tenant.project.text() + '"'), 4);
    EXPECT_EQ(total(R"("model":"gpt-4o-mini","policy":"CONTENT_ACCURACY")"), 2);
    EXPECT_EQ(total(R"("policy":"CONTENT_ACCURACY","result":["BLOCK","WARN"])"), 2);
    EXPECT_EQ(total(R"("result":"PASS")"), 0);
    EXPECT_EQ(total(R"("status":200,"outcome":"completed")"), 4);
    EXPECT_EQ(total(R"("outcome":["refused","stopped"])"), 0);
    EXPECT_EQ(total(R"("time_from":"2020-01-01","query":"cost:<1 latency:<1s")"), 4);
    EXPECT_EQ(total(R"("time_to":"2020-01-01T00:00:00Z")"), 0);
    EXPECT_EQ(total(R"("offset":3)"), 4);
    EXPECT_EQ(total(R"("tenant_id":")" + api.tenant.id.text() + '"'), 4);
}

TEST(CallSearchRoute, refusesWhatItDoesNotUnderstandByName)
{
    ManyCalls api(2);
    const auto param = [&api](const std::string& body) {
        const auto answer = api.search(body);
        EXPECT_EQ(answer.status, 400) << body;
        return answer.param();
    };
    EXPECT_EQ(param(R"({"severity":"high"})"), "/severity") << "of calls it is asked in the query";
    EXPECT_EQ(param(R"({"result":"MAYBE"})"), "/result");
    EXPECT_EQ(param(R"({"outcome":["completed","lost"]})"), "/outcome/1");
    EXPECT_EQ(param(R"({"project_id":"default"})"), "/project_id");
    EXPECT_EQ(param(R"({"status":99})"), "status");
    EXPECT_EQ(param(R"({"status":600})"), "status");
    EXPECT_EQ(param(R"({"policy":"SAFETY","result":"PASS"})"), "result");
    EXPECT_EQ(param(R"({"limit":)" + std::to_string(limits::kPageRowsMax + 1) + "}"), "limit");
    EXPECT_EQ(param(R"({"offset":)" + std::to_string(limits::kPageOffsetMax + 1) + "}"), "offset");
    EXPECT_EQ(param(R"({"user_id":")" + std::string(1025, 'u') + "\"}"), "user_id");
    EXPECT_EQ(param(R"({"model":"a\u0000b"})"), "model");
    EXPECT_EQ(param(R"({"query":"severty:high"})"), "query");
    for (const auto* incidents : {"assignee:ann", "failure:contradiction", "tag:pii"}) {
        const auto refused = api.search(R"({"query":")" + std::string(incidents) + "\"}");
        EXPECT_EQ(refused.status, 400) << incidents;
    }
    const auto foreign = api.search(R"({"query":"refund status:open"})");
    EXPECT_EQ(foreign.code(), "invalid_query");
    EXPECT_EQ(foreign.at("/error/position/begin"), 7);
    const auto cursor = std::string(api.search(R"({"limit":1})").at("/next_cursor").as_string());
    EXPECT_EQ(param(R"({"query":"other","cursor":")" + cursor + "\"}"), "cursor");
    EXPECT_EQ(param(R"({"cursor":"c1.x"})"), "cursor");
    EXPECT_EQ(
        api.ask("POST", "/api/v1/incidents/search", R"({"limit":1,"cursor":")" + cursor + "\"}")
            .param(),
        "cursor")
        << "of another search";
    EXPECT_EQ(api.search(R"({"tenant_id":")" + TenantId::generate().text() + "\"}").status, 403);
}

TEST(CallSearchRoute, anotherTenantsKeyFindsNothing)
{
    ManyCalls api(2);
    const auto stranger = TestDatabase::instance().newTenant();
    api.addTenant(stranger);
    const auto other = api.addKey(stranger, domain::Role::Admin, {});
    const auto found = api.askAs(other, "POST", "/api/v1/calls/search", R"({"query":"confirmed"})");
    EXPECT_EQ(found.status, 200);
    EXPECT_EQ(found.at("/total"), 0);
    const auto viewer = api.addKey(api.tenant, domain::Role::Service, {domain::Scope::RunCreate});
    EXPECT_EQ(api.askAs(viewer, "POST", "/api/v1/calls/search", "{}").status, 403);
}

TEST(CallSearchRoute, answersWhatTheContractDescribes)
{
    ManyCalls api(2);
    const auto document = parseJson(openApiDocument()).value();
    const auto fits = [&](const Json& value, const std::string& schema) {
        const auto& described = document.at("components").at("schemas").at(schema);
        for (const auto& member : value.as_object()) {
            EXPECT_TRUE(described.at("properties").as_object().contains(member.key()))
                << schema << ' ' << member.key();
        }
        for (const auto& name : described.at("required").as_array()) {
            EXPECT_TRUE(value.as_object().contains(name.as_string())) << schema << ' ' << name;
        }
    };
    const auto page = api.search(R"({"query":"confirmed"})");
    fits(page.body, "CallSearchReply");
    const auto& calls = page.at("/calls").as_array();
    ASSERT_EQ(calls.size(), 2U);
    for (const auto& call : calls) {
        fits(call, "CallHit");
    }
    const auto& warned = calls.back();
    fits(warned.at("decisions").at(0), "CallDecision");
    EXPECT_EQ(warned.at("decisions").at(0).at("result"), "WARN");
    EXPECT_EQ(warned.at("answered"), "Your order is confirmed.\n");
    EXPECT_NE(printJson(warned.at("highlights")).find("<mark>confirmed</mark>"), std::string::npos);
    EXPECT_TRUE(parseTime(page.at("/as_of").as_string()));
    EXPECT_NE(api.metrics().expose().find("exhibit_call_search_seconds_count 1"),
              std::string::npos);
}

} // namespace
} // namespace exhibit::api
