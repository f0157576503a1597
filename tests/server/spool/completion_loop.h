// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace exhibit::spool {

/// Stands for the io thread: runs what is posted on the thread that calls run().
class CompletionLoop {
public:
    [[nodiscard]] std::function<void(std::function<void()>)> poster()
    {
        return [this](std::function<void()> work) {
            {
                const std::scoped_lock lock(m_mutex);
                m_posted.push_back(std::move(work));
            }
            m_wake.notify_one();
        };
    }

    /// Runs posted work until `done` says so (asked before waiting and after each piece).
    template <class Done>
    void runUntil(Done done)
    {
        while (!done()) {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return !m_posted.empty(); });
            const auto posted = std::move(m_posted);
            m_posted.clear();
            lock.unlock();
            for (const auto& work : posted) {
                work();
            }
        }
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<std::function<void()>> m_posted;
};

} // namespace exhibit::spool
