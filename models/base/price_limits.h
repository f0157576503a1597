// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of price tables; the others stand in limits.h, which everything includes.
namespace exhibit::limits {

inline constexpr std::size_t kPriceVersionBytesMax = 64;
inline constexpr std::size_t kPricedModelsMax = 1000; ///< Of one table.
inline constexpr std::size_t kPricedModelBytesMax = 256; ///< One glob.
/// 200 units per million tokens. With kCallTokensMax: no sum of a call overflows.
inline constexpr std::int64_t kPriceMax = 20'000'000'000;
inline constexpr double kBytesPerTokenMax = 64.0;
inline constexpr std::size_t kPriceVersionsListed = 1000; ///< The newest.

} // namespace exhibit::limits
