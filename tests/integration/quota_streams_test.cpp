// SPDX-License-Identifier: Apache-2.0
// Budgets and streams that do not say how long they get, over a real PostgreSQL.
#include "models/base/traffic_limits.h"
#include "tests/integration/quota_fixture.h"

#include <fstream>

namespace exhibit::test {
namespace {

/// A file with one stream of `events` pieces of 20 bytes, which are five tokens; its id is "long".
std::string longStream(const TempDir& folder, int events)
{
    JsonArray lines;
    const auto add = [&lines](const std::string& delta, const std::string& finish) {
        lines.emplace_back(R"(data: {"id":"chatcmpl-long","object":"chat.completion.chunk",)"
                           R"("created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":)"
                           + delta + R"(,"finish_reason":)" + finish + "}]}");
        lines.emplace_back("");
    };
    for (int i = 0; i < events; ++i) {
        add(R"({"content":"four five six seven "})", "null");
    }
    add("{}", R"("stop")");
    lines.emplace_back("data: [DONE]");
    lines.emplace_back("");
    auto file = folder.file("long.jsonl");
    std::ofstream(file) << printJson(
        JsonObject{{"id", "long"},
                   {"endpoint", "chat.completions"},
                   {"method", "POST"},
                   {"path", "/v1/chat/completions"},
                   {"request", JsonObject{{"model", "gpt-4o-mini"}, {"stream", true}}},
                   {"status", 200},
                   {"response_headers", JsonObject{{"content-type", "text/event-stream"}}},
                   {"sse", std::move(lines)}})
                        << '\n';
    return file;
}

TEST(Quotas, areNotOverdrawnByStreamsThatDoNotSayHowLongTheyGet)
{
    constexpr std::int64_t kBudget = 10'000;
    constexpr std::int64_t kOneEvent = 5;
    const TempDir folder;
    Gateway gateway({"--latency-ms", "1000", "--recordings", longStream(folder, 1'000)});
    gateway.tier("TEAM", R"({"tokens_per_day":)" + std::to_string(kBudget) + "}");
    gateway.assign("project", "default", "TEAM");
    std::mutex mutex;
    std::vector<Reply> cut;
    const auto counts = atOnce(12, [&](int) {
        auto reply = must(gateway.server.request(
            "POST",
            "/v1/chat/completions",
            {{"Content-Type", "application/json"}, {"x-sample-id", "long"}},
            R"({"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hi"}]})"));
        if (reply.body.find(R"("finish_reason":"content_filter")") != std::string::npos) {
            const std::lock_guard lock(mutex);
            cut.push_back(reply);
        }
        return reply;
    });
    EXPECT_EQ(counts.at(200), 12) << "each may begin";
    ASSERT_GE(cut.size(), 10U) << "twelve answers of 5,000 tokens, and two would be all of it";
    const auto ended
        = endedRun(gateway, std::string(cut[0].header("X-Exhibit-Run-Id").value_or("")));
    EXPECT_EQ(ended.at("status"), "failed_policy");
    EXPECT_EQ(ended.at("termination_reason"), "budget_exceeded");
    EXPECT_EQ(ended.at("kill_reason"), "max_tokens");
    EXPECT_EQ(ended.at_pointer("/abort/actor"), "tier:TEAM");

    std::int64_t used = 0;
    for (const auto deadline = Deadline::after(20s); !deadline.reached();) {
        const auto day
            = must(parseJson(gateway.admin("GET", "/admin/quotas/usage").body)).at_pointer("/days");
        used = 0;
        std::int64_t calls = 0;
        for (const auto& line : day.as_array()) {
            used += line.at("prompt_tokens").as_int64() + line.at("completion_tokens").as_int64();
            calls += line.at("calls").as_int64();
        }
        if (calls == 12) {
            break;
        }
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_LE(used, kBudget + kOneEvent);
    EXPECT_GT(used, kBudget - 12 * 2 * limits::kBudgetMarginTokens) << "what is there may be used";
}

} // namespace
} // namespace exhibit::test
