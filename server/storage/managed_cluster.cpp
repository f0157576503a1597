// SPDX-License-Identifier: Apache-2.0
#include "server/storage/managed_cluster.h"

#include "server/ops/log.h"
#include "server/storage/connection.h"
#include "server/storage/connection_url.h"
#include "server/storage/postgres_error.h"
#include "server/storage/private_file.h"

#include <sys/stat.h>

#include <system_error>
#include <thread>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Remembers the socket's folder, so that the next start removes what a kill -9 left behind.
constexpr const char* kSocketNote = "postgres.socket";

void removeOldSocketFolder(const fs::path& dataDirectory)
{
    const auto note = readSmallFile(dataDirectory / kSocketNote);
    // Only what we would have made ourselves.
    if (note && *note && fs::path(**note).filename().string().starts_with("exhibit-")) {
        std::error_code error;
        fs::remove_all(**note, error);
    }
}

Result<void> letAccountPass(const fs::path& dataDirectory)
{
    struct stat status { };
    if (stat(dataDirectory.c_str(), &status) != 0
        || chmod(dataDirectory.c_str(), (status.st_mode & 07777) | 0111) != 0) {
        return fail(ErrorCode::Internal,
                    "cannot open the data directory for the account that runs PostgreSQL",
                    dataDirectory);
    }
    return {};
}

} // namespace

ManagedCluster::ManagedCluster(ManagedClusterOptions options)
    : m_options(std::move(options))
{
}

ManagedCluster::~ManagedCluster()
{
    stop();
}

void ManagedCluster::stop()
{
    m_postmaster.reset();
    if (!m_socketFolder.empty()) {
        std::error_code error;
        fs::remove_all(m_socketFolder, error);
        removeOldSocketFolder(m_options.dataDirectory);
        fs::remove(m_options.dataDirectory / kSocketNote, error);
        m_socketFolder.clear();
    }
}

Result<std::unique_ptr<ManagedCluster>> ManagedCluster::start(ManagedClusterOptions options,
                                                              Deadline deadline)
{
    std::error_code error;
    options.dataDirectory = fs::absolute(options.dataDirectory, error);
    const auto& directory = options.dataDirectory;
    fs::create_directories(directory, error);
    ClusterPlace place{directory / "postgres", {}, {}};
    EXHIBIT_TRY(place.account, unprivilegedAccount());
    EXHIBIT_TRY(place.programs, findPostgresPrograms(place.folder));
    if (place.account) {
        EXHIBIT_CHECK(letAccountPass(directory));
    }
    if (!place.exists()) {
        ops::logInfo("creating a PostgreSQL cluster in {}", place.folder.string());
        EXHIBIT_CHECK(createCluster(place, options.administratorPassword, deadline));
    }
    std::unique_ptr<ManagedCluster> cluster{new ManagedCluster(std::move(options))};
    if (!findRunningPostgres(place)) {
        removeOldSocketFolder(cluster->m_options.dataDirectory);
        EXHIBIT_CHECK(writeClusterSettings(place, cluster->m_options.durable));
    }
    EXHIBIT_TRY(cluster->m_socketFolder, makeSocketFolder(place.account));
    cluster->m_postmaster = std::make_unique<Postmaster>(place, cluster->m_socketFolder);
    EXHIBIT_CHECK(cluster->waitUntilReady(deadline));
    EXHIBIT_CHECK(writePrivateFile(cluster->m_options.dataDirectory / kSocketNote,
                                   cluster->m_postmaster->socketFolder().string()));
    EXHIBIT_CHECK(cluster->ensureDatabase(deadline));
    return cluster;
}

Secret ManagedCluster::urlOf(const char* database) const
{
    return printConnectionSettings({{"host", m_postmaster->socketFolder().string()},
                                    {"port", "5432"},
                                    {"user", kAdministrator},
                                    {"password", m_options.administratorPassword.expose()},
                                    {"dbname", database}});
}

Secret ManagedCluster::administratorUrl() const
{
    return urlOf(kManagedDatabase);
}

Result<void> ManagedCluster::waitUntilReady(Deadline deadline)
{
    while (true) {
        if (auto failure = m_postmaster->failure()) {
            return tl::make_unexpected(*std::move(failure));
        }
        // Not before there is a process: an adopted one tells where its socket is.
        auto connection = m_postmaster->pid() == 0
            ? fail(ErrorCode::Unavailable, "PostgreSQL did not start in time")
            : Connection::open(urlOf("postgres"), deadline);
        if (connection) {
            m_postmaster->confirmReady();
            return {};
        }
        if (deadline.reached() || connection.error().subject == kLoginRefused) {
            return tl::make_unexpected(std::move(connection).error());
        }
        std::this_thread::sleep_for(20ms);
    }
}

Result<void> ManagedCluster::ensureDatabase(Deadline deadline)
{
    EXHIBIT_TRY(auto connection, Connection::open(urlOf("postgres"), deadline));
    EXHIBIT_TRY(const Rows found,
                connection->query(
                    "SELECT FROM pg_database WHERE datname = $1", {kManagedDatabase}, deadline));
    if (found.empty()) {
        EXHIBIT_CHECK(
            connection->query(std::string("CREATE DATABASE ") + kManagedDatabase, {}, deadline));
    }
    EXHIBIT_CHECK(connection->query(
        std::string("REVOKE ALL ON DATABASE ") + kManagedDatabase + " FROM PUBLIC", {}, deadline));
    return {};
}

} // namespace exhibit::storage
