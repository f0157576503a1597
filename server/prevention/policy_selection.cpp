// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/policy_selection.h"

namespace exhibit::prevention {

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
        if (!policy.speaksOf(subject, stage)) {
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
