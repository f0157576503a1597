// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/project.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

#include <vector>

namespace exhibit::storage {

/// Projects of one tenant. Changes reach every replica through NOTIFY exhibit_changed. Any thread;
/// every call waits.
class ProjectStore {
public:
    explicit ProjectStore(Database& database)
        : m_database(database)
    {
    }

    /// By slug.
    [[nodiscard]] Result<std::vector<domain::Project>> list(TenantId tenant, Deadline deadline);
    /// NotFound when the tenant has no project of that slug.
    [[nodiscard]] Result<domain::Project> setStopStyle(TenantId tenant,
                                                       const std::string& slug,
                                                       domain::StopStyle style,
                                                       const Actor& actor,
                                                       LedgerAppender& ledger,
                                                       Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
