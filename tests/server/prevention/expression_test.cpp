// SPDX-License-Identifier: Apache-2.0
#include "models/base/rule_limits.h"
#include "server/prevention/expression.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;

namespace {

const Json kValues
    = parseJson(
          R"({"call":{"model":"gpt-4o-mini","user":""},"run":{"tokens":1200,"cost":50},)"
          R"("facts":{"contract":{"auto_renew":null,"value":9.5,"kind":"lease"}},"decisions":{"PII":"WARN"}})")
          .value();

std::optional<Json> lookUp(const std::vector<std::string>& path)
{
    const Json* value = &kValues;
    for (const auto& name : path) {
        value = findMember(*value, name);
        if (value == nullptr) {
            return std::nullopt;
        }
    }
    return *value;
}

Result<bool> evaluate(const std::string& text)
{
    EXHIBIT_TRY(const auto expression, Expression::compile(text));
    return expression.holds(lookUp);
}

} // namespace

TEST(Expression, meansWhatItSays)
{
    const std::pair<const char*, bool> cases[] = {
        {"run.tokens > 1000", true},
        {"run.tokens / 100 + 2 * 3 == 18", true},
        {"2 + 3 * 4 == 14 and not false", true},
        {"true or false and false", true},
        {"(true or false) and false", false},
        {"not not true", true},
        {"call.model matches \"gpt-4o*\"", true},
        {"call.model in [\"a\", \"gpt-4o-mini\"]", true},
        {"facts.contract.kind == \"lease\"", true},
        {"facts.contract.auto_renew == null", true},
        {"has(facts.contract.auto_renew)", true},
        {"has(facts.contract.none)", false},
        {"facts.contract.none == null", true},
        {"facts.contract.value >= 9.5 and facts.contract.value < 10", true},
        {"decisions.PII in [\"WARN\", \"REDACT\"] and run.cost < 100", true},
        {"-run.cost == -50 and 3 - 1 == 2", true},
        {"\"a\\\"b\" == \"a\\\"b\"", true},
        {"false and run.none > 1", false}, // The left side decides.
        {"\"b\" > \"a\"", true},
        {"1 == \"1\"", false},
    };
    for (const auto& [text, expected] : cases) {
        const auto result = evaluate(text);
        ASSERT_TRUE(result.has_value()) << text << result.error().message;
        EXPECT_EQ(*result, expected) << text;
    }
}

TEST(Expression, cannotBeEvaluatedWhereItsOperandsHaveNoSuchOperation)
{
    for (const auto* text : {"run.none > 1",
                             "run.tokens",
                             "call.model > 3",
                             "not run.tokens",
                             "1 / 0 > 1",
                             "-call.model == 1",
                             "1 matches 2"}) {
        EXPECT_FALSE(evaluate(text).has_value()) << text;
    }
}

TEST(Expression, refusesWhatIsNone)
{
    for (const auto* text : {"",
                             "run.tokens >",
                             "run..tokens",
                             "tokens > 1",
                             "run.tokens > 1 and",
                             "(true",
                             "true true",
                             "\"open",
                             "call.model in 3",
                             "call.model in []",
                             "has(3)",
                             "import os",
                             "1 ** 2"}) {
        const auto compiled = Expression::compile(text);
        ASSERT_FALSE(compiled.has_value()) << text;
        EXPECT_NE(compiled.error().message.find("byte"), std::string::npos) << text;
    }
}

TEST(Expression, findsNamesThatNothingEverHas)
{
    const auto unknown = [](const std::string& text) {
        return Expression::compile("true and not (1 < 2 or " + text + ")").value().unknownName();
    };
    for (const auto* path : {"call.modle",
                             "call",
                             "run.tokens.more",
                             "decisions.A.b",
                             "decisions",
                             "tool.nme",
                             "tool.name.x",
                             "tool.arguments",
                             "answer.txt"}) {
        EXPECT_EQ(unknown(std::string(path) + " == 1"), path);
        EXPECT_EQ(unknown(std::string("has(") + path + ")"), path);
    }
    for (const auto* path : {"call.model",
                             "run.duration",
                             "decisions.PII_OUTPUT",
                             "facts",
                             "facts.contract.auto_renew",
                             "tool.name",
                             "tool.arguments.a.b",
                             "answer.text"}) {
        EXPECT_FALSE(unknown(std::string(path) + " == 1")) << path;
    }
}

TEST(Expression, refusesOneLevelTooMany)
{
    const auto nested = [](std::size_t depth) {
        return Expression::compile(std::string(depth, '(') + "true" + std::string(depth, ')'));
    };
    EXPECT_TRUE(nested(limits::kExpressionDepthMax - 1).has_value());
    EXPECT_FALSE(nested(limits::kExpressionDepthMax).has_value());
    EXPECT_FALSE(Expression::compile(std::string(limits::kExpressionDepthMax + 1, '-') + "1 == 1"));
}
