// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/project.h"

#include <string>

namespace exhibit::security {

/// Who a request speaks for, after its key was found.
struct Principal {
    TenantId tenant;
    ProjectId project;
    KeyId key;
    domain::Role role = domain::Role::Service;
    std::vector<domain::Scope> scopes;

    /// Admins have every scope of their tenant.
    [[nodiscard]] bool may(domain::Scope scope) const;
};

} // namespace exhibit::security
