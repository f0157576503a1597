// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace exhibit::api {

/// Makes small exports while somebody waits for the reply, a few at a time on threads that stand
/// behind everything that serves calls: however many are asked for at once, calls do not wait for
/// them. The waiting threads are the API's; most of them stay free.
class ExportGate {
public:
    explicit ExportGate(unsigned threads = 2);
    /// As stop().
    ~ExportGate();
    ExportGate(const ExportGate&) = delete;
    ExportGate& operator=(const ExportGate&) = delete;

    /// Done when it returns true. False, and nothing was done, when too many wait already, the work
    /// was not begun within the patience, or the gate has stopped. The work must not throw.
    [[nodiscard]] bool run(const std::function<void()>& work, std::chrono::milliseconds patience);
    /// What has begun is ended; nothing else begins.
    void stop();

    static constexpr std::size_t kWaitingMax = 4; ///< Begun or not.

private:
    struct Turn {
        const std::function<void()>* work = nullptr;
        bool begun = false;
        bool done = false;
    };
    void work();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::list<Turn*> m_waiting; ///< Not begun.
    std::size_t m_taken = 0;
    bool m_stopping = false;
    std::vector<std::thread> m_threads;
};

} // namespace exhibit::api
