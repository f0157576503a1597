// SPDX-License-Identifier: Apache-2.0
#include "models/domain/policy_form.h"

#include "models/base/rule_limits.h"

#include <algorithm>
#include <set>

namespace exhibit::domain {
namespace {

constexpr std::int64_t kIntegerMax = 9'007'199'254'740'991; // The largest that JSON can name.

bool isPolicyIdCharacter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Checks one document; `m_pointer` is where it stands.
class FormChecker {
public:
    FormChecker(const Policy& policy, const std::string& pointer)
        : m_policy(policy)
        , m_pointer(pointer)
    {
    }

    [[nodiscard]] Result<void> check() const
    {
        const auto& id = m_policy.policyId;
        if (id.empty() || id.size() > limits::kPolicyIdBytesMax
            || !std::all_of(id.begin(), id.end(), isPolicyIdCharacter)) {
            return refuse("/policy_id", "a policy id is 1 to 64 of A-Z 0-9 _");
        }
        if (m_policy.version < 1 || m_policy.version > kIntegerMax) {
            return refuse("/version", "a version is a positive integer");
        }
        if (m_policy.title.empty()) {
            return refuse("/title", "a policy needs a title");
        }
        EXHIBIT_CHECK(checkText("/title", m_policy.title));
        EXHIBIT_CHECK(checkText("/category", m_policy.category));
        EXHIBIT_CHECK(checkText("/expected_behaviour", m_policy.expectedBehaviour));
        EXHIBIT_CHECK(checkList("/references", m_policy.references));
        EXHIBIT_CHECK(checkList("/applies_to/projects", m_policy.appliesTo.projects));
        EXHIBIT_CHECK(checkList("/applies_to/models", m_policy.appliesTo.models));
        EXHIBIT_CHECK(checkList("/applies_to/users", m_policy.appliesTo.users));
        EXHIBIT_CHECK(checkStages());
        return std::visit([this](const auto& rule) { return checkRule(rule); }, m_policy.rule);
    }

private:
    [[nodiscard]] tl::unexpected<Error> refuse(std::string_view at, std::string message) const
    {
        return fail(ErrorCode::InvalidInput, std::move(message), m_pointer + std::string(at));
    }
    [[nodiscard]] Result<void> checkText(std::string_view at, const std::string& text) const
    {
        if (text.size() > limits::kPolicyTextBytesMax) {
            return refuse(at,
                          "longer than " + std::to_string(limits::kPolicyTextBytesMax) + " bytes");
        }
        return {};
    }
    [[nodiscard]] Result<void> checkList(const std::string& at,
                                         const std::vector<std::string>& list) const
    {
        if (list.size() > limits::kPolicyListMax) {
            return refuse(at, "more than " + std::to_string(limits::kPolicyListMax) + " entries");
        }
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (list[i].empty() || list[i].size() > limits::kPolicyListTextBytesMax) {
                return refuse(appendPointer(at, std::to_string(i)),
                              "an entry is 1 to " + std::to_string(limits::kPolicyListTextBytesMax)
                                  + " bytes");
            }
        }
        return {};
    }
    [[nodiscard]] Result<void> checkStages() const
    {
        const auto& stages = m_policy.stages;
        if (stages.empty()) {
            return refuse("/stage", "a policy needs at least one stage");
        }
        if (std::set(stages.begin(), stages.end()).size() != stages.size()) {
            return refuse("/stage", "a stage is named twice");
        }
        return {};
    }
    /// A policy that names a stage where its rule never runs would promise what nobody keeps.
    [[nodiscard]] Result<void> allowStages(std::initializer_list<Stage> allowed) const
    {
        for (const Stage stage : m_policy.stages) {
            if (std::find(allowed.begin(), allowed.end(), stage) == allowed.end()) {
                return refuse("/stage",
                              "a " + std::string(ruleTypeName(m_policy.rule))
                                  + " rule does not run at stage " + std::string(wireName(stage)));
            }
        }
        return {};
    }
    [[nodiscard]] Result<void> refuseRedact() const
    {
        if (m_policy.mode == Mode::Redact) {
            return refuse("/mode", "only a patterns rule can redact");
        }
        return {};
    }
    [[nodiscard]] Result<void> checkPatterns(const std::string& at,
                                             const std::vector<PatternRule>& patterns,
                                             bool required) const
    {
        if (patterns.size() > limits::kPatternsPerPolicyMax || (required && patterns.empty())) {
            return refuse(at,
                          "expected " + std::string(required ? "1" : "0") + " to "
                              + std::to_string(limits::kPatternsPerPolicyMax) + " patterns");
        }
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            EXHIBIT_CHECK(checkPattern(appendPointer(at, std::to_string(i)), patterns[i]));
        }
        return {};
    }
    [[nodiscard]] Result<void> checkPattern(const std::string& at, const PatternRule& rule) const
    {
        if (rule.pattern.empty() || rule.pattern.size() > limits::kPatternBytesMax) {
            return refuse(
                at, "a pattern is 1 to " + std::to_string(limits::kPatternBytesMax) + " bytes");
        }
        if (rule.maxWidth && (*rule.maxWidth < 1 || *rule.maxWidth > limits::kPatternWidthMax)) {
            return refuse(at + "/max_width",
                          "expected 1 to " + std::to_string(limits::kPatternWidthMax));
        }
        if (rule.subtype) {
            EXHIBIT_CHECK(checkPlaceholder(at + "/subtype", *rule.subtype));
        }
        return rule.placeholder ? checkPlaceholder(at + "/placeholder", *rule.placeholder)
                                : Result<void>{};
    }
    [[nodiscard]] Result<void> checkPlaceholder(const std::string& at,
                                                const std::string& placeholder) const
    {
        if (placeholder.size() > limits::kPolicyListTextBytesMax) {
            return refuse(
                at, "longer than " + std::to_string(limits::kPolicyListTextBytesMax) + " bytes");
        }
        return {};
    }
    [[nodiscard]] Result<void> checkRule(const PatternsRule& rule) const
    {
        EXHIBIT_CHECK(allowStages({Stage::Input, Stage::Output, Stage::ToolCall}));
        const auto& stages = m_policy.stages;
        if (m_policy.mode == Mode::Redact
            && std::find(stages.begin(), stages.end(), Stage::ToolCall) != stages.end()) {
            return refuse("/mode", "tool calls are redacted at stage output");
        }
        if (rule.placeholder) {
            EXHIBIT_CHECK(checkPlaceholder("/rule/placeholder", *rule.placeholder));
        }
        return checkPatterns("/rule/patterns", rule.patterns, true);
    }
    [[nodiscard]] Result<void> checkRule(const MissingContextRule& rule) const
    {
        EXHIBIT_CHECK(allowStages({Stage::Output}));
        EXHIBIT_CHECK(refuseRedact());
        EXHIBIT_CHECK(checkFact(rule.fact));
        EXHIBIT_CHECK(checkPatterns("/rule/claims", rule.claims, true));
        return checkPatterns("/rule/hedges", rule.hedges, false);
    }
    [[nodiscard]] Result<void> checkFact(const std::string& fact) const
    {
        const bool emptyName = fact.empty() || fact.front() == '.' || fact.back() == '.'
            || fact.find("..") != std::string::npos;
        if (emptyName || fact.size() > limits::kFactPathBytesMax) {
            return refuse("/rule/fact",
                          "a fact is a dotted path of names, e.g. contract.auto_renew, of at most "
                              + std::to_string(limits::kFactPathBytesMax) + " bytes");
        }
        return {};
    }
    [[nodiscard]] Result<void> checkRule(const ContradictsContextRule& rule) const
    {
        EXHIBIT_CHECK(allowStages({Stage::Output}));
        EXHIBIT_CHECK(refuseRedact());
        EXHIBIT_CHECK(checkFact(rule.fact));
        std::vector<PatternRule> patterns;
        for (std::size_t i = 0; i < rule.claims.size(); ++i) {
            const auto& claim = rule.claims[i];
            const auto at = appendPointer("/rule/claims", std::to_string(i));
            if (claim.asserts.has_value() == claim.value.has_value()) {
                return refuse(at, "a claim has either asserts or value");
            }
            if (claim.asserts && (claim.asserts->is_object() || claim.asserts->is_array())) {
                return refuse(at + "/asserts", "expected text, a number, true, false");
            }
            if (claim.value && claim.value->size() > limits::kPatternBytesMax) {
                return refuse(at + "/value", "the pattern is too long");
            }
            patterns.push_back(claim.pattern);
        }
        EXHIBIT_CHECK(checkPatterns("/rule/claims", patterns, true));
        return checkPatterns("/rule/hedges", rule.hedges, false);
    }
    [[nodiscard]] Result<void> checkRule(const ToolRule& rule) const
    {
        EXHIBIT_CHECK(allowStages({Stage::ToolCall}));
        EXHIBIT_CHECK(refuseRedact());
        EXHIBIT_CHECK(checkList("/rule/allow", rule.allow));
        EXHIBIT_CHECK(checkList("/rule/deny", rule.deny));
        if (rule.allow.empty() && rule.deny.empty() && rule.arguments.empty()
            && rule.schemas.empty()) {
            return refuse("/rule", "expected one of allow, deny, arguments, schemas");
        }
        if (rule.arguments.size() > limits::kPolicyListMax
            || rule.schemas.size() > limits::kPolicyListMax) {
            return refuse("/rule", "too many arguments or schemas");
        }
        for (std::size_t i = 0; i < rule.arguments.size(); ++i) {
            const auto& each = rule.arguments[i];
            const auto at = appendPointer("/rule/arguments", std::to_string(i));
            EXHIBIT_CHECK(checkList(at + "/tools", each.tools));
            if (each.path.size() > limits::kFactPathBytesMax
                || (!each.path.empty() && each.path.front() != '/')
                || each.path.find("/**", 1) != std::string::npos) {
                return refuse(at + "/path",
                              "expected a JSON pointer, * for any name or element, /** first for"
                              " any depth");
            }
            EXHIBIT_CHECK(checkPatterns(at + "/patterns", each.patterns, true));
        }
        for (std::size_t i = 0; i < rule.schemas.size(); ++i) {
            EXHIBIT_CHECK(checkList(appendPointer("/rule/schemas", std::to_string(i)) + "/tools",
                                    rule.schemas[i].tools));
        }
        return {};
    }
    [[nodiscard]] Result<void> checkRule(const SchemaRule& /*rule*/) const
    {
        EXHIBIT_CHECK(allowStages({Stage::Output}));
        return refuseRedact();
    }
    [[nodiscard]] Result<void> checkRule(const ExpressionRule& rule) const
    {
        EXHIBIT_CHECK(allowStages({Stage::Input, Stage::Output, Stage::ToolCall, Stage::Run}));
        if (rule.expression.empty() || rule.expression.size() > limits::kExpressionBytesMax) {
            return refuse("/rule/expression",
                          "expected 1 to " + std::to_string(limits::kExpressionBytesMax)
                              + " bytes");
        }
        return refuseRedact();
    }
    [[nodiscard]] Result<void> checkRule(const ThresholdRule& rule) const
    {
        EXHIBIT_CHECK(allowStages({Stage::Run}));
        EXHIBIT_CHECK(refuseRedact());
        if (rule.max < 0 || rule.max > kIntegerMax) {
            return refuse("/rule/max", "expected 0 to 2^53-1");
        }
        if (rule.warnAt && (*rule.warnAt < 0 || *rule.warnAt > rule.max)) {
            return refuse("/rule/warn_at", "expected 0 to max");
        }
        return {};
    }

    const Policy& m_policy;
    const std::string& m_pointer;
};

} // namespace

Result<void> checkPolicyForm(const Policy& policy, const std::string& pointer)
{
    return FormChecker(policy, pointer).check();
}

} // namespace exhibit::domain
