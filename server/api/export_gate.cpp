// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_gate.h"

#include "server/ops/priority.h"

#include <utility>

namespace exhibit::api {

ExportGate::ExportGate(unsigned threads)
{
    for (unsigned i = 0; i < threads; ++i) {
        m_threads.emplace_back([this] { work(); });
    }
}

ExportGate::~ExportGate()
{
    stop();
}

bool ExportGate::run(const std::function<void()>& work, std::chrono::milliseconds patience)
{
    Turn turn{&work};
    std::unique_lock lock(m_mutex);
    if (m_stopping || m_taken == kWaitingMax) {
        return false;
    }
    ++m_taken;
    m_waiting.push_back(&turn);
    m_changed.notify_all();
    m_changed.wait_for(lock, patience, [&] { return turn.begun || m_stopping; });
    if (turn.begun) {
        m_changed.wait(lock, [&] { return turn.done; });
    } else {
        m_waiting.remove(&turn);
    }
    --m_taken;
    return turn.done;
}

void ExportGate::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    for (auto& thread : std::exchange(m_threads, {})) {
        thread.join();
    }
}

void ExportGate::work()
{
    ops::workBehindCalls();
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_stopping || !m_waiting.empty(); });
        if (m_stopping) {
            return;
        }
        Turn* const turn = m_waiting.front();
        m_waiting.pop_front();
        turn->begun = true;
        lock.unlock();
        (*turn->work)();
        lock.lock();
        turn->done = true;
        m_changed.notify_all();
    }
}

} // namespace exhibit::api
