// SPDX-License-Identifier: Apache-2.0
#include "server/api/search_request.h"

#include "server/api/search_cursor.h"

namespace exhibit::api {
namespace {

Result<void> checkLengths(const SearchRequest& request)
{
    EXHIBIT_CHECK(checkText("user_id", request.userId));
    EXHIBIT_CHECK(checkText("session_id", request.sessionId));
    EXHIBIT_CHECK(checkText("run_id", request.runId));
    EXHIBIT_CHECK(checkText("policy", request.policy));
    return checkText("model", request.model);
}

} // namespace

Result<storage::IncidentSearch> toSearch(const SearchRequest& request,
                                         query::Query query,
                                         TenantId tenant)
{
    EXHIBIT_CHECK(checkTenant(request.tenantId, tenant));
    EXHIBIT_CHECK(checkLengths(request));
    storage::IncidentSearch search;
    EXHIBIT_CHECK(readPage<IncidentId>(request, digestOf("", request, query), search));
    search.query = std::move(query);
    search.userId = request.userId;
    search.sessionId = request.sessionId;
    search.runId = request.runId;
    search.timeFrom = request.timeFrom;
    search.timeTo = request.timeTo;
    search.severities = request.severity.value_or(OneOrMore<domain::Severity>{}).values;
    search.policyId = request.policy;
    search.status = request.status;
    search.model = request.model;
    search.failureCode = request.failureCode;
    search.sort = request.sort.value_or(domain::SearchSort::Time);
    search.order = request.order.value_or(domain::SearchOrder::Descending);
    return search;
}

std::optional<std::string> nextCursor(const SearchRequest& request,
                                      const query::Query& query,
                                      const storage::IncidentPage& page)
{
    if (!page.next) {
        return std::nullopt;
    }
    return printCursor({digestOf("", request, query),
                        page.next->createdAt,
                        page.next->incidentId.text(),
                        page.total,
                        page.next->key});
}

} // namespace exhibit::api
