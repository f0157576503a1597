// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"
#include "server/api/one_or_more.h"
#include "server/http/message.h"
#include "server/storage/incident_store.h"

#include <string>

namespace exhibit::api {

/// The body of a search, as api.md has it.
struct SearchRequest {
    std::optional<std::string> query;
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> runId;
    std::optional<UtcTime> timeFrom;
    std::optional<UtcTime> timeTo;
    std::optional<OneOrMore<domain::Severity>> severity;
    std::optional<std::string> policy;
    std::optional<domain::IncidentStatus> status;
    std::optional<std::string> model;
    std::optional<domain::FailureCode> failureCode;
    std::optional<domain::SearchSort> sort;
    std::optional<domain::SearchOrder> order;
    std::optional<TenantId> tenantId;
    std::optional<std::uint32_t> limit;
    std::optional<std::string> cursor;
    std::optional<std::uint32_t> offset;
};

template <class V>
void visitFields(V& visit, Of<V, SearchRequest>& request)
{
    visit("query", request.query);
    visit("user_id", request.userId);
    visit("session_id", request.sessionId);
    visit("run_id", request.runId);
    visit("time_from", request.timeFrom);
    visit("time_to", request.timeTo);
    visit("severity", request.severity);
    visit("policy", request.policy);
    visit("status", request.status);
    visit("model", request.model);
    visit("failure_code", request.failureCode);
    visit("sort", request.sort);
    visit("order", request.order);
    visit("tenant_id", request.tenantId);
    visit("limit", request.limit);
    visit("cursor", request.cursor);
    visit("offset", request.offset);
}

/// The search of a request whose query was parsed. InvalidInput names the member; a cursor is only
/// taken with the search it was made for; Forbidden for another tenant's id.
[[nodiscard]] Result<storage::IncidentSearch> toSearch(const SearchRequest& request,
                                                       query::Query query,
                                                       TenantId tenant);

/// The cursor of the page after `page`; empty when there is none.
[[nodiscard]] std::optional<std::string> nextCursor(const SearchRequest& request,
                                                    const query::Query& query,
                                                    const storage::IncidentPage& page);

} // namespace exhibit::api
