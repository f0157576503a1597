// SPDX-License-Identifier: Apache-2.0
#include "server/main/commands.h"

#include "server/storage/cluster_files.h"
#include "server/storage/credentials.h"
#include "server/storage/embedded_files.h"
#include "server/storage/managed_cluster.h"
#include "server/storage/migrations.h"
#include "server/storage/private_file.h"
#include "server/storage/roles.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartTimeout = 60s;
constexpr auto kMigrateTimeout = 600s;
/// The journal prepares files ahead; less room than this and it would soon refuse calls.
constexpr std::uintmax_t kFreeBytesMin = 512U * 1024 * 1024;

std::string_view stateName(storage::MigrationState state)
{
    switch (state) {
    case storage::MigrationState::Applied:
        return "applied";
    case storage::MigrationState::Changed:
        return "applied, but the file was changed afterwards";
    case storage::MigrationState::Pending:
        return "pending";
    case storage::MigrationState::Newer:
        return "applied by a newer server";
    }
    return "unknown";
}

struct Check {
    bool ok = false;
    std::string what;
    std::string detail;
};

Check checkDataDir(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const bool writable = ::access(folder.c_str(), W_OK) == 0;
    return {writable,
            "data directory",
            folder.string() + (writable ? "" : " is not writable for this user")};
}

Check checkSpace(const std::filesystem::path& folder)
{
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    const bool enough = !error && space.available >= kFreeBytesMin;
    return {enough, "free space", fmt::format("{} MB", error ? 0 : space.available >> 20)};
}

Check checkDatabase(const Configuration& configuration)
{
    if (!configuration.databaseUrl.empty()) {
        const auto connection
            = storage::Connection::open(configuration.databaseUrl, Deadline::after(5s));
        return {connection.has_value(),
                "database",
                connection ? "the configured database answers" : connection.error().message};
    }
    const auto programs = storage::findPostgresPrograms(configuration.dataDir / "postgres");
    if (!programs) {
        return {false, "PostgreSQL", programs.error().message};
    }
    const std::string who = ::geteuid() == 0
        ? ""
        : "; the operator is superuser of it, since both run as the same account";
    return {true, "PostgreSQL", "managed, programs in " + programs->string() + who};
}

Check checkLock(const std::filesystem::path& folder)
{
    const auto lock = storage::DataDirectoryLock::acquire(folder);
    const bool running = !lock && lock.error().code == ErrorCode::Conflict;
    return {lock || running,
            "data directory lock",
            running    ? "an exhibitd is running on it"
                : lock ? "free"
                       : lock.error().message};
}

} // namespace

Result<int> checkConfiguration(const Configuration& configuration)
{
    std::cout << "data_dir = " << configuration.dataDir.string() << "\n"
              << "listen = " << configuration.listenAddress << ":" << configuration.listenPort
              << "\n"
              << "database = " << (configuration.databaseUrl.empty() ? "managed" : "configured URL")
              << "\nspool.bytes_max = " << configuration.spoolBytesMax
              << "\nconnections_max = " << configuration.connectionsMax
              << "\ndrain_timeout_s = " << configuration.drainTimeout.count()
              << "\nrun_idle_timeout_s = " << configuration.runIdleTimeout.count()
              << "\nThe configuration is valid.\n";
    return kExitDone;
}

Result<int> migrate(const Configuration& configuration, const MigrateOptions& options)
{
    EXHIBIT_TRY(const auto lock, storage::DataDirectoryLock::acquire(configuration.dataDir));
    EXHIBIT_TRY(const auto credentials,
                storage::loadOrCreateCredentials(configuration.dataDir, configuration.databaseUrl));
    std::unique_ptr<storage::ManagedCluster> cluster;
    Secret url = configuration.databaseUrl;
    if (url.empty()) {
        EXHIBIT_TRY(
            cluster,
            storage::ManagedCluster::start({.dataDirectory = configuration.dataDir,
                                            .administratorPassword = credentials.administrator},
                                           Deadline::after(kStartTimeout)));
        url = cluster->administratorUrl();
    }
    if (!options.dryRun) {
        EXHIBIT_CHECK(storage::setUpRoles(url, credentials, Deadline::after(kStartTimeout)));
    }
    EXHIBIT_TRY(const auto states,
                storage::migrate(url,
                                 storage::embeddedMigrations(),
                                 {.upTo = options.upTo, .dryRun = options.dryRun},
                                 Deadline::after(kMigrateTimeout)));
    bool changed = false;
    for (const auto& migration : states) {
        std::cout << fmt::format(
            "{:04}  {:24}  {}\n", migration.number, migration.name, stateName(migration.state));
        changed = changed || migration.state == storage::MigrationState::Changed;
    }
    return changed ? kExitFinding : kExitDone;
}

Result<int> doctor(const Configuration& configuration)
{
    bool healthy = true;
    for (const auto& check : {checkDataDir(configuration.dataDir),
                              checkLock(configuration.dataDir),
                              checkSpace(configuration.dataDir),
                              checkDatabase(configuration)}) {
        std::cout << fmt::format(
            "{:6}  {:20}  {}\n", check.ok ? "ok" : "FAILED", check.what, check.detail);
        healthy = healthy && check.ok;
    }
    return healthy ? kExitDone : kExitFinding;
}

} // namespace exhibit::server
