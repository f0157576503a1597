// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"

#include <string>

namespace exhibit::domain {

/// "1.0023" of a currency unit: two decimals at the least, no zeros behind them.
[[nodiscard]] std::string amountOf(Microcents microcents);

} // namespace exhibit::domain
