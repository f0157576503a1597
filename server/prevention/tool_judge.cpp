// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/tool_judge.h"

#include "models/base/json_walk.h"
#include "models/scan/scanner.h"
#include "server/prevention/compiled_rule.h"
#include "server/prevention/stage_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace exhibit::prevention {
namespace {

constexpr std::size_t kShownNameBytesMax = 64;

/// The tool as a reason may name it: a name of the usual form, never any text a model made.
std::string shownName(const std::string& name)
{
    const bool usual = !name.empty() && name.size() <= kShownNameBytesMax
        && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || c == '_' || c == '-' || c == '.';
           });
    return usual ? name : "a tool of an unusual name";
}

/// Removes the first step of "a/b/c" from it and returns it.
std::string_view takeStep(std::string_view& path)
{
    const auto step = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    return step;
}

bool equalInAnyCase(std::string_view one, std::string_view other)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(one.begin(), one.end(), other.begin(), other.end(), [lower](char a, char b) {
        return lower(a) == lower(b);
    });
}

/// "*", a name, or names as "{sql,query}", in any case.
bool fits(std::string_view token, std::string_view step)
{
    if (!token.starts_with('{') || !token.ends_with('}')) {
        return token == "*" || token == step;
    }
    for (token = token.substr(1, token.size() - 2); !token.empty();) {
        const auto name = token.substr(0, token.find(','));
        if (equalInAnyCase(name, step)) {
            return true;
        }
        token.remove_prefix(std::min(token.size(), name.size() + 1));
    }
    return false;
}

/// "/files/*/name" against "files/0/name/first": true for the place itself and all below it. A
/// leading "/**" stands for any number of steps, none among them.
bool isAtOrBelow(std::string_view pattern, std::string_view path)
{
    constexpr std::string_view kAnywhere = "/**";
    if (pattern == kAnywhere || pattern.starts_with("/**/")) {
        pattern.remove_prefix(kAnywhere.size());
        while (!isAtOrBelow(pattern, path)) {
            if (path.empty()) {
                return false;
            }
            takeStep(path);
        }
        return true;
    }
    while (!pattern.empty()) {
        pattern.remove_prefix(1);
        const auto token = pattern.substr(0, pattern.find('/'));
        if (path.empty() || !fits(token, takeStep(path))) {
            return false;
        }
        pattern.remove_prefix(token.size());
    }
    return true;
}

/// One policy and one tool call.
class CallCheck {
public:
    CallCheck(const ToolCall& call, const std::optional<JsonWalk>& walk)
        : m_call(call)
        , m_walk(walk)
    {
    }

    /// Some argument makes more work for the patterns than they may have, so that nobody knows.
    [[nodiscard]] bool exhausted() const { return m_exhausted; }

    /// nullopt when the call keeps the rule.
    std::optional<RuleFindings::Found> check(const domain::Rule& rule, const CompiledRule& compiled)
    {
        if (const auto* tool = std::get_if<domain::ToolRule>(&rule)) {
            return checkTool(*tool, compiled);
        }
        return checkArguments(compiled.argumentPatterns.front(), "");
    }

private:
    [[nodiscard]] RuleFindings::Found found(std::string what) const
    {
        RuleFindings::Found result;
        result.reason = fmt::format("{} {}, in {}.", shownName(m_call.name), what, m_call.channel);
        result.channel = m_call.channel;
        return result;
    }

    std::optional<RuleFindings::Found> checkTool(const domain::ToolRule& rule,
                                                 const CompiledRule& compiled)
    {
        if (!rule.deny.empty() && domain::matchesAnyGlob(rule.deny, m_call.name)) {
            return found("is on the list of denied tools");
        }
        if (!domain::matchesAnyGlob(rule.allow, m_call.name)) {
            return found("is not on the list of allowed tools");
        }
        for (std::size_t i = 0; i < rule.arguments.size(); ++i) {
            const auto& each = rule.arguments[i];
            if (domain::matchesAnyGlob(each.tools, m_call.name)) {
                if (auto broken = checkArguments(compiled.argumentPatterns[i], each.path)) {
                    return broken;
                }
            }
        }
        for (std::size_t i = 0; i < rule.schemas.size(); ++i) {
            if (domain::matchesAnyGlob(rule.schemas[i].tools, m_call.name)) {
                if (auto broken = checkSchema(compiled.schemas[i])) {
                    return broken;
                }
            }
        }
        return std::nullopt;
    }

    std::optional<RuleFindings::Found> checkSchema(const JsonSchema& schema) const
    {
        const auto arguments = m_walk ? parseJson(m_walk->text()) : Result<Json>(Json(nullptr));
        if (!m_walk || !arguments) {
            return found("has arguments that are no JSON");
        }
        if (m_walk->hasDuplicateNames(0)) {
            return found("has two arguments of one name");
        }
        const auto fault = schema.violation(*arguments);
        return fault ? std::optional(found("has arguments that do not fit: " + *fault))
                     : std::nullopt;
    }

    /// Where `path` leads in JSON; a text that is none is looked at whole.
    std::optional<RuleFindings::Found> checkArguments(
        const std::shared_ptr<const scan::PatternSet>& patterns, std::string_view path)
    {
        auto result = found("has arguments that the policy looks for");
        const auto look = [&](std::string_view text, std::size_t begin, std::size_t end) {
            // One that is too much work ends the looking.
            const auto matches = m_exhausted
                ? std::nullopt
                : scanWithin(scan::WorkBudget::limited(), patterns, text);
            m_exhausted = !matches;
            const bool finds = matches && !matches->empty();
            if (finds) {
                result.spans.push_back({m_call.channel,
                                        static_cast<std::int64_t>(begin),
                                        static_cast<std::int64_t>(end)});
            }
            return finds;
        };
        if (!m_walk) {
            look(m_call.arguments, 0, m_call.arguments.size());
        } else {
            lookInside(path, look);
        }
        return result.spans.empty() ? std::nullopt : std::optional(std::move(result));
    }

    /// The strings of an array are looked at as one line too, unless one of them is found by
    /// itself: a command often comes in words.
    template <class Look>
    void lookInside(std::string_view path, const Look& look) const
    {
        struct Line {
            std::string text;
            bool isFound = false; ///< By one of its words.
        };
        std::map<std::size_t, Line> lines; ///< By array.
        for (std::size_t node = 0; node < m_walk->nodes().size(); ++node) {
            if (!isAtOrBelow(path, m_walk->path(node))) {
                continue;
            }
            const auto& value = (*m_walk)[node];
            if (value.kind == JsonKind::String) {
                const bool finds = look(m_walk->string(node), value.begin, value.end);
                if (node != 0 && m_walk->is(value.parent, JsonKind::Array)) {
                    auto& line = lines[value.parent];
                    line.text += std::string(m_walk->string(node)) + ' ';
                    line.isFound = line.isFound || finds;
                }
            } else if (value.kind != JsonKind::Object && value.kind != JsonKind::Array) {
                look(m_walk->raw(node), value.begin, value.end);
            }
            if (path.empty() && node != 0 && m_walk->is(value.parent, JsonKind::Object)) {
                look(m_walk->name(node), value.nameBegin, value.nameEnd);
            }
        }
        for (const auto& [array, line] : lines) {
            if (!line.isFound) {
                look(line.text, (*m_walk)[array].begin, (*m_walk)[array].end);
            }
        }
    }

    const ToolCall& m_call;
    const std::optional<JsonWalk>& m_walk;
    bool m_exhausted = false;
};

std::optional<Json> toolValue(const ToolCall& call,
                              const std::optional<JsonWalk>& walk,
                              const std::vector<std::string>& path)
{
    if (path.size() == 2 && path[1] == "name") {
        return Json(call.name);
    }
    if (path.size() < 3 || path[1] != "arguments" || !walk) {
        return std::nullopt;
    }
    std::size_t node = 0;
    for (std::size_t i = 2; i < path.size(); ++i) {
        node = walk->find(node, path[i]);
    }
    const auto value = node == JsonWalk::kNone ? Result<Json>(fail(ErrorCode::NotFound, ""))
                                               : parseJson(walk->raw(node));
    return value ? std::optional(*value) : std::nullopt;
}

} // namespace

ToolJudge::ToolJudge(std::shared_ptr<const CompiledSnapshot> snapshot,
                     std::vector<AppliedPolicy> policies,
                     const DecisionBuilder& builder)
    : m_snapshot(std::move(snapshot))
    , m_policies(std::move(policies))
    , m_findings(domain::Stage::ToolCall, builder)
{
}

void ToolJudge::judge(const ToolCall& call, const CallScope& scope)
{
    const auto running = m_clock.run();
    m_judged = true;
    // A call without arguments may leave them out.
    const std::string_view arguments = call.arguments.empty() ? "{}" : call.arguments;
    auto parsed = JsonWalk::parse(arguments);
    const auto walk = parsed ? std::optional(*std::move(parsed)) : std::nullopt;
    const ExpressionScope values = [&](const std::vector<std::string>& path) {
        return path.front() == "tool" ? toolValue(call, walk, path) : scope.value(path);
    };
    for (const auto& policy : m_policies) {
        const auto& compiled = m_snapshot->rules()[policy.index];
        if (compiled.expression) {
            judgeExpression(*compiled.expression, values, policy, m_findings, call.channel);
            continue;
        }
        CallCheck check(call, walk);
        if (auto found = check.check(policy.policy->rule, compiled)) {
            m_findings.add(policy, *std::move(found));
        } else if (check.exhausted()) {
            m_findings.addError(
                policy,
                "The tool call makes more work for the patterns than they may have.",
                call.channel);
        }
    }
}

void ToolJudge::unreadable(std::string_view why)
{
    for (const auto& policy : m_policies) {
        m_findings.addError(policy, why);
    }
}

void ToolJudge::conclude(StageOutcome& outcome)
{
    m_findings.conclude(outcome, m_clock.microseconds());
    if (m_judged) {
        const JudgedStage stage{
            domain::Stage::ToolCall, m_policies, {}, false, m_clock.microseconds()};
        appendPasses(stage, m_snapshot->snapshot().snapshotId, outcome);
    }
}

} // namespace exhibit::prevention
