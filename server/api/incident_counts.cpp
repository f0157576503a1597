// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_counts.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/api/search_cursor.h"
#include "server/api/search_request.h"
#include "server/storage/incident_values.h"

#include "models/domain/incident_source_json.h"

namespace exhibit::api {
namespace {

constexpr std::size_t kFieldsMax = 7;
constexpr std::uint32_t kValuesMax = 200;
constexpr std::uint32_t kBarsMax = 4000;
constexpr std::uint32_t kCompletedMax = 50;
constexpr std::size_t kPrefixBytesMax = 256;

struct FacetsBody {
    SearchRequest search;
    std::vector<std::string> fields;
    std::uint32_t limit = 8;
};

template <class V>
void visitFields(V& visit, Of<V, FacetsBody>& body)
{
    visit.defaulted("search", body.search);
    visit("fields", body.fields);
    visit.defaulted("limit", body.limit);
}

struct HistogramBody {
    SearchRequest search;
    std::uint32_t bars = 120;
    bool estimate = false;
};

template <class V>
void visitFields(V& visit, Of<V, HistogramBody>& body)
{
    visit.defaulted("search", body.search);
    visit.defaulted("bars", body.bars);
    visit.defaulted("estimate", body.estimate);
}

struct ValuesBody {
    std::string field;
    std::string prefix;
    std::uint32_t limit = 20;
};

template <class V>
void visitFields(V& visit, Of<V, ValuesBody>& body)
{
    visit("field", body.field);
    visit.defaulted("prefix", body.prefix);
    visit.defaulted("limit", body.limit);
}

/// The search inside a counting request: its cursor and limit mean nothing here.
tl::expected<storage::IncidentSearch, http::Response> searchOf(const http::Request& request,
                                                               const SearchRequest& body,
                                                               TenantId tenant)
{
    auto query = query::parse(body.query.value_or(""));
    if (!query) {
        return tl::make_unexpected(invalidQuery(request, query.error()));
    }
    auto search = toSearch(body, *std::move(query), tenant);
    if (!search) {
        return tl::make_unexpected(refusal(request, search.error()));
    }
    return *std::move(search);
}

http::Response countFacets(const SharedServices& services,
                           const http::Request& request,
                           const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto body, readBody<FacetsBody>(request));
    if (body.fields.empty() || body.fields.size() > kFieldsMax) {
        return refusal(request, 400, "invalid_request", "1 to 7 fields are expected", "/fields");
    }
    if (body.limit < 1 || body.limit > kValuesMax) {
        return refusal(request, 400, "invalid_request", "1 to 200 values are expected", "/limit");
    }
    const auto search = searchOf(request, body.search, principal.tenant);
    if (!search) {
        return search.error();
    }
    EXHIBIT_ANSWER(request,
                   const auto counted,
                   storage::IncidentCounts(services->database)
                       .facets(principal.tenant,
                               *search,
                               body.fields,
                               body.limit,
                               Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200, toJson(counted));
}

http::Response countBars(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto body, readBody<HistogramBody>(request));
    if (body.bars < 2 || body.bars > kBarsMax) {
        return refusal(request, 400, "invalid_request", "2 to 4000 bars are expected", "/bars");
    }
    const auto search = searchOf(request, body.search, principal.tenant);
    if (!search) {
        return search.error();
    }
    EXHIBIT_ANSWER(request,
                   const auto counted,
                   storage::IncidentCounts(services->database)
                       .histogram(principal.tenant,
                                  *search,
                                  body.bars,
                                  body.estimate,
                                  Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200, toJson(counted));
}

http::Response findValues(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto body, readBody<ValuesBody>(request));
    if (body.limit < 1 || body.limit > kCompletedMax) {
        return refusal(request, 400, "invalid_request", "1 to 50 values are expected", "/limit");
    }
    if (body.prefix.size() > kPrefixBytesMax) {
        return refusal(
            request, 400, "invalid_request", "a prefix has at most 256 bytes", "/prefix");
    }
    EXHIBIT_ANSWER(request,
                   const auto found,
                   storage::IncidentValues(services->database)
                       .find(principal.tenant,
                             {body.field, body.prefix, body.limit},
                             Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200, toJson(found));
}

} // namespace

std::vector<ApiRoute> countRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {
        {"POST", "/api/v1/incidents/facets", Scope::IncidentRead, with(services, countFacets)},
        {"POST", "/api/v1/incidents/values", Scope::IncidentRead, with(services, findValues)},
        {"POST", "/api/v1/incidents/histogram", Scope::IncidentRead, with(services, countBars)}};
}

} // namespace exhibit::api
