// SPDX-License-Identifier: Apache-2.0
#include "models/redaction/redaction_pack.h"

#include "models/base/json.h"
#include "models/redaction/embedded_packs.h"

namespace exhibit::redaction {
namespace {

/// "[CREDIT_CARD]" -> "CREDIT_CARD".
std::string typeOf(const std::string& placeholder)
{
    const bool bracketed
        = placeholder.size() > 2 && placeholder.front() == '[' && placeholder.back() == ']';
    return bracketed ? placeholder.substr(1, placeholder.size() - 2) : placeholder;
}

Result<scan::PatternSpec> specOf(const domain::PatternRule& rule)
{
    scan::PatternSpec spec;
    spec.pattern = rule.pattern;
    spec.maxWidth = rule.maxWidth;
    if (rule.validator) {
        EXHIBIT_TRY(spec.validator, scan::validatorFromName(*rule.validator));
    }
    return spec;
}

} // namespace

Result<NamedPack> namedPack(const std::vector<domain::Policy>& policies)
{
    NamedPack named;
    std::vector<scan::PatternSpec> specs;
    for (const auto& policy : policies) {
        const auto* rule = std::get_if<domain::PatternsRule>(&policy.rule);
        if (rule == nullptr) {
            continue;
        }
        for (const auto& pattern : rule->patterns) {
            EXHIBIT_TRY(auto spec, specOf(pattern));
            specs.push_back(std::move(spec));
            named.pack.placeholders.push_back(
                pattern.placeholder.value_or(rule->placeholder.value_or("[REDACTED]")));
            named.types.push_back(typeOf(named.pack.placeholders.back()));
            named.subtypes.push_back(pattern.subtype.value_or(""));
        }
    }
    if (specs.empty()) {
        return fail(ErrorCode::InvalidInput, "No policy has patterns to redact with.");
    }
    EXHIBIT_TRY(named.pack.patterns, scan::PatternSet::compile(specs));
    return named;
}

Result<NamedPack> shippedPack()
{
    std::vector<domain::Policy> policies;
    for (const auto document : embeddedPacks()) {
        EXHIBIT_TRY(const auto json, parseJson(document));
        EXHIBIT_TRY(auto read, domain::policiesFromJson(json));
        std::move(read.begin(), read.end(), std::back_inserter(policies));
    }
    return namedPack(policies);
}

std::string FreeNames::take(const std::string& name)
{
    if (m_taken.emplace(name, 1).second) {
        return name;
    }
    std::string free;
    do {
        free = name + " (" + std::to_string(++m_taken[name]) + ")";
    } while (!m_taken.emplace(free, 1).second);
    return free;
}

Json rewritten(const Json& value, const std::function<std::string(std::string_view)>& rewrite)
{
    if (const auto* string = value.if_string()) {
        return Json(rewrite(*string));
    }
    if (const auto* array = value.if_array()) {
        JsonArray out;
        for (const auto& element : *array) {
            out.push_back(rewritten(element, rewrite));
        }
        return out;
    }
    if (const auto* object = value.if_object()) {
        FreeNames names;
        JsonObject out;
        for (const auto& [name, member] : *object) {
            out.emplace(names.take(rewrite(name)), rewritten(member, rewrite));
        }
        return out;
    }
    return value;
}

Json redacted(const scan::RedactionPack& pack, const Json& value)
{
    return rewritten(value, [&pack](std::string_view text) { return scan::redacted(pack, text); });
}

} // namespace exhibit::redaction
