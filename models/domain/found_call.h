// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/run.h"
#include "models/domain/vocabulary.h"

#include <optional>
#include <string>
#include <vector>

/// Calls as searches find them, with an incident or without.
namespace exhibit::domain {

/// A decision of a call that was not PASS.
struct FoundDecision {
    DecisionId decisionId;
    std::string policyId;
    DecisionResult result = DecisionResult::Warn;
    Severity severity = Severity::Medium;
};

template <class V>
void visitFields(V& visit, Of<V, FoundDecision>& decision)
{
    visit("decision_id", decision.decisionId);
    visit("policy_id", decision.policyId);
    visit("result", decision.result);
    visit("severity", decision.severity);
}

struct FoundCall {
    CallId callId;
    RunId runId;
    ProjectId projectId;
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::string endpoint;
    std::string model;
    std::optional<std::string> answeredModel;
    std::optional<std::string> upstream;
    UtcTime openedAt{};
    UtcTime closedAt{};
    std::int64_t status = 0; ///< HTTP, as the client got it.
    std::string outcome; ///< CallOutcome of the API.
    std::optional<std::string> errorCode;
    std::int64_t promptTokens = 0;
    std::int64_t completionTokens = 0;
    Microcents costMicrocents = 0;
    std::optional<std::string> currency; ///< Of the cost.
    std::int64_t latencyUs = 0;
    std::vector<FoundDecision> decisions;
    /// Policies judged it and all passed it; false without decisions: none judged it. Absent: the
    /// server does not say.
    std::optional<bool> passed;
    std::vector<IncidentId> incidentIds;
    std::string asked; ///< Redacted beginnings.
    std::string answered;
    bool textComplete = true; ///< Every word of the call is searched.
    /// Excerpts with the words found between <mark> and </mark>, everything else HTML-escaped.
    std::vector<std::string> highlights;
};

template <class V>
void visitFields(V& visit, Of<V, FoundCall>& hit)
{
    visit("call_id", hit.callId);
    visit("run_id", hit.runId);
    visit("project_id", hit.projectId);
    visit("user_id", hit.userId);
    visit("session_id", hit.sessionId);
    visit("endpoint", hit.endpoint);
    visit("model", hit.model);
    visit("answered_model", hit.answeredModel);
    visit("upstream", hit.upstream);
    visit("opened_at", hit.openedAt);
    visit("closed_at", hit.closedAt);
    visit("status", hit.status);
    visit("outcome", hit.outcome);
    visit("error_code", hit.errorCode);
    visit("prompt_tokens", hit.promptTokens);
    visit("completion_tokens", hit.completionTokens);
    visit("cost_microcents", hit.costMicrocents);
    visit("currency", hit.currency);
    visit("latency_us", hit.latencyUs);
    visit("decisions", hit.decisions);
    visit("passed", hit.passed);
    visit("incident_ids", hit.incidentIds);
    visit("asked", hit.asked);
    visit("answered", hit.answered);
    visit("text_complete", hit.textComplete);
    visit("highlights", hit.highlights);
}

/// What is asked of calls; more can be asked over the API.
struct CallSearchRequest {
    std::optional<std::string> query; ///< In the search language, without status.
    std::optional<std::string> outcome;
    std::optional<std::uint32_t> limit;
    std::optional<std::string> cursor;
};

template <class V>
void visitFields(V& visit, Of<V, CallSearchRequest>& request)
{
    visit("query", request.query);
    visit("outcome", request.outcome);
    visit("limit", request.limit);
    visit("cursor", request.cursor);
}

struct CallSearchReply {
    std::vector<FoundCall> calls; ///< Newest first.
    std::int64_t total = 0;
    bool totalIsEstimate = false;
    std::optional<std::string> nextCursor;
    UtcTime asOf{}; ///< Later calls may not be indexed yet.
};

template <class V>
void visitFields(V& visit, Of<V, CallSearchReply>& reply)
{
    visit("calls", reply.calls);
    visit("total", reply.total);
    visit("total_is_estimate", reply.totalIsEstimate);
    visit("next_cursor", reply.nextCursor);
    visit("as_of", reply.asOf);
}

} // namespace exhibit::domain
