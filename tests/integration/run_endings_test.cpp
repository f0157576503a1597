// SPDX-License-Identifier: Apache-2.0
// domain.md, "How an end is recorded": each cause through a real gateway, as PostgreSQL has it.
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

/// Each policy applies to the user of its name alone.
std::string policyFor(const std::string& user, const std::string& stage, const std::string& rule)
{
    std::string id = user;
    std::transform(
        id.begin(), id.end(), id.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return R"({"policy_id":"FOR_)" + id + R"(","version":1,"title":"t","category":"test",)"
        + R"("severity":"high","mode":"block","stage":[")" + stage
        + R"("],"applies_to":{"users":[")" + user + R"("]},"rule":)" + rule + "}";
}
std::string threshold(const std::string& user, const std::string& metric)
{
    return policyFor(user, "run", R"({"type":"threshold","metric":")" + metric + R"(","max":1})");
}

struct Cause {
    std::string name; ///< Also of the user.
    std::string policy; ///< Empty: none.
    std::string tier; ///< Of the user; empty: none.
    std::string fault; ///< Of the provider.
    int calls = 1; ///< Of one run that the client names, when there are several.
    std::string kill; ///< The reason with which it is killed once the answer begins.
    std::string status;
    std::string reason;
    std::string killReason; ///< Empty: null.
};

const Cause kCauses[] = {
    {.name = "nothing", .status = "succeeded", .reason = "completed"},
    {.name = "content",
     .policy = policyFor(
         "content", "output", R"({"type":"patterns","patterns":[{"pattern":"[A-Za-z]{2}"}]})"),
     .status = "failed_policy",
     .reason = "policy_block"},
    {.name = "request",
     .policy
     = policyFor("request", "input", R"({"type":"patterns","patterns":[{"pattern":"Hello"}]})"),
     .status = "failed_policy",
     .reason = "policy_block"},
    {.name = "tokens",
     .policy = threshold("tokens", "run.tokens"),
     .status = "failed_policy",
     .reason = "budget_exceeded",
     .killReason = "max_tokens"},
    {.name = "cost",
     .policy = threshold("cost", "run.cost"),
     .status = "failed_policy",
     .reason = "budget_exceeded",
     .killReason = "max_cost"},
    {.name = "calls",
     .policy = threshold("calls", "run.llm_calls"),
     .calls = 2,
     .status = "failed_policy",
     .reason = "budget_exceeded",
     .killReason = "max_llm_calls"},
    {.name = "duration",
     .policy = threshold("duration", "run.duration"),
     .fault = "stall",
     .status = "failed_policy",
     .reason = "timeout",
     .killReason = "max_runtime"},
    {.name = "limit",
     .tier = "FREE", // One call a run.
     .calls = 2,
     .status = "failed_policy",
     .reason = "budget_exceeded",
     .killReason = "max_llm_calls"},
    {.name = "quota",
     .tier = "TEAM", // No run a day.
     .status = "failed",
     .reason = "budget_exceeded"},
    {.name = "stranger",
     .tier = "ALPHA", // And not on its list.
     .status = "failed",
     .reason = "budget_exceeded"},
    {.name = "operator",
     .fault = "stall",
     .kill = "admin_kill",
     .status = "cancelled",
     .reason = "user_abort",
     .killReason = "admin_kill"},
    {.name = "user",
     .fault = "stall",
     .kill = "user_cancel",
     .status = "cancelled",
     .reason = "user_abort",
     .killReason = "user_cancel"},
    {.name = "provider", .fault = "cut", .status = "failed", .reason = "system_failure"},
    {.name = "error", .fault = "500", .status = "failed", .reason = "system_failure"},
};

class RunEndings : public testing::Test {
protected:
    RunEndings()
        : m_upstream(must(SampleUpstream::start()))
        , m_server(must(Exhibitd::start({.dataDir = m_folder.path()})))
    {
        must(m_server.controlJson(
            {"upstream", "add", "sample", "--base-url", m_upstream.baseUrl()}));
        expectOk("PUT", "/admin/quotas/FREE", R"({"run_calls":1})");
        expectOk("PUT", "/admin/quotas/TEAM", R"({"runs_per_day":0})");
        for (const auto& cause : kCauses) {
            if (!cause.policy.empty()) {
                expectOk("POST", "/api/v1/policies", cause.policy);
            }
            if (!cause.tier.empty()) {
                expectOk("POST",
                         "/admin/quotas/assignments",
                         R"({"scope":"user","subject":")" + cause.name + R"(","tier":")"
                             + cause.tier + "\"}");
            }
        }
    }

    void expectOk(const std::string& method, const std::string& path, const std::string& body)
    {
        const auto reply
            = must(m_server.request(method, path, {{"Content-Type", "application/json"}}, body));
        EXPECT_TRUE(reply.status == 200 || reply.status == 201) << reply.body;
    }
    /// Makes the last call of the run, and kills it if that is its end; returns the run's id.
    std::string runOf(const Cause& cause)
    {
        HeaderList headers{{"Authorization", "Bearer " + m_server.adminKey().expose()},
                           {"Content-Type", "application/json"},
                           {"X-Exhibit-User-Id", cause.name}};
        if (cause.calls > 1) {
            headers.emplace_back("X-Exhibit-Run-Id", "run-" + cause.name);
        }
        if (!cause.fault.empty()) {
            headers.emplace_back("x-sample-fault", cause.fault);
        }
        const auto text = requestText(
            "POST",
            "/v1/chat/completions",
            headers,
            R"({"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello"}]})");
        for (int i = 1; i < cause.calls; ++i) {
            EXPECT_EQ(must(exchange(m_server.port(), text, Deadline::after(30s))).status, 200);
        }
        auto connection
            = must(HttpConnection::connect("127.0.0.1", m_server.port(), Deadline::after(30s)));
        EXPECT_TRUE(connection.send(text, Deadline::after(30s)));
        const auto head = must(connection.readHead(Deadline::after(30s)));
        auto run = head.header("X-Exhibit-Run-Id").value_or("");
        if (!cause.kill.empty()) {
            EXPECT_TRUE(must(connection.readEvent(Deadline::after(30s)))) << "the answer has begun";
            must(m_server.controlJson({"kill", run, "--reason", cause.kill}));
        }
        static_cast<void>(connection.readBody(Deadline::after(30s)));
        return run;
    }
    /// The run once it has ended.
    Json ended(const std::string& run)
    {
        const auto deadline = Deadline::after(30s);
        while (true) {
            const auto reply = must(m_server.request("GET", "/api/v1/runs/" + run));
            const auto found = must(parseJson(reply.body));
            if (reply.status == 200 && found.at_pointer("/run/status") != "running") {
                return found.at("run");
            }
            if (deadline.reached()) {
                ADD_FAILURE() << reply.body;
                return JsonObject{{"status", ""}, {"termination_reason", ""}};
            }
            std::this_thread::sleep_for(20ms);
        }
    }

    TempDir m_folder;
    SampleUpstream m_upstream;
    Exhibitd m_server;
};

TEST_F(RunEndings, areRecordedAsTheTableSays)
{
    for (const auto& cause : kCauses) {
        SCOPED_TRACE(cause.name);
        const auto run = ended(runOf(cause));
        EXPECT_EQ(stringMember(run, "status"), cause.status) << printJson(run);
        EXPECT_EQ(stringMember(run, "termination_reason"), cause.reason) << printJson(run);
        const auto* kill = findMember(run, "kill_reason");
        const bool none = kill == nullptr || kill->is_null();
        EXPECT_EQ(none ? "" : std::string(kill->as_string()), cause.killReason) << printJson(run);
    }
}

} // namespace
} // namespace exhibit::test
