// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/project.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

#include <map>
#include <vector>

namespace exhibit::storage {

/// API keys of one tenant, by their hashes. Changes reach every replica through
/// NOTIFY exhibit_changed. Any thread; every call waits.
class KeyStore {
public:
    explicit KeyStore(Database& database)
        : m_database(database)
    {
    }

    [[nodiscard]] Result<void> add(const domain::ApiKey& key,
                                   const Actor& actor,
                                   LedgerAppender& ledger,
                                   Deadline deadline);
    /// Whether the tenant goes by this slug.
    [[nodiscard]] Result<bool> isSlugOf(TenantId tenant,
                                        const std::string& slug,
                                        Deadline deadline);
    /// Revoked ones too, oldest first.
    [[nodiscard]] Result<std::vector<domain::ApiKey>> list(TenantId tenant, Deadline deadline);
    /// NotFound when the tenant has no such key or it is revoked already; Conflict for the last key
    /// of an admin, which would lock everybody out.
    [[nodiscard]] Result<void> revoke(
        TenantId tenant, KeyId key, const Actor& actor, LedgerAppender& ledger, Deadline deadline);

private:
    Database& m_database;
};

/// What the transaction's tenant calls its keys, by their ids; those without a label are not in it.
[[nodiscard]] Result<std::map<std::string, std::string>> readKeyLabels(Transaction& transaction);

} // namespace exhibit::storage
