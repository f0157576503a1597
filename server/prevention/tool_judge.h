// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_scope.h"
#include "server/prevention/evaluation_clock.h"
#include "server/prevention/rule_findings.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::prevention {

/// The tool_call stage of one call: each tool call is judged once, when its arguments have closed
/// and before the client has any of it.
class ToolJudge {
public:
    /// `builder` outlives the judge.
    ToolJudge(std::shared_ptr<const CompiledSnapshot> snapshot,
              std::vector<AppliedPolicy> policies,
              const DecisionBuilder& builder);

    [[nodiscard]] bool empty() const { return m_policies.empty(); }
    void judge(const ToolCall& call, const CallScope& scope);
    /// No tool call of the answer can be vouched for.
    void unreadable(std::string_view why);
    [[nodiscard]] const std::optional<Stop>& stop() const { return m_findings.stop(); }
    /// Decisions and, when a tool call was judged, passes. Once.
    void conclude(StageOutcome& outcome);

private:
    std::shared_ptr<const CompiledSnapshot> m_snapshot;
    std::vector<AppliedPolicy> m_policies;
    RuleFindings m_findings;
    EvaluationClock m_clock;
    bool m_judged = false;
};

} // namespace exhibit::prevention
