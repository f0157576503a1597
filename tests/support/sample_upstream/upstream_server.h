// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/sample_upstream/provider.h"

#include <memory>
#include <optional>
#include <string>

namespace exhibit::sample {

struct UpstreamOptions {
    std::string address;
    std::uint16_t port = 0;
    /// Certificate chain and key in PEM files; nothing: plain HTTP.
    std::optional<std::pair<std::string, std::string>> tlsFiles{};
};

/// HTTP/1.1 on one thread, as fast as a benchmark's upstream has to be.
class UpstreamServer {
public:
    UpstreamServer(Provider& provider, UpstreamOptions options);
    ~UpstreamServer();

    /// Binds, and gives the port.
    [[nodiscard]] Result<std::uint16_t> start();
    /// Serves until SIGTERM or SIGINT.
    void run();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::sample
