// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::domain {

/// "1.0023" of a currency unit: two decimals at the least, no zeros behind them.
[[nodiscard]] std::string amountOf(Microcents microcents);

/// The number behind "1.0023"; nothing when it is no amount, negative, too large or finer than a
/// microcent.
[[nodiscard]] std::optional<Microcents> parseAmount(std::string_view text);

/// A decimal number times `unit`; nothing when it is no number, too large, or finer than 1.
[[nodiscard]] std::optional<std::int64_t> decimalTimes(std::string_view text, std::int64_t unit);

} // namespace exhibit::domain
