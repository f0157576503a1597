// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::ctl {

/// One place at which two documents say different things.
struct JsonDifference {
    std::string pointer;
    std::optional<Json> before; ///< Absent: only the other has it.
    std::optional<Json> after;
};

/// In the order of the first document, then what only the second has. Objects are compared member
/// by member and arrays element by element; everything else as a whole.
[[nodiscard]] std::vector<JsonDifference> differences(const Json& before, const Json& after);

} // namespace exhibit::ctl
