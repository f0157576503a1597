// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database.h"

#include <chrono>
#include <string>
#include <vector>

namespace exhibit::storage {

/// What a replica says of itself when it renews its lease.
struct ReplicaLease {
    ReplicaId replica;
    std::string name; ///< For people: the machine.
    std::chrono::milliseconds length{};
    bool sharing = true; ///< It looks runs up and publishes stops.
};

/// The other replicas whose leases run.
struct OtherReplicas {
    std::int64_t live = 0;
    std::int64_t notSharing = 0; ///< Of those.
};

/// The table of living exhibitd processes. All times are PostgreSQL's. Any thread; calls wait.
class ReplicaStore {
public:
    explicit ReplicaStore(Database& database)
        : m_database(database)
    {
    }

    /// Takes or renews the lease and tells who else has one, in one step: of two replicas that call
    /// this at the same time the later one sees the earlier.
    [[nodiscard]] Result<OtherReplicas> renew(const ReplicaLease& lease, Deadline deadline);
    /// The names of those whose lease runs, as of processes that ended without a word a moment ago.
    [[nodiscard]] Result<std::vector<std::string>> live(Deadline deadline);
    [[nodiscard]] Result<void> remove(ReplicaId replica, Deadline deadline);
    /// True when another replica ever brought records of this tenant.
    [[nodiscard]] Result<bool> othersHaveWritten(TenantId tenant,
                                                 ReplicaId self,
                                                 Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
