// SPDX-License-Identifier: Apache-2.0
#include "models/base/rule_limits.h"
#include "server/prevention/expression_node.h"

#include <algorithm>
#include <charconv>

namespace exhibit::prevention {
namespace {

using Kind = Expression::Node::Kind;

bool isNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

class Parser {
public:
    explicit Parser(std::string_view text)
        : m_text(text)
    {
    }

    Result<ExpressionNode> run()
    {
        EXHIBIT_TRY(auto root, choice());
        skipSpace();
        return m_at == m_text.size() ? Result<ExpressionNode>(std::move(root))
                                     : refuse("expected an operator or the end");
    }

private:
    struct Operator {
        std::string_view text;
        Kind kind;
    };
    using Operand = Result<ExpressionNode> (Parser::*)();

    [[nodiscard]] tl::unexpected<Error> refuse(const std::string& what) const
    {
        return fail(ErrorCode::InvalidInput, what + " at byte " + std::to_string(m_at));
    }
    void skipSpace()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n')) {
            ++m_at;
        }
    }
    /// Consumes a dot that stands right here.
    bool takeDot()
    {
        const bool stands = m_at < m_text.size() && m_text[m_at] == '.';
        m_at += stands ? 1 : 0;
        return stands;
    }
    /// Consumes the symbol or word when it stands next; a word only as a whole.
    bool take(std::string_view token)
    {
        skipSpace();
        const auto rest = m_text.substr(m_at);
        const bool word = isNameCharacter(token.front());
        if (!rest.starts_with(token)
            || (word && rest.size() > token.size() && isNameCharacter(rest[token.size()]))) {
            return false;
        }
        m_at += token.size();
        return true;
    }
    static ExpressionNode make(Kind kind, std::vector<ExpressionNode> operands)
    {
        auto node = std::make_shared<Expression::Node>();
        node->kind = kind;
        node->operands = std::move(operands);
        return node;
    }
    static ExpressionNode literal(Json value)
    {
        auto node = std::make_shared<Expression::Node>();
        node->literal = std::move(value);
        return node;
    }

    /// operand (operator operand)*, to the left.
    template <std::size_t N>
    Result<ExpressionNode> chain(const Operator (&operators)[N], Operand operand)
    {
        EXHIBIT_TRY(auto left, (this->*operand)());
        for (;;) {
            const auto* found = std::find_if(std::begin(operators),
                                             std::end(operators),
                                             [this](const auto& each) { return take(each.text); });
            if (found == std::end(operators)) {
                return left;
            }
            EXHIBIT_TRY(auto right, (this->*operand)());
            left = make(found->kind, {std::move(left), std::move(right)});
        }
    }

    Result<ExpressionNode> choice()
    {
        if (++m_depth > limits::kExpressionDepthMax) {
            return refuse("the expression nests too deep");
        }
        auto result = chain({{"or", Kind::Or}}, &Parser::both);
        --m_depth;
        return result;
    }
    Result<ExpressionNode> both() { return chain({{"and", Kind::And}}, &Parser::negation); }
    Result<ExpressionNode> negation()
    {
        bool negated = false;
        while (take("not")) {
            negated = !negated;
        }
        EXHIBIT_TRY(auto operand, comparison());
        return negated ? make(Kind::Not, {std::move(operand)}) : std::move(operand);
    }
    Result<ExpressionNode> comparison()
    {
        static constexpr Operator kOperators[] = {{"==", Kind::Equal},
                                                  {"!=", Kind::NotEqual},
                                                  {"<=", Kind::LessOrEqual},
                                                  {">=", Kind::GreaterOrEqual},
                                                  {"<", Kind::Less},
                                                  {">", Kind::Greater},
                                                  {"matches", Kind::Matches}};
        EXHIBIT_TRY(auto left, sum());
        if (take("in")) {
            return list(std::move(left));
        }
        for (const auto& each : kOperators) {
            if (take(each.text)) {
                EXHIBIT_TRY(auto right, sum());
                return make(each.kind, {std::move(left), std::move(right)});
            }
        }
        return left;
    }
    Result<ExpressionNode> list(ExpressionNode subject)
    {
        std::vector<ExpressionNode> operands{std::move(subject)};
        if (!take("[")) {
            return refuse("expected a list");
        }
        do {
            EXHIBIT_TRY(auto element, choice());
            operands.push_back(std::move(element));
        } while (take(","));
        return take("]") ? Result<ExpressionNode>(make(Kind::In, std::move(operands)))
                         : refuse("expected , or ]");
    }
    Result<ExpressionNode> sum()
    {
        return chain({{"+", Kind::Add}, {"-", Kind::Subtract}}, &Parser::product);
    }
    Result<ExpressionNode> product()
    {
        return chain({{"*", Kind::Multiply}, {"/", Kind::Divide}}, &Parser::value);
    }

    Result<ExpressionNode> value()
    {
        if (take("(")) {
            EXHIBIT_TRY(auto inside, choice());
            return take(")") ? Result<ExpressionNode>(std::move(inside)) : refuse("expected )");
        }
        if (take("-")) {
            if (++m_depth > limits::kExpressionDepthMax) {
                return refuse("the expression nests too deep");
            }
            EXHIBIT_TRY(auto operand, value());
            --m_depth;
            return make(Kind::Negate, {std::move(operand)});
        }
        for (const auto& [word, constant] : {std::pair<std::string_view, Json>{"true", true},
                                             {"false", false},
                                             {"null", nullptr}}) {
            if (take(word)) {
                return literal(constant);
            }
        }
        if (m_at < m_text.size() && m_text[m_at] == '"') {
            return text();
        }
        if (m_at < m_text.size() && isDigit(m_text[m_at])) {
            return number();
        }
        const bool has = take("has");
        if (has && !take("(")) {
            return refuse("expected ( and a path");
        }
        EXHIBIT_TRY(auto found, path(has ? Kind::Has : Kind::Path));
        return !has || take(")") ? Result<ExpressionNode>(std::move(found)) : refuse("expected )");
    }
    Result<ExpressionNode> number()
    {
        double parsed = 0;
        const auto rest = m_text.substr(m_at);
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), parsed);
        if (error != std::errc{}) {
            return refuse("expected a number");
        }
        m_at += static_cast<std::size_t>(end - rest.data());
        return literal(parsed);
    }
    Result<ExpressionNode> text()
    {
        std::string parsed;
        for (++m_at; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at) {
            m_at += m_text[m_at] == '\\' && m_at + 1 < m_text.size() ? 1 : 0;
            parsed += m_text[m_at];
        }
        return take("\"") ? Result<ExpressionNode>(literal(Json(parsed)))
                          : refuse("expected the end of the text");
    }
    Result<ExpressionNode> path(Kind kind)
    {
        auto node = std::make_shared<Expression::Node>();
        node->kind = kind;
        skipSpace();
        do {
            const auto begin = m_at;
            while (m_at < m_text.size() && isNameCharacter(m_text[m_at])) {
                ++m_at;
            }
            if (begin == m_at) {
                return refuse("expected a value");
            }
            node->path.emplace_back(m_text.substr(begin, m_at - begin));
        } while (takeDot());
        static constexpr std::string_view kRoots[]
            = {"call", "run", "facts", "decisions", "tool", "answer"};
        if (std::find(std::begin(kRoots), std::end(kRoots), node->path.front())
            == std::end(kRoots)) {
            return refuse("expected call, run, facts, decisions, tool or answer before");
        }
        return ExpressionNode(std::move(node));
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_depth = 0;
};

} // namespace

Result<ExpressionNode> parseExpression(std::string_view text)
{
    return Parser(text).run();
}

} // namespace exhibit::prevention
