// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_gate.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>

namespace exhibit::api {
namespace {

using namespace std::chrono_literals;

/// Work that goes on until it is let go.
class Held {
public:
    explicit Held(ExportGate& gate)
        : m_work([this] {
            m_begun.set_value();
            m_released.get_future().wait();
        })
        , m_ran(std::async(std::launch::async, [this, &gate] { return gate.run(m_work, 60s); }))
    {
        m_begun.get_future().wait();
    }
    bool release()
    {
        m_released.set_value();
        return m_ran.get();
    }

private:
    std::promise<void> m_begun;
    std::promise<void> m_released;
    std::function<void()> m_work;
    std::future<bool> m_ran;
};

TEST(ExportGate, worksBehindWhatServesCalls)
{
    ExportGate gate(1);
    int niceness = 0;
    bool elsewhere = false;
    const auto caller = gettid();
    const std::function<void()> work = [&] {
        niceness = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
        elsewhere = gettid() != caller;
    };
    ASSERT_TRUE(gate.run(work, 60s));
    EXPECT_EQ(niceness, 19);
    EXPECT_TRUE(elsewhere);
    EXPECT_LT(getpriority(PRIO_PROCESS, static_cast<id_t>(caller)), 19);
}

TEST(ExportGate, whatFindsNoTurnIsNotBegunLater)
{
    ExportGate gate(1);
    Held held(gate);
    std::atomic<int> made = 0;
    const std::function<void()> work = [&made] { ++made; };
    EXPECT_FALSE(gate.run(work, 20ms));
    EXPECT_TRUE(held.release());
    EXPECT_TRUE(gate.run(work, 60s));
    EXPECT_EQ(made, 1);
}

TEST(ExportGate, leavesTheOtherThreadsOfTheApiAlone)
{
    ExportGate gate(1);
    Held held(gate);
    const std::function<void()> work = [] {};
    std::vector<std::future<void>> waiting;
    for (std::size_t i = 1; i < ExportGate::kWaitingMax; ++i) {
        waiting.push_back(std::async(std::launch::async, [&] {
            while (!gate.run(work, 60s)) { // The one below may have had the last place.
                std::this_thread::sleep_for(1ms);
            }
        }));
    }
    // Once all of them wait, one more is told at once, however long it would wait.
    constexpr auto kPatience = 200ms;
    const auto until = std::chrono::steady_clock::now() + 60s;
    bool atOnce = false;
    while (!atOnce && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(20ms);
        const auto begun = std::chrono::steady_clock::now();
        ASSERT_FALSE(gate.run(work, kPatience));
        atOnce = std::chrono::steady_clock::now() - begun < kPatience;
    }
    EXPECT_TRUE(atOnce);
    EXPECT_TRUE(held.release());
    for (auto& one : waiting) {
        one.get();
    }
}

TEST(ExportGate, takesNothingOnceItHasStopped)
{
    ExportGate gate(1);
    gate.stop();
    EXPECT_FALSE(gate.run([] { ADD_FAILURE(); }, 60s));
}

} // namespace
} // namespace exhibit::api
