// SPDX-License-Identifier: Apache-2.0
#include "server/storage/postmaster.h"

#include "models/base/assert.h"
#include "server/ops/log.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kBackoffMin = 100ms;
constexpr std::chrono::milliseconds kBackoffMax = 10s;
/// Ran at least so long: what ended it is not what ended it last time.
constexpr auto kStableAfter = 60s;
/// After kill -9 the old server's processes may hold its memory for a moment; more attempts than
/// this without ever having answered mean that it cannot start.
constexpr int kFirstAttemptsMax = 5;
constexpr auto kFastShutdown = 30s;
constexpr auto kImmediateShutdown = 10s;

constexpr const char* kPort = "5432";

} // namespace

Postmaster::Postmaster(ClusterPlace place, std::filesystem::path socketFolder)
    : m_place(std::move(place))
    , m_socketFolder(std::move(socketFolder))
    , m_stopEvent(eventfd(0, EFD_CLOEXEC))
    , m_thread(&Postmaster::supervise, this)
{
    EXHIBIT_ASSERT(m_stopEvent >= 0);
}

Postmaster::~Postmaster()
{
    stop();
    m_thread.join();
    close(m_stopEvent);
}

void Postmaster::stop()
{
    const std::uint64_t one = 1;
    EXHIBIT_ASSERT(write(m_stopEvent, &one, sizeof one) == sizeof one);
}

std::filesystem::path Postmaster::socketFolder() const
{
    const std::lock_guard lock{m_mutex};
    return m_socketFolder;
}

std::optional<Error> Postmaster::failure() const
{
    const std::lock_guard lock{m_mutex};
    return m_failure;
}

void Postmaster::supervise()
{
    auto backoff = kBackoffMin;
    for (int attempt = 1;; ++attempt) {
        const auto begin = std::chrono::steady_clock::now();
        Result<void> started{};
        if (!adopt()) {
            if (!pause(0ms)) {
                return;
            }
            started = start();
        }
        if (started && !waitForEnd()) {
            shutDown();
            return;
        }
        m_pid = 0;
        const auto reason
            = started ? lastLine(m_place.folder / kStartupLog) : started.error().message;
        if (!m_wasReady && (!started || attempt >= kFirstAttemptsMax)) {
            const std::lock_guard lock{m_mutex};
            m_failure = Error{
                ErrorCode::Unavailable, "PostgreSQL does not start: " + reason, m_place.folder};
            return;
        }
        if (std::chrono::steady_clock::now() - begin > kStableAfter) {
            backoff = kBackoffMin;
        }
        ops::logWarning("PostgreSQL ended; starting it again in {} ms", backoff.count());
        if (!pause(backoff)) {
            return;
        }
        backoff = std::min(backoff * 2, kBackoffMax);
    }
}

bool Postmaster::adopt()
{
    const auto begin = std::chrono::steady_clock::now();
    pid_t seenReady = 0;
    while (const auto running = findRunningPostgres(m_place)) {
        const bool ready = running->state == "ready";
        const auto socket = running->socketFolder / (std::string(".s.PGSQL.") + kPort);
        const bool reachable = ready && access(socket.c_str(), F_OK) == 0;
        // Looked at twice: that of an exhibitd that was just killed is about to stop.
        if (reachable && seenReady == running->pid) {
            ops::logInfo("a PostgreSQL server runs in the data directory already: adopted");
            const std::lock_guard lock{m_mutex};
            m_socketFolder = running->socketFolder;
            m_child = false;
            m_pid = running->pid;
            return true;
        }
        const auto waited = std::chrono::steady_clock::now() - begin;
        seenReady = reachable ? running->pid : 0;
        if (ready && !reachable) {
            // Somebody removed its socket: nobody will ever reach it again.
            kill(running->pid, SIGINT);
        } else if (running->state == "stopping" && waited > kFastShutdown) {
            // PostgreSQL 15 hangs when a fast shutdown meets its crash recovery (seen).
            kill(running->pid, waited > kFastShutdown + kImmediateShutdown ? SIGKILL : SIGQUIT);
        }
        // It starts or stops, and will be either ready or gone.
        if (!pause(100ms)) {
            return false;
        }
    }
    return false;
}

Result<void> Postmaster::start()
{
    const ChildOptions options{{(m_place.programs / "postgres").string(),
                                "-D",
                                m_place.folderForAccount(),
                                "-p",
                                kPort,
                                "-c",
                                "listen_addresses=",
                                "-c",
                                "unix_socket_permissions=0700",
                                "-c",
                                "unix_socket_directories=" + socketFolder().string()},
                               m_place.account,
                               m_place.folder,
                               kStartupLog,
                               SIGINT};
    EXHIBIT_TRY(const pid_t pid, spawn(options));
    m_child = true;
    m_pid = pid;
    return {};
}

bool Postmaster::hasEnded(pid_t pid)
{
    if (m_child) {
        return waitpid(pid, nullptr, WNOHANG) != 0;
    }
    // Also one that nobody has reaped yet. proc(5): "pid (name) state ...".
    std::string text;
    std::getline(std::ifstream{"/proc/" + std::to_string(pid) + "/stat"}, text);
    const auto end = text.rfind(')');
    return end == std::string::npos || text.compare(end, 3, ") Z") == 0
        || text.compare(end, 3, ") X") == 0;
}

bool Postmaster::waitForEnd()
{
    const pid_t pid = m_pid;
    // Where the kernel has no pidfd, the process is looked at four times a second.
    const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    std::array<pollfd, 2> descriptors{pollfd{m_stopEvent, POLLIN, 0}, pollfd{process, POLLIN, 0}};
    bool ended = false;
    while (!ended && descriptors[0].revents == 0) {
        poll(descriptors.data(), descriptors.size(), process < 0 ? 250 : -1);
        ended = hasEnded(pid);
    }
    if (process >= 0) {
        close(process);
    }
    return ended;
}

bool Postmaster::pause(std::chrono::milliseconds duration)
{
    pollfd descriptor{m_stopEvent, POLLIN, 0};
    return poll(&descriptor, 1, static_cast<int>(duration.count())) <= 0;
}

void Postmaster::shutDown()
{
    const pid_t pid = m_pid;
    const std::array<std::pair<int, std::chrono::seconds>, 3> steps{
        std::pair{SIGINT, kFastShutdown},
        {SIGQUIT, kImmediateShutdown},
        {SIGKILL, kImmediateShutdown}};
    for (const auto& [signal, patience] : steps) {
        kill(pid, signal);
        const auto deadline = Deadline::after(patience);
        while (!deadline.reached()) {
            if (hasEnded(pid)) {
                m_pid = 0;
                return;
            }
            std::this_thread::sleep_for(10ms);
        }
        ops::logWarning("PostgreSQL does not stop; trying harder");
    }
}

} // namespace exhibit::storage
