// SPDX-License-Identifier: Apache-2.0
#include "server/ops/priority.h"

#include "server/ops/log.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace exhibit::ops {
namespace {

/// The lowest: what is left of the processors.
constexpr int kNiceness = 19;

/// Those that calls wait for. Threads are of the process, so is this.
struct Threads {
    std::mutex mutex;
    std::vector<int> before;
    bool goFirst = true;
};

Threads& threads()
{
    static Threads all;
    return all;
}

/// Of those that this process may use: a container's are fewer than the machine's.
int processors()
{
    cpu_set_t usable;
    CPU_ZERO(&usable);
    return sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
}

bool setRealTime(int thread, bool isRealTime)
{
    sched_param parameter{};
    parameter.sched_priority = isRealTime ? 1 : 0;
    // Only a privileged process may take the flag away again (sched(7)).
    const int policy = (isRealTime ? SCHED_RR : SCHED_OTHER) | SCHED_RESET_ON_FORK;
    return sched_setscheduler(thread, policy, &parameter) == 0;
}

} // namespace

WorkBeforeOthers::WorkBeforeOthers()
    : m_thread(gettid())
{
    auto& all = threads();
    const std::lock_guard lock(all.mutex);
    m_isPermitted = processors() > 1 && setRealTime(m_thread, true);
    if (m_isPermitted) {
        all.before.push_back(m_thread);
        setRealTime(m_thread, all.goFirst);
    }
}

WorkBeforeOthers::~WorkBeforeOthers()
{
    auto& all = threads();
    const std::lock_guard lock(all.mutex);
    if (std::erase(all.before, m_thread) > 0) {
        setRealTime(m_thread, false);
    }
}

void letCallsGoFirst(bool first)
{
    auto& all = threads();
    const std::lock_guard lock(all.mutex);
    if (std::exchange(all.goFirst, first) != first) {
        const bool done = std::all_of(all.before.begin(), all.before.end(), [first](int thread) {
            return setRealTime(thread, first);
        });
        if (!done) {
            logWarning("the priority of what calls wait for cannot be changed");
        }
    }
}

void workBehindCalls()
{
    // For Linux a thread's id names a process here.
    if (setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness) != 0) {
        logWarning("exports run with the priority of calls: it cannot be lowered");
    }
}

} // namespace exhibit::ops
