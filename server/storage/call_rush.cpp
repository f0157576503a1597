// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_rush.h"

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

/// Records per second from which on calls are what the processors are needed for (facts.md,
/// "Gateway hot path": foreign load multiplies the time of a commit that a client waits for).
constexpr std::int64_t kBusyRate = 5'000;
/// Of the time, under such load, one part is the background's and so many are the calls'.
constexpr int kPartsForCalls = 9;
constexpr auto kYieldMax = 500ms;

} // namespace

CallRush::CallRush(const spool::Journal& journal)
    : m_journal(journal)
    , m_durableBefore(journal.stats().durableRecordNo)
    , m_begun(std::chrono::steady_clock::now())
{
}

std::chrono::milliseconds CallRush::pause() const
{
    const auto took = std::chrono::steady_clock::now() - m_begun;
    const auto records = m_journal.stats().durableRecordNo - m_durableBefore;
    if (std::chrono::nanoseconds(1s) * records <= took * kBusyRate) {
        return 0ms;
    }
    return std::chrono::ceil<std::chrono::milliseconds>(
        std::min<std::chrono::nanoseconds>(took * kPartsForCalls, kYieldMax));
}

} // namespace exhibit::storage
