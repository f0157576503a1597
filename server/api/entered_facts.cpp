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

/// GET of what `read` gives of an incident.
template <class T>
auto reading(EnteredStore::Newest<T> (EnteredStore::*read)(IncidentId, Deadline))
{
    return [read](const SharedServices& services,
                  const http::Request& request,
                  const security::Principal& principal) {
        EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
        EnteredStore store(services->database, principal.tenant);
        return newestResponse(request, (store.*read)(incident, Deadline::after(kHandlerTimeout)));
    };
}

/// PUT of a T about an incident.
template <class T>
auto writing(EnteredStore::Newest<T> (EnteredStore::*read)(IncidentId, Deadline))
{
    return [read](const SharedServices& services,
                  const http::Request& request,
                  const security::Principal& principal) {
        EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
        EXHIBIT_ANSWER(request, const auto value, readBody<T>(request));
        if (const auto checked = report::check(value); !checked) {
            return refusal(request, checked.error());
        }
        EnteredStore store(services->database, principal.tenant);
        const auto actor = actorOf(request, principal);
        const auto deadline = Deadline::after(kHandlerTimeout);
        const auto entered = store.enter(incident, value, {actor, services->ledger}, deadline);
        if (!entered) {
            return refusal(request, entered.error());
        }
        return newestResponse(request, (store.*read)(incident, deadline));
    };
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
    constexpr auto kRemediations = "/api/v1/incidents/{id}/remediations";
    constexpr auto kCompliance = "/api/v1/compliance/statement";
    return {{"GET", kImpact, Scope::IncidentRead, with(services, reading(&EnteredStore::impact))},
            {"PUT", kImpact, Scope::IncidentWrite, with(services, writing(&EnteredStore::impact))},
            {"GET",
             kRemediations,
             Scope::IncidentRead,
             with(services, reading(&EnteredStore::remediations))},
            {"PUT",
             kRemediations,
             Scope::IncidentWrite,
             with(services, writing(&EnteredStore::remediations))},
            {"GET", kCompliance, Scope::AuditRead, with(services, getCompliance)},
            {"PUT", kCompliance, Scope::PolicyWrite, with(services, putCompliance)}};
}

} // namespace exhibit::api
