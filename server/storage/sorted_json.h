// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

namespace exhibit::storage {

/// One text for values that are equal after a way through jsonb, which keeps neither the order of
/// members nor the spelling of numbers: members by name, integers within ±2^53 in full, any other
/// number with 15 significant digits, nothing in between.
[[nodiscard]] std::string sortedJson(const Json& value);

} // namespace exhibit::storage
