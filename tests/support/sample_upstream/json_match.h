// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

namespace exhibit::sample {

/// Equal as JSON values: members in any order, numbers by value (1 equals 1.0 equals 1e0).
[[nodiscard]] bool equalAsJson(const Json& a, const Json& b);

/// Equal values have equal hashes.
[[nodiscard]] std::size_t hashOfJson(const Json& value);

/// The text of a member of the object `text`, as it stands there: printing a parsed number again
/// may change its last digit. Empty when there is none. `text` is valid JSON.
[[nodiscard]] std::string_view memberText(std::string_view text, std::string_view name);

} // namespace exhibit::sample
