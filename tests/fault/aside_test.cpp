// SPDX-License-Identifier: Apache-2.0
// A record that the database refuses is set aside: calls go on, and whoever asks for the server's
// health is told.
#include "models/base/json.h"
#include "tests/fault/recorded_call.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <thread>

namespace exhibit {
namespace {

using namespace std::chrono_literals;

TEST(SetAside, isSaidByHealthAndDoesNotStopTheRecordOfOtherCalls)
{
    const test::TempDir database;
    const auto postgres = test::TestPostgres::create(database.path());
    ASSERT_TRUE(postgres) << postgres.error().message;
    const auto provider = test::SampleUpstream::start();
    ASSERT_TRUE(provider) << provider.error().message;
    const test::TempDir data;
    auto server = test::Exhibitd::start(
        {.dataDir = data.path(), .arguments = {"--database-url", (*postgres)->url()}});
    ASSERT_TRUE(server) << server.error().message;
    ASSERT_TRUE(
        server->controlJson({"upstream", "add", "sample", "--base-url", provider->baseUrl()}));
    const auto evidence = [&server] {
        const auto reply = server->request("GET", "/health");
        const auto health = parseJson(reply ? reply->body : Bytes("null"));
        const auto* parts = health ? findMember(*health, "dependencies") : nullptr;
        const auto* part = parts != nullptr ? findMember(*parts, "evidence") : nullptr;
        return part != nullptr ? printJson(*part) : "no such member";
    };
    EXPECT_EQ(evidence(), R"({"ok":true,"detail":""})");
    // What a damaged or foreign database would do.
    ASSERT_TRUE((*postgres)->query("ALTER TABLE exhibit.proxy_calls ADD CONSTRAINT test_only"
                                   " CHECK (endpoint <> '/v1/chat/completions') NOT VALID"));
    const std::string key = server->adminKey().expose();
    EXPECT_EQ(test::makeCall({server->port(), key, "contract-5-known", ""}).status, 200);
    const auto deadline = Deadline::after(30s);
    while (evidence().find("\"ok\":true") != std::string::npos && !deadline.reached()) {
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_NE(evidence().find("set aside"), std::string::npos) << evidence();
    ASSERT_TRUE((*postgres)->query("ALTER TABLE exhibit.proxy_calls DROP CONSTRAINT test_only"));
    EXPECT_EQ(test::makeCall({server->port(), key, "contract-5-known", ""}).status, 200);
    const auto ingested = test::waitUntilIngested(**postgres, 1, Deadline::after(60s));
    EXPECT_TRUE(ingested) << ingested.error().message;
}

} // namespace
} // namespace exhibit
