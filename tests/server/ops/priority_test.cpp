// SPDX-License-Identifier: Apache-2.0
#include "server/ops/priority.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

/// As the kernel says it, which is asked in another way than by the code under test.
bool isPermitted()
{
    cpu_set_t usable;
    sched_param lowest{};
    lowest.sched_priority = 1;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_RR);
    pthread_attr_setschedparam(&attributes, &lowest);
    pthread_t thread{};
    const bool began = pthread_create(
                           &thread, &attributes, [](void*) -> void* { return nullptr; }, nullptr)
        == 0;
    if (began) {
        pthread_join(thread, nullptr);
    }
    pthread_attr_destroy(&attributes);
    return began && sched_getaffinity(0, sizeof usable, &usable) == 0 && CPU_COUNT(&usable) > 1;
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
    if (!isPermitted()) {
        GTEST_SKIP() << "real-time priority is not permitted here";
    }
    onAThreadOfItsOwn([] {
        {
            const WorkBeforeOthers priority;
            EXPECT_TRUE(priority.isPermitted());
            EXPECT_EQ(policyOfThisThread(), SCHED_RR);
            EXPECT_EQ(onAThreadOfItsOwn(policyOfThisThread), SCHED_OTHER);
        }
        EXPECT_EQ(policyOfThisThread(), SCHED_OTHER);
        return 0;
    });
    EXPECT_EQ(policyOfThisThread(), SCHED_OTHER);
}

TEST(Priority, ofWhatCallsWaitForIsTheOrdinaryOneWhileOthersHaveToGetOn)
{
    if (!isPermitted()) {
        GTEST_SKIP() << "real-time priority is not permitted here";
    }
    onAThreadOfItsOwn([] {
        const WorkBeforeOthers priority;
        onAThreadOfItsOwn([] {
            letCallsGoFirst(false);
            return 0;
        });
        EXPECT_EQ(policyOfThisThread(), SCHED_OTHER);
        onAThreadOfItsOwn([] {
            const WorkBeforeOthers later;
            EXPECT_EQ(policyOfThisThread(), SCHED_OTHER);
            letCallsGoFirst(true);
            EXPECT_EQ(policyOfThisThread(), SCHED_RR);
            return 0;
        });
        EXPECT_EQ(policyOfThisThread(), SCHED_RR);
        return 0;
    });
}

TEST(Priority, isGivenBackWithoutAnyRight)
{
    if (!isPermitted() || geteuid() != 0) {
        GTEST_SKIP() << "only root can give rights away";
    }
    onAThreadOfItsOwn([] {
        const WorkBeforeOthers priority;
        EXPECT_EQ(policyOfThisThread(), SCHED_RR);
        constexpr int kNobody = 65534;
        // Of this thread alone, unlike setresuid(3).
        EXPECT_EQ(syscall(SYS_setresuid, kNobody, kNobody, kNobody), 0);
        letCallsGoFirst(false);
        EXPECT_EQ(policyOfThisThread(), SCHED_OTHER);
        return 0;
    });
    letCallsGoFirst(true);
}

TEST(Priority, ofWhatCallsWaitForIsTheOrdinaryOneOnASingleProcessor)
{
    onAThreadOfItsOwn([] {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(sched_getcpu(), &one);
        EXPECT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
        EXPECT_FALSE(WorkBeforeOthers().isPermitted());
        EXPECT_EQ(policyOfThisThread(), SCHED_OTHER);
        return 0;
    });
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
