// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Limits of backtests, rates and quotas; the others stand in limits.h, which everything includes.
namespace exhibit::limits {

inline constexpr std::size_t kBacktestCallsMax = 100'000; ///< One backtest.
inline constexpr std::size_t kBacktestSampleDefault = 20; ///< Calls named of each kind.
inline constexpr std::size_t kBacktestSampleMax = 500;

// Rates (rulings.md 6).
inline constexpr std::uint32_t kRateAddressDefault = 60; ///< Requests a minute.
inline constexpr std::uint32_t kRatePersonDefault = 120;
inline constexpr std::uint32_t kRateMax = 100'000; ///< What may be configured.
inline constexpr std::chrono::seconds kRateWindow{60};
inline constexpr std::size_t kRateWindowsMax = 50'000; ///< Addresses and people at a time.
inline constexpr std::size_t kForwardedHopsMax = 32; ///< Of one request.

// Quotas.
/// What one call can have used at most, of each kind: a report beyond it is no truth about a model.
inline constexpr std::int64_t kCallTokensMax = 100'000'000;
/// A replica is granted this part of what is left of a budget at a time, or what a call needs.
inline constexpr std::int64_t kBudgetBlockDivisor = 64;
inline constexpr std::chrono::seconds kBudgetLeaseTimeout{2}; ///< Then the call is refused.
/// Of answers whose request does not say how long they may be, in tokens.
inline constexpr std::int64_t kReservedOutputTokens = 4096;
/// A stream holds so many tokens more than it has used, and reserves a step more when it does not.
inline constexpr std::int64_t kBudgetMarginTokens = 64;
inline constexpr std::int64_t kBudgetStepTokens = 1024;
inline constexpr std::size_t kQuotaAssignmentsMax = 10'000; ///< One tenant's.
inline constexpr std::size_t kWhitelistMax = 10'000; ///< One tenant's.
inline constexpr std::size_t kQuotaReasonBytesMax = 500;

} // namespace exhibit::limits
