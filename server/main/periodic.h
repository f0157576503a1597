// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace exhibit::server {

/// Repeats a piece of work on a thread of its own: at once, then `every`; after a failure already
/// `retryAfter`, until it succeeds again. The log says when it begins to fail and when it goes on.
class Periodic {
public:
    struct Timing {
        std::chrono::milliseconds every{};
        std::chrono::milliseconds retryAfter{};
    };

    /// `name` completes the sentence "... failed". `work` must not throw; it may wait.
    Periodic(std::string name, Timing timing, std::function<Result<void>()> work);
    /// Waits for work under way.
    ~Periodic();
    Periodic(const Periodic&) = delete;
    Periodic& operator=(const Periodic&) = delete;

    /// Does the work now, or once more when it is under way. Any thread.
    void wake();

private:
    void run();
    void report(const Result<void>& outcome);

    const std::string m_name;
    const Timing m_timing;
    const std::function<Result<void>()> m_work;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;
    bool m_woken = false;
    bool m_failing = false; ///< Of the thread alone.
    std::thread m_thread;
};

} // namespace exhibit::server
