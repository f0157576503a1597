// SPDX-License-Identifier: Apache-2.0
// The rates of rulings.md 6 at the door of a real exhibitd.
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

/// A server with the rates that exhibitd has by itself.
Exhibitd withDefaults(const TempDir& folder, std::vector<std::string> arguments = {})
{
    return must(Exhibitd::start({.dataDir = folder.path(),
                                 .arguments = std::move(arguments),
                                 .environment = {{"EXHIBIT_RATE_ADDRESS_PER_MINUTE", ""},
                                                 {"EXHIBIT_RATE_PERSON_PER_MINUTE", ""}}}));
}

Reply ask(const Exhibitd& server, const HeaderList& headers, const std::string& path = "/nowhere")
{
    return must(exchange(server.port(), requestText("GET", path, headers), Deadline::after(10s)));
}

HeaderList keyed(const std::string& key, HeaderList more = {})
{
    more.emplace_back("Authorization", "Bearer " + key);
    return more;
}

TEST(Rates, refuseAnAddressItsSixtyFirstRequestInAMinute)
{
    const TempDir folder;
    const auto server = withDefaults(folder);
    for (int i = 1; i <= 60; ++i) {
        const auto reply = ask(server, {});
        ASSERT_EQ(reply.status, 404) << i;
        EXPECT_EQ(reply.header("X-RateLimit-Limit"), "60");
        EXPECT_EQ(reply.header("X-RateLimit-Remaining"), std::to_string(60 - i));
        EXPECT_TRUE(reply.header("X-RateLimit-Reset"));
    }
    const auto refused = ask(server, {});
    EXPECT_EQ(refused.status, 429);
    const auto error = must(parseJson(refused.body)).at("error");
    EXPECT_EQ(error.at("error_code"), "RATE_LIMITED_IP");
    EXPECT_EQ(error.at("type"), "quota_exceeded");
    EXPECT_EQ(error.at("limit"), 60);
    EXPECT_EQ(error.at("used"), 60);
    EXPECT_TRUE(parseTime(error.at("reset_at").as_string()));
    EXPECT_EQ(refused.header("X-RateLimit-Remaining"), "0");
    EXPECT_EQ(refused.header("x-should-retry"), "true");
    const auto wait = std::stoi(refused.header("Retry-After").value_or("0"));
    EXPECT_GE(wait, 1);
    EXPECT_LE(wait, 60);
    EXPECT_EQ(ask(server, {}, "/health").status, 200) << "health is never refused";
    EXPECT_EQ(ask(server, keyed(server.adminKey().expose())).status, 429)
        << "people count against their address, too";
    const auto gateway = ask(server, {}, "/v1/models");
    EXPECT_EQ(gateway.status, 429);
    EXPECT_EQ(gateway.header("X-Exhibit-RateLimit-Limit"), "60");
    EXPECT_FALSE(gateway.header("X-RateLimit-Limit")) << "the provider's name (rulings.md 18)";
}

TEST(Rates, refuseAPersonWhereverTheyComeFromAndNoServiceKey)
{
    const TempDir folder;
    const auto upstream = must(SampleUpstream::start());
    const auto server = withDefaults(folder, {"--trusted-proxies", "127.0.0.1"});
    must(server.controlJson({"upstream", "add", "sample", "--base-url", upstream.baseUrl()}));
    const auto service = must(server.controlJson(
        {"key", "create", "--project", "default", "--role", "service", "--scopes", "run:create"}));
    const auto from = [](int address) {
        return HeaderList{{"X-Forwarded-For", "203.0.113." + std::to_string(address)}};
    };
    // Two requests of exhibitctl have passed.
    const std::string admin = server.adminKey().expose();
    for (int i = 3; i <= 120; ++i) {
        ASSERT_EQ(ask(server, keyed(admin, from(i))).status, 404) << i;
    }
    const auto refused = ask(server, keyed(admin, from(200)));
    EXPECT_EQ(refused.status, 429);
    EXPECT_NE(refused.body.find("RATE_LIMITED_USER"), std::string::npos) << refused.body;
    EXPECT_EQ(ask(server, from(200)).header("X-RateLimit-Remaining"), "59")
        << "a refused request uses nothing up";

    const std::string key(stringMember(service, "key"));
    for (int i = 0; i < 130; ++i) {
        const auto reply = ask(server, keyed(key), "/v1/models");
        ASSERT_NE(reply.status, 429) << i;
        EXPECT_FALSE(reply.header("X-Exhibit-RateLimit-Limit")) << "no limit, none is named";
    }
}

} // namespace
} // namespace exhibit::test
