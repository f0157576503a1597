// SPDX-License-Identifier: Apache-2.0
// What judging a recorded call once more costs: bench_backtest [seconds [part of a line's name]].
// The calls are the bundled recordings; each is judged from its bytes, as a backtest does it, on
// one core.
#include "server/gateway/backtest.h"
#include "server/gateway/provider_answer.h"
#include "tests/bench/bench_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace {

using namespace exhibit;
using bench::processorSeconds;
using bench::readText;

/// "chat.completions" of a recording is "/v1/chat/completions".
std::string endpointOf(const Json& row)
{
    std::string name(stringMember(row, "endpoint"));
    std::replace(name.begin(), name.end(), '.', '/');
    return "/v1/" + name;
}

storage::RecordedCall callOf(const Json& row)
{
    storage::RecordedCall call;
    call.callId = CallId::generate();
    call.runId = RunId::generate();
    call.endpoint = endpointOf(row);
    call.snapshotId = "SNAP-bench";
    call.openedAt = utcNow();
    call.runBefore.startedAt = call.openedAt;
    call.runBefore.llmCalls = 1;
    call.outcome = "completed";
    call.requestHeaders = JsonObject{};
    call.upstreamStatus = row.at("status").to_number<std::int64_t>();
    call.request = printJson(row.at("request"));
    const Json* sse = findMember(row, "sse");
    call.responseHeaders
        = JsonObject{{"content-type", sse != nullptr ? "text/event-stream" : "application/json"}};
    if (sse == nullptr) {
        call.released.push_back({0, 0, 1000, printJson(row.at("response"))});
        return call;
    }
    std::string stream;
    for (const auto& line : sse->as_array()) {
        stream += std::string(line.as_string()) + "\n";
    }
    stream += "\n";
    const auto events = gateway::countEvents(stream);
    call.released.push_back({0, events, 1000, std::move(stream)});
    return call;
}

std::vector<storage::RecordedCall> recordedCalls(const std::filesystem::path& source, bool streams)
{
    std::vector<storage::RecordedCall> calls;
    for (const auto& entry :
         std::filesystem::directory_iterator(source / "tests/support/recordings")) {
        std::istringstream lines(readText(entry.path()));
        for (std::string line; std::getline(lines, line);) {
            const auto row = parseJson(line).value();
            // No policy judges embeddings.
            const bool judged = endpointOf(row) != gateway::embeddingsSurface().traits().path;
            if (judged && (findMember(row, "sse") != nullptr) == streams) {
                calls.push_back(callOf(row));
            }
        }
    }
    return calls;
}

std::vector<domain::Policy> policiesOf(const std::filesystem::path& file)
{
    return domain::policiesFromJson(parseJson(readText(file)).value()).value();
}

gateway::BacktestSources sources(const std::vector<domain::Policy>& inForce)
{
    gateway::BacktestSources made;
    made.snapshot = [&inForce](const std::string&) {
        return domain::makeSnapshot(TenantId::generate(), inForce);
    };
    made.projectSlug = [](ProjectId) { return "default"; };
    return made;
}

void measure(const std::string& name,
             const std::vector<storage::RecordedCall>& calls,
             const std::vector<domain::Policy>& drafts,
             double seconds)
{
    std::size_t bytes = 0;
    for (const auto& call : calls) {
        bytes += call.request.size() + call.released.front().bytes.size();
    }
    const std::vector<domain::Policy> none;
    gateway::Backtest backtest(TenantId::generate(), drafts, sources(none), 20);
    for (const auto& call : calls) { // Warm: the automata are built once for a backtest.
        static_cast<void>(backtest.add(call));
    }
    if (backtest.report().calls != static_cast<std::int64_t>(calls.size())) {
        throw std::runtime_error("calls were left out");
    }
    std::size_t judged = 0;
    const double began = processorSeconds();
    double elapsed = 0;
    while (elapsed < seconds) {
        for (const auto& call : calls) {
            static_cast<void>(backtest.add(call));
        }
        judged += calls.size();
        elapsed = processorSeconds() - began;
    }
    fmt::print("{:<44} {:>9.0f} calls/s  {:>6.1f} us a call of {:.1f} kB\n",
               name,
               static_cast<double>(judged) / elapsed,
               elapsed / static_cast<double>(judged) * 1e6,
               static_cast<double>(bytes) / static_cast<double>(calls.size()) / 1e3);
}

} // namespace

int main(int argc, char** argv)
{
    const double seconds = argc > 1 ? std::atof(argv[1]) : 2.0;
    const std::string_view wanted = argc > 2 ? argv[2] : "";
    const char* folder = std::getenv("EXHIBIT_SOURCE_DIR");
    const std::filesystem::path source = folder == nullptr ? "." : folder;
    const auto whole = recordedCalls(source, false);
    const auto streams = recordedCalls(source, true);
    for (const auto* file : {"content_accuracy", "secret_output", "pii_output", "bench-20"}) {
        const auto drafts
            = policiesOf(source / "resources/policies" / (std::string(file) + ".json"));
        for (const auto& [kind, calls] : {std::pair("JSON", &whole), {"streams", &streams}}) {
            const auto name = fmt::format("backtest {} ({}), {}", file, drafts.size(), kind);
            if (name.find(wanted) != std::string::npos) {
                measure(name, *calls, drafts, seconds);
            }
        }
    }
    return 0;
}
