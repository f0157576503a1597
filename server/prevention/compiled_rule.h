// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/policy.h"
#include "models/scan/pattern_set.h"
#include "server/prevention/expression.h"
#include "server/prevention/json_schema.h"

#include <optional>
#include <vector>

namespace exhibit::prevention {

/// What a rule needs beside the automaton of its stage. Immutable.
struct CompiledRule {
    /// Tool rules: by ToolRule::arguments. Patterns rules of stage tool_call: one, all of them.
    std::vector<std::shared_ptr<const scan::PatternSet>> argumentPatterns;
    std::vector<JsonSchema> schemas; ///< By ToolRule::schemas; one of a schema rule.
    std::optional<Expression> expression;
};

/// Errors carry the JSON pointer of the fault within the policy ("/rule/schema/type").
[[nodiscard]] Result<CompiledRule> compileRule(const domain::Policy& policy);

} // namespace exhibit::prevention
