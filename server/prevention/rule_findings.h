// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/decision_builder.h"
#include "server/prevention/expression.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::prevention {

/// What the policies of one stage found that judge whole things (a tool call, a text, the run) and
/// do not look for patterns in a stream: one decision for each that found something or could not
/// be evaluated. The first stop ends the stage.
class RuleFindings {
public:
    /// `builder` outlives this.
    RuleFindings(domain::Stage stage, const DecisionBuilder& builder)
        : m_stage(stage)
        , m_builder(builder)
    {
    }

    struct Found {
        std::string reason; ///< One sentence without content.
        std::vector<domain::MatchSpan> spans; ///< Masked in excerpts, too.
        std::string channel; ///< Where a stop withholds the text; may be empty.
        bool wholeTextHeld = false;
    };
    void add(const AppliedPolicy& policy, Found found);
    void addError(const AppliedPolicy& policy, std::string_view why, std::string channel = {});

    [[nodiscard]] domain::Stage stage() const { return m_stage; }
    [[nodiscard]] const std::optional<Stop>& stop() const { return m_stop; }
    /// Moves decisions and what excerpts must mask to the outcome.
    void conclude(StageOutcome& outcome, std::int64_t evaluationUs);

private:
    [[nodiscard]] domain::Decision* find(const AppliedPolicy& policy);
    void stopAt(const domain::Decision& decision, std::string channel);

    domain::Stage m_stage;
    const DecisionBuilder& m_builder;
    std::vector<domain::Decision> m_decisions;
    std::vector<domain::MatchSpan> m_masked;
    std::optional<Stop> m_stop;
};

/// Adds a finding when the expression is true, an error when it cannot be evaluated.
void judgeExpression(const Expression& expression,
                     const ExpressionScope& scope,
                     const AppliedPolicy& policy,
                     RuleFindings& findings,
                     const std::string& channel = {});

} // namespace exhibit::prevention
