// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database.h"
#include "server/storage/ledger_reading.h"

/// What those who have signed heads attested by others work on.
namespace exhibit::storage {

[[nodiscard]] Result<std::vector<TenantId>> allTenants(Database& database, Deadline deadline);

struct TenantCheckpoint {
    TenantId tenant;
    StoredCheckpoint checkpoint;
};
/// The newest signed head of each tenant's log; tenants without one are left out.
[[nodiscard]] Result<std::vector<TenantCheckpoint>> newestCheckpoints(Database& database,
                                                                      Deadline deadline);
/// The same head with what others said of it by now.
[[nodiscard]] Result<StoredCheckpoint> readAgain(Database& database,
                                                 TenantId tenant,
                                                 const StoredCheckpoint& checkpoint,
                                                 Deadline deadline);

} // namespace exhibit::storage
