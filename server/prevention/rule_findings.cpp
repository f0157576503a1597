// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/rule_findings.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

/// What judges an answer whole, and may stop it, has it held until then.
bool holdsWholeText(const AppliedPolicy& policy, domain::Stage stage)
{
    return stage == domain::Stage::Output && policy.policy->mode == domain::Mode::Block;
}

} // namespace

domain::Decision* RuleFindings::find(const AppliedPolicy& policy)
{
    const auto found = std::find_if(
        m_decisions.begin(), m_decisions.end(), [&policy](const domain::Decision& decision) {
            return decision.policyId == policy.policy->policyId;
        });
    return found == m_decisions.end() ? nullptr : &*found;
}

void RuleFindings::add(const AppliedPolicy& policy, Found found)
{
    if (m_stop) {
        return;
    }
    m_masked.insert(m_masked.end(), found.spans.begin(), found.spans.end());
    if (auto* known = find(policy)) {
        const auto room = limits::kDecisionSpansMax - known->spans.size();
        const auto count = static_cast<std::ptrdiff_t>(std::min(room, found.spans.size()));
        known->spans.insert(known->spans.end(), found.spans.begin(), found.spans.begin() + count);
        return;
    }
    found.spans.resize(std::min(found.spans.size(), limits::kDecisionSpansMax));
    auto decision = m_builder.fromRule(policy, m_stage, std::move(found.reason));
    decision.spans = std::move(found.spans);
    decision.wholeTextHeld = found.wholeTextHeld;
    m_decisions.push_back(std::move(decision));
    if (policy.policy->mode == domain::Mode::Block) {
        stopAt(m_decisions.back(), std::move(found.channel));
    }
}

void RuleFindings::addError(const AppliedPolicy& policy, std::string_view why, std::string channel)
{
    if (m_stop || find(policy) != nullptr) {
        return;
    }
    m_decisions.push_back(m_builder.fromError(policy, m_stage, why));
    m_decisions.back().wholeTextHeld = holdsWholeText(policy, m_stage);
    if (policy.policy->effectiveOnError() == domain::OnError::Block) {
        stopAt(m_decisions.back(), std::move(channel));
    }
}

void judgeExpression(const Expression& expression,
                     const ExpressionScope& scope,
                     const AppliedPolicy& policy,
                     RuleFindings& findings,
                     const std::string& channel)
{
    const auto holds = expression.holds(scope);
    if (!holds) {
        findings.addError(policy, holds.error().message + ".", channel);
    } else if (*holds) {
        RuleFindings::Found found;
        found.reason = "The policy's expression is true.";
        found.channel = channel;
        found.wholeTextHeld = holdsWholeText(policy, findings.stage());
        findings.add(policy, std::move(found));
    }
}

void RuleFindings::stopAt(const domain::Decision& decision, std::string channel)
{
    m_stop = Stop{};
    m_stop->decision = decision;
    m_stop->channel = std::move(channel);
}

void RuleFindings::conclude(StageOutcome& outcome, std::int64_t evaluationUs)
{
    for (auto& decision : m_decisions) {
        decision.evaluationUs = evaluationUs;
        outcome.decisions.push_back(std::move(decision));
    }
    std::move(m_masked.begin(), m_masked.end(), std::back_inserter(outcome.masked));
    m_decisions.clear();
    m_masked.clear();
}

} // namespace exhibit::prevention
