// SPDX-License-Identifier: Apache-2.0
#include "models/domain/routing.h"
#include "server/api/projects.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/gateway/upstream_keys.h"
#include "server/storage/upstream_store.h"

namespace exhibit::api {
namespace {

struct NewUpstream {
    std::optional<std::string> project;
    std::string name;
    std::string baseUrl;
    std::vector<std::string> models;
    std::optional<std::string> apiKeyEnv;
    bool passThrough = false;
    domain::Wire wire = domain::Wire::OpenAi;
    std::optional<domain::ServiceContract> contract;
};

template <class V>
void visitFields(V& visit, Of<V, NewUpstream>& upstream)
{
    visit("project", upstream.project);
    visit("name", upstream.name);
    visit("base_url", upstream.baseUrl);
    visit.defaulted("models", upstream.models);
    visit("api_key_env", upstream.apiKeyEnv);
    visit.defaulted("pass_through", upstream.passThrough);
    visit.defaulted("wire", upstream.wire);
    visit("contract", upstream.contract);
}

Json upstreamJson(const ApiServices& services, const domain::Upstream& upstream)
{
    JsonObject json{{"upstream_id", upstream.upstreamId.text()},
                    {"project", slugOf(services, upstream.projectId)},
                    {"name", upstream.name},
                    {"base_url", upstream.baseUrl},
                    {"models", toJson(upstream.models)},
                    {"pass_through", upstream.passThrough},
                    {"wire", wireName(upstream.wire)},
                    {"position", upstream.position}};
    if (upstream.apiKeyEnv) {
        json.emplace("api_key_env", *upstream.apiKeyEnv);
    }
    if (upstream.contract) {
        json.emplace("contract", toJson(*upstream.contract));
    }
    return Json(std::move(json));
}

Result<void> checkKeyMayGo(const ApiServices& services, const domain::Upstream& upstream)
{
    const bool may = !upstream.apiKeyEnv
        || (services.upstreamKeys != nullptr
            && services.upstreamKeys->mayGo(*upstream.apiKeyEnv, upstream.baseUrl));
    return may ? Result<void>{}
               : fail(ErrorCode::InvalidInput,
                      "the server's operator has not said (setting upstream.keys) that the key in"
                      " this variable may go to this address",
                      "/api_key_env");
}

Result<domain::Upstream> describeUpstream(const ApiServices& services,
                                          const http::Request& request,
                                          const security::Principal& principal)
{
    EXHIBIT_TRY(auto body, readBody<NewUpstream>(request));
    EXHIBIT_TRY(const auto project,
                findProject(services,
                            principal.tenant,
                            body.project.value_or(std::string(kDefaultProject))));
    domain::Upstream upstream;
    upstream.upstreamId = UpstreamId::generate();
    upstream.tenantId = principal.tenant;
    upstream.projectId = project.projectId;
    upstream.name = std::move(body.name);
    upstream.baseUrl = std::move(body.baseUrl);
    while (upstream.baseUrl.ends_with('/')) {
        upstream.baseUrl.pop_back(); // Paths of the wire begin with one.
    }
    upstream.models = std::move(body.models);
    upstream.apiKeyEnv = std::move(body.apiKeyEnv);
    upstream.passThrough = body.passThrough;
    upstream.wire = body.wire;
    upstream.contract = std::move(body.contract);
    EXHIBIT_CHECK(storage::checkUpstream(upstream));
    EXHIBIT_CHECK(checkKeyMayGo(services, upstream));
    EXHIBIT_CHECK(
        domain::checkContract(upstream, services.catalogue.get()->pricesOf(upstream.tenantId)));
    return upstream;
}

http::Response addUpstream(const SharedServices& services,
                           const http::Request& request,
                           const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, auto upstream, describeUpstream(*services, request, principal));
    EXHIBIT_ANSWER(request,
                   upstream.position,
                   storage::UpstreamStore(services->database)
                       .add(upstream,
                            actorOf(request, principal),
                            services->ledger,
                            Deadline::after(kHandlerTimeout)));
    refreshCatalogue(*services);
    return http::jsonResponse(201, upstreamJson(*services, upstream));
}

http::Response listUpstreams(const SharedServices& services,
                             const http::Request& request,
                             const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto upstreams,
                   storage::UpstreamStore(services->database)
                       .list(principal.tenant, Deadline::after(kHandlerTimeout)));
    JsonArray listed;
    for (const auto& upstream : upstreams) {
        listed.push_back(upstreamJson(*services, upstream));
    }
    return http::jsonResponse(200, JsonObject{{"upstreams", std::move(listed)}});
}

http::Response removeUpstream(const SharedServices& services,
                              const http::Request& request,
                              const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<UpstreamId>(request));
    EXHIBIT_ANSWER(request,
                   [[maybe_unused]] const auto removed,
                   storage::UpstreamStore(services->database)
                       .remove(principal.tenant,
                               id,
                               actorOf(request, principal),
                               services->ledger,
                               Deadline::after(kHandlerTimeout))
                       .map([] { return true; }));
    refreshCatalogue(*services);
    http::Response response;
    response.status = 204;
    return response;
}

} // namespace

std::vector<ApiRoute> upstreamRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {
        {"GET", "/admin/upstreams", Scope::ProjectRead, with(services, listUpstreams)},
        {"POST", "/admin/upstreams", Scope::ProjectWrite, with(services, addUpstream)},
        {"DELETE", "/admin/upstreams/{id}", Scope::ProjectWrite, with(services, removeUpstream)}};
}

} // namespace exhibit::api
