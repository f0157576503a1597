// SPDX-License-Identifier: Apache-2.0
// Services with contracts, through a real exhibitd: a call that one of them fails is answered by
// the next, the record says so, and the API decides as the gateway does.
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

Json post(const Exhibitd& server, const std::string& path, const std::string& body)
{
    const auto reply
        = must(server.request("POST", path, {{"Content-Type", "application/json"}}, body));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return must(parseJson(reply.body));
}

/// The provider's call in the timeline of the run's only incident.
Json providerCall(const Exhibitd& server, const std::string& run)
{
    const auto deadline = Deadline::after(20s);
    while (!deadline.reached()) {
        const auto found = must(server.controlJson({"search", "run:" + run}));
        const auto& incidents = found.at("incidents").as_array();
        if (!incidents.empty()) {
            const auto shown = must(server.controlJson(
                {"timeline", std::string(stringMember(incidents.at(0), "incident_id"))}));
            for (const auto& event : shown.at("events").as_array()) {
                if (event.at("type") == "llm_call") {
                    return event.at("data");
                }
            }
        }
        std::this_thread::sleep_for(20ms);
    }
    ADD_FAILURE() << "the call never came into a timeline";
    return {};
}

TEST(Routing, aCallFallsBackAndItsRecordAndTheApiSayWhy)
{
    const TempDir folder;
    auto failing = must(SampleUpstream::start({"--fault", "500"}));
    auto next = must(SampleUpstream::start());
    auto server = must(Exhibitd::start({.dataDir = folder.path()}));
    const auto add = [&server](const std::string& name, const std::string& url, const char* more) {
        return server.controlJson(
            {"upstream", "add", name, "--base-url", url, "--model", "gpt-4o*", "--contract", more});
    };
    must(add("first", failing.baseUrl(), R"({"region":"eu","retries":1,"fallback":true})"));
    must(add("second", next.baseUrl(), R"({"region":"eu","data_classes":["public","personal"]})"));
    EXPECT_FALSE(add("odd", next.baseUrl(), R"({"availability":2})"));
    const char* source = std::getenv("EXHIBIT_SOURCE_DIR");
    must(server.controlJson(
        {"policy",
         "import",
         std::string(source == nullptr ? "." : source) + "/tests/wire/hang_up.policy.json"}));

    const auto answer = must(server.request(
        "POST",
        "/v1/chat/completions",
        {{"Content-Type", "application/json"}, {"X-Exhibit-Region", "eu"}},
        R"({"model":"gpt-4o","messages":[{"role":"user","content":"this caller will hang up"}]})"));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto call = providerCall(server, std::string(*answer.header("x-exhibit-run-id")));
    EXPECT_EQ(call.at("route").at("service"), "first");
    EXPECT_EQ(call.at("route").at("constraints").at("region"), "eu");
    const auto& attempts = call.at("attempts").as_array();
    ASSERT_EQ(attempts.size(), 3U);
    EXPECT_EQ(attempts.at(1).at("status"), 500);
    EXPECT_EQ(attempts.at(2).at("service"), "second");

    const auto decided = post(server,
                              "/api/v1/orchestrate",
                              R"({"model":"gpt-4o","region":"eu","data_classes":["secret"]})");
    EXPECT_EQ(decided.at("service"), "first");
    EXPECT_EQ(decided.at("candidates").at(1).at("fits"), false);
    // Proofs are made against a signed head.
    const std::string inclusion(stringMember(decided.at("proof"), "inclusion"));
    must(server.request("GET", inclusion.substr(0, inclusion.rfind('/')) + "/checkpoint"));
    const auto proof = must(server.request("GET", inclusion));
    EXPECT_EQ(proof.status, 200) << proof.body;
}

} // namespace
} // namespace exhibit::test
