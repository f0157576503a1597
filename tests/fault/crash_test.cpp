// SPDX-License-Identifier: Apache-2.0
// INV-1: kill -9 at any moment loses nothing that a client has seen.
#include "tests/fault/recorded_call.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>

namespace exhibit {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kStreams = 50;

int rounds()
{
    const char* wanted = std::getenv("EXHIBIT_FAULT_ROUNDS");
    return wanted != nullptr ? std::atoi(wanted) : 3;
}

/// Streams one after the other on each of many threads, until the server dies under them.
std::vector<test::SeenCall> streamUntilKilled(test::Exhibitd& server,
                                              std::chrono::milliseconds when)
{
    std::atomic<bool> dead{false};
    std::vector<std::vector<test::SeenCall>> seen(kStreams);
    std::vector<std::jthread> clients;
    for (std::size_t i = 0; i < kStreams; ++i) {
        clients.emplace_back([&, i] {
            const test::CallPlan plan{server.port(),
                                      server.adminKey().expose(),
                                      i % 2 == 0 ? "contract-2-answer" : "secret-1-answer",
                                      ""};
            while (!dead) {
                seen[i].push_back(test::makeCall(plan));
            }
        });
    }
    std::this_thread::sleep_for(when);
    server.kill();
    dead = true;
    clients.clear();
    std::vector<test::SeenCall> all;
    for (const auto& list : seen) {
        all.insert(all.end(), list.begin(), list.end());
    }
    return all;
}

TEST(Crash, nothingThatAClientHasSeenIsLost)
{
    test::TempDir database;
    test::TempDir data;
    auto postgres = test::TestPostgres::create(database.path());
    ASSERT_TRUE(postgres) << postgres.error().message;
    auto upstream = test::SampleUpstream::start({"--event-gap-ms", "4"});
    ASSERT_TRUE(upstream) << upstream.error().message;
    const test::ExhibitdOptions options{.dataDir = data.path(),
                                        .arguments = {"--database-url", (*postgres)->url()}};
    auto server = test::Exhibitd::start(options);
    ASSERT_TRUE(server) << server.error().message;
    ASSERT_TRUE(
        server->controlJson({"upstream", "add", "sample", "--base-url", upstream->baseUrl()}));

    std::mt19937 random(std::random_device{}());
    std::vector<test::SeenCall> calls;
    for (int round = 0; round < rounds(); ++round) {
        const std::chrono::milliseconds when(150 + random() % 900);
        const auto seen = streamUntilKilled(*server, when);
        calls.insert(calls.end(), seen.begin(), seen.end());
        server = test::Exhibitd::start(options);
        ASSERT_TRUE(server) << "after round " << round << ": " << server.error().message;
    }
    std::size_t answered = 0;
    std::size_t bytes = 0;
    for (const auto& call : calls) {
        answered += call.callId.empty() ? 0 : 1;
        bytes += call.received.size();
    }
    ASSERT_GE(answered, kStreams);
    const auto ingested = test::waitUntilIngested(**postgres, answered, Deadline::after(60s));
    EXPECT_TRUE(ingested) << ingested.error().message;
    for (const auto& fault : test::recordFaults(**postgres, data.path() / "signer", calls)) {
        ADD_FAILURE() << fault;
    }
    std::cout << answered << " calls, " << bytes << " bytes received over " << rounds()
              << " crashes\n";
    const auto stopped = server->stop(Deadline::after(30s));
    EXPECT_TRUE(stopped) << stopped.error().message;
}

} // namespace
} // namespace exhibit
