// SPDX-License-Identifier: Apache-2.0
#include "server/main/periodic.h"

#include "server/ops/log.h"

namespace exhibit::server {

Periodic::Periodic(std::string name, Timing timing, std::function<Result<void>()> work)
    : m_name(std::move(name))
    , m_timing(timing)
    , m_work(std::move(work))
    , m_thread([this] { run(); })
{
}

Periodic::~Periodic()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void Periodic::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_all();
}

void Periodic::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        m_woken = false;
        lock.unlock();
        const auto outcome = m_work();
        report(outcome);
        lock.lock();
        m_changed.wait_for(lock, outcome ? m_timing.every : m_timing.retryAfter, [this] {
            return m_stopping || m_woken;
        });
    }
}

void Periodic::report(const Result<void>& outcome)
{
    if (!outcome && !m_failing) {
        ops::logWarning("{} failed and is repeated: {}", m_name, outcome.error().message);
    } else if (outcome && m_failing) {
        ops::logInfo("{} works again", m_name);
    }
    m_failing = !outcome;
}

} // namespace exhibit::server
