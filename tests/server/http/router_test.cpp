// SPDX-License-Identifier: Apache-2.0
#include "server/http/router.h"

#include <gtest/gtest.h>

namespace exhibit::http {

namespace {

Router routerOf(std::initializer_list<std::pair<const char*, const char*>> routes)
{
    Router router;
    for (const auto& [method, pattern] : routes) {
        Route route;
        route.method = method;
        route.pattern = pattern;
        route.handler = [](const Request&) { return Response{}; };
        router.add(std::move(route));
    }
    return router;
}

} // namespace

TEST(Router, findsALiteralPath)
{
    const Router router = routerOf({{"GET", "/health"}, {"POST", "/v1/chat/completions"}});
    const auto match = router.match("POST", "/v1/chat/completions");
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->pattern, "/v1/chat/completions");
}

TEST(Router, bindsParametersDecoded)
{
    const Router router = routerOf({{"GET", "/runs/{id}/steps/{n}"}});
    const auto match = router.match("GET", "/runs/a%20b/steps/7");
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.parameters.at("id"), "a b");
    EXPECT_EQ(match.parameters.at("n"), "7");
}

TEST(Router, keepsAnEncodedSlashInsideItsSegment)
{
    const Router router = routerOf({{"GET", "/runs/{id}"}, {"GET", "/runs/{id}/kill"}});
    const auto match = router.match("GET", "/runs/a%2Fkill");
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->pattern, "/runs/{id}");
    EXPECT_EQ(match.parameters.at("id"), "a/kill");
    EXPECT_EQ(routerOf({{"GET", "/a/b"}}).match("GET", "/a%2Fb").route, nullptr);
}

TEST(Router, prefersALiteralSegmentInAnyOrderOfRegistration)
{
    const Router router = routerOf(
        {{"GET", "/x/{a}/{b}"}, {"GET", "/x/{a}"}, {"GET", "/x/y/{b}"}, {"GET", "/x/search"}});
    EXPECT_EQ(router.match("GET", "/x/search").route->pattern, "/x/search");
    EXPECT_EQ(router.match("GET", "/x/y/1").route->pattern, "/x/y/{b}");
    EXPECT_EQ(router.match("GET", "/x/z/1").route->pattern, "/x/{a}/{b}");
}

TEST(Router, namesTheMethodsOfAKnownPath)
{
    const Router router = routerOf({{"GET", "/i/{id}"}, {"PATCH", "/i/{id}"}});
    const auto match = router.match("DELETE", "/i/1");
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allowed, "GET, PATCH, HEAD");
}

TEST(Router, answersHeadThroughGet)
{
    const Router router = routerOf({{"POST", "/a"}, {"GET", "/a"}});
    ASSERT_NE(router.match("HEAD", "/a").route, nullptr);
    EXPECT_EQ(router.match("HEAD", "/a").route->method, "GET");
}

TEST(Router, decodesNeedlessEscapesOfLiteralPaths)
{
    EXPECT_NE(routerOf({{"GET", "/version"}}).match("GET", "/%76ersion").route, nullptr);
}

TEST(Router, matchesNothingNearby)
{
    const Router router = routerOf({{"GET", "/runs/{id}"}, {"GET", "/health"}});
    for (const char* path : {"/",
                             "/runs",
                             "/runs/",
                             "/runs/1/",
                             "/runs/1/2",
                             "//health",
                             "/health/",
                             "*",
                             "/runs/%zz"}) {
        const auto match = router.match("GET", path);
        EXPECT_EQ(match.route, nullptr) << path;
        EXPECT_TRUE(match.allowed.empty()) << path;
    }
}

} // namespace exhibit::http
