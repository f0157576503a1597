// SPDX-License-Identifier: Apache-2.0
#include "server/ops/priority.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <thread>

namespace exhibit::ops {
namespace {

int policyOfThisThread()
{
    return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
}

int nicenessOfThisThread()
{
    return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
}

template <class Question>
int onAThreadOfItsOwn(Question question)
{
    std::packaged_task<int()> task(question);
    auto answer = task.get_future();
    std::thread(std::move(task)).join();
    return answer.get();
}

} // namespace

TEST(Priority, ofWhatCallsWaitForIsItsThreadsAlone)
{
    onAThreadOfItsOwn([] {
        const bool permitted = workBeforeOthers();
        EXPECT_EQ(policyOfThisThread(), permitted ? SCHED_RR : SCHED_OTHER);
        EXPECT_EQ(onAThreadOfItsOwn(policyOfThisThread), SCHED_OTHER);
        return 0;
    });
    EXPECT_EQ(policyOfThisThread(), SCHED_OTHER);
}

TEST(Priority, ofWhatCanWaitIsTheLowestOfItsThreadAlone)
{
    const int before = nicenessOfThisThread();
    onAThreadOfItsOwn([] {
        workBehindCalls();
        EXPECT_EQ(nicenessOfThisThread(), 19);
        return 0;
    });
    EXPECT_EQ(nicenessOfThisThread(), before);
}

} // namespace exhibit::ops
