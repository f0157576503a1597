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

/// A limit of the snapshot that spoke of the run's call, or of a tier, and what was used of it at
/// the instant, as far as that is recorded.
struct ThresholdUse {
    std::string policyId; ///< Or "tier:FREE".
    std::string metric;
    std::optional<std::int64_t> warnAt;
    std::int64_t max = 0;
    std::int64_t used = 0; ///< By calls that had closed, or what a decision had found used.
    bool atLeast = false; ///< A call was under way: what it used is recorded when it closes.
};

/// A limit of one run that a tier sets, as the record of a call has it.
struct RunLimit {
    std::string policyId; ///< "tier:FREE"
    std::string metric;
    std::int64_t max = 0;
};

/// The call under way at the instant, or the last one before it.
struct CallAt {
    CallId callId;
    std::string model;
    UtcTime openedAt{};
    std::optional<UtcTime> closedAt;
    std::optional<std::string> outcome;
    /// All of it once it had closed; before that the most that a decision had found, if one had.
    std::optional<std::int64_t> outputTokens;
};

/// A signed head that covers an entry: whoever has it can prove the entry (evidence-format.md).
struct HeadOver {
    std::int64_t treeSize = 0;
    std::string root; ///< Hex.
    UtcTime signedAt{};
};

/// The ledger's entry that records something of the explanation.
struct LedgerLink {
    std::string about; ///< The id of a decision, of a call, or of a run that was killed.
    std::string type; ///< "decision.recorded", "llm.call", "run.killed"
    std::string log; ///< The origin of the log's epoch.
    std::int64_t index = 0; ///< Of its leaf in the log's tree: its sequence number.
    std::string hash; ///< Of the entry, hex.
    std::optional<HeadOver> checkpoint; ///< The first that covers it; absent: none yet.
};

struct RunExplanation {
    RunId runId;
    UtcTime at{};
    RunPhase phase = RunPhase::Before;
    std::string why; ///< One sentence without content.
    std::string snapshotId;
    RunCounters counters; ///< Of calls closed by then; those begun count as calls.
    std::int64_t openCalls = 0; ///< Calls whose tokens and cost `counters` does not have.
    std::optional<std::string> currency; ///< Of what is counted and limited in microcents.
    std::optional<CallAt> call;
    std::optional<TimelineEvent> step; ///< The last one at or before the instant,
    std::optional<TimelineEvent> next; ///< and the one behind it.
    std::vector<ThresholdUse> thresholds;
    std::vector<Decision> decisions; ///< That were not PASS, oldest first.
    std::vector<PassRecord> passes; ///< Of `call`.
    /// Of the decisions; of the call, once it has closed, whose entry holds the passes; of a kill.
    std::vector<LedgerLink> ledger;
    bool truncated = false; ///< There are older decisions than these.
};

/// What the record has of the instant; the rest of the explanation follows from it. `subject` is
/// that of its call, or of the run before its first.
void conclude(RunExplanation& explanation,
              const Run& run,
              const PolicySnapshot& snapshot,
              const PolicySubject& subject);

template <class V>
void visitFields(V& visit, Of<V, ThresholdUse>& use)
{
    visit("policy_id", use.policyId);
    visit("metric", use.metric);
    visit("warn_at", use.warnAt);
    visit("max", use.max);
    visit("used", use.used);
    visit.defaulted("at_least", use.atLeast);
}

template <class V>
void visitFields(V& visit, Of<V, RunLimit>& limit)
{
    visit("policy_id", limit.policyId);
    visit("metric", limit.metric);
    visit("max", limit.max);
}

template <class V>
void visitFields(V& visit, Of<V, CallAt>& call)
{
    visit("call_id", call.callId);
    visit("model", call.model);
    visit("opened_at", call.openedAt);
    visit("closed_at", call.closedAt);
    visit("outcome", call.outcome);
    visit("output_tokens", call.outputTokens);
}

template <class V>
void visitFields(V& visit, Of<V, HeadOver>& head)
{
    visit("tree_size", head.treeSize);
    visit("root", head.root);
    visit("signed_at", head.signedAt);
}

template <class V>
void visitFields(V& visit, Of<V, LedgerLink>& link)
{
    visit("about", link.about);
    visit("type", link.type);
    visit("log", link.log);
    visit("index", link.index);
    visit("hash", link.hash);
    visit("checkpoint", link.checkpoint);
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
    visit.defaulted("open_calls", explanation.openCalls);
    visit("currency", explanation.currency);
    visit("call", explanation.call);
    visit("step", explanation.step);
    visit("next", explanation.next);
    visit("thresholds", explanation.thresholds);
    visit("decisions", explanation.decisions);
    visit("passes", explanation.passes);
    visit("ledger", explanation.ledger);
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
