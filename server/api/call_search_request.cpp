// SPDX-License-Identifier: Apache-2.0
#include "server/api/call_search_request.h"

#include "server/api/search_cursor.h"

namespace exhibit::api {
namespace {

using domain::DecisionResult;

Result<void> check(const CallSearchRequest& request, TenantId tenant)
{
    EXHIBIT_CHECK(checkTenant(request.tenantId, tenant));
    EXHIBIT_CHECK(checkText("user_id", request.userId));
    EXHIBIT_CHECK(checkText("session_id", request.sessionId));
    EXHIBIT_CHECK(checkText("run_id", request.runId));
    EXHIBIT_CHECK(checkText("policy", request.policy));
    EXHIBIT_CHECK(checkText("model", request.model));
    if (request.status && (*request.status < 100 || *request.status > 599)) {
        return fail(ErrorCode::InvalidInput, "status is 100 to 599", "status");
    }
    const auto results = request.result.value_or(OneOrMore<DecisionResult>{}).values;
    if (request.policy
        && std::find(results.begin(), results.end(), DecisionResult::Pass) != results.end()) {
        return fail(ErrorCode::InvalidInput,
                    "PASS means calls that every policy passed; it goes with no single policy",
                    "result");
    }
    return {};
}

} // namespace

std::optional<query::QueryError> foreignFilter(const query::Query& query)
{
    for (const auto& group : query.groups) {
        for (const auto& clause : group) {
            if (clause.field == query::Field::Tag) {
                return query::QueryError{
                    "tag: is an incident's; calls have no tags.", clause.begin, clause.end, {}};
            }
            if (clause.field == query::Field::Failure) {
                return query::QueryError{
                    "failure: is an incident's; of calls the outcome beside the query can be "
                    "asked for.",
                    clause.begin,
                    clause.end,
                    {}};
            }
            if (clause.field == query::Field::Assignee) {
                return query::QueryError{"assignee: is an incident's; nobody is assigned to calls.",
                                         clause.begin,
                                         clause.end,
                                         {}};
            }
            if (clause.field == query::Field::Status) {
                return query::QueryError{
                    "status: is an incident's; of calls the members status and "
                    "outcome beside the query can be asked for.",
                    clause.begin,
                    clause.end,
                    {}};
            }
        }
    }
    return std::nullopt;
}

Result<storage::CallSearch> toSearch(const CallSearchRequest& request,
                                     query::Query query,
                                     TenantId tenant)
{
    EXHIBIT_CHECK(check(request, tenant));
    storage::CallSearch search;
    EXHIBIT_CHECK(readPage<CallId>(request, digestOf("calls", request, query), search));
    search.query = std::move(query);
    search.userId = request.userId;
    search.sessionId = request.sessionId;
    search.runId = request.runId;
    search.projectId = request.projectId;
    search.timeFrom = request.timeFrom;
    search.timeTo = request.timeTo;
    search.model = request.model;
    search.policyId = request.policy;
    search.results = request.result.value_or(OneOrMore<DecisionResult>{}).values;
    search.status = request.status;
    for (const auto outcome : request.outcome.value_or(OneOrMore<CallOutcome>{}).values) {
        search.outcomes.emplace_back(wireName(outcome));
    }
    return search;
}

} // namespace exhibit::api
