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
    if (!m_postmaster) {
        return;
    }
    const auto inUse = m_postmaster->socketFolder();
    m_postmaster.reset();
    removeSocketFolder(m_account, m_socketFolder);
    removeSocketFolder(m_account, inUse);
    std::error_code error;
    fs::remove(m_options.dataDirectory / kSocketNote, error);
}

Result<void> ManagedCluster::noteSocketFolder()
{
    const auto note = m_options.dataDirectory / kSocketNote;
    const auto inUse = m_postmaster->socketFolder();
    EXHIBIT_TRY(const auto before, readSmallFile(note));
    if (before && *before != inUse.string()) {
        removeSocketFolder(m_account, *before);
    }
    return writePrivateFile(note, inUse.string());
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
        EXHIBIT_CHECK(
            createCluster(place, options.administratorPassword, options.durable, deadline));
    }
    std::unique_ptr<ManagedCluster> cluster{new ManagedCluster(std::move(options))};
    if (!findRunningPostgres(place)) {
        EXHIBIT_CHECK(writeClusterSettings(place, cluster->m_options.durable));
    }
    cluster->m_account = place.account;
    EXHIBIT_TRY(cluster->m_socketFolder, makeSocketFolder(place.account));
    cluster->m_postmaster = std::make_unique<Postmaster>(place, cluster->m_socketFolder);
    EXHIBIT_CHECK(cluster->waitUntilReady(deadline));
    EXHIBIT_CHECK(cluster->noteSocketFolder());
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
