// SPDX-License-Identifier: Apache-2.0
#include "server/storage/database_setup.h"

#include "server/ops/log.h"
#include "server/storage/connection_url.h"

#include <system_error>

namespace exhibit::storage {

Result<DatabaseSetup> DatabaseSetup::open(const DatabaseOptions& options, Deadline deadline)
{
    std::error_code error;
    std::filesystem::create_directories(options.dataDirectory, error);
    DatabaseSetup setup;
    Secret seed;
    if (options.url) {
        EXHIBIT_TRY(auto settings, parseConnectionUrl(*options.url));
        seed = Secret{std::move(settings["password"])};
        setup.m_administratorUrl = *options.url;
    }
    EXHIBIT_TRY(setup.m_credentials, loadOrCreateCredentials(options.dataDirectory, seed));
    if (!options.url) {
        EXHIBIT_TRY(setup.m_cluster,
                    ManagedCluster::start(
                        {options.dataDirectory, setup.m_credentials.administrator, options.durable},
                        deadline));
        setup.m_administratorUrl = setup.m_cluster->administratorUrl();
    }
    EXHIBIT_TRY(setup.m_urls,
                servingUrls(setup.m_administratorUrl, setup.m_credentials, options.listenUrl));
    return setup;
}

Result<void> DatabaseSetup::bringUpToDate(Deadline deadline)
{
    EXHIBIT_CHECK(setUpRoles(m_administratorUrl, m_credentials, deadline));
    EXHIBIT_CHECK(migrate(m_administratorUrl, embeddedMigrations(), {}, deadline));
    ConnectionPool writers{m_urls.writer, 1};
    return ensurePartitions(writers, deadline);
}

Result<void> ensurePartitions(ConnectionPool& writers, Deadline deadline)
{
    EXHIBIT_TRY(const auto connection, writers.acquire(deadline));
    EXHIBIT_TRY(const Rows rows,
                connection->query("SELECT exhibit.ensure_partitions()", {}, deadline));
    if (rows.integer(0, 0) > 0) {
        ops::logInfo("made {} partitions", rows.integer(0, 0));
    }
    return {};
}

} // namespace exhibit::storage
