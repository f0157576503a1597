// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/compiled_snapshot.h"

#include "server/prevention/automata.h"
#include "server/prevention/compiled_rule.h"
#include "server/prevention/pattern_work.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

Result<void> checkPatterns(const std::vector<domain::PatternRule>& patterns,
                           const std::string& pointer)
{
    std::vector<scan::PatternSpec> specs;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        auto spec = patternSpec(patterns[i], true);
        if (!spec) {
            return fail(spec.error().code,
                        spec.error().message,
                        appendPointer(pointer, std::to_string(i)) + "/validator");
        }
        specs.push_back(*std::move(spec));
    }
    const auto compiled = scan::PatternSet::compile(specs);
    if (!compiled) {
        const auto& error = compiled.error();
        return fail(error.code, error.message, appendPointer(pointer, error.subject));
    }
    return {};
}

/// All policies of a stage together. Any selection of them is smaller, so it compiles as well.
std::vector<std::uint32_t> scanningPolicies(const domain::PolicySnapshot& snapshot,
                                            domain::Stage stage)
{
    std::vector<std::uint32_t> indices;
    for (std::uint32_t i = 0; i < snapshot.policies.size(); ++i) {
        const auto& stages = snapshot.policies[i].stages;
        const bool scans = !scannedPatterns(snapshot.policies[i].rule).empty();
        if (scans && std::find(stages.begin(), stages.end(), stage) != stages.end()) {
            indices.push_back(i);
        }
    }
    return indices;
}

} // namespace

CompiledSnapshot::CompiledSnapshot(std::shared_ptr<const domain::PolicySnapshot> snapshot)
    : m_snapshot(std::move(snapshot))
    , m_automata(std::make_unique<Automata>(*m_snapshot))
    , m_rules(std::make_unique<std::vector<CompiledRule>>())
{
}

CompiledSnapshot::~CompiledSnapshot() = default;

Result<std::shared_ptr<const CompiledSnapshot>> CompiledSnapshot::compile(
    std::shared_ptr<const domain::PolicySnapshot> snapshot)
{
    const std::shared_ptr<CompiledSnapshot> compiled(new CompiledSnapshot(std::move(snapshot)));
    for (const auto stage : {domain::Stage::Input, domain::Stage::Output}) {
        const auto indices = scanningPolicies(compiled->snapshot(), stage);
        if (!indices.empty()) {
            EXHIBIT_CHECK(compiled->automata().plan(indices));
        }
    }
    for (const auto& policy : compiled->snapshot().policies) {
        auto rule = compileRule(policy);
        if (!rule) {
            return fail(rule.error().code, rule.error().message, policy.policyId);
        }
        compiled->m_rules->push_back(*std::move(rule));
    }
    return std::shared_ptr<const CompiledSnapshot>(compiled);
}

Result<void> checkPolicy(const domain::Policy& policy)
{
    // First, as a claim and its value are one pattern below.
    EXHIBIT_TRY(const auto compiled, compileRule(policy));
    if (const auto unknown
        = compiled.expression ? compiled.expression->unknownName() : std::nullopt) {
        return fail(
            ErrorCode::InvalidInput, "nothing ever has the name " + *unknown, "/rule/expression");
    }
    const bool lists = std::holds_alternative<domain::PatternsRule>(policy.rule);
    EXHIBIT_CHECK(
        checkPatterns(scannedPatterns(policy.rule), lists ? "/rule/patterns" : "/rule/claims"));
    EXHIBIT_CHECK(checkPatterns(hedgesOf(policy.rule), "/rule/hedges"));
    return checkWork(policy);
}

Result<std::shared_ptr<const CompiledSnapshot>> SnapshotCache::get(
    const std::shared_ptr<const domain::PolicySnapshot>& snapshot)
{
    // The id alone is unique only within a tenant, and only its hash proves the content.
    const auto isSame = [&snapshot](const std::shared_ptr<const CompiledSnapshot>& compiled) {
        return compiled->snapshot().contentHash == snapshot->contentHash
            && compiled->snapshot().tenantId == snapshot->tenantId;
    };
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = std::find_if(m_compiled.begin(), m_compiled.end(), isSame);
        if (found != m_compiled.end()) {
            std::rotate(m_compiled.begin(), found, found + 1);
            return m_compiled.front();
        }
    }
    EXHIBIT_TRY(auto compiled, CompiledSnapshot::compile(snapshot));
    const std::scoped_lock lock(m_mutex);
    m_compiled.insert(m_compiled.begin(), compiled);
    if (m_compiled.size() > limits::kCompiledSnapshotsMax) {
        m_compiled.pop_back();
    }
    return compiled;
}

} // namespace exhibit::prevention
