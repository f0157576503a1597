// SPDX-License-Identifier: Apache-2.0
#include "server/storage/upstream_store.h"
#include "tests/server/api/api_on_test.h"

namespace exhibit::api {
namespace {

using storage::IngestOnTest;

std::string policy(const std::string& id, const std::string& pattern)
{
    return R"({"policy_id":")" + id
        + R"(","title":"No codes","category":"safety","severity":"high",)"
          R"("stage":["output"],"mode":"block","rule":{"type":"patterns","patterns":[")"
        + pattern + R"("]},"expected_behaviour":"Leave it out."})";
}

TEST(Policies, areImportedAsTheNextVersionAndASnapshot)
{
    ApiOnTest api;
    const auto first
        = api.ask("POST",
                  "/api/v1/policies",
                  R"({"policies":[)" + policy("ONE", "abc") + ',' + policy("TWO", "x+y") + "]}");
    ASSERT_EQ(first.status, 201) << printJson(first.body);
    EXPECT_EQ(first.at("/policies/0/version"), 1);
    const auto snapshot = std::string(first.at("/snapshot_id").as_string());
    EXPECT_TRUE(snapshot.starts_with("SNAP-"));
    EXPECT_EQ(api.reloads, 1);

    const auto second = api.ask("POST", "/api/v1/policies", policy("ONE", "abcd"));
    ASSERT_EQ(second.status, 201) << printJson(second.body);
    EXPECT_EQ(second.at("/policies/0/version"), 2);
    EXPECT_NE(second.at("/snapshot_id"), Json(snapshot));

    const auto read = api.ask("GET", "/api/v1/policies/ONE");
    EXPECT_EQ(read.at("/policy/version"), 2);
    EXPECT_EQ(read.at("/versions"), (JsonArray{2, 1}));
    EXPECT_EQ(api.ask("GET", "/api/v1/policies").at("/policies").as_array().size(), 2U);
    const auto stored = api.ask("GET", "/api/v1/snapshots/" + snapshot);
    ASSERT_EQ(stored.status, 200) << printJson(stored.body);
    EXPECT_EQ(stored.at("/snapshot/policy_count"), 2);
    EXPECT_TRUE(std::string(stored.at("/snapshot/content_hash").as_string())
                    .starts_with(snapshot.substr(5)));
}

TEST(Policies, importedUnchangedKeepVersionAndSnapshot)
{
    ApiOnTest api;
    const auto first = api.ask("POST", "/api/v1/policies", policy("ONE", "abc"));
    const auto again = api.ask("POST", "/api/v1/policies", policy("ONE", "abc"));
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(first.body, again.body);
}

TEST(Policies, areRefusedWithThePointerOfTheFault)
{
    ApiOnTest api;
    const auto bad
        = api.ask("POST",
                  "/api/v1/policies",
                  R"({"policies":[)" + policy("ONE", "abc") + ',' + policy("TWO", "(a") + "]}");
    EXPECT_EQ(bad.status, 400);
    EXPECT_EQ(bad.param(), "/policies/1/rule/patterns/0");
    EXPECT_EQ(api.ask("POST", "/api/v1/policies", R"({"policies":[]})").param(), "/policies");
    EXPECT_EQ(api.ask("POST", "/api/v1/policies", R"({"policies":[1],"x":1})").param(), "/x");
    const auto twice = R"({"policies":[)" + policy("ONE", "a") + ',' + policy("ONE", "b") + "]}";
    EXPECT_EQ(api.ask("POST", "/api/v1/policies", twice).param(), "/policies/1/policy_id");
    std::string many = R"({"policies":[1)";
    for (std::size_t i = 0; i < limits::kPoliciesPerSnapshotMax; ++i) {
        many += ",1";
    }
    EXPECT_EQ(api.ask("POST", "/api/v1/policies", many + "]}").param(), "/policies");
    EXPECT_EQ(api.ask("GET", "/api/v1/policies").at("/policies").as_array().size(), 0U);
}

TEST(Policies, ofAnotherTenantDoNotExist)
{
    ApiOnTest api;
    const auto made = api.ask("POST", "/api/v1/policies", policy("ONE", "abc"));
    const auto other = storage::TestDatabase::instance().newTenant();
    const auto key = api.addKey(other, domain::Role::Admin, {});
    EXPECT_EQ(api.askAs(key, "GET", "/api/v1/policies/ONE").status, 404);
    EXPECT_EQ(api.askAs(key, "GET", "/api/v1/policies").at("/policies").as_array().size(), 0U);
    const auto path = "/api/v1/snapshots/" + std::string(made.at("/snapshot_id").as_string());
    EXPECT_EQ(api.askAs(key, "GET", path).status, 404);
}

TEST(Keys, areMadeInTheTenantOfTheKeyThatAsksAndInNoOther)
{
    ApiOnTest api;
    const auto other = storage::TestDatabase::instance().newTenant();
    const auto create = [&api](const std::string& tenant) {
        return api.ask("POST", "/admin/keys", printJson(JsonObject{{"tenant", tenant}}));
    };
    EXPECT_EQ(create(api.tenant.slug).status, 201);
    EXPECT_EQ(create(api.tenant.id.text()).status, 201);
    for (const auto& tenant : {other.slug, other.id.text(), std::string("nobody"), std::string()}) {
        const auto refused = create(tenant);
        EXPECT_EQ(refused.status, 403) << tenant;
        EXPECT_EQ(refused.param(), "/tenant");
    }
}

TEST(Keys, areShownOnceListedWithoutSecretsAndRevoked)
{
    ApiOnTest api;
    const auto made = api.ask(
        "POST", "/admin/keys", R"({"role":"service","scopes":["run:create"],"label":"shop"})");
    ASSERT_EQ(made.status, 201) << printJson(made.body);
    const auto text = std::string(made.at("/key").as_string());
    EXPECT_TRUE(text.starts_with("exk_"));
    const auto list = api.ask("GET", "/admin/keys");
    ASSERT_EQ(list.status, 200);
    EXPECT_EQ(list.at("/keys/0/label"), "shop");
    EXPECT_EQ(list.at("/keys/0/project"), "default");
    EXPECT_EQ(printJson(list.body).find(text), std::string::npos);
    EXPECT_EQ(printJson(list.body).find("hash"), std::string::npos);
    const auto path = "/admin/keys/" + std::string(made.at("/key_id").as_string());
    EXPECT_EQ(api.ask("DELETE", path).status, 204);
    EXPECT_EQ(api.ask("DELETE", path).status, 404);
    EXPECT_EQ(api.ask("GET", "/admin/keys").at("/keys/0/revoked"), true);
    EXPECT_EQ(api.reloads, 2);
}

TEST(Keys, cannotGrantMoreThanTheirMakerHas)
{
    ApiOnTest api;
    const auto maker = api.addKey(api.tenant, domain::Role::User, {domain::Scope::KeyManage});
    EXPECT_EQ(api.askAs(maker, "POST", "/admin/keys", R"({"role":"admin"})").param(), "/role");
    const auto wide = api.askAs(maker, "POST", "/admin/keys", R"({"scopes":["policy:write"]})");
    EXPECT_EQ(wide.status, 403);
    EXPECT_EQ(wide.param(), "/scopes");
    EXPECT_EQ(api.askAs(maker, "POST", "/admin/keys", R"({"scopes":["key:manage"]})").status, 201);
    EXPECT_EQ(api.ask("POST", "/admin/keys", R"({"project":"nowhere"})").param(), "/project");
}

TEST(Keys, keepTheLastAdminKey)
{
    ApiOnTest api;
    const auto first = api.ask("POST", "/admin/keys", R"({"role":"admin"})");
    const auto second = api.ask("POST", "/admin/keys", R"({"role":"admin"})");
    ASSERT_EQ(second.status, 201);
    const auto path = [](const ApiOnTest::Answer& made) {
        return "/admin/keys/" + std::string(made.at("/key_id").as_string());
    };
    EXPECT_EQ(api.ask("DELETE", path(first)).status, 204);
    EXPECT_EQ(api.ask("DELETE", path(second)).status, 409);
}

TEST(Keys, ofAnotherTenantCannotBeRevoked)
{
    ApiOnTest api;
    const auto made = api.ask("POST", "/admin/keys", "{}");
    const auto other = storage::TestDatabase::instance().newTenant();
    const auto key = api.addKey(other, domain::Role::Admin, {});
    const auto path = "/admin/keys/" + std::string(made.at("/key_id").as_string());
    EXPECT_EQ(api.askAs(key, "DELETE", path).status, 404);
    EXPECT_EQ(api.askAs(key, "GET", "/admin/keys").at("/keys").as_array().size(), 0U);
}

TEST(Upstreams, areAddedInOrderListedAndRemoved)
{
    ApiOnTest api;
    const auto first
        = api.ask("POST",
                  "/admin/upstreams",
                  R"({"name":"main","base_url":"https://api.openai.com/v9/","models":["gpt-*"],)"
                  R"("api_key_env":"OPENAI_API_KEY"})");
    ASSERT_EQ(first.status, 201) << printJson(first.body);
    EXPECT_EQ(first.at("/base_url"), "https://api.openai.com/v9");
    const auto second
        = api.ask("POST",
                  "/admin/upstreams",
                  R"({"name":"spare","base_url":"http://[::1]:8080","pass_through":true})");
    ASSERT_EQ(second.status, 201) << printJson(second.body);
    EXPECT_EQ(second.at("/position"), 1);
    EXPECT_EQ(
        api.ask("POST", "/admin/upstreams", R"({"name":"main","base_url":"http://x"})").status,
        409);
    const auto list = api.ask("GET", "/admin/upstreams");
    EXPECT_EQ(list.at("/upstreams/0/name"), "main");
    EXPECT_EQ(list.at("/upstreams/1/name"), "spare");
    const auto path = "/admin/upstreams/" + std::string(first.at("/upstream_id").as_string());
    const auto other = storage::TestDatabase::instance().newTenant();
    EXPECT_EQ(api.askAs(api.addKey(other, domain::Role::Admin, {}), "DELETE", path).status, 404);
    EXPECT_EQ(api.ask("DELETE", path).status, 204);
    EXPECT_EQ(api.ask("DELETE", path).status, 404);
    IngestOnTest sql;
    EXPECT_EQ(sql.ask(api.tenant.id,
                      "SELECT string_agg(action, ' ' ORDER BY created_at) FROM audit_logs"),
              "upstream.added upstream.added upstream.removed");
}

TEST(Upstreams, refuseAddressesAndVariablesThatCouldLeakSecrets)
{
    ApiOnTest api;
    const auto refused = [&api](const std::string& members) {
        const auto answer = api.ask("POST", "/admin/upstreams", R"({"name":"n",)" + members + "}");
        EXPECT_EQ(answer.status, 400) << members;
        return answer.param();
    };
    for (const char* url : {"ftp://host",
                            "https://user:pw@host",
                            "https://",
                            "https://host:0",
                            "https://host:65536",
                            "https://host/path?x=1",
                            "https://host#f",
                            "https://ho st",
                            "//host"}) {
        EXPECT_EQ(refused(R"("base_url":")" + std::string(url) + '"'), "/base_url") << url;
    }
    for (const char* variable :
         {"DATABASE_URL", "EXHIBIT_API_KEY", "PATH", "1_KEY", "A B_KEY", ""}) {
        EXPECT_EQ(refused(R"("base_url":"http://h","api_key_env":")" + std::string(variable) + '"'),
                  "/api_key_env")
            << variable;
    }
    // Another's provider's key, and a well-known one that would go elsewhere.
    for (const char* variable : {"OTHER_TENANT_KEY", "OPENAI_API_KEY"}) {
        EXPECT_EQ(refused(R"("base_url":"https://attacker.example","api_key_env":")"
                          + std::string(variable) + '"'),
                  "/api_key_env")
            << variable;
    }
    EXPECT_EQ(refused(R"("base_url":"http://api.openai.com","api_key_env":"OPENAI_API_KEY")"),
              "/api_key_env");
    EXPECT_EQ(refused(R"("base_url":"http://h","proxy":"x")"), "/proxy");
    EXPECT_EQ(refused(R"("models":[])"), "/base_url");
}

TEST(Projects, sayHowTheirStopsLook)
{
    ApiOnTest api;
    const auto before = api.ask("GET", "/admin/projects");
    ASSERT_EQ(before.status, 200) << printJson(before.body);
    EXPECT_EQ(before.at("/projects/0/stop_style"), "soft");
    const std::string target
        = "/admin/projects/" + std::string(before.at("/projects/0/slug").as_string());
    const auto changed = api.ask("PATCH", target, R"({"stop_style":"error"})");
    EXPECT_EQ(changed.status, 200) << printJson(changed.body);
    EXPECT_EQ(api.reloads, 1);
    EXPECT_EQ(api.ask("GET", "/admin/projects").at("/projects/0/stop_style"), "error");
    EXPECT_EQ(api.ask("PATCH", target, R"({"stop_style":"loud"})").status, 400);
    EXPECT_EQ(api.ask("PATCH", target, R"({"slug":"other"})").status, 400);
    EXPECT_EQ(api.ask("PATCH", "/admin/projects/none", R"({"stop_style":"soft"})").status, 404);
}

TEST(Routing, isDecidedAsTheGatewayWouldAndRecorded)
{
    ApiOnTest api;
    api.changeCatalogue([](storage::Catalogue& catalogue) {
        catalogue.prices = {"test-1", "USD", {{"gpt-*", 1, 1, 1, 4.0}}};
    });
    const auto add = [&api](const std::string& name, const std::string& more) {
        return api.ask("POST",
                       "/admin/upstreams",
                       R"({"name":")" + name
                           + R"(","base_url":"https://api.example","models":["gpt-4o*"])" + more
                           + "}");
    };
    const auto contract = R"(,"contract":{"region":"eu","data_classes":["public"],"retries":1})";
    const auto added = add("eu", contract);
    ASSERT_EQ(added.status, 201) << printJson(added.body);
    EXPECT_EQ(added.at("/contract/region"), "eu");
    ASSERT_EQ(add("rest", "").status, 201);
    EXPECT_EQ(add("odd", R"(,"contract":{"retries":9})").param(), "/contract/retries");
    EXPECT_EQ(add("odd", R"(,"contract":{"colour":"red"})").status, 400);

    const auto listed = api.ask("GET", "/admin/upstreams");
    EXPECT_EQ(listed.at("/upstreams/0/contract/data_classes/0"), "public");

    api.changeCatalogue([&api](storage::Catalogue& catalogue) {
        auto& database = storage::TestDatabase::instance().database();
        catalogue.upstreams = storage::UpstreamStore(database)
                                  .list(api.tenant.id, storage::TestDatabase::soon())
                                  .value();
    });
    const auto decide = [&api](const std::string& more) {
        return api.ask("POST", "/api/v1/orchestrate", R"({"model":"gpt-4o")" + more + "}");
    };
    const auto first = decide("");
    ASSERT_EQ(first.status, 200) << printJson(first.body);
    EXPECT_EQ(first.at("/service"), "eu");
    EXPECT_TRUE(std::string(first.at("/decision_id").as_string()).starts_with("dec_"));
    EXPECT_EQ(first.at("/candidates").as_array().size(), 2U);
    EXPECT_EQ(decide(R"(,"data_classes":["personal"])").at("/service"), "rest");
    const auto none = decide(R"(,"region":"us")");
    EXPECT_TRUE(none.at("/service").is_null());
    EXPECT_EQ(none.at("/constraints/region"), "us");
    EXPECT_EQ(decide(R"(,"project":"none")").status, 404);
    EXPECT_EQ(decide(R"(,"color":1)").status, 400);
}

} // namespace
} // namespace exhibit::api
