// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/managed_cluster.h"
#include "server/storage/migrations.h"
#include "server/storage/roles.h"

#include <optional>

namespace exhibit::storage {

struct DatabaseOptions {
    std::filesystem::path dataDirectory;
    std::optional<Secret> url; ///< The administrator's; a managed cluster without.
    std::optional<Secret> listenUrl; ///< Direct, when `url` goes through PgBouncer.
    bool durable = true; ///< Of a managed cluster; false in tests.
};

/// From a data directory and perhaps a URL to a database that is ready to serve. The caller holds
/// the DataDirectoryLock for as long as this lives.
class DatabaseSetup {
public:
    /// Starts the managed cluster when there is no URL; a server behind a URL is not asked yet, so
    /// that exhibitd can start from its local copy while that is away.
    [[nodiscard]] static Result<DatabaseSetup> open(const DatabaseOptions& options,
                                                    Deadline deadline);

    /// Roles, migrations, partitions. After Unavailable: again, later.
    [[nodiscard]] Result<void> bringUpToDate(Deadline deadline);

    [[nodiscard]] const DatabaseUrls& urls() const { return m_urls; }
    [[nodiscard]] const Secret& administratorUrl() const { return m_administratorUrl; }
    /// nullptr with a URL.
    [[nodiscard]] ManagedCluster* cluster() const { return m_cluster.get(); }

private:
    DatabaseSetup() = default;

    DatabaseCredentials m_credentials;
    std::unique_ptr<ManagedCluster> m_cluster;
    Secret m_administratorUrl;
    DatabaseUrls m_urls;
};

/// Makes the partitions of this month and the three that follow; at start and once a day.
[[nodiscard]] Result<void> ensurePartitions(ConnectionPool& writers, Deadline deadline);

} // namespace exhibit::storage
