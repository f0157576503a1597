// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// choice     := both ("or" both)*
// both       := negation ("and" negation)*
// negation   := "not" negation | comparison
// comparison := sum (("==" | "!=" | "<" | "<=" | ">" | ">=" | "matches") sum | "in" list)?
// sum        := product (("+" | "-") product)*
// product    := value (("*" | "/") value)*
// value      := number | text | "true" | "false" | "null" | path | "has" "(" path ")"
//             | "(" choice ")" | "-" value
// list       := "[" choice ("," choice)* "]"
// path       := name ("." name)*             text := "…"; \" and \\ stand for " and \ in it
//
// Total: no loops, no calls, no assignment; the time is bounded by the length. `matches` compares
// with a glob.

namespace exhibit::prevention {

/// The value of a path ("run.tokens", "facts.contract.auto_renew"); nullopt when there is none.
using ExpressionScope = std::function<std::optional<Json>(const std::vector<std::string>& path)>;

/// A condition over a call, its run, facts and earlier decisions. Immutable; any thread.
class Expression {
public:
    /// Errors: InvalidInput; the message names the byte.
    [[nodiscard]] static Result<Expression> compile(std::string_view text);

    /// A name in it that nothing ever has, with its path ("call.modle"): it would never hold, and a
    /// policy that blocks would let everything through. Looked for when a policy is written, not
    /// when a recorded one is compiled again.
    [[nodiscard]] std::optional<std::string> unknownName() const;

    /// Errors: InvalidInput when the operands have no such operation (a number is compared with a
    /// text, null is added), or the whole is neither true nor false. An absent value is null.
    [[nodiscard]] Result<bool> holds(const ExpressionScope& scope) const;

    struct Node; ///< Private to expression*.cpp.

private:
    explicit Expression(std::shared_ptr<const Node> root);
    std::shared_ptr<const Node> m_root;
};

} // namespace exhibit::prevention
