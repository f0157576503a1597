// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/expression.h"

#include "models/domain/policy.h"
#include "server/prevention/expression_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace exhibit::prevention {
namespace {

using Kind = Expression::Node::Kind;

tl::unexpected<Error> mismatch(std::string_view what)
{
    return fail(ErrorCode::InvalidInput, std::string(what));
}

bool equal(const Json& a, const Json& b)
{
    return a.is_number() && b.is_number() ? a.to_number<double>() == b.to_number<double>() : a == b;
}

class Evaluator {
public:
    explicit Evaluator(const ExpressionScope& scope)
        : m_scope(scope)
    {
    }

    Result<Json> value(const Expression::Node& node) const
    {
        switch (node.kind) {
        case Kind::Literal:
            return node.literal;
        case Kind::Path:
            return m_scope(node.path).value_or(Json(nullptr));
        case Kind::Has:
            return Json(m_scope(node.path).has_value());
        case Kind::And:
        case Kind::Or:
            return both(node);
        case Kind::Not: {
            EXHIBIT_TRY(const bool operand, truth(*node.operands[0]));
            return Json(!operand);
        }
        case Kind::In:
            return among(node);
        default:
            return operation(node);
        }
    }

    /// The right side is not looked at when the left decides.
    Result<Json> both(const Expression::Node& node) const
    {
        EXHIBIT_TRY(const bool left, truth(*node.operands[0]));
        if (left == (node.kind == Kind::Or)) {
            return Json(left);
        }
        EXHIBIT_TRY(const bool right, truth(*node.operands[1]));
        return Json(right);
    }

    Result<bool> truth(const Expression::Node& node) const
    {
        EXHIBIT_TRY(const auto result, value(node));
        return result.is_bool() ? Result<bool>(result.get_bool())
                                : mismatch("A condition is neither true nor false");
    }

private:
    Result<Json> among(const Expression::Node& node) const
    {
        EXHIBIT_TRY(const auto subject, value(*node.operands[0]));
        for (std::size_t i = 1; i < node.operands.size(); ++i) {
            EXHIBIT_TRY(const auto element, value(*node.operands[i]));
            if (equal(subject, element)) {
                return Json(true);
            }
        }
        return Json(false);
    }

    Result<Json> operation(const Expression::Node& node) const
    {
        EXHIBIT_TRY(const auto left, value(*node.operands[0]));
        if (node.kind == Kind::Negate) {
            return left.is_number() ? Result<Json>(Json(-left.to_number<double>()))
                                    : mismatch("Only a number has a sign");
        }
        EXHIBIT_TRY(const auto right, value(*node.operands[1]));
        if (node.kind == Kind::Equal || node.kind == Kind::NotEqual) {
            return Json(equal(left, right) == (node.kind == Kind::Equal));
        }
        if (left.is_number() && right.is_number()) {
            return arithmetic(node.kind, left.to_number<double>(), right.to_number<double>());
        }
        if (left.is_string() && right.is_string()) {
            return texts(node.kind, left.get_string(), right.get_string());
        }
        return mismatch("Two values of different kinds are compared or added");
    }

    static Result<Json> arithmetic(Kind kind, double left, double right)
    {
        switch (kind) {
        case Kind::Add:
            return Json(left + right);
        case Kind::Subtract:
            return Json(left - right);
        case Kind::Multiply:
            return Json(left * right);
        case Kind::Divide:
            return right == 0 ? Result<Json>(mismatch("A number is divided by 0"))
                              : Json(left / right);
        default:
            return ordered(kind, left<right, left> right);
        }
    }

    static Result<Json> texts(Kind kind, std::string_view left, std::string_view right)
    {
        if (kind == Kind::Matches) {
            return Json(domain::globMatches(right, left));
        }
        return ordered(kind, left<right, left> right);
    }

    static Result<Json> ordered(Kind kind, bool less, bool greater)
    {
        switch (kind) {
        case Kind::Less:
            return Json(less);
        case Kind::LessOrEqual:
            return Json(!greater);
        case Kind::Greater:
            return Json(greater);
        case Kind::GreaterOrEqual:
            return Json(!less);
        default:
            return mismatch("These values have no such operation");
        }
    }

    const ExpressionScope& m_scope;
};

bool mayStand(const std::vector<std::string>& path)
{
    const auto& root = path.front();
    if (root == "facts") {
        return true;
    }
    if (root == "tool" && path.size() > 2) {
        return path[1] == "arguments";
    }
    if (root == "decisions" || path.size() != 2) {
        return path.size() == 2;
    }
    static constexpr std::string_view kNames[] = {"answer.bytes",
                                                  "answer.text",
                                                  "call.model",
                                                  "call.output_tokens",
                                                  "call.project",
                                                  "call.user",
                                                  "run.cost",
                                                  "run.duration",
                                                  "run.llm_calls",
                                                  "run.tokens",
                                                  "tool.name"};
    return std::find(std::begin(kNames), std::end(kNames), root + "." + path[1])
        != std::end(kNames);
}

} // namespace

Expression::Expression(std::shared_ptr<const Node> root)
    : m_root(std::move(root))
{
}

Result<Expression> Expression::compile(std::string_view text)
{
    EXHIBIT_TRY(auto root, parseExpression(text));
    return Expression(std::move(root));
}

std::optional<std::string> Expression::unknownName() const
{
    std::vector<const Node*> open{m_root.get()};
    while (!open.empty()) {
        const Node& node = *open.back();
        open.pop_back();
        if (!node.path.empty() && !mayStand(node.path)) {
            return fmt::format("{}", fmt::join(node.path, "."));
        }
        for (const auto& operand : node.operands) {
            open.push_back(operand.get());
        }
    }
    return std::nullopt;
}

Result<bool> Expression::holds(const ExpressionScope& scope) const
{
    return Evaluator(scope).truth(*m_root);
}

} // namespace exhibit::prevention
