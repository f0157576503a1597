// SPDX-License-Identifier: Apache-2.0
// Part of ./dev bench prevention: how long a kill asked of one replica takes until a stream that is
// live on another one has ended, with many streams under way. Ends by itself; loopback only.
#include "tests/fault/recorded_call.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace {

using namespace exhibit;
using namespace std::chrono_literals;
using test::must;
using Clock = std::chrono::steady_clock;

constexpr int kStreams = 500;
constexpr int kKills = 200;

struct LiveStream {
    test::HttpConnection connection;
    std::string run;
};

LiveStream open(const test::Exhibitd& server, const std::string& key, int number)
{
    const auto deadline = Deadline::after(30s);
    auto connection = must(test::HttpConnection::connect("127.0.0.1", server.port(), deadline));
    must(connection.send(test::requestText("POST",
                                           "/v1/chat/completions",
                                           {{"Authorization", "Bearer " + key},
                                            {"Content-Type", "application/json"},
                                            {"X-Exhibit-Run-Id", fmt::format("bench-{}", number)},
                                            {"x-sample-id", "ordinary-26"}},
                                           R"({"model":"gpt-4o","stream":true,"messages":[]})"),
                         deadline));
    const auto head = must(connection.readHead(deadline));
    must(connection.readEvent(deadline));
    return {std::move(connection), head.header("X-Exhibit-Run-Id").value_or("")};
}

/// Milliseconds from the request to the end of the stream.
double killThrough(const test::Exhibitd& server, LiveStream& stream)
{
    const auto begun = Clock::now();
    const auto reply = must(server.request("POST", "/api/v1/runs/" + stream.run + "/kill"));
    const auto rest = must(stream.connection.readBody(Deadline::after(30s)));
    const auto ended = Clock::now();
    if (reply.status != 200 || rest.find("content_filter") == std::string::npos) {
        throw std::runtime_error(
            fmt::format("a kill did not end its stream: {} {}", reply.status, reply.body));
    }
    return std::chrono::duration<double, std::milli>(ended - begun).count();
}

test::Exhibitd start(const test::TempDir& data,
                     const test::TestPostgres& postgres,
                     std::map<std::string, std::string> environment)
{
    // Loads are an administrator's here, who is limited otherwise.
    environment["EXHIBIT_RATE_ADDRESS_PER_MINUTE"] = "0";
    environment["EXHIBIT_RATE_PERSON_PER_MINUTE"] = "0";
    return must(test::Exhibitd::start({.dataDir = data.path(),
                                       .arguments = {"--database-url", postgres.url()},
                                       .environment = std::move(environment)}));
}

void measure()
{
    const test::TempDir database;
    const test::TempDir firstData;
    const test::TempDir secondData;
    const auto postgres = must(test::TestPostgres::create(database.path()));
    const auto upstream = must(test::SampleUpstream::start({"--event-gap-ms", "3000"}));
    const auto first = start(firstData, *postgres, {});
    must(first.controlJson({"upstream", "add", "sample", "--base-url", upstream.baseUrl()}));
    // Replicas share a signer.
    const auto second = start(
        secondData, *postgres, {{"EXHIBIT_SIGNER_DIR", (firstData.path() / "signer").string()}});
    std::vector<LiveStream> streams;
    for (int i = 0; i < kStreams; ++i) {
        streams.push_back(open(second, first.adminKey().expose(), i));
    }
    // The first knows of the runs once ingest of the second has brought them.
    const auto known = Deadline::after(60s);
    while (!first.controlJson({"run", "show", streams[kKills - 1].run}) && !known.reached()) {
        std::this_thread::sleep_for(50ms);
    }
    std::vector<double> took;
    for (int i = 0; i < kKills; ++i) {
        took.push_back(killThrough(first, streams[static_cast<std::size_t>(i)]));
        std::this_thread::sleep_for(20ms);
    }
    std::sort(took.begin(), took.end());
    fmt::print(
        "kill through another replica, {} streams live, {} kills, ms until the stream's end:\n"
        "  p50 {:.2f}  p99 {:.2f}  max {:.2f}\n",
        kStreams,
        kKills,
        took[took.size() / 2],
        took[took.size() * 99 / 100],
        took.back());
}

} // namespace

int main()
{
    try {
        measure();
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
