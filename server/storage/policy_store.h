// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/snapshot.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace exhibit::storage {

struct PolicyVersion {
    std::string policyId;
    std::int64_t version = 0;
};

struct PolicyImport {
    std::vector<PolicyVersion> policies; ///< In the order given.
    std::string snapshotId; ///< What new runs bind to from now on.
};

struct StoredPolicy {
    domain::Policy policy;
    std::vector<std::int64_t> versions; ///< All there were, newest first.
};

using SnapshotCheck = std::function<Result<void>(const domain::PolicySnapshot&)>;

/// Policies and their content-addressed snapshots, one tenant's. Any thread; every call waits.
class PolicyStore {
public:
    explicit PolicyStore(Database& database)
        : m_database(database)
    {
    }

    /// Writes each policy that says something new as its next version, and the snapshot of all
    /// current ones, in one transaction; other replicas hear of it by NOTIFY exhibit_changed. The
    /// versions in the documents are not looked at. The policies were checked before; `accepts`
    /// sees them together with those that were there, and what it refuses is not written.
    [[nodiscard]] Result<PolicyImport> import(TenantId tenant,
                                              std::vector<domain::Policy> policies,
                                              const SnapshotCheck& accepts,
                                              const Actor& actor,
                                              LedgerAppender& ledger,
                                              Deadline deadline);
    /// The current version of each, by policy_id.
    [[nodiscard]] Result<std::vector<domain::Policy>> list(TenantId tenant, Deadline deadline);
    /// Without a version the current one.
    [[nodiscard]] Result<StoredPolicy> get(TenantId tenant,
                                           const std::string& policyId,
                                           std::optional<std::int64_t> version,
                                           Deadline deadline);
    [[nodiscard]] Result<domain::PolicySnapshot> snapshot(TenantId tenant,
                                                          const std::string& snapshotId,
                                                          Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
