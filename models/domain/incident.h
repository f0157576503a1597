// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/run.h"
#include "models/domain/vocabulary.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::domain {

/// Why it happened, computed from the recorded decisions and facts, never from today's settings.
struct RootCause {
    GapKind kind = GapKind::CoverageGap;
    std::string analysis; ///< Sentences for people.
    std::string policyId;
    std::int64_t causingStep = 0; ///< step_index within the run.
    std::vector<std::int64_t> evidenceSteps; ///< step_index of each step it rests on.
    std::string shouldHave;
    std::string actuallyDid;
};

template <class V>
void visitFields(V& visit, Of<V, RootCause>& cause)
{
    visit("kind", cause.kind);
    visit("analysis", cause.analysis);
    visit("policy_id", cause.policyId);
    visit("causing_step", cause.causingStep);
    visit("evidence_steps", cause.evidenceSteps);
    visit("should_have", cause.shouldHave);
    visit("actually_did", cause.actuallyDid);
}

struct NoteIdTag {
    static constexpr std::string_view kPrefix = "note_";
};
using NoteId = StrongId<NoteIdTag>;

/// What somebody wrote beside an incident. It is taken back, never removed.
struct IncidentNote {
    NoteId noteId;
    std::string text; ///< Empty when it was erased with its subject.
    std::string author; ///< The key's id.
    UtcTime createdAt{};
    std::optional<UtcTime> withdrawnAt;
    std::optional<std::string> withdrawnBy;
};

template <class V>
void visitFields(V& visit, Of<V, IncidentNote>& note)
{
    visit("note_id", note.noteId);
    visit("text", note.text);
    visit("author", note.author);
    visit("created_at", note.createdAt);
    visit("withdrawn_at", note.withdrawnAt);
    visit("withdrawn_by", note.withdrawnBy);
}

struct Incident {
    IncidentId incidentId;
    RunId runId;
    CallId callId;
    std::optional<DecisionId> decisionId;
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::string model;
    Severity severity = Severity::Medium;
    std::string policyId;
    std::optional<FailureCode> failureCode;
    IncidentStatus status = IncidentStatus::Open;
    std::string title;
    std::string excerpt; ///< Redacted text around the violation.
    Microcents costMicrocents = 0; ///< Of the call.
    std::optional<std::string> currency; ///< Of the cost; in answers, the record has its tenant's.
    std::int64_t latencyUs = 0; ///< Of the call.
    std::optional<RootCause> rootCause;
    std::optional<std::string> assignee;
    std::vector<std::string> tags;
    /// Oldest first; in answers of one incident alone: lists and the record leave them out.
    std::optional<std::vector<IncidentNote>> notes;
    UtcTime createdAt{};
};

template <class V>
void visitFields(V& visit, Of<V, Incident>& incident)
{
    visit("incident_id", incident.incidentId);
    visit("run_id", incident.runId);
    visit("call_id", incident.callId);
    visit("decision_id", incident.decisionId);
    visit("user_id", incident.userId);
    visit("session_id", incident.sessionId);
    visit("model", incident.model);
    visit("severity", incident.severity);
    visit("policy_id", incident.policyId);
    visit("failure_code", incident.failureCode);
    visit("status", incident.status);
    visit("title", incident.title);
    visit("excerpt", incident.excerpt);
    visit("cost_microcents", incident.costMicrocents);
    visit("currency", incident.currency);
    visit("latency_us", incident.latencyUs);
    visit("root_cause", incident.rootCause);
    visit("assignee", incident.assignee);
    visit.defaulted("tags", incident.tags);
    visit("notes", incident.notes);
    visit("created_at", incident.createdAt);
}

/// One event of a run's decision timeline (a Step of domain.md).
struct TimelineEvent {
    std::int64_t stepIndex = 0;
    UtcTime time{};
    StepType type = StepType::Input;
    StepStatus status = StepStatus::Ok;
    bool isInflection = false;
    std::optional<CallId> callId;
    std::optional<DecisionId> decisionId;
    std::optional<std::string> policy; ///< For policy events: id, result, reason.
    std::optional<DecisionResult> result;
    std::optional<std::string> reason;
    std::optional<std::string> analysis; ///< For the root cause.
    std::int64_t tokens = 0;
    Json data; ///< What belongs to the type; an object.
};

template <class V>
void visitFields(V& visit, Of<V, TimelineEvent>& event)
{
    visit("step_index", event.stepIndex);
    visit("time", event.time);
    visit("type", event.type);
    visit("status", event.status);
    visit.defaulted("is_inflection", event.isInflection);
    visit("call_id", event.callId);
    visit("decision_id", event.decisionId);
    visit("policy", event.policy);
    visit("result", event.result);
    visit("reason", event.reason);
    visit("analysis", event.analysis);
    visit.defaulted("tokens", event.tokens);
    visit.defaulted("data", event.data);
}

} // namespace exhibit::domain
