// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"
#include "server/storage/database.h"

#include <vector>

namespace exhibit::storage {

/// Runs as PostgreSQL has them, always within one tenant. Any thread; every call waits.
class RunStore {
public:
    explicit RunStore(Database& database)
        : m_database(database)
    {
    }

    /// NotFound also for another tenant's.
    [[nodiscard]] Result<domain::Run> get(TenantId tenant, RunId run, Deadline deadline);
    /// Bound runs that are open or were stopped: what a replica's local copy is rebuilt from
    /// (rulings.md 1). Pages by run: pass the last one's id, or a null id first.
    [[nodiscard]] Result<std::vector<domain::LiveRun>> openAndStopped(TenantId tenant,
                                                                      RunId after,
                                                                      std::size_t countMax,
                                                                      Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
