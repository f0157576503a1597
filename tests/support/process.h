// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/time.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace exhibit::test {

/// The path of one of the project's programs: in EXHIBIT_BIN_DIR, which ctest sets.
[[nodiscard]] std::string programPath(const std::string& name);

struct ProcessOptions {
    std::vector<std::string> arguments{};
    /// Added to the test's own environment; an empty value removes the variable.
    std::map<std::string, std::string> environment{};
    std::string workingDirectory{}; ///< Empty: the test's own.
    std::string standardErrorFile{}; ///< Empty: the test's own standard error.
};

/// A child of the test: its standard output is read here, its standard input is empty. Killed and
/// reaped with this object, and by the kernel when the thread that started it ends, so that a
/// crashed test leaves nothing running. Used by one thread.
class Process {
public:
    [[nodiscard]] static Result<Process> start(const std::string& program, ProcessOptions options);
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    ~Process();

    /// The next line of standard output, without its end. Unavailable: the output ended.
    [[nodiscard]] Result<std::string> readLine(Deadline deadline);
    /// Everything up to the end of standard output.
    [[nodiscard]] Result<std::string> readRest(Deadline deadline);

    void terminate() const; ///< SIGTERM.
    void kill() const; ///< SIGKILL.
    void signal(int number) const;
    /// The exit code, or 128 + the signal that ended it.
    [[nodiscard]] Result<int> wait(Deadline deadline);
    [[nodiscard]] bool running();
    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    Process(pid_t pid, int output)
        : m_pid(pid)
        , m_output(output)
    {
    }
    [[nodiscard]] Result<bool> readMore(Deadline deadline); ///< False at the end.
    [[nodiscard]] bool reap();
    void release();

    pid_t m_pid = -1;
    int m_output = -1;
    std::string m_unread;
    std::optional<int> m_exitCode;
};

/// Runs a program to its end. DeadlineExceeded when it has to be killed.
struct Finished {
    int exitCode = 0;
    std::string output;
};
[[nodiscard]] Result<Finished> run(const std::string& program,
                                   ProcessOptions options,
                                   Deadline deadline);

} // namespace exhibit::test
