// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream_process.h"

#include "models/base/json.h"

#include <algorithm>
#include <cstdlib>

namespace exhibit::test {

namespace {

constexpr auto kStartTimeout = std::chrono::seconds(60); // Large recordings, a loaded machine.

} // namespace

Result<SampleUpstream> SampleUpstream::start(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"--listen", "127.0.0.1:0"});
    if (std::ranges::find(arguments, "--recordings") == arguments.end()) {
        const char* source = std::getenv("EXHIBIT_SOURCE_DIR");
        if (source == nullptr) {
            return fail(ErrorCode::InvalidInput, "EXHIBIT_SOURCE_DIR is not set");
        }
        arguments.insert(arguments.end(),
                         {"--recordings", std::string(source) + "/tests/support/recordings"});
    }
    EXHIBIT_TRY(Process process,
                Process::start(programPath("exhibit-sample-upstream"),
                               {.arguments = std::move(arguments)}));
    EXHIBIT_TRY(const std::string line, process.readLine(Deadline::after(kStartTimeout)));
    EXHIBIT_TRY(const Json ready, parseJson(line));
    const std::string_view listening = stringMember(ready, "listening");
    const std::size_t colon = listening.rfind(':');
    if (colon == std::string_view::npos) {
        return fail(ErrorCode::Corrupt, "the sample provider did not say where it listens", line);
    }
    const auto port = std::strtoul(std::string(listening.substr(colon + 1)).c_str(), nullptr, 10);
    return SampleUpstream(std::move(process), static_cast<std::uint16_t>(port));
}

std::string SampleUpstream::baseUrl() const
{
    return "http://127.0.0.1:" + std::to_string(m_port);
}

} // namespace exhibit::test
