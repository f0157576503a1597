// SPDX-License-Identifier: Apache-2.0
#include "server/storage/cluster_files.h"

#include "server/storage/machine_memory.h"
#include "server/storage/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <vector>

namespace exhibit::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kPostgresMajorLooked = 40;
constexpr std::size_t kSocketPathBytesMax = 107;

constexpr std::string_view kSettings
    = R"(# Written by exhibitd at each start: put changes into postgresql.conf, below the include.
max_connections = 50
synchronous_commit = on
full_page_writes = on
wal_compression = on
max_wal_size = 2GB
# Rows of a search lie on as many pages: read ahead of time, several at once.
effective_io_concurrency = 64
checkpoint_completion_target = 0.9
jit = off
password_encryption = scram-sha-256
client_connection_check_interval = 5s
idle_in_transaction_session_timeout = 5min
timezone = 'UTC'
datestyle = 'ISO, YMD'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
log_file_mode = 0600
# Statements and details would put people's data into the log.
log_error_verbosity = terse
log_min_error_statement = panic
log_statement = none
)";

bool hasPrograms(const fs::path& folder)
{
    return access((folder / "postgres").c_str(), X_OK) == 0
        && access((folder / "initdb").c_str(), X_OK) == 0;
}

std::optional<int> clusterMajor(const fs::path& cluster)
{
    const auto text = readSmallFile(cluster / "PG_VERSION");
    int major = 0;
    if (!text || !*text
        || std::from_chars((*text)->data(), (*text)->data() + (*text)->size(), major).ec
            != std::errc{}) {
        return std::nullopt;
    }
    return major;
}

std::optional<fs::path> installedPrograms(int major)
{
    for (const char* base : {"/usr/lib/postgresql/", "/usr/pgsql-"}) {
        fs::path folder = base + std::to_string(major) + "/bin";
        if (hasPrograms(folder)) {
            return folder;
        }
    }
    return std::nullopt;
}

std::optional<fs::path> programsOnPath()
{
    const char* variable = std::getenv("PATH");
    std::string_view rest = variable == nullptr ? "" : variable;
    while (!rest.empty()) {
        const auto colon = rest.find(':');
        fs::path folder = rest.substr(0, colon);
        if (hasPrograms(folder)) {
            return folder;
        }
        rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
    }
    return std::nullopt;
}

Result<void> makeFolder(const fs::path& folder, const std::optional<Account>& account)
{
    if (mkdir(folder.c_str(), 0700) != 0) {
        return fail(ErrorCode::Internal,
                    "cannot create " + folder.string() + ": "
                        + std::generic_category().message(errno),
                    folder.string());
    }
    return giveTo(account, folder);
}

Result<void> writeFor(const std::optional<Account>& account,
                      const fs::path& file,
                      std::string_view text)
{
    std::optional<FileOwner> owner;
    if (account) {
        owner = FileOwner{account->uid, account->gid};
    }
    return writePrivateFile(file, text, owner);
}

/// The number in a stale file may have gone to another program; a postmaster works in its data
/// directory. A container's root may not look there, but may read the program's name.
bool worksIn(pid_t pid, const fs::path& folder)
{
    const fs::path process = "/proc/" + std::to_string(pid);
    std::error_code error;
    const auto itsFolder = fs::read_symlink(process / "cwd", error);
    if (error == std::errc::permission_denied) {
        std::string name;
        std::ifstream{process / "comm"} >> name;
        return name == "postgres";
    }
    return !error && itsFolder == fs::canonical(folder, error);
}

constexpr const char* kSocketFolderPrefix = "exhibit-";

std::vector<std::string> socketBases(bool forOtherAccount)
{
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    std::vector<std::string> bases;
    if (forOtherAccount) {
        // Not cleaned up by age, and open to other accounts; XDG_RUNTIME_DIR is not.
        bases.emplace_back("/run");
    } else if (runtime != nullptr && *runtime == '/') {
        bases.emplace_back(runtime);
    }
    bases.emplace_back("/tmp");
    return bases;
}

} // namespace

bool ClusterPlace::exists() const
{
    std::error_code error;
    return fs::exists(folder / "PG_VERSION", error);
}

std::string ClusterPlace::folderForAccount() const
{
    return !account || canReach(*account, folder) ? folder.string() : kInheritedFolder;
}

Result<fs::path> findPostgresPrograms(const fs::path& cluster)
{
    if (const char* chosen = std::getenv("EXHIBIT_PG_BIN"); chosen != nullptr && *chosen != '\0') {
        if (hasPrograms(chosen)) {
            return fs::path(chosen);
        }
        return fail(ErrorCode::Unavailable,
                    std::string("EXHIBIT_PG_BIN names ") + chosen
                        + ", which has no postgres and initdb");
    }
    if (const auto major = clusterMajor(cluster)) {
        if (auto folder = installedPrograms(*major)) {
            return *std::move(folder);
        }
        if (auto folder = programsOnPath()) {
            return *std::move(folder);
        }
        return fail(ErrorCode::Unavailable,
                    "the cluster in " + cluster.string() + " needs PostgreSQL "
                        + std::to_string(*major) + ", which is not installed");
    }
    for (int major = kPostgresMajorLooked; major >= kPostgresMajorMin; --major) {
        if (auto folder = installedPrograms(major)) {
            return *std::move(folder);
        }
    }
    if (auto folder = programsOnPath()) {
        return *std::move(folder);
    }
    return fail(
        ErrorCode::Unavailable,
        "PostgreSQL " + std::to_string(kPostgresMajorMin)
            + " or newer is not installed; install it, name its programs in EXHIBIT_PG_BIN, "
              "or give a --database-url");
}

Result<void> createCluster(const ClusterPlace& place,
                           const Secret& password,
                           bool durable,
                           Deadline deadline)
{
    auto fresh = place.folder;
    fresh += ".new";
    std::error_code error;
    fs::remove_all(fresh, error);
    if (fs::exists(place.folder, error) && !fs::is_empty(place.folder, error)) {
        return fail(ErrorCode::Conflict,
                    place.folder.string() + " exists and is no PostgreSQL cluster",
                    place.folder.string());
    }
    EXHIBIT_CHECK(makeFolder(fresh, place.account));
    const auto data = fresh / "data";
    EXHIBIT_CHECK(makeFolder(data, place.account));
    EXHIBIT_CHECK(writeFor(place.account, fresh / "password", password.expose() + "\n"));
    const ChildOptions initdb{{(place.programs / "initdb").string(),
                               std::string("--pgdata=") + kInheritedFolder + "/data",
                               std::string("--username=") + kAdministrator,
                               std::string("--pwfile=") + kInheritedFolder + "/password",
                               "--auth-local=scram-sha-256",
                               "--auth-host=reject",
                               "--encoding=UTF8",
                               // Texts are compared by code point; case is folded for all letters.
                               "--lc-collate=C",
                               "--lc-ctype=C.UTF-8",
                               "--lc-messages=C",
                               "--lc-monetary=C",
                               "--lc-numeric=C",
                               "--lc-time=C",
                               "--data-checksums",
                               durable ? "--no-instructions" : "--no-sync"},
                              place.account,
                              fresh,
                              "initdb.log",
                              SIGTERM};
    EXHIBIT_CHECK(runToEnd(initdb, deadline));
    EXHIBIT_TRY(const auto shipped, readSmallFile(data / "postgresql.conf"));
    EXHIBIT_CHECK(writeFor(place.account,
                           data / "postgresql.conf",
                           shipped.value_or("") + "\ninclude 'exhibit.conf'\n"));
    fs::rename(data, place.folder, error);
    if (error) {
        return fail(ErrorCode::Internal,
                    "cannot create " + place.folder.string() + ": " + error.message(),
                    place.folder.string());
    }
    fs::remove_all(fresh, error);
    return syncFolder(place.folder.parent_path());
}

Result<void> writeClusterSettings(const ClusterPlace& place, bool durable)
{
    EXHIBIT_CHECK(writeFor(place.account,
                           place.folder / "exhibit.conf",
                           std::string(kSettings) + (durable ? "fsync = on\n" : "fsync = off\n")
                               + "shared_buffers = "
                               + std::to_string(databaseCacheMegabytes(machineMemory())) + "MB\n"));
    return writeFor(place.account, place.folder / "pg_hba.conf", "local all all scram-sha-256\n");
}

Result<fs::path> makeSocketFolder(const std::optional<Account>& account)
{
    for (const auto& base : socketBases(account.has_value())) {
        std::string folder = base + '/' + kSocketFolderPrefix + "XXXXXX";
        if (folder.size() + std::string_view("/.s.PGSQL.5432").size() > kSocketPathBytesMax
            || mkdtemp(folder.data()) == nullptr) {
            continue;
        }
        EXHIBIT_CHECK(giveTo(account, folder));
        return fs::path(folder);
    }
    return fail(ErrorCode::Internal, "no place for the database's socket in /run or /tmp");
}

void removeSocketFolder(const std::optional<Account>& account, const fs::path& folder)
{
    const auto bases = socketBases(account.has_value());
    const bool ours = folder.filename().string().starts_with(kSocketFolderPrefix)
        && std::find(bases.begin(), bases.end(), folder.parent_path().string()) != bases.end();
    if (ours) {
        std::error_code error;
        fs::remove_all(folder, error);
    }
}

std::optional<RunningPostgres> findRunningPostgres(const ClusterPlace& place)
{
    const auto bytes = readSmallFile(place.folder / "postmaster.pid");
    if (!bytes || !*bytes) {
        return std::nullopt;
    }
    // Lines: pid, data directory, start time, port, socket folder, listen address, shared memory,
    // state (PostgreSQL source, miscadmin.h).
    std::array<std::string, 8> lines;
    std::string_view rest = **bytes;
    for (auto& line : lines) {
        const auto end = rest.find('\n');
        line = rest.substr(0, end);
        while (line.ends_with(' ')) {
            line.pop_back();
        }
        rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    }
    pid_t pid = 0;
    std::from_chars(lines[0].data(), lines[0].data() + lines[0].size(), pid);
    if (pid <= 0) {
        return std::nullopt;
    }
    if (!worksIn(pid, place.folder)) {
        return std::nullopt;
    }
    return RunningPostgres{pid, lines[4], lines[7]};
}

} // namespace exhibit::storage
