// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace exhibit::test {

/// A child program with its standard output piped to us and its standard error kept in a file.
/// Ended (SIGKILL) with the object and, through the parent-death signal, with the test.
class Process {
public:
    using Environment = std::map<std::string, std::string>;

    /// Starts `program`; `environment` is added to ours. Aborts the test when it cannot be started.
    Process(const std::filesystem::path& program,
            const std::vector<std::string>& arguments,
            const Environment& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// The next line of standard output; nullopt at its end or after the wait.
    [[nodiscard]] std::optional<std::string> readLine(std::chrono::milliseconds wait);
    /// Reads lines until {"listening":"HOST:PORT"}; nullopt when the program does not say so.
    [[nodiscard]] std::optional<std::string> listeningAddress(std::chrono::milliseconds wait);
    /// What is left of standard output, to its end.
    [[nodiscard]] std::string readAll();
    /// What the program wrote to standard error so far.
    [[nodiscard]] std::string errors() const;

    void signal(int number);
    /// The exit code (128 + signal when killed); nullopt while it runs on after the wait.
    std::optional<int> wait(std::chrono::milliseconds wait);
    /// SIGTERM, then waits; SIGKILL when that did not help.
    int terminate(std::chrono::milliseconds wait = std::chrono::seconds(30));
    /// SIGKILL and reap, as a crash would.
    void kill();

    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = -1;
    int m_output = -1;
    std::string m_buffer;
    std::filesystem::path m_errors;
    std::optional<int> m_exit;
};

struct Outcome {
    int exitCode = -1;
    std::string output;
    std::string errors;
};

/// Runs a program to its end.
[[nodiscard]] Outcome run(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments,
                          const Process::Environment& environment = {},
                          std::chrono::milliseconds wait = std::chrono::seconds(60));

} // namespace exhibit::test
