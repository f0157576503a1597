// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/compiled_rule.h"

#include "models/base/canonical_json.h"
#include "server/prevention/automata.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

Result<std::shared_ptr<const scan::PatternSet>> compilePatterns(
    const std::vector<domain::PatternRule>& patterns, const std::string& at)
{
    std::vector<scan::PatternSpec> specs;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        auto spec = patternSpec(patterns[i], false);
        if (!spec) {
            return fail(spec.error().code,
                        spec.error().message,
                        appendPointer(at, std::to_string(i)) + "/validator");
        }
        specs.push_back(*std::move(spec));
    }
    auto compiled = scan::PatternSet::compile(specs);
    if (!compiled) {
        const auto& error = compiled.error();
        return fail(error.code, error.message, appendPointer(at, error.subject));
    }
    return *std::move(compiled);
}

Result<JsonSchema> compileSchema(const Json& schema, const std::string& at)
{
    // A snapshot is hashed in its canonical form, which has no fractions.
    if (const auto canonical = canonicalJson(schema); !canonical) {
        return fail(ErrorCode::InvalidInput, canonical.error().message, at);
    }
    auto compiled = JsonSchema::compile(schema);
    if (!compiled) {
        return fail(compiled.error().code, compiled.error().message, at + compiled.error().subject);
    }
    return *std::move(compiled);
}

struct Compiler {
    bool judgesToolCalls = false;

    Result<CompiledRule> operator()(const domain::PatternsRule& rule) const
    {
        CompiledRule compiled;
        if (!judgesToolCalls) {
            return compiled;
        }
        EXHIBIT_TRY(auto patterns, compilePatterns(rule.patterns, "/rule/patterns"));
        compiled.argumentPatterns.push_back(std::move(patterns));
        return compiled;
    }
    Result<CompiledRule> operator()(const domain::ToolRule& rule) const
    {
        CompiledRule compiled;
        for (std::size_t i = 0; i < rule.arguments.size(); ++i) {
            const auto at = appendPointer("/rule/arguments", std::to_string(i)) + "/patterns";
            EXHIBIT_TRY(auto patterns, compilePatterns(rule.arguments[i].patterns, at));
            compiled.argumentPatterns.push_back(std::move(patterns));
        }
        for (std::size_t i = 0; i < rule.schemas.size(); ++i) {
            const auto at = appendPointer("/rule/schemas", std::to_string(i)) + "/schema";
            EXHIBIT_TRY(auto schema, compileSchema(rule.schemas[i].schema, at));
            compiled.schemas.push_back(std::move(schema));
        }
        return compiled;
    }
    Result<CompiledRule> operator()(const domain::SchemaRule& rule) const
    {
        CompiledRule compiled;
        EXHIBIT_TRY(auto schema, compileSchema(rule.schema, "/rule/schema"));
        compiled.schemas.push_back(std::move(schema));
        return compiled;
    }
    Result<CompiledRule> operator()(const domain::ExpressionRule& rule) const
    {
        auto expression = Expression::compile(rule.expression);
        if (!expression) {
            return fail(ErrorCode::InvalidInput, expression.error().message, "/rule/expression");
        }
        CompiledRule compiled;
        compiled.expression = *std::move(expression);
        return compiled;
    }
    Result<CompiledRule> operator()(const domain::ContradictsContextRule& rule) const
    {
        for (std::size_t i = 0; i < rule.claims.size(); ++i) {
            if (const auto& value = rule.claims[i].value) {
                domain::PatternRule pattern;
                pattern.pattern = *value;
                const auto compiled = compilePatterns({pattern}, "");
                if (!compiled) {
                    return fail(ErrorCode::InvalidInput,
                                compiled.error().message,
                                appendPointer("/rule/claims", std::to_string(i)) + "/value");
                }
            }
        }
        return CompiledRule{};
    }
    Result<CompiledRule> operator()(const domain::MissingContextRule&) const { return {}; }
    Result<CompiledRule> operator()(const domain::ThresholdRule&) const { return {}; }
};

} // namespace

Result<CompiledRule> compileRule(const domain::Policy& policy)
{
    const auto& stages = policy.stages;
    const bool judgesToolCalls
        = std::find(stages.begin(), stages.end(), domain::Stage::ToolCall) != stages.end();
    return std::visit(Compiler{judgesToolCalls}, policy.rule);
}

} // namespace exhibit::prevention
