// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/process.h"

#include <cstdint>

namespace exhibit::test {

/// exhibit-sample-upstream on a free loopback port, ready for requests when start() returns.
class SampleUpstream {
public:
    /// `arguments` are added to --listen 127.0.0.1:0; without --recordings the bundled ones
    /// (tests/support/recordings, found through EXHIBIT_SOURCE_DIR) are served.
    [[nodiscard]] static Result<SampleUpstream> start(std::vector<std::string> arguments = {});

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] std::string baseUrl() const;
    [[nodiscard]] Process& process() { return m_process; }

private:
    SampleUpstream(Process process, std::uint16_t port)
        : m_process(std::move(process))
        , m_port(port)
    {
    }

    Process m_process;
    std::uint16_t m_port;
};

} // namespace exhibit::test
