// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/time.h"
#include "server/storage/postmaster.h"

#include <filesystem>
#include <memory>

namespace exhibit::storage {

struct ManagedClusterOptions {
    std::filesystem::path dataDirectory; ///< The cluster lives in its folder postgres.
    Secret administratorPassword;
    bool durable = true; ///< false: no fsync, for tests.
};

/// A private PostgreSQL in the data directory, reached through a Unix socket in a short private
/// folder and by nothing else. The caller holds the DataDirectoryLock. As root it runs under an
/// unprivileged account: DIR then gets mode 0711, so that the account may pass (what is secret in
/// it has mode 0600). Folders above DIR are left alone; the account need not be able to pass them.
class ManagedCluster {
public:
    /// Makes the cluster and its database when they are missing, starts or adopts the server, and
    /// waits until it answers.
    [[nodiscard]] static Result<std::unique_ptr<ManagedCluster>> start(
        ManagedClusterOptions options, Deadline deadline);
    /// stop().
    ~ManagedCluster();

    /// Of the database `exhibit`; valid as long as this object.
    [[nodiscard]] Secret administratorUrl() const;
    void stop();
    /// The server's process, 0 while it is being restarted.
    [[nodiscard]] pid_t pid() const { return m_postmaster->pid(); }

private:
    explicit ManagedCluster(ManagedClusterOptions options);
    [[nodiscard]] Secret urlOf(const char* database) const;
    /// Keeps the socket's folder in a file, so that the next start removes what a kill -9 leaves.
    [[nodiscard]] Result<void> noteSocketFolder();
    [[nodiscard]] Result<void> waitUntilReady(Deadline deadline);
    [[nodiscard]] Result<void> ensureDatabase(Deadline deadline);

    ManagedClusterOptions m_options;
    std::optional<Account> m_account;
    std::filesystem::path m_socketFolder; ///< Ours, to be removed.
    std::unique_ptr<Postmaster> m_postmaster;
};

} // namespace exhibit::storage
