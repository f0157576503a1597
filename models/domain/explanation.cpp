// SPDX-License-Identifier: Apache-2.0
#include "models/domain/explanation.h"

#include "models/domain/policy.h"

#include <algorithm>

namespace exhibit::domain {
namespace {

/// What the run had taken of its time, begun seconds too, as decisions count them; a run that has
/// ended takes no more.
std::int64_t secondsOf(const RunExplanation& explanation, const Run& run)
{
    const auto until = run.endedAt ? std::min(explanation.at, *run.endedAt) : explanation.at;
    const auto us = toMicroseconds(until) - toMicroseconds(explanation.counters.startedAt);
    return std::max<std::int64_t>(0, (us + 999'999) / 1'000'000);
}

/// Sets what was used of the limit; `metric` is its metric.
void measure(ThresholdUse& use, Metric metric, const RunExplanation& explanation, const Run& run)
{
    const auto& counters = explanation.counters;
    const auto& call = explanation.call;
    use.atLeast = explanation.openCalls > 0;
    switch (metric) {
    case Metric::RunTokens:
        use.used = counters.tokens;
        break;
    case Metric::RunCost:
        use.used = counters.costMicrocents;
        break;
    case Metric::RunLlmCalls:
        use.used = counters.llmCalls;
        use.atLeast = false;
        return;
    case Metric::RunDuration:
        use.used = secondsOf(explanation, run);
        use.atLeast = false;
        return;
    case Metric::CallOutputTokens:
        use.used = call ? call->outputTokens.value_or(0) : 0;
        use.atLeast = call && (!call->closedAt || *call->closedAt > explanation.at);
        return;
    }
    // Both only grow, so that what a decision had found used was used from then on.
    for (const auto& decision : explanation.decisions) {
        if (decision.metric == use.metric) {
            use.used = std::max(use.used, decision.used.value_or(0));
        }
    }
}

void addThresholds(RunExplanation& explanation,
                   const Run& run,
                   const PolicySnapshot& snapshot,
                   const PolicySubject& subject)
{
    // Those of tiers stand with the call already.
    for (auto& use : explanation.thresholds) {
        if (const auto metric = parseEnum<Metric>(use.metric)) {
            measure(use, *metric, explanation, run);
        }
    }
    for (const auto& policy : snapshot.policies) {
        const auto* rule = std::get_if<ThresholdRule>(&policy.rule);
        if (rule != nullptr && policy.enabled && policy.speaksOf(subject, Stage::Run)) {
            ThresholdUse use{
                policy.policyId, std::string(wireName(rule->metric)), rule->warnAt, rule->max};
            measure(use, rule->metric, explanation, run);
            explanation.thresholds.push_back(std::move(use));
        }
    }
}

/// True for a decision that ends a run: the policy said so, or could not be evaluated and its
/// on_error says so.
bool stops(const Decision& decision, const PolicySnapshot& snapshot)
{
    if (decision.result != DecisionResult::Error) {
        return decision.result == DecisionResult::Block;
    }
    const auto& policies = snapshot.policies;
    const auto found
        = std::find_if(policies.begin(), policies.end(), [&decision](const Policy& policy) {
              return policy.policyId == decision.policyId;
          });
    return found != policies.end() && found->effectiveOnError() == OnError::Block;
}

/// The decision that ended the run, if one had by then. Of several the one that the run's record
/// names.
const Decision* stopOf(const RunExplanation& explanation,
                       const Run& run,
                       const PolicySnapshot& snapshot)
{
    const Decision* first = nullptr;
    for (const auto& decision : explanation.decisions) {
        if (!stops(decision, snapshot)) {
            continue;
        }
        if (decision.policyId == run.violationPolicyId) {
            return &decision;
        }
        first = first == nullptr ? &decision : first;
    }
    return first;
}

/// "SAFETY stopped the run: ..."
std::string saidOf(const Decision& stop, const std::string& did)
{
    return stop.policyId + ' ' + did
        + (stop.result == DecisionResult::Error ? ", as it could not be evaluated: " : ": ")
        + stop.reason;
}

std::string whyEnded(const RunExplanation& explanation, const Run& run, const Decision* stop)
{
    if (stop != nullptr) {
        return saidOf(*stop, "stopped the run");
    }
    if (run.abort && run.abort->at <= explanation.at) {
        return "The run was ended (" + std::string(wireName(run.abort->killReason)) + ") by "
            + run.abort->actor + ".";
    }
    return "The run had ended as " + std::string(wireName(run.status))
        + (run.terminationReason ? " (" + std::string(wireName(*run.terminationReason)) + ")."
                                 : ".");
}

/// How much of the limit was used, as a number to compare.
double shareOf(const ThresholdUse& use)
{
    return static_cast<double>(use.used) / static_cast<double>(std::max<std::int64_t>(use.max, 1));
}

std::string whyGoingOn(const RunExplanation& explanation, const Decision* stop)
{
    if (stop != nullptr) {
        return saidOf(*stop, "had decided to stop the run");
    }
    std::size_t passed = 0;
    for (const auto& record : explanation.passes) {
        passed += record.policyIds.size();
    }
    std::string why = "No policy had stopped the run: " + std::to_string(passed)
        + " had passed in its call, " + std::to_string(explanation.decisions.size())
        + " had found something and let it go on";
    const auto most = std::max_element(
        explanation.thresholds.begin(),
        explanation.thresholds.end(),
        [](const ThresholdUse& a, const ThresholdUse& b) { return shareOf(a) < shareOf(b); });
    if (most != explanation.thresholds.end()) {
        why += "; of " + most->metric + (most->atLeast ? " at least " : " ")
            + std::to_string(most->used) + " of " + std::to_string(most->max) + " were used";
    }
    if (explanation.openCalls > 0) {
        why += "; what a call under way uses is recorded when it closes";
    }
    return why + ".";
}

} // namespace

void conclude(RunExplanation& explanation,
              const Run& run,
              const PolicySnapshot& snapshot,
              const PolicySubject& subject)
{
    addThresholds(explanation, run, snapshot, subject);
    const auto* stop = stopOf(explanation, run, snapshot);
    const auto& call = explanation.call;
    const bool ended = run.endedAt && *run.endedAt <= explanation.at;
    if (explanation.at < run.startedAt) {
        explanation.phase = RunPhase::Before;
        explanation.why = "The run had not begun.";
    } else if (call && (!call->closedAt || *call->closedAt > explanation.at)) {
        explanation.phase = RunPhase::InCall;
        explanation.why = whyGoingOn(explanation, stop);
    } else if (ended) {
        explanation.phase = RunPhase::Ended;
        explanation.why = whyEnded(explanation, run, stop);
    } else {
        explanation.phase = RunPhase::BetweenCalls;
        explanation.why = whyGoingOn(explanation, stop);
    }
}

} // namespace exhibit::domain
