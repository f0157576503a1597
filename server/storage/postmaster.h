// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/cluster_files.h"

#include <atomic>
#include <future>
#include <mutex>
#include <string>
#include <thread>

namespace exhibit::storage {

/// Keeps one PostgreSQL server process running on a cluster: started as a child that ends with this
/// process, or adopted when one runs there already; started again when it dies. The thread that
/// does so is also the one whose death the child would notice, so it lives as long as this object.
class Postmaster {
public:
    /// `socketFolder` is where a server that is started puts its socket.
    Postmaster(ClusterPlace place, std::filesystem::path socketFolder);
    /// stop().
    ~Postmaster();
    Postmaster(const Postmaster&) = delete;
    Postmaster& operator=(const Postmaster&) = delete;

    /// Fast shutdown: sessions end, a checkpoint is written. Harder after half a minute. Any
    /// thread, more than once.
    void stop();

    /// The process, or 0 between two.
    [[nodiscard]] pid_t pid() const { return m_pid; }
    /// Where the socket of the process is; that of an adopted one may be elsewhere.
    [[nodiscard]] std::filesystem::path socketFolder() const;
    /// Set when it gave up because the very first attempts to start ended at once.
    [[nodiscard]] std::optional<Error> failure() const;
    /// Tells that the server has answered: from now on it never gives up.
    void confirmReady() { m_wasReady = true; }

private:
    void supervise();
    [[nodiscard]] bool adopt();
    [[nodiscard]] Result<void> start();
    /// Waits for the process to end (true) or for a wish to stop.
    [[nodiscard]] bool waitForEnd();
    void shutDown();
    /// Sleeps; false when there is a wish to stop.
    [[nodiscard]] bool pause(std::chrono::milliseconds duration);
    [[nodiscard]] bool hasEnded(pid_t pid);

    const ClusterPlace m_place;
    mutable std::mutex m_mutex;
    std::filesystem::path m_socketFolder;
    std::optional<Error> m_failure;
    std::atomic<pid_t> m_pid{0};
    std::atomic<bool> m_wasReady{false};
    bool m_child = false; ///< False for an adopted process; supervisor's thread.
    int m_stopEvent; ///< eventfd; readable once stop() was called.
    std::thread m_thread; ///< Last: it uses all of the above.
};

} // namespace exhibit::storage
