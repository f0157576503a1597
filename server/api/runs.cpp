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
Result<void> checkEnd(const http::Request& request)
{
    if (request.body.empty()) {
        return {};
    }
    EXHIBIT_TRY(const auto body, readBody<EndRequest>(request));
    if (body.status.value_or(domain::RunStatus::Succeeded) != domain::RunStatus::Succeeded) {
        return fail(
            ErrorCode::InvalidInput, "a run can be ended as succeeded; stops are kills", "/status");
    }
    return {};
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
    EXHIBIT_ANSWER(
        request, [[maybe_unused]] const auto fine, checkEnd(request).map([] { return true; }));
    if (services->endRun(principal.tenant, id)) {
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
