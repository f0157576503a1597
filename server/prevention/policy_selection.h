// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_guard.h"
#include "server/prevention/facts.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::prevention {

/// A policy that applies to a call at one stage.
struct AppliedPolicy {
    const domain::Policy* policy = nullptr;
    std::uint32_t index = 0; ///< In the snapshot.
    std::optional<FactState> factState; ///< missing_context and contradicts_context only.

    /// True when it looks for patterns in texts as they come: not for thresholds, tools, schemas
    /// and expressions, nor for a claim about a fact that is there, or about one that is not.
    [[nodiscard]] bool scans() const;
};

/// The policies of `stage` whose applies_to names the call, in the snapshot's order.
[[nodiscard]] std::vector<AppliedPolicy> selectPolicies(const domain::PolicySnapshot& snapshot,
                                                        const CallSubject& subject,
                                                        domain::Stage stage);

} // namespace exhibit::prevention
