// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// Limits of backtests, rates and quotas; the others stand in limits.h, which everything includes.
namespace exhibit::limits {

inline constexpr std::size_t kBacktestCallsMax = 100'000; ///< One backtest.
inline constexpr std::size_t kBacktestSampleDefault = 20; ///< Calls named of each kind.
inline constexpr std::size_t kBacktestSampleMax = 500;

} // namespace exhibit::limits
