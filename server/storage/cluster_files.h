// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/time.h"
#include "server/storage/child_process.h"

#include <filesystem>
#include <optional>
#include <string>

/// The files of a managed cluster: its programs, its folder, its settings, its socket.
namespace exhibit::storage {

inline constexpr int kPostgresMajorMin = 15;
inline constexpr const char* kAdministrator = "exhibit_admin";
inline constexpr const char* kStartupLog = "startup.log"; ///< In the cluster's folder.
inline constexpr const char* kManagedDatabase = "exhibit";

/// The folder with postgres and initdb: EXHIBIT_PG_BIN, else the newest version installed (that of
/// the cluster, when it exists already), else the PATH's.
[[nodiscard]] Result<std::filesystem::path> findPostgresPrograms(
    const std::filesystem::path& cluster);

/// Who runs the cluster, and where it is.
struct ClusterPlace {
    std::filesystem::path folder; ///< DIR/postgres
    std::filesystem::path programs;
    std::optional<Account> account;

    [[nodiscard]] bool exists() const;
    /// How the account names the folder: by path where it may pass, else as it inherits it. (A path
    /// where possible: tools such as pgBackRest compare it with theirs.)
    [[nodiscard]] std::string folderForAccount() const;
};

/// initdb, in a folder beside that is renamed when it is complete: a crash leaves all or nothing.
[[nodiscard]] Result<void> createCluster(const ClusterPlace& place,
                                         const Secret& password,
                                         bool durable,
                                         Deadline deadline);
/// Writes what the server sets (exhibit.conf, pg_hba.conf) anew; lines of the operator's own belong
/// into postgresql.conf and count more.
[[nodiscard]] Result<void> writeClusterSettings(const ClusterPlace& place, bool durable);

/// A fresh private folder with a short path: a socket's path has at most 107 bytes.
[[nodiscard]] Result<std::filesystem::path> makeSocketFolder(const std::optional<Account>& account);

/// Removes a folder that makeSocketFolder() made; leaves any other alone, whatever a file says.
void removeSocketFolder(const std::optional<Account>& account, const std::filesystem::path& folder);

/// What postmaster.pid says of a server that runs on this folder.
struct RunningPostgres {
    pid_t pid = 0;
    std::filesystem::path socketFolder; ///< Empty while it has none yet.
    std::string state; ///< "starting", "ready", "stopping", "standby"
};
/// nullopt when none does: no file, or its process is gone or is another program.
[[nodiscard]] std::optional<RunningPostgres> findRunningPostgres(const ClusterPlace& place);

} // namespace exhibit::storage
