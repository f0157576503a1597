// SPDX-License-Identifier: Apache-2.0
#include "server/api/call_search_request.h"
#include "server/api/resources.h"
#include "server/api/search_cursor.h"

namespace exhibit::api {
namespace {

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
