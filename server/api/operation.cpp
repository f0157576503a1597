// SPDX-License-Identifier: Apache-2.0
#include "server/api/openapi_document.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/security/client_address.h"

#include <algorithm>

namespace exhibit::api {
namespace {

/// Live is whoever answers. Ready: every dependency works. Without PostgreSQL calls still go on, so
/// that is degraded; without the spool nothing can.
http::Response health(const SharedServices& services)
{
    Json dependencies = services->health ? services->health() : Json(JsonObject{});
    const auto works = [&dependencies](std::string_view name) {
        const Json* dependency = findMember(dependencies, name);
        const Json* ok = dependency == nullptr ? nullptr : findMember(*dependency, "ok");
        return ok == nullptr || (ok->is_bool() && ok->get_bool());
    };
    bool all = true;
    for (const auto& member : dependencies.get_object()) {
        all = all && works(member.key());
    }
    const bool ready = all || works("spool");
    const char* status = all ? "ok" : ready ? "degraded" : "unavailable";
    return http::jsonResponse(ready ? 200 : 503,
                              JsonObject{{"status", status},
                                         {"live", true},
                                         {"ready", ready},
                                         {"version", EXHIBIT_VERSION},
                                         {"dependencies", std::move(dependencies)}});
}

http::Response metrics(const SharedServices& services)
{
    http::Response response;
    response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = services->metrics.expose();
    return response;
}

/// From a program of this host that speaks for itself: a proxy, on whatever host, says for whom it
/// speaks, and whoever says so is none. Without such a field the address is the peer's own.
bool isLocal(const http::Request& request)
{
    return security::isLoopback(request.peerAddress) && !request.headers.find("X-Forwarded-For")
        && !request.headers.find("Forwarded");
}

http::Response openApi()
{
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.body = std::string(openApiDocument());
    return response;
}

} // namespace

std::vector<OpenRoute> operationRoutes(const SharedServices& services, const AccessControl& access)
{
    const auto guardedMetrics = access.guard(
        domain::Scope::OpsRead, [services](const auto&, const auto&) { return metrics(services); });
    return {{"GET", "/health", [services](const auto&) { return health(services); }},
            {"GET",
             "/metrics",
             [services, guardedMetrics](const http::Request& request) {
                 return isLocal(request) ? metrics(services) : guardedMetrics(request);
             }},
            {"GET", "/openapi.json", [](const auto&) { return openApi(); }, true}};
}

} // namespace exhibit::api
