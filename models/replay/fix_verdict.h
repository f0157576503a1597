// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/remediation.h"
#include "models/replay/comparison.h"
#include "models/replay/outcome.h"

namespace exhibit::replay {

struct FixFinding {
    domain::FixVerdict verdict = domain::FixVerdict::NotSeenAgain;
    std::string reason; ///< One sentence.
};

/// Whether the violation of `policyId` would happen again: by what the changed policies say of the
/// recorded answer (outcome.underOther) and of the new one. A policy that no longer sees the
/// violation prevents nothing.
[[nodiscard]] FixFinding fixVerdict(const Outcome& outcome,
                                    const std::optional<Match>& match,
                                    const std::string& policyId);

} // namespace exhibit::replay
