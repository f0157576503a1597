// SPDX-License-Identifier: Apache-2.0
#include "server/api/reply.h"
#include "server/api/resources.h"
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
        const auto begin = std::chrono::steady_clock::now();
        EXHIBIT_ANSWER(request, const auto body, readBody<SearchRequest>(request));
        auto query = query::parse(body.query.value_or(""));
        if (!query) {
            return invalidQuery(request, query.error());
        }
        EXHIBIT_ANSWER(request, const auto search, toSearch(body, *query, principal.tenant));
        EXHIBIT_ANSWER(request,
                       const auto page,
                       storage::IncidentStore(m_services->database)
                           .search(principal.tenant, search, Deadline::after(kHandlerTimeout)));
        auto response = http::jsonResponse(
            200, pageJson(*m_services, page, nextCursor(body, search.query, page)));
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        m_seconds.observe(taken.count());
        return response;
    }

private:
    SharedServices m_services;
    ops::Histogram& m_seconds;
};

} // namespace

http::Response invalidQuery(const http::Request& request, const query::QueryError& error)
{
    http::ErrorReply reply;
    reply.status = 400;
    reply.code = "invalid_query";
    reply.message = error.message;
    reply.param = "query";
    JsonObject object = http::errorObject(reply, request.id);
    object.emplace("position", JsonObject{{"begin", error.begin}, {"end", error.end}});
    if (!error.suggestion.empty()) {
        object.emplace("suggestion", error.suggestion);
    }
    auto response = http::jsonResponse(400, JsonObject{{"error", std::move(object)}});
    response.headers.add("x-should-retry", "false");
    return response;
}

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
