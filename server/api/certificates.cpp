// SPDX-License-Identifier: Apache-2.0
// Replay certificates: the call of an incident is judged anew and sent once more.
#include "models/replay/parameters.h"
#include "server/api/incident_call.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/certificate_store.h"

namespace exhibit::api {
namespace {

/// Beyond what the provider takes.
constexpr std::chrono::seconds kIssueTimeout{30};

Json issuedJson(const domain::IssuedCertificate& issued)
{
    Json reply = toJson(issued);
    reply.get_object()["certificate"] = domain::certificatePredicate(issued.certificate);
    return reply;
}

Result<domain::IssuedCertificate> issue(const SharedServices& services,
                                        const http::Request& request,
                                        const security::Principal& principal,
                                        IncidentId incident)
{
    if (services->evidence == nullptr || services->replays == nullptr) {
        return fail(ErrorCode::Unavailable, "the ledger is not open");
    }
    EXHIBIT_TRY(const auto original, readIncidentCall(*services, principal.tenant, incident));
    EXHIBIT_TRY(const auto outcome,
                services->replays->replay({principal.tenant,
                                           principal.key,
                                           request.id,
                                           original.call,
                                           original.recorded,
                                           original.prices,
                                           original.recorded}));
    storage::CertificateStore store(services->database, *services->evidence);
    return store.issue(
        principal.tenant,
        {{incident, *original.call, outcome, outcome.match, actorOf(request, principal)},
         replay::samplingParameters(original.call->sentRequest ? *original.call->sentRequest
                                                               : original.call->request),
         services->publicUrl},
        Deadline::after(kIssueTimeout));
}

http::Response issueCertificate(const SharedServices& services,
                                const http::Request& request,
                                const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    const auto issued = issue(services, request, principal, incident);
    return issued ? http::jsonResponse(201, issuedJson(*issued))
                  : replayRefusal(request, issued.error());
}

http::Response getCertificate(const SharedServices& services,
                              const http::Request& request,
                              const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    if (services->evidence == nullptr) {
        return refusal(request, Error{ErrorCode::Unavailable, "the ledger is not open", {}});
    }
    storage::CertificateStore store(services->database, *services->evidence);
    EXHIBIT_ANSWER(request,
                   const auto issued,
                   store.ofIncident(principal.tenant, incident, Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200, issuedJson(issued));
}

} // namespace

std::vector<ApiRoute> certificateRoutes(const SharedServices& services)
{
    using domain::Scope;
    const std::string path = "/api/v1/incidents/{id}/certificate";
    return {{"POST", path, Scope::EvidenceExport, with(services, issueCertificate)},
            {"GET", path, Scope::IncidentRead, with(services, getCertificate)}};
}

} // namespace exhibit::api
