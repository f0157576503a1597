// SPDX-License-Identifier: Apache-2.0
// Quotas at the door of real exhibitds over a real PostgreSQL and a real provider.
#include "tests/integration/quota_fixture.h"

#include <fstream>

namespace exhibit::test {
namespace {

TEST(Quotas, admitExactly37Of200CallsAtOnceOnABudgetFor37)
{
    // So slow that none has ended when the last one begins.
    Gateway gateway({"--latency-ms", "4000"});
    gateway.tier("FREE", R"({"runs_per_day":37})");
    gateway.assign("user", "*", "FREE");
    const auto runs = atOnce(200, [&](int) { return gateway.call("alice"); });
    EXPECT_EQ(runs.at(200), 37);
    EXPECT_EQ(runs.at(429), 163);

    // Each call reserves its 100 tokens and those of the prompt; none has ended while all begin.
    gateway.tier("TEAM", R"({"tokens_per_day":3774})");
    gateway.assign("project", "default", "TEAM");
    const auto tokens = atOnce(200, [&](int i) {
        return gateway.call("user-" + std::to_string(i), {}, R"(,"max_tokens":100)");
    });
    EXPECT_EQ(tokens.at(200), 37) << "37 times 102";
    EXPECT_EQ(tokens.at(429), 163);
    // What they did not use is there again.
    EXPECT_EQ(gateway.call("bob", {}, R"(,"max_tokens":100)").status, 200);
}

TEST(Quotas, sayWhichLimitOfWhomIsReachedAndWhenItEnds)
{
    Gateway gateway;
    gateway.tier("FREE", R"({"runs_per_day":1})");
    gateway.assign("user", "*", "FREE");
    EXPECT_EQ(gateway.call("alice", "task-1").status, 200);
    EXPECT_EQ(gateway.call("alice", "task-1").status, 200) << "the same run";
    EXPECT_EQ(gateway.call("bob").status, 200) << "somebody else";
    const auto refused = gateway.call("alice", "task-2");
    EXPECT_EQ(refused.status, 429);
    const auto error = must(parseJson(refused.body)).at("error");
    EXPECT_EQ(error.at("type"), "quota_exceeded");
    EXPECT_EQ(error.at("error_code"), "USER_DAILY_RUNS_EXCEEDED");
    EXPECT_EQ(error.at("limit"), 1);
    EXPECT_EQ(error.at("used"), 1);
    EXPECT_TRUE(std::string(error.at("reset_at").as_string()).ends_with("T00:00:00.000000Z"))
        << error.at("reset_at");
    EXPECT_EQ(refused.header("x-should-retry"), "false") << "tomorrow is no retry";
    EXPECT_TRUE(refused.header("Retry-After"));
    EXPECT_TRUE(refused.header("X-Exhibit-Call-Id")) << "a refusal is evidence";

    gateway.tier("TEAM", R"({"cost_microcents_per_day":1})");
    gateway.assign("tenant", "", "TEAM");
    const auto cost = gateway.call("carol");
    EXPECT_EQ(cost.status, 402);
    EXPECT_EQ(codeOf(cost), "TENANT_DAILY_COST_EXCEEDED");
}

TEST(Quotas, endARunThatHasUsedWhatOneRunMay)
{
    Gateway gateway;
    gateway.tier("FREE", R"({"run_calls":2})");
    gateway.assign("user", "alice", "FREE");
    EXPECT_EQ(gateway.call("alice", "agent").status, 200);
    EXPECT_EQ(gateway.call("alice", "agent").status, 200);
    const auto third = gateway.call("alice", "agent");
    EXPECT_EQ(third.status, 429);
    EXPECT_EQ(codeOf(third), "RUN_CALLS_EXCEEDED");
    const auto fourth = gateway.call("bob", "agent");
    EXPECT_EQ(fourth.status, 403) << "the run is over, whoever asks";
    EXPECT_EQ(codeOf(fourth), "run_stopped");
    EXPECT_EQ(gateway.call("bob", "other").status, 200) << "bob has no quota";
}

TEST(Quotas, letNoMoreCallsOfARunThroughWhenTheyComeAtOnce)
{
    Gateway gateway;
    // The first calls of the day all wait for the budget to be leased.
    gateway.tier("FREE", R"({"run_calls":3,"tokens_per_day":1000000})");
    gateway.assign("user", "alice", "FREE");
    auto calls = atOnce(12, [&](int) { return gateway.call("alice", "agent"); });
    // Fewer when the end of the run overtakes one that was let through.
    EXPECT_LE(calls[200], 3);
    EXPECT_GE(calls[429], 1) << "the one that ends the run";
    EXPECT_EQ(calls[200] + calls[429] + calls[403], 12);
}

TEST(Quotas, endARunWhileItsAnswerComesAndSayWhoDidIt)
{
    Gateway gateway;
    gateway.tier("FREE", R"({"run_tokens":8})");
    gateway.assign("user", "alice", "FREE");
    const auto answer = gateway.call("alice", "agent", R"(,"stream":true)");
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.body.find(R"("finish_reason":"content_filter")"), std::string::npos)
        << answer.body;
    const auto run = std::string(answer.header("X-Exhibit-Run-Id").value_or(""));
    const auto ended = endedRun(gateway, run);
    EXPECT_EQ(ended.at("status"), "failed_policy");
    EXPECT_EQ(ended.at("termination_reason"), "budget_exceeded");
    EXPECT_EQ(ended.at("kill_reason"), "max_tokens");
    EXPECT_EQ(ended.at_pointer("/abort/actor"), "tier:FREE");
    EXPECT_EQ(codeOf(gateway.call("alice", "agent")), "run_stopped");

    // The same before a call: it is the run that ends, for everybody.
    gateway.tier("TEAM", R"({"run_calls":1})");
    gateway.assign("user", "carol", "TEAM");
    EXPECT_EQ(gateway.call("carol", "short").status, 200);
    const auto refused = gateway.call("carol", "short");
    EXPECT_EQ(codeOf(refused), "RUN_CALLS_EXCEEDED");
    EXPECT_EQ(codeOf(gateway.call("carol", "short")), "run_stopped");
    const auto over
        = endedRun(gateway, std::string(refused.header("X-Exhibit-Run-Id").value_or("")));
    EXPECT_EQ(over.at("status"), "failed_policy");
    EXPECT_EQ(over.at("kill_reason"), "max_llm_calls");
    EXPECT_EQ(over.at_pointer("/abort/actor"), "tier:TEAM");
}

TEST(Quotas, limitRunsAtOnceAndGiveTheirSlotsBack)
{
    Gateway gateway({"--latency-ms", "400"});
    gateway.tier("FREE", R"({"concurrent_runs":2})");
    gateway.assign("user", "*", "FREE");
    const auto counts
        = atOnce(6, [&](int i) { return gateway.call("alice", "run-" + std::to_string(i)); });
    EXPECT_EQ(counts.at(200), 2);
    EXPECT_EQ(counts.at(429), 4);
    const auto sameRun = atOnce(6, [&](int) { return gateway.call("alice", "one-run"); });
    EXPECT_EQ(sameRun.at(200), 6) << "calls of one run share its slot";
    gateway.tier("TEAM", R"({"concurrent_runs":1,"runs_per_day":1})");
    gateway.assign("user", "carol", "TEAM");
    const auto begun = atOnce(6, [&](int) { return gateway.call("carol", "new-run"); });
    EXPECT_EQ(begun.at(200), 6) << "and it is one run, however many begin it at once";
    EXPECT_EQ(codeOf(gateway.call("carol", "another")), "USER_DAILY_RUNS_EXCEEDED");
}

TEST(Quotas, letOnlyTheWhitelistedUseAlpha)
{
    Gateway gateway;
    gateway.assign("user", "*", "ALPHA");
    const auto stranger = gateway.call("dave@example.com");
    EXPECT_EQ(stranger.status, 403);
    EXPECT_EQ(codeOf(stranger), "NOT_WHITELISTED");
    EXPECT_EQ(
        gateway
            .admin("POST", "/admin/whitelist", R"({"user_id":"dave@example.com","reason":"early"})")
            .status,
        200);
    const auto known = gateway.call("dave@example.com");
    EXPECT_EQ(known.status, 200) << known.body;
    const auto list = must(parseJson(gateway.admin("GET", "/admin/whitelist").body));
    EXPECT_EQ(list.at_pointer("/whitelist/0/user_id"), "dave@example.com");
    EXPECT_EQ(list.at_pointer("/whitelist/0/reason"), "early");
    EXPECT_EQ(gateway
                  .admin("POST",
                         "/admin/whitelist",
                         R"({"user_id":"erin","expires":"2020-01-01T00:00:00Z"})")
                  .status,
              200);
    EXPECT_EQ(codeOf(gateway.call("erin")), "NOT_WHITELISTED") << "expired";
    EXPECT_EQ(gateway.admin("DELETE", "/admin/whitelist?user_id=dave%40example.com").status, 204);
    EXPECT_EQ(codeOf(gateway.call("dave@example.com")), "NOT_WHITELISTED");
    EXPECT_EQ(gateway.admin("DELETE", "/admin/whitelist?user_id=nobody").status, 404);
}

TEST(Quotas, addUpWhatEachUserUsedInADay)
{
    Gateway gateway;
    EXPECT_EQ(gateway.call("alice", "task").status, 200);
    EXPECT_EQ(gateway.call("alice", "task").status, 200);
    EXPECT_EQ(gateway.call("bob").status, 200);
    Json days;
    const auto deadline = Deadline::after(20s);
    while (!deadline.reached()) {
        days = must(parseJson(gateway.admin("GET", "/admin/quotas/usage").body)).at("days");
        if (days.as_array().size() == 2 && days.at_pointer("/0/calls") == 2) {
            break;
        }
        std::this_thread::sleep_for(50ms);
    }
    ASSERT_EQ(days.as_array().size(), 2U) << printJson(days);
    EXPECT_EQ(days.at_pointer("/0/user_id"), "alice");
    EXPECT_EQ(days.at_pointer("/0/runs"), 1);
    EXPECT_EQ(days.at_pointer("/0/calls"), 2);
    EXPECT_GT(days.at_pointer("/0/prompt_tokens").as_int64(), 0);
    EXPECT_GT(days.at_pointer("/0/cost_microcents").as_int64(), 0);
    EXPECT_EQ(days.at_pointer("/1/runs"), 1);

    // What it cost has a currency, and keeps it.
    const auto usage = must(parseJson(gateway.admin("GET", "/admin/quotas/usage").body));
    EXPECT_EQ(usage.at("currency"), "USD");
    const auto said = must(gateway.server.control({"quota", "usage"})).output;
    EXPECT_NE(said.find("USD 0."), std::string::npos) << said;
    Json calls; // They are found once they are indexed.
    for (const auto indexed = Deadline::after(20s); !indexed.reached();) {
        calls
            = must(parseJson(gateway.admin("POST", "/api/v1/calls/search", "{}").body)).at("calls");
        if (!calls.as_array().empty()) {
            break;
        }
        std::this_thread::sleep_for(50ms);
    }
    ASSERT_FALSE(calls.as_array().empty());
    const Json& call = calls.at(0);
    EXPECT_EQ(call.at("currency"), "USD");
    const std::string run(stringMember(call, "run_id"));
    const auto shown = must(gateway.server.control({"run", "show", run})).output;
    EXPECT_NE(shown.find("USD 0."), std::string::npos) << shown;
    const auto refused = gateway.admin(
        "POST",
        "/admin/prices",
        R"({"version":"house","currency":"EUR","models":[{"model":"*","input_per_million":1,)"
        R"("cached_input_per_million":1,"output_per_million":1}]})");
    EXPECT_EQ(refused.status, 409) << refused.body;
    EXPECT_NE(refused.body.find("recorded in USD"), std::string::npos) << refused.body;
}

TEST(Quotas, estimateARequestAndSayWhetherThereIsRoomForIt)
{
    Gateway gateway;
    const auto file = gateway.folder.file("request.json");
    std::ofstream(file) << R"({"model":"gpt-4o-mini","max_tokens":200,"messages":[)"
                           R"({"role":"user","content":"Where is my parcel with the books?"}]})";
    const auto ask = [&](const std::string& user) {
        return must(gateway.server.controlJson({"estimate", file, "--user", user})).at("estimate");
    };
    const auto before = ask("alice");
    const auto number = [&before](const std::string& pointer) {
        return before.at_pointer(pointer).to_number<std::int64_t>();
    };
    EXPECT_LT(number("/prompt_tokens/low"), number("/prompt_tokens/expected"));
    EXPECT_LT(number("/prompt_tokens/expected"), number("/prompt_tokens/high"));
    EXPECT_EQ(number("/output_tokens/high"), 200) << "what the request allows";
    EXPECT_LE(number("/cost_microcents/low"), number("/cost_microcents/expected"));
    EXPECT_LT(number("/cost_microcents/expected"), number("/cost_microcents/high"));
    EXPECT_EQ(before.at_pointer("/verdict/allowed"), true);

    const std::vector<std::string> set{
        "quota", "set", "TEAM", "--tokens-per-day=150", "--cost-per-day=2.5"};
    EXPECT_EQ(must(gateway.server.control(set)).exitCode, 0);
    const auto list = must(gateway.server.control({"quota", "list"})).output;
    EXPECT_NE(list.find(" 2.50 "), std::string::npos) << list;
    EXPECT_EQ(must(gateway.server.control({"quota", "assign", "user", "TEAM", "*"})).exitCode, 0);
    const auto refused = ask("alice").at("verdict");
    EXPECT_EQ(refused.at("allowed"), false);
    EXPECT_EQ(refused.at("error_code"), "USER_DAILY_TOKENS_EXCEEDED");
    EXPECT_EQ(codeOf(gateway.call("alice", {}, R"(,"max_tokens":200)")),
              "USER_DAILY_TOKENS_EXCEEDED")
        << "as the gateway says";
    EXPECT_EQ(must(gateway.server.control({"quota", "unassign", "user", "*"})).exitCode, 0);
    EXPECT_EQ(ask("alice").at_pointer("/verdict/allowed"), true);

    EXPECT_EQ(must(gateway.server.control({"quota", "assign", "user", "ALPHA", "*"})).exitCode, 0);
    EXPECT_EQ(ask("alice").at_pointer("/verdict/error_code"), "NOT_WHITELISTED");
    EXPECT_EQ(must(gateway.server.control({"whitelist", "add", "alice", "--reason", "a"})).exitCode,
              0);
    EXPECT_EQ(ask("alice").at_pointer("/verdict/allowed"), true);
    EXPECT_EQ(must(gateway.server.control({"whitelist", "remove", "alice"})).exitCode, 0);
    EXPECT_EQ(must(gateway.server.control({"whitelist", "remove", "alice"})).exitCode, 1);
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"quota", "list"}, {"quota", "usage"}, {"whitelist", "list"}}) {
        EXPECT_EQ(must(gateway.server.control(command)).exitCode, 0) << command[1];
    }
    const auto tiers = must(gateway.server.control({"quota", "list"})).output;
    EXPECT_NE(tiers.find("USD 1.00"), std::string::npos) << tiers;
    const auto cost = must(gateway.server.control({"estimate", file})).output;
    EXPECT_NE(cost.find("cost "), std::string::npos) << cost;
    EXPECT_NE(cost.find("from USD 0."), std::string::npos) << cost;
}

TEST(Quotas, refuseWhatIsNoQuota)
{
    Gateway gateway;
    const auto code
        = [&](const std::string& method, const std::string& path, const std::string& body) {
              return gateway.admin(method, path, body).status;
          };
    EXPECT_EQ(code("PUT", "/admin/quotas/GOLD", "{}"), 400);
    EXPECT_EQ(code("PUT", "/admin/quotas/FREE", R"({"runs_per_day":-1})"), 400);
    EXPECT_EQ(code("PUT", "/admin/quotas/FREE", R"({"runs":1})"), 400);
    EXPECT_EQ(code("POST",
                   "/admin/quotas/assignments",
                   R"({"scope":"tenant","subject":"x","tier":"FREE"})"),
              400);
    EXPECT_EQ(code("POST", "/admin/quotas/assignments", R"({"scope":"user","tier":"FREE"})"), 400);
    EXPECT_EQ(code("DELETE", "/admin/quotas/assignments?scope=user&subject=x", ""), 404);
    EXPECT_EQ(code("POST", "/admin/whitelist", R"({"user_id":""})"), 400);
    EXPECT_EQ(code("POST",
                   "/admin/whitelist",
                   R"({"user_id":"a","reason":")" + std::string(501, 'x') + "\"}"),
              400);
    EXPECT_EQ(code("POST", "/admin/whitelist", R"({"user_id":")" + std::string(513, 'x') + "\"}"),
              400);
}

} // namespace
} // namespace exhibit::test
