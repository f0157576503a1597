// SPDX-License-Identifier: Apache-2.0
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/run_store.h"

namespace exhibit::api {
namespace {

struct EndRequest {
    std::optional<domain::RunStatus> status;
};

template <class V>
void visitFields(V& visit, Of<V, EndRequest>& request)
{
    visit("status", request.status);
}

/// An end without a body is an end that succeeded.
Result<domain::RunStatus> readEnd(const http::Request& request)
{
    using domain::RunStatus;
    if (request.body.empty()) {
        return RunStatus::Succeeded;
    }
    EXHIBIT_TRY(const auto body, readBody<EndRequest>(request));
    const auto status = body.status.value_or(RunStatus::Succeeded);
    if (status != RunStatus::Succeeded && status != RunStatus::Failed) {
        return fail(ErrorCode::InvalidInput,
                    "a run can be ended as succeeded or failed; stops are kills",
                    "/status");
    }
    return status;
}

http::Response getRun(const SharedServices& services,
                      const http::Request& request,
                      const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<RunId>(request));
    EXHIBIT_ANSWER(request,
                   const auto run,
                   storage::RunStore(services->database)
                       .get(principal.tenant, id, Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200, JsonObject{{"run", toJson(run)}});
}

http::Response endRun(const SharedServices& services,
                      const http::Request& request,
                      const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<RunId>(request));
    EXHIBIT_ANSWER(request, const auto status, readEnd(request));
    if (services->endRun(principal.tenant, id, status)) {
        return http::jsonResponse(200, JsonObject{{"run_id", id.text()}, {"ended", true}});
    }
    // Not running here: whether it ever was, PostgreSQL knows.
    EXHIBIT_ANSWER(request,
                   const auto run,
                   storage::RunStore(services->database)
                       .get(principal.tenant, id, Deadline::after(kHandlerTimeout)));
    return refusal(request,
                   409,
                   "run_not_running",
                   "the run is " + std::string(wireName(run.status)) + " and not running here",
                   "id");
}

} // namespace

std::vector<ApiRoute> runRoutes(const SharedServices& services)
{
    return {{"GET", "/api/v1/runs/{id}", domain::Scope::IncidentRead, with(services, getRun)},
            {"POST", "/api/v1/runs/{id}/end", domain::Scope::RunCreate, with(services, endRun)}};
}

} // namespace exhibit::api
