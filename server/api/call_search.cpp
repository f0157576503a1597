// SPDX-License-Identifier: Apache-2.0
#include "server/api/one_or_more.h"
#include "server/api/resources.h"
#include "server/api/search_cursor.h"
#include "server/storage/call_store.h"

namespace exhibit::api {

/// How a call ended (spool::CallClosed).
enum class CallOutcome : std::uint8_t {
    Completed,
    Refused,
    Stopped,
    ClientGone,
    ServerStopped,
    UpstreamError,
    Timeout,
    Recovered,
};

} // namespace exhibit::api

namespace exhibit {

template <>
struct EnumNames<api::CallOutcome> {
    using E = api::CallOutcome;
    static constexpr std::string_view kType = "call outcome";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Completed, "completed"},
           {E::Refused, "refused"},
           {E::Stopped, "stopped"},
           {E::ClientGone, "client_gone"},
           {E::ServerStopped, "server_stopped"},
           {E::UpstreamError, "upstream_error"},
           {E::Timeout, "timeout"},
           {E::Recovered, "recovered"}};
};

} // namespace exhibit

namespace exhibit::api {
namespace {

using domain::DecisionResult;

/// The body of a search over calls.
struct CallSearchRequest {
    std::optional<std::string> query;
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> runId;
    std::optional<ProjectId> projectId;
    std::optional<UtcTime> timeFrom;
    std::optional<UtcTime> timeTo;
    std::optional<std::string> model;
    std::optional<std::string> policy;
    std::optional<OneOrMore<DecisionResult>> result;
    std::optional<std::uint32_t> status;
    std::optional<OneOrMore<CallOutcome>> outcome;
    std::optional<TenantId> tenantId;
    std::optional<std::uint32_t> limit;
    std::optional<std::string> cursor;
    std::optional<std::uint32_t> offset;
};

template <class V>
void visitFields(V& visit, Of<V, CallSearchRequest>& request)
{
    visit("query", request.query);
    visit("user_id", request.userId);
    visit("session_id", request.sessionId);
    visit("run_id", request.runId);
    visit("project_id", request.projectId);
    visit("time_from", request.timeFrom);
    visit("time_to", request.timeTo);
    visit("model", request.model);
    visit("policy", request.policy);
    visit("result", request.result);
    visit("status", request.status);
    visit("outcome", request.outcome);
    visit("tenant_id", request.tenantId);
    visit("limit", request.limit);
    visit("cursor", request.cursor);
    visit("offset", request.offset);
}

/// A filter that calls do not have.
std::optional<query::QueryError> foreignFilter(const query::Query& query)
{
    for (const auto& group : query.groups) {
        for (const auto& clause : group) {
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

Json pageJson(const ApiServices& services,
              const storage::CallPage& page,
              const CallSearchRequest& request,
              const query::Query& query)
{
    Json cursor(nullptr);
    if (page.next) {
        cursor = Json(printCursor({digestOf("calls", request, query),
                                   page.next->openedAt,
                                   page.next->callId.text(),
                                   page.total}));
    }
    return JsonObject{
        {"calls", toJson(page.hits)},
        {"total", page.total.count},
        {"total_is_estimate", page.total.isEstimate},
        {"next_cursor", std::move(cursor)},
        {"as_of", formatTime(std::min(page.asOf, asOf(services, page.databaseTime)))}};
}

class CallSearchHandler {
public:
    explicit CallSearchHandler(const SharedServices& services)
        : m_services(services)
        , m_seconds(services->metrics.histogram("exhibit_call_search_seconds",
                                                "Time to answer a search over calls",
                                                {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5}))
    {
    }

    http::Response operator()(const http::Request& request,
                              const security::Principal& principal) const
    {
        return answerSearch<CallSearchRequest>(
            request, m_seconds, [&](const CallSearchRequest& body, const query::Query& query) {
                if (const auto foreign = foreignFilter(query)) {
                    return invalidQuery(request, *foreign);
                }
                EXHIBIT_ANSWER(request, const auto search, toSearch(body, query, principal.tenant));
                EXHIBIT_ANSWER(
                    request,
                    const auto page,
                    storage::CallStore(m_services->database)
                        .search(principal.tenant, search, Deadline::after(kHandlerTimeout)));
                return http::jsonResponse(200, pageJson(*m_services, page, body, query));
            });
    }

private:
    SharedServices m_services;
    ops::Histogram& m_seconds;
};

} // namespace

std::vector<ApiRoute> callSearchRoutes(const SharedServices& services)
{
    return {
        {"POST", "/api/v1/calls/search", domain::Scope::IncidentRead, CallSearchHandler(services)}};
}

} // namespace exhibit::api
