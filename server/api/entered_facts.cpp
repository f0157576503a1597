// SPDX-License-Identifier: Apache-2.0
// What people assess and do about incidents: each PUT is a new version.
#include "server/api/ledger_query.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/entered_store.h"

namespace exhibit::api {
namespace {

using storage::EnteredStore;

/// The newest version, or null where nobody has said anything.
template <class T>
http::Response newestResponse(const http::Request& request,
                              const Result<std::optional<report::Entered<T>>>& newest)
{
    if (!newest) {
        return refusal(request, newest.error());
    }
    return http::jsonResponse(200, JsonObject{{"newest", *newest ? toJson(**newest) : Json()}});
}

constexpr std::uint64_t kVersionsDefault = 50;
constexpr std::uint64_t kVersionsMax = 200;

/// ?limit= and ?cursor=: the version that the page before ended with.
Result<EnteredStore::Range> rangeOf(const http::Request& request)
{
    EXHIBIT_TRY(const auto limit, numberOf(request, "limit", kVersionsDefault));
    EXHIBIT_TRY(const auto before, numberOf(request, "cursor", INT64_MAX));
    if (limit < 1 || limit > kVersionsMax) {
        return fail(ErrorCode::InvalidInput, "expected a number from 1 to 200", "limit");
    }
    if (before > INT64_MAX) {
        return fail(ErrorCode::InvalidInput, "expected a cursor of an earlier page", "cursor");
    }
    return EnteredStore::Range{static_cast<std::int64_t>(before), static_cast<std::int64_t>(limit)};
}

/// Newest first, with the cursor of the next page while there are older ones.
template <class T>
http::Response versionsResponse(const http::Request& request,
                                const Result<std::vector<report::Entered<T>>>& versions)
{
    EXHIBIT_ANSWER(request, const auto range, rangeOf(request));
    EXHIBIT_ANSWER(request, const auto all, versions);
    JsonArray list;
    for (const auto& version : all) {
        list.push_back(toJson(version));
    }
    const bool more
        = static_cast<std::int64_t>(all.size()) == range.count && all.back().version > 1;
    return http::jsonResponse(
        200,
        JsonObject{{"versions", std::move(list)},
                   {"next_cursor", more ? Json(std::to_string(all.back().version)) : Json()}});
}

/// Newest version of each, or with ?n= all versions of one.
http::Response getRecords(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto range, rangeOf(request));
    EXHIBIT_ANSWER(request, const auto number, numberOf(request, "n", 0));
    EnteredStore store(services->database, principal.tenant);
    const auto deadline = Deadline::after(kHandlerTimeout);
    if (request.query.contains("n")) {
        if (number > INT64_MAX) {
            return refusal(request,
                           {ErrorCode::NotFound, "there is no record of that number", "n"});
        }
        return versionsResponse(
            request, store.recordVersions(static_cast<std::int64_t>(number), range, deadline));
    }
    EXHIBIT_ANSWER(request, const auto records, store.records(range, deadline));
    JsonArray list;
    for (const auto& record : records) {
        list.push_back(toJson(record));
    }
    const bool more = static_cast<std::int64_t>(records.size()) == range.count
        && records.back().value.number > 1;
    return http::jsonResponse(
        200,
        JsonObject{
            {"records", std::move(list)},
            {"next_cursor", more ? Json(std::to_string(records.back().value.number)) : Json()}});
}

http::Response putRecord(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto record, readBody<report::ComplianceRecord>(request));
    if (const auto checked = report::check(record); !checked) {
        return refusal(request, checked.error());
    }
    EnteredStore store(services->database, principal.tenant);
    const auto actor = actorOf(request, principal);
    const auto deadline = Deadline::after(kHandlerTimeout);
    EXHIBIT_ANSWER(
        request, const auto number, store.enter(record, {actor, services->ledger}, deadline));
    EXHIBIT_ANSWER(request, const auto versions, store.recordVersions(number, {}, deadline));
    return http::jsonResponse(200, toJson(versions.front()));
}

http::Response getImpactVersions(const SharedServices& services,
                                 const http::Request& request,
                                 const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, const auto range, rangeOf(request));
    return versionsResponse(request,
                            EnteredStore(services->database, principal.tenant)
                                .impacts(incident, range, Deadline::after(kHandlerTimeout)));
}

http::Response getStatementVersions(const SharedServices& services,
                                    const http::Request& request,
                                    const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto range, rangeOf(request));
    return versionsResponse(request,
                            EnteredStore(services->database, principal.tenant)
                                .statements(range, Deadline::after(kHandlerTimeout)));
}

http::Response getImpact(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    return newestResponse(request,
                          EnteredStore(services->database, principal.tenant)
                              .impact(incident, Deadline::after(kHandlerTimeout)));
}

http::Response putImpact(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, const auto impact, readBody<report::Impact>(request));
    if (const auto checked = report::check(impact); !checked) {
        return refusal(request, checked.error());
    }
    const auto actor = actorOf(request, principal);
    const auto entered
        = EnteredStore(services->database, principal.tenant)
              .enter(incident, impact, {actor, services->ledger}, Deadline::after(kHandlerTimeout));
    return entered ? getImpact(services, request, principal) : refusal(request, entered.error());
}

http::Response getCompliance(const SharedServices& services,
                             const http::Request& request,
                             const security::Principal& principal)
{
    return newestResponse(request,
                          EnteredStore(services->database, principal.tenant)
                              .compliance({}, Deadline::after(kHandlerTimeout)));
}

http::Response putCompliance(const SharedServices& services,
                             const http::Request& request,
                             const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto statement, readBody<report::ComplianceStatement>(request));
    if (const auto checked = report::check(statement); !checked) {
        return refusal(request, checked.error());
    }
    EnteredStore store(services->database, principal.tenant);
    const auto actor = actorOf(request, principal);
    const auto entered
        = store.enter(statement, {actor, services->ledger}, Deadline::after(kHandlerTimeout));
    return entered ? getCompliance(services, request, principal)
                   : refusal(request, entered.error());
}

} // namespace

std::vector<ApiRoute> enteredRoutes(const SharedServices& services)
{
    using domain::Scope;
    constexpr auto kImpact = "/api/v1/incidents/{id}/impact";
    constexpr auto kCompliance = "/api/v1/compliance/statement";
    constexpr auto kImpactVersions = "/api/v1/incidents/{id}/impact/versions";
    constexpr auto kRecords = "/api/v1/compliance/records";
    constexpr auto kStatementVersions = "/api/v1/compliance/statement/versions";
    return {{"GET", kImpactVersions, Scope::IncidentRead, with(services, getImpactVersions)},
            {"GET", kStatementVersions, Scope::AuditRead, with(services, getStatementVersions)},
            {"GET", kRecords, Scope::AuditRead, with(services, getRecords)},
            {"PUT", kRecords, Scope::PolicyWrite, with(services, putRecord)},
            {"GET", kImpact, Scope::IncidentRead, with(services, getImpact)},
            {"PUT", kImpact, Scope::IncidentWrite, with(services, putImpact)},
            {"GET", kCompliance, Scope::AuditRead, with(services, getCompliance)},
            {"PUT", kCompliance, Scope::PolicyWrite, with(services, putCompliance)}};
}

} // namespace exhibit::api
