// SPDX-License-Identifier: Apache-2.0
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/explain_store.h"
#include "server/storage/policy_store.h"
#include "server/storage/run_store.h"

namespace exhibit::api {
namespace {

/// ?at=, an instant; without it now.
Result<UtcTime> readInstant(const http::Request& request)
{
    const auto found = request.query.find("at");
    if (found == request.query.end()) {
        return utcNow();
    }
    auto at = parseTime(found->second);
    if (!at) {
        return fail(ErrorCode::InvalidInput, at.error().message, "at");
    }
    return at;
}

Result<domain::RunExplanation> explainRun(const ApiServices& services,
                                          TenantId tenant,
                                          RunId id,
                                          UtcTime at)
{
    const auto deadline = Deadline::after(kHandlerTimeout);
    EXHIBIT_TRY(auto explained,
                storage::ExplainStore(services.database).at(tenant, id, at, deadline));
    EXHIBIT_TRY(const auto run, storage::RunStore(services.database).get(tenant, id, deadline));
    EXHIBIT_TRY(const auto snapshot,
                storage::PolicyStore(services.database)
                    .snapshot(tenant, explained.explanation.snapshotId, deadline));
    conclude(explained.explanation, run, snapshot, explained.subject);
    return std::move(explained.explanation);
}

http::Response explain(const SharedServices& services,
                       const http::Request& request,
                       const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<RunId>(request));
    EXHIBIT_ANSWER(request, const auto at, readInstant(request));
    EXHIBIT_ANSWER(
        request, const auto explanation, explainRun(*services, principal.tenant, id, at));
    return http::jsonResponse(200, JsonObject{{"explanation", toJson(explanation)}});
}

http::Response trace(const SharedServices& services,
                     const http::Request& request,
                     const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<DecisionId>(request));
    const auto policy = request.pathParameters.find("policy");
    EXHIBIT_ANSWER(
        request,
        const auto traced,
        storage::ExplainStore(services->database)
            .decision(principal.tenant,
                      id,
                      policy == request.pathParameters.end() ? std::string() : policy->second,
                      Deadline::after(kHandlerTimeout)));
    EXHIBIT_ANSWER(request,
                   const auto explanation,
                   explainRun(*services, principal.tenant, traced.runId, traced.at));
    JsonObject reply{{"decision", traced.decision},
                     {"run_id", traced.runId.text()},
                     {"call_id", traced.callId.text()},
                     {"explanation", toJson(explanation)}};
    if (traced.stepIndex) {
        reply.emplace("step_index", *traced.stepIndex);
    }
    if (traced.ledger) {
        reply.emplace("ledger", toJson(*traced.ledger));
    }
    if (traced.proof) {
        reply.emplace("proof", *traced.proof);
    }
    return http::jsonResponse(200, std::move(reply));
}

} // namespace

std::vector<ApiRoute> explainRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {{"GET", "/api/v1/runs/{id}/explain", Scope::IncidentRead, with(services, explain)},
            {"GET", "/trace/{id}", Scope::IncidentRead, with(services, trace)},
            {"GET", "/trace/{id}/{policy}", Scope::IncidentRead, with(services, trace)}};
}

} // namespace exhibit::api
