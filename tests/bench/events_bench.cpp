// SPDX-License-Identifier: Apache-2.0
// What one event of a stream costs from the provider's bytes to those that may go out: bench_events
// [seconds]. The streams are the bundled recordings, each under a guard of its own as a call has
// it; reading, scanning, thresholds and release on one core, without sockets and journal.
#include "models/base/json.h"
#include "server/gateway/stream_relay.h"
#include "tests/bench/bench_input.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace {

using namespace exhibit;
using bench::processorSeconds;
using bench::readText;

using Events = std::vector<std::string>;

std::vector<Events> recordedStreams(const std::filesystem::path& source)
{
    std::vector<Events> streams;
    for (const auto& entry :
         std::filesystem::directory_iterator(source / "tests/support/recordings")) {
        std::istringstream lines(readText(entry.path()));
        for (std::string line; std::getline(lines, line);) {
            const auto row = parseJson(line).value();
            const Json* sse = findMember(row, "sse");
            if (sse == nullptr || stringMember(row, "endpoint") != "chat.completions") {
                continue;
            }
            auto& events = streams.emplace_back();
            for (const auto& part : sse->as_array()) {
                const auto text = std::string(part.as_string());
                if (text.starts_with("data:")) {
                    events.push_back(text + "\n\n");
                }
            }
        }
    }
    return streams;
}

std::shared_ptr<const prevention::CompiledSnapshot> compiled(const std::filesystem::path& file)
{
    const auto policies = domain::policiesFromJson(parseJson(readText(file)).value()).value();
    auto snapshot = domain::makeSnapshot(TenantId::generate(), policies).value();
    return prevention::CompiledSnapshot::compile(
               std::make_shared<const domain::PolicySnapshot>(std::move(snapshot)))
        .value();
}

/// Bytes that went out.
std::size_t relay(const std::shared_ptr<const prevention::CompiledSnapshot>& snapshot,
                  const Events& events)
{
    prevention::CallSubject subject;
    subject.project = "default";
    subject.model = "gpt-4o";
    prevention::CallGuard guard(snapshot, subject);
    gateway::UsageMeter meter(nullptr, {}, 0);
    gateway::StreamRelay relay(guard, meter, {});
    std::size_t bytes = 0;
    const auto take = [&] {
        for (const auto& released : relay.takeReleased()) {
            bytes += released.bytes.size();
        }
    };
    for (const auto& event : events) {
        static_cast<void>(relay.feed(event));
        take();
    }
    relay.finish();
    take();
    return bytes;
}

void measure(const std::string& name,
             const std::shared_ptr<const prevention::CompiledSnapshot>& snapshot,
             const std::vector<Events>& streams,
             double seconds)
{
    std::size_t out = 0;
    std::size_t events = 0;
    std::size_t rounds = 0;
    const auto round = [&] {
        for (const auto& stream : streams) {
            out += relay(snapshot, stream);
            events += stream.size();
        }
        ++rounds;
    };
    round(); // Fills the cache of transitions.
    events = 0;
    rounds = 0;
    const double began = processorSeconds();
    double elapsed = 0;
    while (elapsed < seconds) {
        round();
        elapsed = processorSeconds() - began;
    }
    fmt::print("{:<24} {:6.2f} us an event, {} streams, {:.0f} events each, {} bytes out\n",
               name,
               elapsed / static_cast<double>(events) * 1e6,
               streams.size(),
               static_cast<double>(events) / static_cast<double>(rounds * streams.size()),
               out);
}

} // namespace

int main(int argc, char** argv)
{
    const double seconds = argc > 1 ? std::atof(argv[1]) : 2.0;
    const char* folder = std::getenv("EXHIBIT_SOURCE_DIR");
    const std::filesystem::path source = folder == nullptr ? "." : folder;
    const auto streams = recordedStreams(source);
    for (const auto* pack : {"bench-20", "pii_output"}) {
        const auto file = source / "resources/policies" / (std::string(pack) + ".json");
        measure(pack, compiled(file), streams, seconds);
    }
    return 0;
}
