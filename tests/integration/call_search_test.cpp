// SPDX-License-Identifier: Apache-2.0
// A call through a real exhibitd, blocked by nobody, is found by what was said in it.
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

template <class T>
T must(Result<T> result)
{
    EXPECT_TRUE(result) << result.error().message << " " << result.error().subject;
    return *std::move(result);
}

TEST(CallSearch, findsAnOrdinaryCallByItsWords)
{
    const TempDir folder;
    auto upstream = must(SampleUpstream::start());
    auto server = must(Exhibitd::start({.dataDir = folder.path()}));
    must(server.controlJson({"upstream", "add", "sample", "--base-url", upstream.baseUrl()}));
    const auto post = [&server](const std::string& path, const std::string& body) {
        return must(server.request("POST", path, {{"Content-Type", "application/json"}}, body));
    };
    post("/v1/chat/completions",
         R"({"model":"gpt-4o","messages":[{"role":"user","content":)"
         R"("Please confirm order A-4711 to alice@example.com"}]})");
    const auto find = [&post](const std::string& query) {
        const auto reply = post("/api/v1/calls/search", R"({"query":")" + query + "\"}");
        EXPECT_EQ(reply.status, 200) << reply.body;
        return must(parseJson(reply.body));
    };
    const auto deadline = Deadline::after(20s);
    while (find("confirm order").at("total") != 1 && !deadline.reached()) {
        std::this_thread::sleep_for(20ms);
    }
    const auto page = find("confirm order");
    ASSERT_EQ(page.at("total"), 1) << printJson(page);
    EXPECT_EQ(printJson(page).find("alice"), std::string::npos) << printJson(page);
    EXPECT_EQ(find("\\\"alice@example.com\\\"").at("total"), 0);
    const auto health = must(parseJson(must(server.request("GET", "/health")).body));
    EXPECT_EQ(health.at("dependencies").at("call_index").at("ok"), true) << printJson(health);
}

} // namespace
} // namespace exhibit::test
