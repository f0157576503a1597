// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/vocabulary.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exhibit::domain {

/// Integer microcents: 1e-8 of a currency unit.
using Microcents = std::int64_t;

/// Tokens as the provider reported them, or our estimate until it does.
struct Usage {
    std::int64_t promptTokens = 0;
    std::int64_t completionTokens = 0;
    std::int64_t cachedTokens = 0; ///< Part of promptTokens.
    std::int64_t reasoningTokens = 0; ///< Part of completionTokens.
    bool estimated = false;
    // Absent when there are none, or the provider does not say.
    std::optional<std::int64_t> cacheWriteTokens; ///< Part of promptTokens, beside cachedTokens.
    std::optional<std::int64_t> audioInputTokens; ///< Part of promptTokens.
    std::optional<std::int64_t> audioOutputTokens; ///< Part of completionTokens.

    [[nodiscard]] std::int64_t total() const { return promptTokens + completionTokens; }
};

template <class V>
void visitFields(V& visit, Of<V, Usage>& usage)
{
    visit("prompt_tokens", usage.promptTokens);
    visit("completion_tokens", usage.completionTokens);
    visit.defaulted("cached_tokens", usage.cachedTokens);
    visit.defaulted("reasoning_tokens", usage.reasoningTokens);
    visit.defaulted("estimated", usage.estimated);
    visit("cache_write_tokens", usage.cacheWriteTokens);
    visit("audio_input_tokens", usage.audioInputTokens);
    visit("audio_output_tokens", usage.audioOutputTokens);
}

/// How a stopped run was stopped; in the row of the run and in the reply 403 run_stopped.
struct RunStop {
    RunStatus status = RunStatus::FailedPolicy;
    TerminationReason reason = TerminationReason::PolicyBlock;
    std::optional<KillReason> killReason;
    std::optional<std::string> policyId;
    std::optional<IncidentId> incidentId;
    std::optional<CallId> callId; ///< The step that was stopped, live form (rulings.md 3).
    std::int64_t eventNo = 0;
    UtcTime at{};
};

template <class V>
void visitFields(V& visit, Of<V, RunStop>& stop)
{
    visit("status", stop.status);
    visit("termination_reason", stop.reason);
    visit("kill_reason", stop.killReason);
    visit("violation_policy_id", stop.policyId);
    visit("incident_id", stop.incidentId);
    visit("call_id", stop.callId);
    visit("event_no", stop.eventNo);
    visit("at", stop.at);
}

/// By a person, not by a limit: what is live of the run is cut.
[[nodiscard]] inline bool isKill(KillReason reason)
{
    return reason == KillReason::AdminKill || reason == KillReason::UserCancel;
}

/// What thresholds and budgets count; grows monotonically within a run.
struct RunCounters {
    std::int64_t tokens = 0;
    Microcents costMicrocents = 0;
    std::int64_t llmCalls = 0; ///< Including the one that is running.
    UtcTime startedAt{};
};

template <class V>
void visitFields(V& visit, Of<V, RunCounters>& counters)
{
    visit("tokens", counters.tokens);
    visit("cost_microcents", counters.costMicrocents);
    visit("llm_calls", counters.llmCalls);
    visit("started_at", counters.startedAt);
}

/// A bound run as the gateway decides from it, also while PostgreSQL is away (rulings.md 1).
struct LiveRun {
    RunId runId;
    TenantId tenantId;
    ProjectId projectId;
    std::string clientRunId;
    std::string snapshotId; ///< Bound at the first step, kept to the end.
    RunCounters counters;
    RunStatus status = RunStatus::Running;
    std::optional<RunStop> stop; ///< Set: every further call is refused.
    UtcTime lastActiveAt{};
};

template <class V>
void visitFields(V& visit, Of<V, LiveRun>& run)
{
    visit("run_id", run.runId);
    visit("tenant_id", run.tenantId);
    visit("project_id", run.projectId);
    visit("client_run_id", run.clientRunId);
    visit("snapshot_id", run.snapshotId);
    visit("counters", run.counters);
    visit("status", run.status);
    visit("stop", run.stop);
    visit("last_active_at", run.lastActiveAt);
}

/// A line of the RunAbortLog: who ended a run before its time, why, and how fast.
struct RunAbort {
    KillReason killReason = KillReason::AdminKill;
    std::string actor; ///< The id of a key, or "policy:" and the id of the policy.
    std::optional<std::int64_t> step; ///< The run's last one; absent until that is ingested.
    UtcTime at{};
    std::int64_t cutLatencyUs = 0; ///< From the decision until the provider was cut.
};

template <class V>
void visitFields(V& visit, Of<V, RunAbort>& abort)
{
    visit("kill_reason", abort.killReason);
    visit("actor", abort.actor);
    visit("step", abort.step);
    visit("at", abort.at);
    visit("cut_latency_us", abort.cutLatencyUs);
}

/// A run as PostgreSQL has it.
struct Run {
    RunId runId;
    ProjectId projectId;
    std::optional<std::string> clientRunId; ///< As the application named it.
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<Json> metadata;
    std::string policySnapshotId;
    RunStatus status = RunStatus::Running;
    std::optional<TerminationReason> terminationReason;
    std::optional<KillReason> killReason;
    std::optional<std::int64_t> stoppedAtStep;
    std::optional<std::string> violationPolicyId;
    std::int64_t tokensUsed = 0;
    Microcents costMicrocents = 0;
    std::optional<std::string> currency; ///< Of the cost.
    std::int64_t llmCalls = 0;
    std::int64_t stepCount = 0;
    UtcTime startedAt{};
    std::optional<UtcTime> endedAt;
    std::optional<RunAbort> abort;
};

template <class V>
void visitFields(V& visit, Of<V, Run>& run)
{
    visit("run_id", run.runId);
    visit("project_id", run.projectId);
    visit("client_run_id", run.clientRunId);
    visit("user_id", run.userId);
    visit("session_id", run.sessionId);
    visit("metadata", run.metadata);
    visit("policy_snapshot_id", run.policySnapshotId);
    visit("status", run.status);
    visit("termination_reason", run.terminationReason);
    visit("kill_reason", run.killReason);
    visit("stopped_at_step", run.stoppedAtStep);
    visit("violation_policy_id", run.violationPolicyId);
    visit("tokens_used", run.tokensUsed);
    visit("cost_microcents", run.costMicrocents);
    visit("currency", run.currency);
    visit("llm_calls", run.llmCalls);
    visit("step_count", run.stepCount);
    visit("started_at", run.startedAt);
    visit("ended_at", run.endedAt);
    visit("abort", run.abort);
}

} // namespace exhibit::domain
