// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/decision.h"
#include "models/domain/incident.h"
#include "models/domain/run.h"
#include "models/domain/snapshot.h"

/// What the record says of one instant of a run: which policies were in force, what they had
/// decided, how much of each limit was used, and why the run went on or had ended.
namespace exhibit::domain {

enum class RunPhase : std::uint8_t { Before, InCall, BetweenCalls, Ended };

/// A limit of the snapshot, and what calls that had closed at the instant had used of it.
struct ThresholdUse {
    std::string policyId;
    std::string metric;
    std::optional<std::int64_t> warnAt;
    std::int64_t max = 0;
    std::int64_t used = 0;
};

/// The call under way at the instant, or the last one before it.
struct CallAt {
    CallId callId;
    std::string model;
    UtcTime openedAt{};
    std::optional<UtcTime> closedAt;
    std::optional<std::string> outcome;
};

struct RunExplanation {
    RunId runId;
    UtcTime at{};
    RunPhase phase = RunPhase::Before;
    std::string why; ///< One sentence without content.
    std::string snapshotId;
    RunCounters counters; ///< Of calls closed by then; those begun count as calls.
    std::optional<CallAt> call;
    std::optional<TimelineEvent> step; ///< The last one at or before the instant,
    std::optional<TimelineEvent> next; ///< and the one behind it.
    std::vector<ThresholdUse> thresholds;
    std::vector<Decision> decisions; ///< That were not PASS, oldest first.
    std::vector<PassRecord> passes; ///< Of `call`.
    bool truncated = false; ///< There are older decisions than these.
};

/// What the record has of the instant; the rest of the explanation follows from it.
void conclude(RunExplanation& explanation, const Run& run, const PolicySnapshot& snapshot);

template <class V>
void visitFields(V& visit, Of<V, ThresholdUse>& use)
{
    visit("policy_id", use.policyId);
    visit("metric", use.metric);
    visit("warn_at", use.warnAt);
    visit("max", use.max);
    visit("used", use.used);
}

template <class V>
void visitFields(V& visit, Of<V, CallAt>& call)
{
    visit("call_id", call.callId);
    visit("model", call.model);
    visit("opened_at", call.openedAt);
    visit("closed_at", call.closedAt);
    visit("outcome", call.outcome);
}

template <class V>
void visitFields(V& visit, Of<V, RunExplanation>& explanation)
{
    visit("run_id", explanation.runId);
    visit("at", explanation.at);
    visit("phase", explanation.phase);
    visit("why", explanation.why);
    visit("snapshot_id", explanation.snapshotId);
    visit("counters", explanation.counters);
    visit("call", explanation.call);
    visit("step", explanation.step);
    visit("next", explanation.next);
    visit("thresholds", explanation.thresholds);
    visit("decisions", explanation.decisions);
    visit("passes", explanation.passes);
    visit.defaulted("truncated", explanation.truncated);
}

} // namespace exhibit::domain

namespace exhibit {

template <>
struct EnumNames<domain::RunPhase> {
    static constexpr std::string_view kType = "phase of a run";
    static constexpr std::pair<domain::RunPhase, std::string_view> kNames[] = {
        {domain::RunPhase::Before, "before"},
        {domain::RunPhase::InCall, "in_call"},
        {domain::RunPhase::BetweenCalls, "between_calls"},
        {domain::RunPhase::Ended, "ended"},
    };
};

} // namespace exhibit
