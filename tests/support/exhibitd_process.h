// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/secret.h"
#include "tests/support/http_client.h"
#include "tests/support/process.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace exhibit::test {

struct ExhibitdOptions {
    std::filesystem::path dataDir;
    std::vector<std::string> arguments; ///< Added to serve --data-dir DIR --listen 127.0.0.1:0.
    std::map<std::string, std::string> environment;
};

/// A real exhibitd with its private PostgreSQL, ready for requests when start() returns.
class Exhibitd {
public:
    [[nodiscard]] static Result<Exhibitd> start(ExhibitdOptions options);

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] std::string url() const;
    [[nodiscard]] const Secret& adminKey() const { return m_adminKey; }
    [[nodiscard]] Process& process() { return m_process; }
    [[nodiscard]] std::filesystem::path logFile() const
    {
        return m_options.dataDir / "exhibitd.log";
    }

    /// SIGTERM and the exit code; Internal when it is not 0.
    [[nodiscard]] Result<void> stop(Deadline deadline);
    /// SIGKILL, as a crash; start the next one on the same folder.
    void kill();

    /// Runs exhibitctl as the administrator.
    [[nodiscard]] Result<Finished> control(std::vector<std::string> arguments) const;
    /// The same with --json, parsed; an error when it does not exit with 0.
    [[nodiscard]] Result<Json> controlJson(std::vector<std::string> arguments) const;
    /// One request with the administrator's key.
    [[nodiscard]] Result<Reply> request(std::string_view method,
                                        std::string_view target,
                                        HeaderList headers = {},
                                        BytesView body = {}) const;

private:
    Exhibitd(Process process, ExhibitdOptions options, std::uint16_t port, Secret adminKey);

    Process m_process;
    ExhibitdOptions m_options;
    std::uint16_t m_port;
    Secret m_adminKey;
};

/// Reads lines of a program until {"listening":"HOST:PORT"} and returns the port.
[[nodiscard]] Result<std::uint16_t> readListeningPort(Process& process, Deadline deadline);

} // namespace exhibit::test
