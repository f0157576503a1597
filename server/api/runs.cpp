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

struct KillRequest {
    std::optional<domain::KillReason> reason;
};

template <class V>
void visitFields(V& visit, Of<V, KillRequest>& request)
{
    visit("reason", request.reason);
}

/// A kill without a body is an operator's.
Result<domain::KillReason> readKill(const http::Request& request)
{
    if (request.body.empty()) {
        return domain::KillReason::AdminKill;
    }
    EXHIBIT_TRY(const auto body, readBody<KillRequest>(request));
    const auto reason = body.reason.value_or(domain::KillReason::AdminKill);
    if (!domain::isKill(reason)) {
        return fail(ErrorCode::InvalidInput, "a kill is an admin_kill or a user_cancel", "/reason");
    }
    return reason;
}

http::Response killRun(const SharedServices& services,
                       const http::Request& request,
                       const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<RunId>(request));
    EXHIBIT_ANSWER(request, const auto reason, readKill(request));
    KillOrder order{principal.tenant, id, reason, principal.key.text()};
    auto killed = services->killRun(order);
    if (!killed.known) {
        EXHIBIT_ANSWER(request,
                       const auto run,
                       storage::RunStore(services->database)
                           .get(principal.tenant, id, Deadline::after(kHandlerTimeout)));
        if (run.status != domain::RunStatus::Running) {
            return refusal(request,
                           409,
                           "run_not_running",
                           "the run is " + std::string(wireName(run.status)),
                           "id");
        }
        // A call of another replica that is a run of its own: that one has been told.
        order.runsElsewhere = true;
        killed = services->killRun(order);
    }
    return http::jsonResponse(200,
                              JsonObject{{"run_id", id.text()},
                                         {"killed", true},
                                         {"kill_reason", wireName(reason)},
                                         {"calls_cut", killed.callsCut},
                                         {"cut_latency_us", killed.cutLatencyUs}});
}

} // namespace

std::vector<ApiRoute> runRoutes(const SharedServices& services)
{
    return {{"GET", "/api/v1/runs/{id}", domain::Scope::IncidentRead, with(services, getRun)},
            {"POST", "/api/v1/runs/{id}/end", domain::Scope::RunCreate, with(services, endRun)},
            {"POST", "/api/v1/runs/{id}/kill", domain::Scope::RunKill, with(services, killRun)},
            {"POST", "/admin/kill-run/{id}", domain::Scope::RunKill, with(services, killRun)}};
}

} // namespace exhibit::api
