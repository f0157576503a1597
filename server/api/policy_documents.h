// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/policy.h"

namespace exhibit::api {

/// The documents of a request's "policies", form and patterns checked, ids unique. Errors point
/// into the request's body.
[[nodiscard]] Result<std::vector<domain::Policy>> readPolicies(const std::vector<Json>& documents);

/// One document; `pointer` is where it stands.
[[nodiscard]] Result<domain::Policy> readPolicy(const Json& document, const std::string& pointer);

} // namespace exhibit::api
