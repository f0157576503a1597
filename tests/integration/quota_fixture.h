// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace exhibit::test {

using namespace std::chrono_literals;

/// An exhibitd of its own before a provider, and what its administrator does with quotas.
struct Gateway {
    explicit Gateway(std::vector<std::string> upstreamArguments = {})
        : upstream(must(SampleUpstream::start(std::move(upstreamArguments))))
        , server(must(Exhibitd::start({.dataDir = folder.path()})))
    {
        must(server.controlJson({"upstream", "add", "sample", "--base-url", upstream.baseUrl()}));
    }

    Reply admin(const std::string& method, const std::string& path, const std::string& body = {})
    {
        return must(server.request(method, path, {{"Content-Type", "application/json"}}, body));
    }
    void tier(const std::string& tier, const std::string& policy)
    {
        const auto reply = admin("PUT", "/admin/quotas/" + tier, policy);
        EXPECT_EQ(reply.status, 200) << reply.body;
    }
    void assign(const std::string& scope, const std::string& subject, const std::string& tier)
    {
        const auto reply = admin("POST",
                                 "/admin/quotas/assignments",
                                 R"({"scope":")" + scope + R"(","subject":")" + subject
                                     + R"(","tier":")" + tier + "\"}");
        EXPECT_EQ(reply.status, 200) << reply.body;
    }
    Reply call(const std::string& user,
               const std::string& run = {},
               const std::string& more = {}) const
    {
        HeaderList headers{{"Content-Type", "application/json"}, {"X-Exhibit-User-Id", user}};
        if (!run.empty()) {
            headers.emplace_back("X-Exhibit-Run-Id", run);
        }
        return must(server.request(
            "POST",
            "/v1/chat/completions",
            headers,
            R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}])" + more
                + "}"));
    }

    TempDir folder;
    SampleUpstream upstream;
    Exhibitd server;
};

inline std::string codeOf(const Reply& reply)
{
    const auto json = parseJson(reply.body);
    const Json* error = json ? findMember(*json, "error") : nullptr;
    return error == nullptr ? "" : std::string(stringMember(*error, "error_code"));
}

/// How many answers had which status.
inline std::map<int, int> atOnce(int calls, const std::function<Reply(int)>& call)
{
    std::mutex mutex;
    std::map<int, int> counts;
    std::vector<std::thread> threads;
    for (int i = 0; i < calls; ++i) {
        threads.emplace_back([&, i] {
            const auto reply = call(i);
            const std::lock_guard lock(mutex);
            ++counts[reply.status];
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    return counts;
}

/// What PostgreSQL has of a run once it has ended.
inline Json endedRun(Gateway& gateway, const std::string& run)
{
    const auto deadline = Deadline::after(20s);
    while (true) {
        const auto reply = gateway.admin("GET", "/api/v1/runs/" + run);
        const auto found = must(parseJson(reply.body));
        const bool ended = reply.status == 200 && found.at_pointer("/run/status") != "running";
        if (ended || deadline.reached()) {
            EXPECT_TRUE(ended) << reply.body;
            return ended ? found.at("run") : Json{};
        }
        std::this_thread::sleep_for(20ms);
    }
}

} // namespace exhibit::test
