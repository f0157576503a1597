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

} // namespace exhibit::limits
