// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/policy.h"

namespace exhibit::domain {

/// What the types alone do not say about a policy document: ids, limits, and which stages and modes
/// a kind of rule can serve. Errors: InvalidInput with `pointer` + the JSON pointer of the member.
[[nodiscard]] Result<void> checkPolicyForm(const Policy& policy, const std::string& pointer);

} // namespace exhibit::domain
