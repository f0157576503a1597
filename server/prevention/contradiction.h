// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/policy.h"
#include "models/scan/pattern_set.h"

#include <memory>
#include <string_view>

namespace exhibit::prevention {

/// True when what the claim states differs from the fact. `text` is the claim's match; `value` is
/// the compiled ClaimRule::value, null when the claim asserts. Numbers are compared as numbers
/// (with thousands separators), everything else without regard to case and spaces.
[[nodiscard]] bool contradicts(const domain::ClaimRule& claim,
                               const std::shared_ptr<const scan::PatternSet>& value,
                               std::string_view text,
                               const Json& fact);

} // namespace exhibit::prevention
