// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace exhibit::http {

/// Threads for handlers that wait, behind a bounded queue. submit() and stop() belong to the io
/// thread. Jobs must not throw.
class WorkerPool {
public:
    WorkerPool(unsigned threads, std::size_t queueMax);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// False when the queue is full or the pool has stopped: the job is not taken.
    [[nodiscard]] bool submit(std::function<void()> job);
    /// Waits for the running jobs; those still queued are dropped unrun.
    void stop();

private:
    void work();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_jobs;
    bool m_stopping = false;
    std::size_t m_queueMax;
    std::vector<std::thread> m_threads;
};

} // namespace exhibit::http
