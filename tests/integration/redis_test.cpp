// SPDX-License-Identifier: Apache-2.0
// An exhibitd whose limits are shared through a real Redis, over TLS.
#include "tests/server/redis/redis_on_test.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"

#include <gtest/gtest.h>

#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;
using redis::RedisOnTest;

struct Gateway {
    explicit Gateway(const RedisOnTest& redis)
        : upstream(must(SampleUpstream::start()))
        , server(must(Exhibitd::start(
              {.dataDir = folder.path(),
               .environment = {{"EXHIBIT_REDIS_URL",
                                "rediss://:open-sesame@127.0.0.1:"
                                    + std::to_string(redis.options().address.port)},
                               {"EXHIBIT_REDIS_CA_FILE", redis.options().caFile.string()}}})))
    {
        must(server.controlJson({"upstream", "add", "sample", "--base-url", upstream.baseUrl()}));
        must(server.control({"quota", "set", "FREE", "--runs-per-day", "3"}));
        must(server.control({"quota", "assign", "user", "FREE", "*"}));
    }
    /// Status and error code of a call of that user's.
    std::pair<int, std::string> call(const std::string& user) const
    {
        const auto reply = must(server.request(
            "POST",
            "/v1/chat/completions",
            {{"Content-Type", "application/json"}, {"X-Exhibit-User-Id", user}},
            R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]})"));
        const auto json = parseJson(reply.body);
        const Json* error = json ? findMember(*json, "error") : nullptr;
        return {reply.status, error == nullptr ? "" : std::string(stringMember(*error, "code"))};
    }
    Json health() const
    {
        return must(parseJson(must(server.request("GET", "/health")).body))
            .at_pointer("/dependencies/redis");
    }

    TempDir folder;
    SampleUpstream upstream;
    Exhibitd server;
};

using Refused = std::pair<int, std::string>;

TEST(SharedThroughRedis, budgetsAreLeasedThereAndRefusedWhileItIsAway)
{
    RedisOnTest redis({.tls = true, .password = "open-sesame"});
    const Gateway gateway(redis);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(gateway.call("alice").first, 200);
    }
    EXPECT_EQ(gateway.call("alice"), Refused(429, "USER_DAILY_RUNS_EXCEEDED"));
    EXPECT_EQ(gateway.health().at("ok"), true);

    redis.kill();
    EXPECT_EQ(gateway.call("bob"), Refused(503, "quota_state_unavailable"));
    const auto away = gateway.health();
    EXPECT_EQ(away.at("ok"), false);
    EXPECT_NE(away.at("detail"), "");

    redis.start();
    const auto deadline = Deadline::after(20s);
    while (gateway.call("bob").first != 200 && !deadline.reached()) {
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_FALSE(deadline.reached()) << "it is used again once it is there";
    EXPECT_EQ(gateway.health().at("ok"), true);
}

TEST(SharedThroughRedis, anAddressThatIsNoneStopsTheStart)
{
    const TempDir folder;
    const auto started = Exhibitd::start(
        {.dataDir = folder.path(), .environment = {{"EXHIBIT_REDIS_URL", "cache:6379"}}});
    EXPECT_FALSE(started);
}

} // namespace
} // namespace exhibit::test
