// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/vocabulary.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The policy document of policies.md, as written by people and kept in snapshots.
namespace exhibit::domain {

/// One regular expression of the dialect (models/scan). Written in JSON as a plain string or as an
/// object when it needs more than the text.
struct PatternRule {
    std::string pattern;
    std::optional<std::uint32_t> maxWidth; ///< Bytes; see policies.md, "Semantics", W.
    std::optional<std::string> validator; ///< "luhn", "mod97", ...; the names are in models/scan.
    std::optional<std::string> placeholder; ///< e.g. "[EMAIL]"; the policy's default otherwise.
    std::optional<std::string> subtype; ///< Vendor or country, e.g. "github"; for reports.
};

struct PatternsRule {
    std::vector<PatternRule> patterns;
    std::optional<std::string> placeholder; ///< For patterns without one; "[REDACTED]" otherwise.
};

/// A definite claim about a fact that is null or absent, unless hedged in the same sentence.
struct MissingContextRule {
    std::string fact; ///< Dotted path into the context facts, e.g. "contract.auto_renew".
    std::vector<PatternRule> claims;
    std::vector<PatternRule> hedges;
};

/// A pattern that states something of a fact.
struct ClaimRule {
    PatternRule pattern;
    std::optional<Json> asserts; ///< What every match states,
    std::optional<std::string>
        value; ///< or the pattern of the stated value, right behind the match.
};

/// A claim whose value differs from the fact supplied, unless hedged in the same sentence.
struct ContradictsContextRule {
    std::string fact; ///< As in MissingContextRule; one that is null or absent is not its concern.
    std::vector<ClaimRule> claims;
    std::vector<PatternRule> hedges;
};

/// Patterns over a part of the arguments of some tools.
struct ToolArgumentRule {
    std::vector<std::string> tools; ///< Globs; empty: all.
    std::string path; ///< "/files/*/name", "/**/{sql,query}"; empty: every value and name.
    std::vector<PatternRule> patterns;
};

struct ToolSchemaRule {
    std::vector<std::string> tools; ///< Globs; empty: all.
    Json schema;
};

/// What tools may be called, and how. A call is broken by the first of these that it does not keep.
struct ToolRule {
    std::vector<std::string> allow; ///< Globs; empty: every tool that is not denied.
    std::vector<std::string> deny;
    std::vector<ToolArgumentRule> arguments; ///< None of their patterns may match.
    std::vector<ToolSchemaRule> schemas; ///< The arguments must fit.
};

/// The text of each choice must be JSON that fits.
struct SchemaRule {
    Json schema;
};

/// Broken when the expression is true (server/prevention/expression.h).
struct ExpressionRule {
    std::string expression;
};

enum class Metric : std::uint8_t {
    RunTokens,
    RunCost, ///< Microcents.
    RunLlmCalls,
    RunDuration, ///< Seconds.
    CallOutputTokens,
};

struct ThresholdRule {
    Metric metric = Metric::RunTokens;
    std::optional<std::int64_t> warnAt;
    std::int64_t max = 0; ///< The largest value that is still allowed.
};

using Rule = std::variant<PatternsRule,
                          MissingContextRule,
                          ThresholdRule,
                          ContradictsContextRule,
                          ToolRule,
                          SchemaRule,
                          ExpressionRule>;

/// Whom a policy's applies_to is asked of.
struct PolicySubject {
    std::string project; ///< Slug.
    std::string model; ///< Empty: nobody knows which it is.
    std::string userId;
};

/// The wire name: "patterns", "missing_context" ...
[[nodiscard]] std::string_view ruleTypeName(const Rule& rule);

struct AppliesTo {
    std::vector<std::string> projects; ///< Globs over project slugs; empty means all.
    std::vector<std::string> models;
    std::vector<std::string> users;
};

struct Policy {
    std::string policyId; ///< Upper case, e.g. PII_OUTPUT.
    std::int64_t version = 1;
    std::string title;
    std::string category;
    Severity severity = Severity::Medium;
    std::vector<Stage> stages;
    Mode mode = Mode::Monitor;
    AppliesTo appliesTo;
    Rule rule;
    std::optional<OnError> onError; ///< Default: block for block policies, else allow.
    std::string expectedBehaviour; ///< "Should have".
    std::vector<std::string> references;
    std::optional<FailureCode> failureCode; ///< What an incident of this policy is filed under.
    bool enabled = true;

    [[nodiscard]] OnError effectiveOnError() const;
    /// True when it speaks at `stage` of a call like this; of one that names no model nobody knows
    /// which it is: then every policy applies.
    [[nodiscard]] bool speaksOf(const PolicySubject& subject, Stage stage) const;
};

/// Reads and checks the document's form: members, types, ids, lists, limits. What the patterns
/// themselves may say is checked by prevention::compilePolicies. Errors carry a JSON pointer.
[[nodiscard]] Result<Policy> policyFromJson(const Json& json, const std::string& pointer = {});
[[nodiscard]] Json policyToJson(const Policy& policy);
/// A policy file: one document, or a list of documents with different ids.
[[nodiscard]] Result<std::vector<Policy>> policiesFromJson(const Json& json);

/// True when `text` matches the glob; '*' stands for any run of characters, '?' for one.
[[nodiscard]] bool globMatches(std::string_view glob, std::string_view text);
/// True when the list is empty or one of its globs matches.
[[nodiscard]] bool matchesAnyGlob(const std::vector<std::string>& globs, std::string_view text);

} // namespace exhibit::domain

namespace exhibit {

template <>
struct EnumNames<domain::Metric> {
    static constexpr std::string_view kType = "threshold metric";
    static constexpr std::pair<domain::Metric, std::string_view> kNames[] = {
        {domain::Metric::RunTokens, "run.tokens"},
        {domain::Metric::RunCost, "run.cost"},
        {domain::Metric::RunLlmCalls, "run.llm_calls"},
        {domain::Metric::RunDuration, "run.duration"},
        {domain::Metric::CallOutputTokens, "call.output_tokens"},
    };
};

} // namespace exhibit
