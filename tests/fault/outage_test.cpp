// SPDX-License-Identifier: Apache-2.0
// INV-8: PostgreSQL may be away. Calls go on, evidence waits in the spool and arrives once, in
// order; when the spool is full, calls are refused with a clear error.
#include "tests/fault/recorded_call.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace exhibit {
namespace {

using namespace std::chrono_literals;

std::chrono::seconds outage()
{
    const char* wanted = std::getenv("EXHIBIT_OUTAGE_SECONDS");
    return std::chrono::seconds(wanted != nullptr ? std::atoi(wanted) : 30);
}

struct Outage : public testing::Test {
    void start(std::vector<std::string> arguments = {})
    {
        auto made = test::TestPostgres::create(database.path());
        ASSERT_TRUE(made) << made.error().message;
        postgres = *std::move(made);
        auto provider = test::SampleUpstream::start();
        ASSERT_TRUE(provider) << provider.error().message;
        upstream = *std::move(provider);
        arguments.insert(arguments.end(), {"--database-url", postgres->url()});
        options = {.dataDir = data.path(), .arguments = std::move(arguments)};
        restart();
        ASSERT_TRUE(
            server->controlJson({"upstream", "add", "sample", "--base-url", upstream->baseUrl()}));
    }

    void restart()
    {
        auto started = test::Exhibitd::start(options);
        ASSERT_TRUE(started) << started.error().message;
        server = *std::move(started);
    }

    test::SeenCall call(const std::string& run = {})
    {
        return test::makeCall(
            {server->port(), server->adminKey().expose(), "contract-5-known", run});
    }

    /// Calls on a few threads until `end`.
    std::vector<test::SeenCall> callUntil(std::chrono::steady_clock::time_point end)
    {
        constexpr std::size_t kThreads = 4;
        std::vector<std::vector<test::SeenCall>> seen(kThreads);
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < kThreads; ++i) {
                threads.emplace_back([this, &seen, i, end] {
                    const std::string run = "outage-" + std::to_string(i);
                    while (std::chrono::steady_clock::now() < end) {
                        seen[i].push_back(call(run));
                        std::this_thread::sleep_for(20ms);
                    }
                });
            }
        }
        std::vector<test::SeenCall> all;
        for (const auto& list : seen) {
            all.insert(all.end(), list.begin(), list.end());
        }
        return all;
    }

    test::TempDir database;
    test::TempDir data;
    std::unique_ptr<test::TestPostgres> postgres;
    std::optional<test::SampleUpstream> upstream;
    test::ExhibitdOptions options;
    std::optional<test::Exhibitd> server;
};

TEST_F(Outage, callsGoOnAndArriveOnceAndInOrder)
{
    ASSERT_NO_FATAL_FAILURE(start());
    std::jthread stopper([this] {
        std::this_thread::sleep_for(1s);
        postgres->stop();
    });
    const auto calls = callUntil(std::chrono::steady_clock::now() + outage());
    stopper.join();
    const auto failed = std::count_if(calls.begin(), calls.end(), [](const auto& seen) {
        return seen.status != 200 || !seen.complete;
    });
    EXPECT_EQ(failed, 0) << "of " << calls.size();
    ASSERT_TRUE(postgres->start());
    const auto ingested = test::waitUntilIngested(*postgres, calls.size(), Deadline::after(60s));
    ASSERT_TRUE(ingested) << ingested.error().message;
    for (const auto& fault : test::recordFaults(*postgres, data.path() / "signer", calls)) {
        ADD_FAILURE() << fault;
    }
    const auto rows
        = postgres->query("SELECT count(*), count(DISTINCT call_id) FROM exhibit.proxy_calls");
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(rows->integer(0, 0), static_cast<std::int64_t>(calls.size()));
    EXPECT_EQ(rows->integer(0, 0), rows->integer(0, 1));
    // In order: the steps of each run are numbered in the order of its calls.
    const auto disorder = postgres->query(
        "SELECT count(*) FROM (SELECT c.opened_at < lag(c.opened_at) OVER"
        " (PARTITION BY s.run_id ORDER BY s.step_index) AS late FROM exhibit.steps s"
        " JOIN exhibit.proxy_calls c USING (tenant_id, call_id)) t WHERE late");
    ASSERT_TRUE(disorder) << disorder.error().message;
    EXPECT_EQ(disorder->integer(0, 0), 0);
}

TEST_F(Outage, aRestartWithoutPostgresServesFromTheLocalCopy)
{
    ASSERT_NO_FATAL_FAILURE(start());
    EXPECT_EQ(call("before").status, 200);
    postgres->stop();
    ASSERT_TRUE(server->stop(Deadline::after(60s)));
    server.reset();
    ASSERT_NO_FATAL_FAILURE(restart());
    const auto seen = call("before");
    EXPECT_EQ(seen.status, 200) << seen.received;
    ASSERT_TRUE(postgres->start());
    const auto ingested = test::waitUntilIngested(*postgres, 2, Deadline::after(60s));
    EXPECT_TRUE(ingested) << ingested.error().message;
}

TEST_F(Outage, aFullSpoolRefusesCallsAndLosesNothing)
{
    ASSERT_NO_FATAL_FAILURE(start({"--spool-bytes-max", "280000000"}));
    postgres->stop();
    const std::string filler(1 << 20, 'x');
    std::vector<test::SeenCall> passed;
    std::optional<test::Reply> refused;
    for (int i = 0; i < 400 && !refused; ++i) {
        const std::string body
            = R"({"model":"gpt-4o","messages":[{"role":"user","content":")" + filler + "\"}]}";
        auto reply = server->request(
            "POST",
            "/v1/chat/completions",
            {{"Content-Type", "application/json"}, {"x-sample-id", "ordinary-01"}},
            body);
        ASSERT_TRUE(reply) << reply.error().message;
        if (reply->status == 200) {
            passed.push_back(
                {reply->header("X-Exhibit-Call-Id").value_or(""), 200, reply->body, true});
        } else {
            refused = *std::move(reply);
        }
    }
    ASSERT_TRUE(refused) << "the spool never filled";
    EXPECT_EQ(refused->status, 503) << refused->body;
    EXPECT_NE(refused->body.find("spool_full"), std::string::npos) << refused->body;
    EXPECT_EQ(refused->header("x-should-retry").value_or("absent"), "true");
    ASSERT_TRUE(postgres->start());
    const auto ingested = test::waitUntilIngested(*postgres, passed.size(), Deadline::after(120s));
    ASSERT_TRUE(ingested) << ingested.error().message;
    for (const auto& fault : test::recordFaults(*postgres, data.path() / "signer", passed)) {
        ADD_FAILURE() << fault;
    }
    for (int i = 0; i < 200 && call().status != 200; ++i) {
        std::this_thread::sleep_for(100ms);
    }
    EXPECT_EQ(call().status, 200) << "calls pass again once there is room";
}

} // namespace
} // namespace exhibit
