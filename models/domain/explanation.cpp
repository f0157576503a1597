// SPDX-License-Identifier: Apache-2.0
#include "models/domain/explanation.h"

#include "models/domain/policy.h"

#include <algorithm>

namespace exhibit::domain {
namespace {

std::int64_t usedOf(Metric metric, const RunExplanation& explanation)
{
    const auto& counters = explanation.counters;
    switch (metric) {
    case Metric::RunTokens:
        return counters.tokens;
    case Metric::RunCost:
        return counters.costMicrocents;
    case Metric::RunLlmCalls:
        return counters.llmCalls;
    case Metric::RunDuration:
        return std::max<std::int64_t>(
            0, (toMicroseconds(explanation.at) - toMicroseconds(counters.startedAt)) / 1'000'000);
    case Metric::CallOutputTokens:
        return 0;
    }
    return 0;
}

/// The decision that ended the run, if one had by then.
const Decision* stopOf(const RunExplanation& explanation)
{
    const auto& decisions = explanation.decisions;
    const auto found
        = std::find_if(decisions.begin(), decisions.end(), [](const Decision& decision) {
              return decision.result == DecisionResult::Block;
          });
    return found == decisions.end() ? nullptr : &*found;
}

std::string whyEnded(const RunExplanation& explanation, const Run& run)
{
    if (const auto* stop = stopOf(explanation)) {
        return stop->policyId + " stopped the run: " + stop->reason;
    }
    if (run.abort && run.abort->at <= explanation.at) {
        return "The run was ended (" + std::string(wireName(run.abort->killReason)) + ") by "
            + run.abort->actor + ".";
    }
    return "The run had ended as " + std::string(wireName(run.status)) + ".";
}

std::string whyGoingOn(const RunExplanation& explanation)
{
    if (const auto* stop = stopOf(explanation)) {
        return stop->policyId + " had decided to stop the run: " + stop->reason;
    }
    std::size_t passed = 0;
    for (const auto& record : explanation.passes) {
        passed += record.policyIds.size();
    }
    std::string why = "No policy had stopped the run: " + std::to_string(passed)
        + " had passed in its call, " + std::to_string(explanation.decisions.size())
        + " had found something and let it go on";
    const auto most = std::max_element(explanation.thresholds.begin(),
                                       explanation.thresholds.end(),
                                       [](const ThresholdUse& a, const ThresholdUse& b) {
                                           return a.used * std::max<std::int64_t>(b.max, 1)
                                               < b.used * std::max<std::int64_t>(a.max, 1);
                                       });
    if (most != explanation.thresholds.end()) {
        why += "; of " + most->metric + " " + std::to_string(most->used) + " of "
            + std::to_string(most->max) + " were used";
    }
    return why + ".";
}

} // namespace

void conclude(RunExplanation& explanation, const Run& run, const PolicySnapshot& snapshot)
{
    // Those of tiers stand with the call already.
    for (auto& use : explanation.thresholds) {
        if (const auto metric = parseEnum<Metric>(use.metric)) {
            use.used = usedOf(*metric, explanation);
        }
    }
    for (const auto& policy : snapshot.policies) {
        const auto* rule = std::get_if<ThresholdRule>(&policy.rule);
        if (rule != nullptr && policy.enabled && rule->metric != Metric::CallOutputTokens) {
            explanation.thresholds.push_back({policy.policyId,
                                              std::string(wireName(rule->metric)),
                                              rule->warnAt,
                                              rule->max,
                                              usedOf(rule->metric, explanation)});
        }
    }
    const auto& call = explanation.call;
    const bool ended = run.endedAt && *run.endedAt <= explanation.at;
    if (explanation.at < run.startedAt) {
        explanation.phase = RunPhase::Before;
        explanation.why = "The run had not begun.";
    } else if (call && (!call->closedAt || *call->closedAt > explanation.at)) {
        explanation.phase = RunPhase::InCall;
        explanation.why = whyGoingOn(explanation);
    } else if (ended) {
        explanation.phase = RunPhase::Ended;
        explanation.why = whyEnded(explanation, run);
    } else {
        explanation.phase = RunPhase::BetweenCalls;
        explanation.why = whyGoingOn(explanation);
    }
}

} // namespace exhibit::domain
