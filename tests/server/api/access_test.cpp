// SPDX-License-Identifier: Apache-2.0
#include "server/api/access.h"

#include "server/api/places.h"
#include "tests/server/api/api_on_test.h"

#include <set>

namespace exhibit::api {
namespace {

TEST(Access, refusesWhoeverPresentsNoKnownKey)
{
    ApiOnTest api;
    EXPECT_EQ(api.askAs("", "GET", "/api/v1/policies").status, 401);
    const auto wrong = api.askAs("exk_wrong", "GET", "/api/v1/policies");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.headers.find("WWW-Authenticate"), "Bearer");
    EXPECT_EQ(findMember(wrong.at("/error"), "message")->as_string().find("exk_wrong"),
              std::string::npos);
    EXPECT_NE(api.metrics().expose().find("cai_authn_failures 2\n"), std::string::npos);
}

TEST(Access, refusesAKeyWithoutTheScopeAndNamesIt)
{
    ApiOnTest api;
    const auto key = api.addKey(api.tenant, domain::Role::Service, {domain::Scope::RunCreate});
    const auto denied = api.askAs(key, "GET", "/api/v1/policies");
    EXPECT_EQ(denied.status, 403);
    EXPECT_NE(printJson(denied.body).find("policy:read"), std::string::npos);
    EXPECT_NE(api.metrics().expose().find("cai_authz_denials 1\n"), std::string::npos);
}

TEST(Access, guardsEveryRouteButThoseThatAreOpenByContract)
{
    ApiOnTest api;
    // The stream of events and the files of exports have no plain handlers: integration.live_events
    // and integration.export_jobs ask them.
    const std::set<std::string> open{"/health",
                                     "/openapi.json",
                                     "/api/v1/events",
                                     "/api/v1/exports/{id}/content",
                                     "/api/v1/certificates/{id}/verify"};
    for (const auto& route : api.router().routes()) {
        if (!open.contains(route.pattern)) {
            EXPECT_EQ(api.askAs("", route.method, route.pattern).status, 401) << route.pattern;
        }
    }
}

TEST(Access, showsMetricsToTheLoopbackWithoutAKey)
{
    ApiOnTest api;
    EXPECT_EQ(api.askAs("", "GET", "/metrics", "", "127.0.0.1").status, 200);
    EXPECT_EQ(api.askAs("", "GET", "/metrics", "", "::1").status, 200);
    EXPECT_EQ(api.askAs("", "GET", "/metrics", "", "10.1.2.3").status, 401);
    EXPECT_EQ(api.askAs("", "GET", "/metrics", "", "127.0.0.1", "203.0.113.9").status, 401)
        << "a proxy on this host speaks for somebody";
    EXPECT_EQ(api.askAs("", "GET", "/metrics", "", "127.0.0.1", "127.0.0.1").status, 401);
    EXPECT_EQ(api.ask("GET", "/metrics").status, 200);
}

TEST(Places, refuseOneTooManyAndAreGivenBack)
{
    const auto places = std::make_shared<Places>(2);
    int running = 0;
    int goOn = 3;
    AuthorizedHandler handler;
    handler = inPlace(places, "checks_busy", [&](const auto& request, const auto& principal) {
        ++running;
        return running < goOn ? handler(request, principal)
                              : http::jsonResponse(200, Json(running));
    });
    const auto busy = handler({}, {});
    EXPECT_EQ(busy.status, 503) << busy.body;
    EXPECT_NE(busy.body.find("checks_busy"), std::string::npos);
    EXPECT_TRUE(busy.headers.find("Retry-After"));
    EXPECT_EQ(running, 2);
    running = 0;
    goOn = 2;
    EXPECT_EQ(handler({}, {}).status, 200) << "all places are free again";
}

TEST(Health, tellsReadyFromDegraded)
{
    ApiOnTest api;
    api.dependencies
        = JsonObject{{"postgresql", JsonObject{{"ok", true}}}, {"spool", JsonObject{{"ok", true}}}};
    EXPECT_EQ(api.askAs("", "GET", "/health").at("/status"), "ok");
    api.dependencies.at("postgresql").as_object()["ok"] = false;
    const auto degraded = api.askAs("", "GET", "/health");
    EXPECT_EQ(degraded.status, 200);
    EXPECT_EQ(degraded.at("/status"), "degraded");
    api.dependencies.at("spool").as_object()["ok"] = false;
    const auto down = api.askAs("", "GET", "/health");
    EXPECT_EQ(down.status, 503);
    EXPECT_EQ(down.at("/ready"), false);
    EXPECT_EQ(down.at("/live"), true);
}

} // namespace
} // namespace exhibit::api
