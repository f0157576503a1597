// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_gate.h"

#include "server/ops/log.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace exhibit::api {
namespace {

/// The lowest: what is left of the processors. An export may take its time.
constexpr int kNiceness = 19;

} // namespace

void workBehindCalls()
{
    // Of this thread alone: for Linux a thread's id names a process here.
    if (setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness) != 0) {
        ops::logWarning("exports run with the priority of calls: it cannot be lowered");
    }
}

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
    workBehindCalls();
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
