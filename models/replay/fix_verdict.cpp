// SPDX-License-Identifier: Apache-2.0
#include "models/replay/fix_verdict.h"

#include <algorithm>

namespace exhibit::replay {
namespace {

using domain::DecisionResult;
using domain::FixVerdict;

bool found(const Judgement& judgement, const std::string& policyId)
{
    return std::any_of(
        judgement.decisions.begin(), judgement.decisions.end(), [&](const auto& decision) {
            return decision.policyId == policyId && decision.result != DecisionResult::Pass;
        });
}

/// The text in question does not go out: the call is ended, or the policy's matches are redacted.
bool prevented(const Judgement& judgement, const std::string& policyId)
{
    const bool redacted = std::any_of(
        judgement.decisions.begin(), judgement.decisions.end(), [&](const auto& decision) {
            return decision.policyId == policyId && decision.result == DecisionResult::Redact;
        });
    return judgement.stoppedBy.has_value() || redacted;
}

bool sameAnswer(const std::optional<Match>& match)
{
    return match
        && (match->level == domain::MatchLevel::Exact
            || match->level == domain::MatchLevel::Logical);
}

} // namespace

FixFinding fixVerdict(const Outcome& outcome,
                      const std::optional<Match>& match,
                      const std::string& policyId)
{
    const Judgement& recorded = outcome.underOther ? *outcome.underOther : outcome.again;
    const auto* now = outcome.replayed ? &outcome.replayed->judgement : nullptr;
    const bool recursNow = now != nullptr && found(*now, policyId) && !prevented(*now, policyId);
    if (recursNow) {
        return {FixVerdict::Recurs, policyId + " finds it in the new answer and lets it through."};
    }
    if (prevented(recorded, policyId)) {
        return {FixVerdict::Prevented,
                recorded.stoppedBy
                    ? *recorded.stoppedBy + " would end the call before the answer is out."
                    : policyId + " would redact it."};
    }
    if (found(recorded, policyId)) {
        return {FixVerdict::Recurs,
                policyId + " finds it in the recorded answer and lets it through."};
    }
    if (now != nullptr && !sameAnswer(match)) {
        return {FixVerdict::NotSeenAgain,
                "The provider answered something else this time, and no policy would have kept the "
                "recorded answer back."};
    }
    return {FixVerdict::Recurs,
            "No policy of the changed snapshot keeps the recorded answer back."};
}

} // namespace exhibit::replay
