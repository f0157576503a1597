// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"
#include "server/storage/database.h"

#include <optional>
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
    /// One bound run as the replicas together know it; nullopt when no record of it arrived yet.
    [[nodiscard]] Result<std::optional<domain::LiveRun>> live(TenantId tenant,
                                                              RunId run,
                                                              Deadline deadline);
    /// Writes the stop of a bound run ahead of its records, so that other replicas see it, and
    /// tells them (NOTIFY exhibit_changed, "run_stopped TENANT RUN"). The first stop of a run
    /// stays.
    [[nodiscard]] Result<void> publishStop(const domain::LiveRun& stopped, Deadline deadline);
    /// Tells every replica to cut what is live of the run. Writes nothing.
    [[nodiscard]] Result<void> publishKill(TenantId tenant,
                                           RunId run,
                                           domain::KillReason reason,
                                           Deadline deadline);
    /// Those of `runs` whose end is recorded and that were not active after `before`.
    [[nodiscard]] Result<std::vector<RunId>> ended(TenantId tenant,
                                                   const std::vector<RunId>& runs,
                                                   UtcTime before,
                                                   Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
