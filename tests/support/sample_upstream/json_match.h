// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

namespace exhibit::sample {

/// Equal as JSON values: members in any order, numbers by value (1 equals 1.0 equals 1e0).
[[nodiscard]] bool equalAsJson(const Json& a, const Json& b);

/// Equal values have equal hashes.
[[nodiscard]] std::size_t hashOfJson(const Json& value);

} // namespace exhibit::sample
