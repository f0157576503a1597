// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.h"

#include "tests/support/temp_dir.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX leaves it to us

namespace exhibit::test {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> list;
    for (auto& text : texts) {
        list.push_back(text.data());
    }
    list.push_back(nullptr);
    return list;
}

std::vector<std::string> mergedEnvironment(const Process::Environment& added)
{
    std::vector<std::string> merged;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!added.contains(text.substr(0, text.find('=')))) {
            merged.push_back(text);
        }
    }
    for (const auto& [name, value] : added) {
        merged.push_back(name + "=" + value);
    }
    return merged;
}

} // namespace

Process::Process(const std::filesystem::path& program,
                 const std::vector<std::string>& arguments,
                 const Environment& environment)
{
    std::vector<std::string> words = {program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto variables = mergedEnvironment(environment);
    const auto argv = pointers(words);
    const auto envp = pointers(variables);
    std::string errors
        = (std::filesystem::temp_directory_path() / "exhibit-stderr-XXXXXX").string();
    const int errorFile = ::mkostemp(errors.data(), O_CLOEXEC);
    m_errors = errors;
    int ends[2] = {-1, -1};
    if (errorFile < 0 || ::pipe2(ends, O_CLOEXEC) != 0) {
        std::perror("process");
        std::abort();
    }
    const pid_t parent = ::getpid();
    m_pid = ::fork();
    if (m_pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(errorFile, STDERR_FILENO);
        if (::getppid() == parent) {
            ::execve(argv[0], argv.data(), envp.data());
        }
        ::_exit(127);
    }
    ::close(ends[1]);
    ::close(errorFile);
    m_output = ends[0];
}

Process::~Process()
{
    kill();
    ::close(m_output);
    std::error_code ignored;
    std::filesystem::remove(m_errors, ignored);
}

std::optional<std::string> Process::readLine(std::chrono::milliseconds wait)
{
    const auto end = Clock::now() + wait;
    for (;;) {
        if (const auto newline = m_buffer.find('\n'); newline != std::string::npos) {
            std::string line = m_buffer.substr(0, newline);
            m_buffer.erase(0, newline + 1);
            return line;
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        pollfd watched{m_output, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&watched, 1, static_cast<int>(left.count())) <= 0) {
            return std::nullopt;
        }
        char bytes[4096];
        const ssize_t got = ::read(m_output, bytes, sizeof bytes);
        if (got <= 0) {
            return std::nullopt;
        }
        m_buffer.append(bytes, static_cast<std::size_t>(got));
    }
}

std::optional<std::string> Process::listeningAddress(std::chrono::milliseconds wait)
{
    constexpr std::string_view kMark = "{\"listening\":\"";
    const auto end = Clock::now() + wait;
    while (Clock::now() < end) {
        const auto line
            = readLine(std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()));
        if (!line) {
            return std::nullopt;
        }
        if (line->starts_with(kMark)) {
            return line->substr(kMark.size(), line->find('"', kMark.size()) - kMark.size());
        }
    }
    return std::nullopt;
}

std::string Process::readAll()
{
    char bytes[65536];
    for (ssize_t got = 1; got > 0;) {
        got = ::read(m_output, bytes, sizeof bytes);
        if (got > 0) {
            m_buffer.append(bytes, static_cast<std::size_t>(got));
        }
    }
    return std::exchange(m_buffer, {});
}

std::string Process::errors() const
{
    return readFile(m_errors);
}

void Process::signal(int number)
{
    if (!m_exit) {
        ::kill(m_pid, number);
    }
}

std::optional<int> Process::wait(std::chrono::milliseconds wait)
{
    const auto end = Clock::now() + wait;
    while (!m_exit) {
        int status = 0;
        if (::waitpid(m_pid, &status, WNOHANG) == m_pid) {
            m_exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        } else if (Clock::now() >= end) {
            break;
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    return m_exit;
}

int Process::terminate(std::chrono::milliseconds wait)
{
    signal(SIGTERM);
    if (!this->wait(wait)) {
        kill();
    }
    return *m_exit;
}

void Process::kill()
{
    signal(SIGKILL);
    (void)wait(std::chrono::seconds(10));
}

Outcome run(const std::filesystem::path& program,
            const std::vector<std::string>& arguments,
            const Process::Environment& environment,
            std::chrono::milliseconds wait)
{
    Process process(program, arguments, environment);
    // The watchdog ends a program that hangs, which ends the read below.
    std::thread watchdog([&process, wait] {
        if (!process.wait(wait)) {
            process.kill();
        }
    });
    Outcome outcome;
    outcome.output = process.readAll();
    watchdog.join();
    outcome.exitCode = process.wait(std::chrono::milliseconds(0)).value_or(-1);
    outcome.errors = process.errors();
    return outcome;
}

} // namespace exhibit::test
