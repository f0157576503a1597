// SPDX-License-Identifier: Apache-2.0
// Replay certificates: the call of an incident is judged anew and sent once more.
#include "models/replay/parameters.h"
#include "server/api/replays.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/certificate_store.h"
#include "server/storage/incident_store.h"
#include "server/storage/policy_store.h"

namespace exhibit::api {
namespace {

/// Beyond what the provider takes.
constexpr std::chrono::seconds kIssueTimeout{30};

/// What both kinds of replay begin with.
struct IncidentCall {
    std::shared_ptr<const storage::CallToReplay> call;
    std::shared_ptr<const domain::PolicySnapshot> recorded;
};

Result<IncidentCall> readCall(const SharedServices& services, TenantId tenant, IncidentId incident)
{
    const auto deadline = Deadline::after(kHandlerTimeout);
    EXHIBIT_TRY(const auto stored,
                storage::IncidentStore(services->database).get(tenant, incident, deadline));
    const auto read = [&](storage::Transaction& transaction) {
        return storage::readCallToReplay(
            transaction, services->evidence->keys, stored.incident.callId);
    };
    EXHIBIT_TRY(auto call, services->database.read(tenant, deadline, read));
    EXHIBIT_TRY(
        auto snapshot,
        storage::PolicyStore(services->database).snapshot(tenant, call.snapshotId, deadline));
    return IncidentCall{std::make_shared<const storage::CallToReplay>(std::move(call)),
                        std::make_shared<const domain::PolicySnapshot>(std::move(snapshot))};
}

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
    EXHIBIT_TRY(const auto original, readCall(services, principal.tenant, incident));
    EXHIBIT_TRY(const auto outcome,
                services->replays->replay({principal.tenant,
                                           principal.key,
                                           request.id,
                                           original.call,
                                           original.recorded,
                                           original.recorded}));
    std::optional<replay::Match> match;
    if (outcome.replayed) {
        match = replay::compareAnswers(outcome.original, outcome.replayed->content);
    }
    storage::CertificateStore store(services->database, *services->evidence);
    return store.issue(
        principal.tenant,
        {incident,
         *original.call,
         outcome,
         std::move(match),
         replay::samplingParameters(original.call->sentRequest ? *original.call->sentRequest
                                                               : original.call->request),
         actorOf(request, principal),
         services->publicUrl},
        Deadline::after(kIssueTimeout));
}

http::Response issueCertificate(const SharedServices& services,
                                const http::Request& request,
                                const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, const auto issued, issue(services, request, principal, incident));
    return http::jsonResponse(201, issuedJson(issued));
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
