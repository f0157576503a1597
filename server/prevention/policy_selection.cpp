// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/policy_selection.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

/// Of a call that names no model nobody knows which it is: then every policy applies.
bool applies(const domain::Policy& policy, const CallSubject& subject, domain::Stage stage)
{
    const auto& stages = policy.stages;
    return std::find(stages.begin(), stages.end(), stage) != stages.end()
        && domain::matchesAnyGlob(policy.appliesTo.projects, subject.project)
        && (subject.model.empty() || domain::matchesAnyGlob(policy.appliesTo.models, subject.model))
        && domain::matchesAnyGlob(policy.appliesTo.users, subject.userId);
}

} // namespace

bool AppliedPolicy::scans() const
{
    if (std::holds_alternative<domain::MissingContextRule>(policy->rule)) {
        return factState != FactState::Present;
    }
    if (std::holds_alternative<domain::ContradictsContextRule>(policy->rule)) {
        return factState == FactState::Present;
    }
    return std::holds_alternative<domain::PatternsRule>(policy->rule);
}

std::vector<AppliedPolicy> selectPolicies(const domain::PolicySnapshot& snapshot,
                                          const CallSubject& subject,
                                          domain::Stage stage)
{
    std::vector<AppliedPolicy> selected;
    for (std::uint32_t index = 0; index < snapshot.policies.size(); ++index) {
        const auto& policy = snapshot.policies[index];
        if (!applies(policy, subject, stage)) {
            continue;
        }
        AppliedPolicy applied{&policy, index, std::nullopt};
        if (const auto* rule = std::get_if<domain::MissingContextRule>(&policy.rule)) {
            applied.factState = factStateOf(subject.facts, rule->fact);
        }
        if (const auto* rule = std::get_if<domain::ContradictsContextRule>(&policy.rule)) {
            applied.factState = factStateOf(subject.facts, rule->fact);
        }
        selected.push_back(applied);
    }
    return selected;
}

} // namespace exhibit::prevention
