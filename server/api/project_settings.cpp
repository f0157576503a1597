// SPDX-License-Identifier: Apache-2.0
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/project_store.h"

namespace exhibit::api {
namespace {

struct ProjectChange {
    domain::StopStyle stopStyle = domain::StopStyle::Soft;
};

template <class V>
void visitFields(V& visit, Of<V, ProjectChange>& change)
{
    visit("stop_style", change.stopStyle);
}

Json projectJson(const domain::Project& project)
{
    return JsonObject{{"project_id", project.projectId.text()},
                      {"slug", project.slug},
                      {"stop_style", wireName(project.stopStyle)}};
}

http::Response listProjects(const SharedServices& services,
                            const http::Request& request,
                            const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto projects,
                   storage::ProjectStore(services->database)
                       .list(principal.tenant, Deadline::after(kHandlerTimeout)));
    JsonArray listed;
    for (const auto& project : projects) {
        listed.push_back(projectJson(project));
    }
    return http::jsonResponse(200, JsonObject{{"projects", std::move(listed)}});
}

http::Response changeProject(const SharedServices& services,
                             const http::Request& request,
                             const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto change, readBody<ProjectChange>(request));
    EXHIBIT_ANSWER(request,
                   const auto project,
                   storage::ProjectStore(services->database)
                       .setStopStyle(principal.tenant,
                                     request.pathParameters.at("id"),
                                     change.stopStyle,
                                     actorOf(request, principal),
                                     services->ledger,
                                     Deadline::after(kHandlerTimeout)));
    refreshCatalogue(*services);
    return http::jsonResponse(200, projectJson(project));
}

} // namespace

std::vector<ApiRoute> projectRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {{"GET", "/admin/projects", Scope::ProjectRead, with(services, listProjects)},
            {"PATCH", "/admin/projects/{id}", Scope::ProjectWrite, with(services, changeProject)}};
}

} // namespace exhibit::api
