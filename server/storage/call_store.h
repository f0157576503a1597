// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/run.h"
#include "models/domain/vocabulary.h"
#include "models/query/query.h"
#include "server/storage/database.h"
#include "server/storage/search_page.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::storage {

/// The last row of a page; the next page begins after it, whatever arrived meanwhile.
struct CallPosition {
    UtcTime openedAt{};
    CallId callId;
};

/// The query and beside it the parameters of api.md; all must hold.
struct CallSearch {
    query::Query query; ///< Without status: that is an incident's.
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> runId; ///< Our id or the application's name for it.
    std::optional<ProjectId> projectId;
    std::optional<UtcTime> timeFrom; ///< Of the call's opening; inclusive.
    std::optional<UtcTime> timeTo; ///< Exclusive.
    std::optional<std::string> model; ///< Asked for or answering.
    std::optional<std::string> policyId; ///< That did not pass the call.
    /// Any of them was a policy's result, of that policy when one is named. Pass: nothing but
    /// passes.
    std::vector<domain::DecisionResult> results;
    std::optional<std::int64_t> status; ///< HTTP, as the client got it.
    std::vector<std::string> outcomes; ///< Any of them; spool::CallClosed has the values.
    std::uint32_t limit = limits::kPageRowsDefault;
    std::uint32_t offset = 0;
    std::optional<CallPosition> after;
    std::optional<SearchTotal> total; ///< Known from an earlier page: not counted again.
};

/// A decision of a call that was not PASS.
struct FoundDecision {
    DecisionId decisionId;
    std::string policyId;
    domain::DecisionResult result = domain::DecisionResult::Warn;
    domain::Severity severity = domain::Severity::Medium;
};

template <class V>
void visitFields(V& visit, Of<V, FoundDecision>& decision)
{
    visit("decision_id", decision.decisionId);
    visit("policy_id", decision.policyId);
    visit("result", decision.result);
    visit("severity", decision.severity);
}

struct CallHit {
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
    std::int64_t status = 0;
    std::string outcome;
    std::optional<std::string> errorCode;
    std::int64_t promptTokens = 0;
    std::int64_t completionTokens = 0;
    domain::Microcents costMicrocents = 0;
    std::int64_t latencyUs = 0;
    std::vector<FoundDecision> decisions;
    std::vector<IncidentId> incidentIds;
    std::string asked; ///< Redacted beginnings.
    std::string answered;
    bool textComplete = true; ///< Every word of the call is searched.
    /// Excerpts with the words found between <mark> and </mark>, everything else HTML-escaped.
    std::vector<std::string> highlights;
};

template <class V>
void visitFields(V& visit, Of<V, CallHit>& hit)
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
    visit("latency_us", hit.latencyUs);
    visit("decisions", hit.decisions);
    visit("incident_ids", hit.incidentIds);
    visit("asked", hit.asked);
    visit("answered", hit.answered);
    visit("text_complete", hit.textComplete);
    visit("highlights", hit.highlights);
}

struct CallPage {
    std::vector<CallHit> hits; ///< Newest first.
    SearchTotal total;
    std::optional<CallPosition> next; ///< nullopt on the last page.
    UtcTime asOf{}; ///< Of the calls that ended before, all that PostgreSQL has were searched.
    UtcTime databaseTime{};
};

/// Closed calls as the index has them, always within one tenant. Any thread; every call waits.
class CallStore {
public:
    explicit CallStore(Database& database)
        : m_database(database)
    {
    }

    [[nodiscard]] Result<CallPage> search(TenantId tenant,
                                          const CallSearch& search,
                                          Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
