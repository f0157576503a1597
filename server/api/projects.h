// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/services.h"

#include <string>

namespace exhibit::api {

inline constexpr std::string_view kDefaultProject = "default";

/// The tenant's project of that slug; NotFound with subject "/project".
[[nodiscard]] Result<domain::Project> findProject(const ApiServices& services,
                                                  TenantId tenant,
                                                  std::string_view slug);
/// The slug of a project; its id when the catalogue does not have it.
[[nodiscard]] std::string slugOf(const ApiServices& services, ProjectId project);

} // namespace exhibit::api
