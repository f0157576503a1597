// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/cluster_files.h"
#include "server/storage/connection.h"
#include "server/storage/postmaster.h"

#include <filesystem>
#include <memory>

namespace exhibit::test {

/// A PostgreSQL of the test's own, reached through one socket that stays the same, so that the test
/// can stop and start it under a server that uses it.
class TestPostgres {
public:
    /// `folder` is an empty private folder that the cluster's account may pass through.
    [[nodiscard]] static Result<std::unique_ptr<TestPostgres>> create(
        const std::filesystem::path& folder);
    ~TestPostgres();
    TestPostgres(const TestPostgres&) = delete;
    TestPostgres& operator=(const TestPostgres&) = delete;

    [[nodiscard]] Result<void> start();
    void stop();
    /// SIGKILL, as a crash; it is started again by itself, as exhibitd starts its own.
    void kill();
    /// postgresql:// URL of the administrator.
    [[nodiscard]] std::string url() const;
    /// Rows of one statement as the administrator, who sees every tenant.
    [[nodiscard]] Result<storage::Rows> query(std::string_view sql,
                                              const storage::Parameters& parameters = {}) const;

private:
    TestPostgres(storage::ClusterPlace place, std::filesystem::path socketFolder);

    storage::ClusterPlace m_place;
    std::filesystem::path m_socketFolder;
    std::unique_ptr<storage::Postmaster> m_postmaster;
};

} // namespace exhibit::test
