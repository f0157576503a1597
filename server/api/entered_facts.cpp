// SPDX-License-Identifier: Apache-2.0
// What people assess and do about incidents: each PUT is a new version.
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
                              .compliance(Deadline::after(kHandlerTimeout)));
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
    return {{"GET", kImpact, Scope::IncidentRead, with(services, getImpact)},
            {"PUT", kImpact, Scope::IncidentWrite, with(services, putImpact)},
            {"GET", kCompliance, Scope::AuditRead, with(services, getCompliance)},
            {"PUT", kCompliance, Scope::PolicyWrite, with(services, putCompliance)}};
}

} // namespace exhibit::api
