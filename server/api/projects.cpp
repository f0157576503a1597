// SPDX-License-Identifier: Apache-2.0
#include "server/api/projects.h"

#include <algorithm>

namespace exhibit::api {

Result<domain::Project> findProject(const ApiServices& services,
                                    TenantId tenant,
                                    std::string_view slug)
{
    const auto catalogue = services.catalogue.get();
    const auto found = std::find_if(
        catalogue->projects.begin(), catalogue->projects.end(), [&](const auto& project) {
            return project.tenantId == tenant && project.slug == slug;
        });
    if (found == catalogue->projects.end()) {
        return fail(ErrorCode::NotFound, "there is no project of that name", "/project");
    }
    return *found;
}

std::string slugOf(const ApiServices& services, ProjectId project)
{
    const auto catalogue = services.catalogue.get();
    const auto* found = catalogue->findProject(project);
    return found == nullptr ? project.text() : found->slug;
}

} // namespace exhibit::api
