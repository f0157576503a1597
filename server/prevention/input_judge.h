// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/stage_outcome.h"

#include <vector>

namespace exhibit::prevention {

/// What a call's input policies are and what they say.
struct InputJudge {
    const CompiledSnapshot& snapshot;
    const DecisionBuilder& builder;
    const std::vector<AppliedPolicy>& policies; ///< Of stage input that apply to the call.

    /// All texts are judged, also behind one that stops the call: the record shows everything
    /// that was wrong with the request.
    [[nodiscard]] InputVerdict judge(const std::vector<TextChannel>& texts) const;
};

} // namespace exhibit::prevention
