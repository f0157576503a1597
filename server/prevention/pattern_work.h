// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/snapshot.h"

#include <span>
#include <string>

namespace exhibit::prevention {

/// Whether texts made for it could keep the guard at work for too long (scan/work_check.h): all
/// patterns of one policy together. Compiled patterns only. Errors: InvalidInput with the JSON
/// pointer of the dearest pattern within the policy.
[[nodiscard]] Result<void> checkWork(const domain::Policy& policy);

/// A policy somebody wants to write, and where it stands in what he sent.
struct WrittenPolicy {
    std::string policyId;
    std::string pointer; ///< "/policies/3" or empty.
};

/// The same for all policies that a stage of the snapshot looks for together. The dearest pattern
/// is one of the written policies'; nothing is refused when none of them has any.
[[nodiscard]] Result<void> checkWork(const domain::PolicySnapshot& snapshot,
                                     std::span<const WrittenPolicy> written);

} // namespace exhibit::prevention
