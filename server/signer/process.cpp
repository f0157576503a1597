// SPDX-License-Identifier: Apache-2.0
#include "server/signer/process.h"

#include "server/signer/client.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace exhibit::signer {
namespace {

using namespace std::chrono_literals;

std::filesystem::path programBeside()
{
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "exhibit-signer";
}

} // namespace

SignerProcess::SignerProcess(std::filesystem::path folder)
    : m_folder(std::move(folder))
    , m_socket(socketIn(m_folder))
{
}

std::unique_ptr<SignerProcess> SignerProcess::start(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::unique_ptr<SignerProcess> process(new SignerProcess(folder));
    auto* const self = process.get();
    process->m_supervisor
        = std::jthread([self](const std::stop_token& stop) { self->supervise(stop); });
    return process;
}

Result<void> SignerProcess::waitUntilItAnswers(Deadline deadline) const
{
    SignerClient client(m_socket);
    while (!client.publicKeys()) {
        if (deadline.reached()) {
            return fail(ErrorCode::Unavailable,
                        "exhibit-signer does not start; its log is "
                            + (m_folder / "signer.log").string());
        }
        std::this_thread::sleep_for(10ms);
    }
    return {};
}

SignerProcess::~SignerProcess()
{
    m_supervisor.request_stop();
    if (const pid_t pid = m_pid; pid > 0) {
        ::kill(pid, SIGTERM);
    }
}

Result<void> SignerProcess::spawn()
{
    // Everything is made before fork(): this process has threads.
    const std::string program = programBeside().string();
    const std::string folder = m_folder.string();
    const std::string socket = m_socket.string();
    const std::string log = (m_folder / "signer.log").string();
    char* const arguments[] = {const_cast<char*>(program.c_str()),
                               const_cast<char*>("--dir"),
                               const_cast<char*>(folder.c_str()),
                               const_cast<char*>("--socket"),
                               const_cast<char*>(socket.c_str()),
                               nullptr};
    char* const environment[] = {nullptr};
    const pid_t pid = ::fork();
    if (pid < 0) {
        return fail(ErrorCode::Unavailable, "exhibit-signer cannot be started");
    }
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        ::setsid();
        const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        const int input = ::open("/dev/null", O_RDONLY);
        if (input >= 0) {
            ::dup2(input, STDIN_FILENO);
        }
        if (output >= 0) {
            ::dup2(output, STDOUT_FILENO);
            ::dup2(output, STDERR_FILENO);
        }
        ::close_range(3, ~0U, 0);
        ::execve(program.c_str(), arguments, environment);
        ::_exit(127);
    }
    m_pid = pid;
    return {};
}

void SignerProcess::supervise(const std::stop_token& stop)
{
    auto pause = 50ms;
    while (!stop.stop_requested()) {
        const auto started = std::chrono::steady_clock::now();
        if (spawn()) {
            // Polls, so that a stop is noticed although the child lives on.
            while (::waitpid(m_pid, nullptr, WNOHANG) == 0) {
                if (stop.stop_requested()) {
                    ::kill(m_pid, SIGTERM);
                    ::waitpid(m_pid, nullptr, 0);
                    m_pid = 0;
                    return;
                }
                std::this_thread::sleep_for(20ms);
            }
            m_pid = 0;
        }
        const bool livedLong = std::chrono::steady_clock::now() - started > 10s;
        pause = livedLong ? 50ms : std::min<std::chrono::milliseconds>(pause * 2, 2000ms);
        std::this_thread::sleep_for(pause);
    }
}

} // namespace exhibit::signer
