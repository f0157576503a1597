// SPDX-License-Identifier: Apache-2.0
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/api/search_cursor.h"
#include "server/api/search_request.h"

namespace exhibit::api {
namespace {

Json pageJson(const ApiServices& services,
              const storage::IncidentPage& page,
              const std::optional<std::string>& cursor)
{
    JsonArray incidents;
    incidents.reserve(page.hits.size());
    for (const auto& hit : page.hits) {
        Json incident = toJson(hit.incident);
        incident.get_object().emplace("highlights", toJson(hit.highlights));
        if (hit.result) {
            incident.get_object().emplace("result", wireName(*hit.result));
        }
        incidents.push_back(std::move(incident));
    }
    return JsonObject{{"incidents", std::move(incidents)},
                      {"total", page.total.count},
                      {"total_is_estimate", page.total.isEstimate},
                      {"next_cursor", cursor ? Json(*cursor) : Json(nullptr)},
                      {"as_of", formatTime(asOf(services, page.asOf))}};
}

class SearchHandler {
public:
    explicit SearchHandler(const SharedServices& services)
        : m_services(services)
        , m_seconds(services->metrics.histogram("exhibit_search_seconds",
                                                "Time to answer an incident search",
                                                {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5}))
    {
    }

    http::Response operator()(const http::Request& request,
                              const security::Principal& principal) const
    {
        return answerSearch<SearchRequest>(
            request, m_seconds, [&](const SearchRequest& body, const query::Query& query) {
                EXHIBIT_ANSWER(request, const auto search, toSearch(body, query, principal.tenant));
                EXHIBIT_ANSWER(
                    request,
                    const auto page,
                    storage::IncidentStore(m_services->database)
                        .search(principal.tenant, search, Deadline::after(kHandlerTimeout)));
                return http::jsonResponse(
                    200, pageJson(*m_services, page, nextCursor(body, query, page)));
            });
    }

private:
    SharedServices m_services;
    ops::Histogram& m_seconds;
};

} // namespace

UtcTime asOf(const ApiServices& services, UtcTime databaseTime)
{
    return services.ingestLag ? databaseTime - services.ingestLag() : databaseTime;
}

std::vector<ApiRoute> searchRoutes(const SharedServices& services)
{
    return {
        {"POST", "/api/v1/incidents/search", domain::Scope::IncidentRead, SearchHandler(services)}};
}

} // namespace exhibit::api
