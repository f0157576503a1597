// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/signer/client.h"
#include "tests/support/temp_dir.h"

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace exhibit::signer::testing {

/// The built program.
inline std::string signerProgram()
{
    const char* const bin = std::getenv("EXHIBIT_BIN_DIR");
    return std::string(bin == nullptr ? "." : bin) + "/exhibit-signer";
}

/// Starts it; its pid.
inline pid_t spawnSigner(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), signerProgram());
    std::vector<char*> pointers;
    for (auto& argument : arguments) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::execv(pointers.front(), pointers.data());
        ::_exit(127);
    }
    return pid;
}

/// Runs it to its end; its exit code.
inline int runSigner(std::vector<std::string> arguments)
{
    int status = 0;
    ::waitpid(spawnSigner(std::move(arguments)), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// A signer that serves from a folder of its own, as long as the object lives.
class RunningSigner {
public:
    explicit RunningSigner(const std::vector<std::string>& arguments = {}) { start(arguments); }
    ~RunningSigner() { stop(SIGTERM); }
    RunningSigner(const RunningSigner&) = delete;
    RunningSigner& operator=(const RunningSigner&) = delete;

    /// Waits until it answers.
    void start(const std::vector<std::string>& arguments = {})
    {
        std::vector<std::string> all{
            "--dir", socket().parent_path().string(), "--socket", socket().string()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        m_pid = spawnSigner(std::move(all));
        SignerClient client(socket());
        const auto deadline = Deadline::after(std::chrono::seconds(20));
        while (!client.publicKeys() && !deadline.reached()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    void stop(int signal)
    {
        if (m_pid > 0) { // kill(0) would end the test itself.
            ::kill(m_pid, signal);
            ::waitpid(m_pid, nullptr, 0);
            m_pid = 0;
        }
    }
    /// Whether it ends by itself within some seconds.
    [[nodiscard]] bool ends()
    {
        const auto deadline = Deadline::after(std::chrono::seconds(20));
        while (::waitpid(m_pid, nullptr, WNOHANG) == 0) {
            if (deadline.reached()) {
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        m_pid = 0;
        return true;
    }
    /// Longer than the address of a socket may be.
    [[nodiscard]] std::filesystem::path socket() const
    {
        return m_folder.path() / std::string(120, 'd') / "s";
    }

private:
    test::TempDir m_folder;
    pid_t m_pid = 0;
};

} // namespace exhibit::signer::testing
