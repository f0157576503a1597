// SPDX-License-Identifier: Apache-2.0
#include "models/domain/policy.h"
#include "models/domain/policy_form.h"

#include <set>

namespace exhibit::domain {
namespace {

/// Written in JSON as one stage or as a list.
struct StageList {
    std::vector<Stage> stages;
};

} // namespace

template <class V>
void visitFields(V& visit, Of<V, PatternsRule>& rule)
{
    visit("patterns", rule.patterns);
    visit("placeholder", rule.placeholder);
}

template <class V>
void visitFields(V& visit, Of<V, MissingContextRule>& rule)
{
    visit("fact", rule.fact);
    visit("claims", rule.claims);
    visit.defaulted("hedges", rule.hedges);
}

template <class V>
void visitFields(V& visit, Of<V, ThresholdRule>& rule)
{
    visit("metric", rule.metric);
    visit("warn_at", rule.warnAt);
    visit("max", rule.max);
}

template <class V>
void visitFields(V& visit, Of<V, ClaimRule>& claim)
{
    visit("pattern", claim.pattern.pattern);
    visit("max_width", claim.pattern.maxWidth);
    visit("asserts", claim.asserts);
    visit("value", claim.value);
}

template <class V>
void visitFields(V& visit, Of<V, ContradictsContextRule>& rule)
{
    visit("fact", rule.fact);
    visit("claims", rule.claims);
    visit.defaulted("hedges", rule.hedges);
}

template <class V>
void visitFields(V& visit, Of<V, ToolArgumentRule>& rule)
{
    visit.defaulted("tools", rule.tools);
    visit.defaulted("path", rule.path);
    visit("patterns", rule.patterns);
}

template <class V>
void visitFields(V& visit, Of<V, ToolSchemaRule>& rule)
{
    visit.defaulted("tools", rule.tools);
    visit("schema", rule.schema);
}

template <class V>
void visitFields(V& visit, Of<V, ToolRule>& rule)
{
    visit.defaulted("allow", rule.allow);
    visit.defaulted("deny", rule.deny);
    visit.defaulted("arguments", rule.arguments);
    visit.defaulted("schemas", rule.schemas);
}

template <class V>
void visitFields(V& visit, Of<V, SchemaRule>& rule)
{
    visit("schema", rule.schema);
}

template <class V>
void visitFields(V& visit, Of<V, ExpressionRule>& rule)
{
    visit("expression", rule.expression);
}

template <class V>
void visitFields(V& visit, Of<V, AppliesTo>& appliesTo)
{
    visit.defaulted("projects", appliesTo.projects);
    visit.defaulted("models", appliesTo.models);
    visit.defaulted("users", appliesTo.users);
}

template <class V>
void visitFields(V& visit, Of<V, Policy>& policy)
{
    StageList list{policy.stages};
    visit("policy_id", policy.policyId);
    visit.defaulted("version", policy.version);
    visit("title", policy.title);
    visit.defaulted("category", policy.category);
    visit("severity", policy.severity);
    visit("stage", list);
    visit("mode", policy.mode);
    visit.defaulted("applies_to", policy.appliesTo);
    visit("rule", policy.rule);
    visit("on_error", policy.onError);
    visit.defaulted("expected_behaviour", policy.expectedBehaviour);
    visit.defaulted("references", policy.references);
    visit("failure_code", policy.failureCode);
    visit.defaulted("enabled", policy.enabled);
    if constexpr (!std::is_const_v<Of<V, Policy>>) {
        policy.stages = std::move(list.stages);
    }
}

/// A pattern that needs more than its text.
struct PatternObject {
    PatternRule rule;
};

template <class V>
void visitFields(V& visit, Of<V, PatternObject>& object)
{
    visit("pattern", object.rule.pattern);
    visit("max_width", object.rule.maxWidth);
    visit("validator", object.rule.validator);
    visit("placeholder", object.rule.placeholder);
    visit("subtype", object.rule.subtype);
}

} // namespace exhibit::domain

namespace exhibit {

template <>
struct JsonCodec<domain::StageList> {
    static Json write(const domain::StageList& value)
    {
        return JsonCodec<std::vector<domain::Stage>>::write(value.stages);
    }
    static Result<domain::StageList> read(const Json& json,
                                          UnknownMembers unknown,
                                          const std::string& pointer)
    {
        if (json.is_string()) {
            EXHIBIT_TRY(const auto stage, JsonCodec<domain::Stage>::read(json, unknown, pointer));
            return domain::StageList{{stage}};
        }
        EXHIBIT_TRY(auto stages,
                    JsonCodec<std::vector<domain::Stage>>::read(json, unknown, pointer));
        return domain::StageList{std::move(stages)};
    }
};

template <>
struct JsonCodec<domain::PatternRule> {
    static Json write(const domain::PatternRule& value)
    {
        if (!value.maxWidth && !value.validator && !value.placeholder && !value.subtype) {
            return Json(value.pattern);
        }
        return JsonCodec<domain::PatternObject>::write({value});
    }
    static Result<domain::PatternRule> read(const Json& json,
                                            UnknownMembers unknown,
                                            const std::string& pointer)
    {
        if (json.is_string()) {
            domain::PatternRule rule;
            rule.pattern = std::string_view(json.get_string());
            return rule;
        }
        if (!json.is_object()) {
            return fail(ErrorCode::InvalidInput, "expected a pattern: text or object", pointer);
        }
        EXHIBIT_TRY(auto object, JsonCodec<domain::PatternObject>::read(json, unknown, pointer));
        return std::move(object.rule);
    }
};

template <>
struct JsonCodec<domain::Rule> {
    static Json write(const domain::Rule& value)
    {
        JsonObject result{{"type", domain::ruleTypeName(value)}};
        const Json members = std::visit([](const auto& rule) { return toJson(rule); }, value);
        for (const auto& member : members.get_object()) {
            result.insert(member);
        }
        return Json(std::move(result));
    }
    static Result<domain::Rule> read(const Json& json,
                                     UnknownMembers unknown,
                                     const std::string& pointer)
    {
        if (!json.is_object()) {
            return fail(ErrorCode::InvalidInput, "expected an object", pointer);
        }
        const auto type = stringMember(json, "type");
        Json members = json;
        members.get_object().erase("type");
        return readAs<0>(type, members, unknown, pointer);
    }

private:
    /// As the first of the rule types, from the I-th on, that has the name.
    template <std::size_t I>
    static Result<domain::Rule> readAs(std::string_view type,
                                       const Json& members,
                                       UnknownMembers unknown,
                                       const std::string& pointer)
    {
        if constexpr (I == std::variant_size_v<domain::Rule>) {
            return fail(ErrorCode::InvalidInput,
                        "not a rule type; expected one of patterns, missing_context, threshold, "
                        "contradicts_context, tool, schema, expression",
                        appendPointer(pointer, "type"));
        } else {
            using Rule = std::variant_alternative_t<I, domain::Rule>;
            if (type == domain::ruleTypeName(Rule{})) {
                return JsonCodec<Rule>::read(members, unknown, pointer);
            }
            return readAs<I + 1>(type, members, unknown, pointer);
        }
    }
};

} // namespace exhibit

namespace exhibit::domain {

std::string_view ruleTypeName(const Rule& rule)
{
    struct Name {
        std::string_view operator()(const PatternsRule&) const { return "patterns"; }
        std::string_view operator()(const MissingContextRule&) const { return "missing_context"; }
        std::string_view operator()(const ThresholdRule&) const { return "threshold"; }
        std::string_view operator()(const ContradictsContextRule&) const
        {
            return "contradicts_context";
        }
        std::string_view operator()(const ToolRule&) const { return "tool"; }
        std::string_view operator()(const SchemaRule&) const { return "schema"; }
        std::string_view operator()(const ExpressionRule&) const { return "expression"; }
    };
    return std::visit(Name{}, rule);
}

Result<Policy> policyFromJson(const Json& json, const std::string& pointer)
{
    EXHIBIT_TRY(Policy policy, fromJson<Policy>(json, UnknownMembers::Reject, pointer));
    EXHIBIT_CHECK(checkPolicyForm(policy, pointer));
    return policy;
}

Json policyToJson(const Policy& policy)
{
    return toJson(policy);
}

Result<std::vector<Policy>> policiesFromJson(const Json& json)
{
    std::vector<Policy> policies;
    const auto* list = json.if_array();
    if (list == nullptr) {
        EXHIBIT_TRY(auto policy, policyFromJson(json));
        policies.push_back(std::move(policy));
        return policies;
    }
    if (list->size() > limits::kPoliciesPerSnapshotMax) {
        return fail(ErrorCode::TooLarge,
                    "a file holds at most " + std::to_string(limits::kPoliciesPerSnapshotMax)
                        + " policies");
    }
    std::set<std::string> ids;
    for (const auto& element : *list) {
        const auto pointer = appendPointer({}, std::to_string(policies.size()));
        EXHIBIT_TRY(auto policy, policyFromJson(element, pointer));
        if (!ids.insert(policy.policyId).second) {
            return fail(ErrorCode::InvalidInput,
                        "the file has two policies with this id",
                        pointer + "/policy_id");
        }
        policies.push_back(std::move(policy));
    }
    return policies;
}

} // namespace exhibit::domain
