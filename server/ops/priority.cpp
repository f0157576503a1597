// SPDX-License-Identifier: Apache-2.0
#include "server/ops/priority.h"

#include "server/ops/log.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

namespace exhibit::ops {
namespace {

/// The lowest: what is left of the processors.
constexpr int kNiceness = 19;

} // namespace

bool workBeforeOthers()
{
    if (std::thread::hardware_concurrency() < 2) {
        return false;
    }
    sched_param lowest{};
    lowest.sched_priority = 1;
    return sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0;
}

void workBehindCalls()
{
    // For Linux a thread's id names a process here.
    if (setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness) != 0) {
        logWarning("exports run with the priority of calls: it cannot be lowered");
    }
}

} // namespace exhibit::ops
