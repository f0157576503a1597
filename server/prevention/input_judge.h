// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_scope.h"
#include "server/prevention/stage_outcome.h"

#include <vector>

namespace exhibit::prevention {

/// What a call's input policies are and what they say.
struct InputJudge {
    const CompiledSnapshot& snapshot;
    const DecisionBuilder& builder;
    const std::vector<AppliedPolicy>& policies; ///< Of stage input that apply to the call.
    const CallScope& scope; ///< Of the call, before this stage.

    /// All texts are judged, also behind one that stops the call: the record shows everything
    /// that was wrong with the request.
    [[nodiscard]] InputVerdict judge(const std::vector<TextChannel>& texts) const;

private:
    void judgeUnreadable(const std::vector<TextChannel>& texts,
                         const std::vector<AppliedPolicy>& scanning,
                         InputVerdict& verdict) const;
    void judgeExpressions(InputVerdict& verdict) const;
};

} // namespace exhibit::prevention
