// SPDX-License-Identifier: Apache-2.0
#include "server/storage/newest_heads.h"

namespace exhibit::storage {
Result<std::vector<TenantId>> allTenants(Database& database, Deadline deadline)
{
    const auto list = [](Transaction& transaction) -> Result<std::vector<TenantId>> {
        EXHIBIT_TRY(const Rows rows, transaction.query("SELECT tenant_id FROM list_tenants()"));
        std::vector<TenantId> all;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            all.push_back(TenantId{rows.uuid(row, 0)});
        }
        return all;
    };
    return database.read(TenantId::generate(), deadline, list);
}

namespace {

Result<std::optional<StoredCheckpoint>> newestOf(Transaction& transaction)
{
    EXHIBIT_TRY(const auto head, readHead(transaction));
    if (!head) {
        return std::optional<StoredCheckpoint>{};
    }
    return readCheckpoint(transaction, head->epoch);
}

} // namespace

Result<std::vector<TenantCheckpoint>> newestCheckpoints(Database& database, Deadline deadline)
{
    EXHIBIT_TRY(const auto tenants, allTenants(database, deadline));
    std::vector<TenantCheckpoint> heads;
    for (const auto& tenant : tenants) {
        EXHIBIT_TRY(auto newest, database.read(tenant, deadline, newestOf));
        if (newest) {
            heads.push_back({tenant, *std::move(newest)});
        }
    }
    return heads;
}

Result<StoredCheckpoint> readAgain(Database& database,
                                   TenantId tenant,
                                   const StoredCheckpoint& checkpoint,
                                   Deadline deadline)
{
    const auto read = [&checkpoint](Transaction& transaction) {
        return readCheckpoint(transaction, checkpoint.epoch, checkpoint.head.size);
    };
    EXHIBIT_TRY(auto found, database.read(tenant, deadline, read));
    if (!found || found->head != checkpoint.head) {
        return fail(ErrorCode::Corrupt, "a signed head is not stored any more");
    }
    return *std::move(found);
}

} // namespace exhibit::storage
