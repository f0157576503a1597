// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/automata.h"

#include <algorithm>
#include <charconv>

namespace exhibit::prevention {
namespace {

using PatternSetPointer = std::shared_ptr<const scan::PatternSet>;

/// Text is held back only for what may still change it.
bool holdsText(const domain::Policy& policy)
{
    return policy.mode == domain::Mode::Block || policy.mode == domain::Mode::Redact;
}

/// Null when there are none.
Result<PatternSetPointer> compileAll(const std::vector<domain::PatternRule>& patterns)
{
    if (patterns.empty()) {
        return PatternSetPointer{};
    }
    std::vector<scan::PatternSpec> specs;
    for (const auto& pattern : patterns) {
        EXHIBIT_TRY(auto spec, patternSpec(pattern, false));
        specs.push_back(std::move(spec));
    }
    return scan::PatternSet::compile(specs);
}

/// The pattern of a claim and that of the value it states.
std::vector<domain::PatternRule> statementOf(const domain::Rule& rule, std::uint32_t ordinal)
{
    const auto* contradiction = std::get_if<domain::ContradictsContextRule>(&rule);
    if (contradiction == nullptr || !contradiction->claims[ordinal].value) {
        return {};
    }
    domain::PatternRule value;
    value.pattern = *contradiction->claims[ordinal].value;
    return {contradiction->claims[ordinal].pattern, value};
}

class PlanBuilder {
public:
    [[nodiscard]] Result<void> add(const domain::Policy& policy)
    {
        const auto index = static_cast<std::uint32_t>(m_plan->policies.size());
        std::uint32_t ordinal = 0;
        for (const auto& pattern : scannedPatterns(policy.rule)) {
            EXHIBIT_TRY(auto spec, patternSpec(pattern, holdsText(policy)));
            EXHIBIT_TRY(auto statement, compileAll(statementOf(policy.rule, ordinal)));
            m_specs.push_back(std::move(spec));
            m_plan->statements.push_back(std::move(statement));
            m_plan->uses.push_back({index, ordinal++});
        }
        EXHIBIT_TRY(auto hedges, compileAll(hedgesOf(policy.rule)));
        m_plan->hedges.push_back(std::move(hedges));
        m_plan->policies.push_back(&policy);
        m_plan->judgesSentences |= m_plan->isClaim(index);
        m_plan->redacts |= policy.mode == domain::Mode::Redact;
        return {};
    }
    [[nodiscard]] Result<std::shared_ptr<const StagePlan>> finish()
    {
        auto compiled = scan::PatternSet::compile(m_specs);
        if (!compiled) {
            const auto& error = compiled.error();
            return fail(error.code, error.message, policyOfPattern(error.subject));
        }
        m_plan->patterns = *std::move(compiled);
        return std::shared_ptr<const StagePlan>(std::move(m_plan));
    }

private:
    /// The id of the policy whose pattern has that index, in decimal.
    [[nodiscard]] std::string policyOfPattern(const std::string& text) const
    {
        std::size_t index = m_plan->uses.size();
        std::from_chars(text.data(), text.data() + text.size(), index);
        return index < m_plan->uses.size() ? m_plan->policies[m_plan->uses[index].policy]->policyId
                                           : std::string{};
    }

    std::shared_ptr<StagePlan> m_plan = std::make_shared<StagePlan>();
    std::vector<scan::PatternSpec> m_specs;
};

} // namespace

std::vector<domain::PatternRule> scannedPatterns(const domain::Rule& rule)
{
    if (const auto* patterns = std::get_if<domain::PatternsRule>(&rule)) {
        return patterns->patterns;
    }
    if (const auto* missing = std::get_if<domain::MissingContextRule>(&rule)) {
        return missing->claims;
    }
    std::vector<domain::PatternRule> patterns;
    if (const auto* contradiction = std::get_if<domain::ContradictsContextRule>(&rule)) {
        for (const auto& claim : contradiction->claims) {
            auto pattern = claim.pattern;
            if (claim.value) {
                pattern.pattern = "(?:" + pattern.pattern + ")(?:" + *claim.value + ")";
            }
            patterns.push_back(std::move(pattern));
        }
    }
    return patterns;
}

std::vector<domain::PatternRule> hedgesOf(const domain::Rule& rule)
{
    if (const auto* missing = std::get_if<domain::MissingContextRule>(&rule)) {
        return missing->hedges;
    }
    const auto* contradiction = std::get_if<domain::ContradictsContextRule>(&rule);
    return contradiction != nullptr ? contradiction->hedges : std::vector<domain::PatternRule>{};
}

Result<scan::PatternSpec> patternSpec(const domain::PatternRule& rule, bool holds)
{
    scan::PatternSpec spec;
    spec.pattern = rule.pattern;
    spec.maxWidth = rule.maxWidth;
    spec.holds = holds;
    if (rule.validator) {
        EXHIBIT_TRY(spec.validator, scan::validatorFromName(*rule.validator));
    }
    return spec;
}

CompiledSnapshot::Automata::Automata(const domain::PolicySnapshot& snapshot)
    : m_snapshot(snapshot)
{
}

std::shared_ptr<const StagePlan> CompiledSnapshot::Automata::find(
    const std::vector<std::uint32_t>& key)
{
    const std::scoped_lock lock(m_mutex);
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&key](const Entry& entry) {
        return entry.key == key;
    });
    if (found == m_entries.end()) {
        return nullptr;
    }
    std::rotate(m_entries.begin(), found, found + 1);
    return m_entries.front().plan;
}

Result<std::shared_ptr<const StagePlan>> CompiledSnapshot::Automata::plan(
    const std::vector<std::uint32_t>& policies)
{
    if (auto found = find(policies)) {
        return found;
    }
    // Compiled outside the lock: two threads may do it twice, none waits.
    PlanBuilder builder;
    for (const auto index : policies) {
        const auto& policy = m_snapshot.policies[index];
        auto added = builder.add(policy);
        if (!added) {
            return fail(added.error().code, added.error().message, policy.policyId);
        }
    }
    EXHIBIT_TRY(auto plan, builder.finish());
    const std::scoped_lock lock(m_mutex);
    m_entries.insert(m_entries.begin(), Entry{policies, plan});
    if (m_entries.size() > limits::kStagePlansMax) {
        m_entries.pop_back();
    }
    return plan;
}

} // namespace exhibit::prevention
