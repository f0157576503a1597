// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace exhibit::test {

namespace {

std::vector<std::string> environmentOf(const ProcessOptions& options)
{
    std::vector<std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string variable = *entry;
        if (!options.environment.contains(variable.substr(0, variable.find('=')))) {
            variables.push_back(variable);
        }
    }
    for (const auto& [name, value] : options.environment) {
        if (!value.empty()) {
            variables.push_back(name + '=' + value);
        }
    }
    return variables;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

/// Everything exec needs, made before fork: between the two only async-signal-safe calls are legal
/// in a process with threads.
struct Launch {
    std::string program;
    const ProcessOptions& options;
    char** arguments;
    char** environment;
    int output;
    pid_t parent;
};

[[noreturn]] void becomeChild(const Launch& launch)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != launch.parent) {
        ::_exit(127);
    }
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, STDIN_FILENO);
    ::dup2(launch.output, STDOUT_FILENO);
    if (!launch.options.standardErrorFile.empty()) {
        const int file = ::open(launch.options.standardErrorFile.c_str(),
                                O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                                0600);
        ::dup2(file, STDERR_FILENO);
    }
    if (!launch.options.workingDirectory.empty()
        && ::chdir(launch.options.workingDirectory.c_str()) != 0) {
        ::_exit(126);
    }
    ::execvpe(launch.program.c_str(), launch.arguments, launch.environment);
    ::_exit(127);
}

} // namespace

std::string programPath(const std::string& name)
{
    const char* folder = std::getenv("EXHIBIT_BIN_DIR");
    return folder == nullptr ? name : std::string(folder) + '/' + name;
}

Result<Process> Process::start(const std::string& program, ProcessOptions options)
{
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return fail(ErrorCode::Internal, std::strerror(errno), "pipe");
    }
    std::vector<std::string> arguments = options.arguments;
    arguments.insert(arguments.begin(), program);
    std::vector<std::string> environment = environmentOf(options);
    auto argumentPointers = pointersTo(arguments);
    auto environmentPointers = pointersTo(environment);
    const Launch launch{
        program, options, argumentPointers.data(), environmentPointers.data(), pipe[1], ::getpid()};
    const pid_t pid = ::fork();
    if (pid == 0) {
        becomeChild(launch);
    }
    ::close(pipe[1]);
    if (pid < 0) {
        ::close(pipe[0]);
        return fail(ErrorCode::Internal, std::strerror(errno), "fork");
    }
    return Process(pid, pipe[0]);
}

Process::Process(Process&& other) noexcept
    : m_pid(std::exchange(other.m_pid, -1))
    , m_output(std::exchange(other.m_output, -1))
    , m_unread(std::move(other.m_unread))
    , m_exitCode(other.m_exitCode)
{
}

Process& Process::operator=(Process&& other) noexcept
{
    if (this != &other) {
        release();
        m_pid = std::exchange(other.m_pid, -1);
        m_output = std::exchange(other.m_output, -1);
        m_unread = std::move(other.m_unread);
        m_exitCode = other.m_exitCode;
    }
    return *this;
}

Process::~Process()
{
    release();
}

void Process::release()
{
    if (m_pid > 0 && !m_exitCode) {
        kill();
        ::waitpid(m_pid, nullptr, 0);
    }
    if (m_output >= 0) {
        ::close(m_output);
    }
    m_pid = -1;
    m_output = -1;
}

Result<bool> Process::readMore(Deadline deadline)
{
    pollfd waiting{m_output, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(deadline.left().count()));
    if (ready <= 0) {
        return fail(ErrorCode::DeadlineExceeded, "the program printed nothing in time");
    }
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(m_output, buffer.data(), buffer.size());
    if (size > 0) {
        m_unread.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return size > 0;
}

Result<std::string> Process::readLine(Deadline deadline)
{
    for (;;) {
        const std::size_t end = m_unread.find('\n');
        if (end != std::string::npos) {
            std::string line = m_unread.substr(0, end);
            m_unread.erase(0, end + 1);
            return line;
        }
        EXHIBIT_TRY(const bool more, readMore(deadline));
        if (!more) {
            return fail(ErrorCode::Unavailable, "the program's output ended");
        }
    }
}

Result<std::string> Process::readRest(Deadline deadline)
{
    for (;;) {
        EXHIBIT_TRY(const bool more, readMore(deadline));
        if (!more) {
            return std::exchange(m_unread, {});
        }
    }
}

void Process::terminate() const
{
    signal(SIGTERM);
}

void Process::kill() const
{
    signal(SIGKILL);
}

void Process::signal(int number) const
{
    // Once reaped the id may belong to somebody else.
    if (m_pid > 0 && !m_exitCode) {
        ::kill(m_pid, number);
    }
}

bool Process::reap()
{
    int status = 0;
    if (!m_exitCode && m_pid > 0 && ::waitpid(m_pid, &status, WNOHANG) == m_pid) {
        m_exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return m_exitCode.has_value();
}

bool Process::running()
{
    return m_pid > 0 && !reap();
}

Result<int> Process::wait(Deadline deadline)
{
    while (!reap()) {
        if (deadline.reached()) {
            return fail(ErrorCode::DeadlineExceeded, "the program did not end in time");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return *m_exitCode;
}

Result<Finished> run(const std::string& program, ProcessOptions options, Deadline deadline)
{
    EXHIBIT_TRY(Process process, Process::start(program, std::move(options)));
    EXHIBIT_TRY(std::string output, process.readRest(deadline));
    EXHIBIT_TRY(const int code, process.wait(deadline));
    return Finished{code, std::move(output)};
}

} // namespace exhibit::test
