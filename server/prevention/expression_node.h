// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/expression.h"

#include <vector>

/// Private to expression*.cpp.
namespace exhibit::prevention {

struct Expression::Node {
    enum class Kind : std::uint8_t {
        Literal,
        Path,
        Has, ///< Of `path`.
        Not,
        Negate,
        And,
        Or,
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Matches,
        In, ///< The first operand among the others.
        Add,
        Subtract,
        Multiply,
        Divide,
    };

    Kind kind = Kind::Literal;
    Json literal;
    std::vector<std::string> path;
    std::vector<std::shared_ptr<const Node>> operands;
};

using ExpressionNode = std::shared_ptr<const Expression::Node>;

[[nodiscard]] Result<ExpressionNode> parseExpression(std::string_view text);

} // namespace exhibit::prevention
