// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/policy.h"
#include "models/scan/pattern_set.h"

#include <memory>
#include <string_view>

namespace exhibit::prevention {

/// True when what the claim states differs from the fact. `text` is the claim's match;
/// `statement` has the claim's pattern and that of the value behind it, null when it asserts.
/// Numbers are compared as numbers (with thousands separators), everything else without regard to
/// case and spaces.
[[nodiscard]] bool contradicts(const domain::ClaimRule& claim,
                               const std::shared_ptr<const scan::PatternSet>& statement,
                               std::string_view text,
                               const Json& fact);

} // namespace exhibit::prevention
