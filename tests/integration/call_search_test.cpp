// SPDX-License-Identifier: Apache-2.0
// A call through a real exhibitd, blocked by nobody, is found by what was said in it, and read as
// it stood on the wire.
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

/// The recorded call says what went in and what came out, byte by byte.
void readsOnTheWire(Exhibitd& server,
                    const std::string& path,
                    const std::string& request,
                    const std::string& answer)
{
    const auto get
        = [&server](const std::string& target) { return must(server.request("GET", target)); };
    const auto call = must(parseJson(get(path).body)).at("call");
    EXPECT_EQ(call.at("request_bytes"), std::int64_t(request.size())) << printJson(call);
    EXPECT_EQ(call.at("released_bytes"), std::int64_t(answer.size()));
    EXPECT_EQ(call.at("withheld_bytes"), 0);
    EXPECT_EQ(call.at("upstream_status"), 200);
    EXPECT_EQ(call.at("request_headers").at("content-type"), "application/json") << printJson(call);
    EXPECT_FALSE(call.at("request_headers").as_object().contains("authorization"));
    EXPECT_EQ(get(path + "/content?part=request").body, request);
    EXPECT_EQ(get(path + "/content?part=released").body, answer);
    EXPECT_EQ(get(path + "/content?part=withheld").body, "");
    const auto upstream = get(path + "/content?part=sent").body; // Without metadata.context.
    EXPECT_EQ(std::int64_t(upstream.size()), call.at("sent_bytes"));
    EXPECT_EQ(upstream.find("context"), std::string::npos) << upstream;
    EXPECT_EQ(get(path + "/content?part=everything").status, 400);
    EXPECT_EQ(get(path + "/content").status, 400);
    EXPECT_EQ(get("/api/v1/calls/call_00000000000000000000000000").status, 404);
    EXPECT_EQ(get("/api/v1/calls/nonsense").status, 400);
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
    const std::string sent = R"({"model":"gpt-4o", "messages":[{"role":"user","content":)"
                             R"("Please confirm order A-4711 to alice@example.com"}],)"
                             R"("metadata":{"context":{"order":"A-4711"}}})";
    const auto answer = post("/v1/chat/completions", sent);
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
    const auto id = std::string(page.at("calls").as_array().at(0).at("call_id").as_string());
    readsOnTheWire(server, "/api/v1/calls/" + id, sent, answer.body);
    const auto health = must(parseJson(must(server.request("GET", "/health")).body));
    EXPECT_EQ(health.at("dependencies").at("call_index").at("ok"), true) << printJson(health);
}

} // namespace
} // namespace exhibit::test
