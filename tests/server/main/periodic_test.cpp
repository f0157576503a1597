// SPDX-License-Identifier: Apache-2.0
#include "server/main/periodic.h"

#include <gtest/gtest.h>

#include <atomic>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

/// Counts how often it was done; waits for a count with a bound that only a broken program reaches.
struct Work {
    std::atomic<int> done{0};
    std::atomic<bool> fails{false};

    [[nodiscard]] std::function<Result<void>()> work()
    {
        return [this]() -> Result<void> {
            ++done;
            return fails ? Result<void>(fail(ErrorCode::Unavailable, "away")) : Result<void>();
        };
    }
    [[nodiscard]] bool reaches(int count) const
    {
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (done < count && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(1ms);
        }
        return done >= count;
    }
};

TEST(Periodic, doesItsWorkAtOnceAndAgain)
{
    Work work;
    const Periodic periodic("counting", {1ms, 1h}, work.work());
    EXPECT_TRUE(work.reaches(3));
}

TEST(Periodic, repeatsWhatFailedSooner)
{
    Work work;
    work.fails = true;
    const Periodic periodic("counting", {1h, 1ms}, work.work());
    EXPECT_TRUE(work.reaches(3));
}

TEST(Periodic, canBeWokenAndEndsWhileItWaits)
{
    Work work;
    Periodic periodic("counting", {1h, 1h}, work.work());
    ASSERT_TRUE(work.reaches(1));
    periodic.wake();
    EXPECT_TRUE(work.reaches(2));
}

} // namespace
} // namespace exhibit::server
