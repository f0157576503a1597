// SPDX-License-Identifier: Apache-2.0
// ./dev bench evidence, its last row: what a replay certificate costs beyond the provider's own
// time, through the public door of a real server with its signer, PostgreSQL and provider.
#include "models/base/json.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace {

using namespace exhibit;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::string kBody
    = R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"go on"}],)"
      R"("user_id":"ada","metadata":{"context":{"contract":{"auto_renew":null}}}})";
constexpr int kRounds = 40;

template <class T>
T must(Result<T> result)
{
    if (!result) {
        throw std::runtime_error(result.error().message);
    }
    return *std::move(result);
}

std::string sourceFolder()
{
    const char* const folder = std::getenv("EXHIBIT_SOURCE_DIR");
    return folder == nullptr ? "." : folder;
}

/// The incident of one call that a policy stops.
std::string makeIncident(const test::Exhibitd& server, const test::SampleUpstream& upstream)
{
    must(server.controlJson({"upstream", "add", "sample", "--base-url", upstream.baseUrl()}));
    must(server.controlJson(
        {"policy", "import", sourceFolder() + "/resources/policies/content_accuracy.json"}));
    must(
        server.request("POST",
                       "/v1/chat/completions",
                       {{"Content-Type", "application/json"}, {"x-sample-id", "contract-2-answer"}},
                       kBody));
    const auto deadline = Deadline::after(30s);
    while (!deadline.reached()) {
        const Json found = must(server.controlJson({"search", "user:ada"}));
        const auto& hits = found.at("incidents").get_array();
        if (!hits.empty()) {
            return std::string(stringMember(hits.front(), "incident_id"));
        }
        std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("no incident came up");
}

template <class Work>
double millisecondsOf(Work work)
{
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void askProvider(const test::SampleUpstream& upstream)
{
    const auto text = test::requestText(
        "POST", "/v1/chat/completions", {{"Content-Type", "application/json"}}, kBody);
    auto connection
        = must(test::HttpConnection::connect("127.0.0.1", upstream.port(), Deadline::after(5s)));
    if (!connection.send(text, Deadline::after(5s))) {
        throw std::runtime_error("the provider does not answer");
    }
    must(connection.readReply(Deadline::after(30s)));
}

int certify(const test::Exhibitd& server, const std::string& incident)
{
    return must(server.request("POST", "/api/v1/incidents/" + incident + "/certificate")).status;
}

void bench()
{
    const test::TempDir folder;
    auto upstream = must(test::SampleUpstream::start());
    auto server = must(test::Exhibitd::start(
        {.dataDir = folder.path() / "data", .arguments = {}, .environment = {}}));
    const std::string incident = makeIncident(server, upstream);
    const auto deadline = Deadline::after(30s);
    while (certify(server, incident) != 201) { // The call closes in a moment.
        if (deadline.reached()) {
            throw std::runtime_error("no certificate is issued");
        }
        std::this_thread::sleep_for(100ms);
    }
    std::vector<double> beyond;
    for (int i = 0; i < kRounds; ++i) {
        const double provider = millisecondsOf([&] { askProvider(upstream); });
        int status = 0;
        const double all = millisecondsOf([&] { status = certify(server, incident); });
        if (status != 201) {
            throw std::runtime_error("a certificate was refused: " + std::to_string(status));
        }
        beyond.push_back(all - provider);
    }
    std::sort(beyond.begin(), beyond.end());
    fmt::print("| certificate, beyond the provider's own time | p50 {:.0f} ms, p95 {:.0f} ms |"
               " <= 50 ms |\n",
               beyond[kRounds / 2],
               beyond[kRounds * 95 / 100]);
}

} // namespace

int main()
{
    try {
        bench();
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
