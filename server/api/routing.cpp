// SPDX-License-Identifier: Apache-2.0
#include "models/domain/routing.h"

#include "server/api/projects.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/ledger_reading.h"

namespace exhibit::api {
namespace {

struct RouteRequest {
    std::optional<std::string> project;
    std::string model;
    domain::Wire wire = domain::Wire::OpenAi;
    std::optional<std::string> region;
    std::vector<std::string> dataClasses;
};

template <class V>
void visitFields(V& visit, Of<V, RouteRequest>& request)
{
    visit("project", request.project);
    visit("model", request.model);
    visit.defaulted("wire", request.wire);
    visit("region", request.region);
    visit.defaulted("data_classes", request.dataClasses);
}

/// Where the ledger has the decision. Its entry is the newest of the tenant's log, whose head this
/// transaction has locked.
Result<Json> proofOf(storage::Transaction& transaction)
{
    EXHIBIT_TRY(const auto head, storage::readHead(transaction));
    if (!head) {
        return Json{};
    }
    const auto sequence = head->nextSequence - 1;
    return Json(JsonObject{{"epoch", head->epoch},
                           {"sequence", sequence},
                           {"inclusion",
                            "/api/v1/ledger/" + transaction.tenant().text()
                                + "/inclusion?seq=" + std::to_string(sequence)}});
}

/// Which service would get such a call of the project, by the gateway's own decision, which is
/// recorded before it is told.
http::Response orchestrate(const SharedServices& services,
                           const http::Request& request,
                           const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto asked, readBody<RouteRequest>(request));
    EXHIBIT_ANSWER(request,
                   const auto project,
                   findProject(*services,
                               principal.tenant,
                               asked.project.value_or(std::string(kDefaultProject))));
    const auto catalogue = services->catalogue.get();
    const domain::RouteQuery query{
        project.projectId, asked.model, asked.wire, asked.region, asked.dataClasses};
    auto decided = domain::routeJson(
        domain::decideRoute(catalogue->upstreams, query, services->serviceRecord), query);
    const auto id = DecisionId::generate().text();
    decided.emplace("decision_id", id);
    const auto record = [&](storage::Transaction& transaction) -> Result<Json> {
        EXHIBIT_CHECK(storage::recordAction(transaction,
                                            services->ledger,
                                            actorOf(request, principal),
                                            {"route.decided", id, decided, {}}));
        return proofOf(transaction);
    };
    EXHIBIT_ANSWER(
        request,
        auto proof,
        services->database.write(principal.tenant, Deadline::after(kHandlerTimeout), record));
    decided.emplace("proof", std::move(proof));
    return http::jsonResponse(200, std::move(decided));
}

} // namespace

std::vector<ApiRoute> routingRoutes(const SharedServices& services)
{
    return {{"POST", "/api/v1/orchestrate", domain::Scope::RunCreate, with(services, orchestrate)}};
}

} // namespace exhibit::api
