// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/security/rate_windows.h"
#include "server/storage/database.h"

#include <vector>

namespace exhibit::storage {

/// Tells the other replicas what was let in, and reads what they let in of `keys` in the last
/// minute, through PostgreSQL. Keys leave the process as digests alone. Waits.
[[nodiscard]] Result<std::vector<security::RateUse>> exchangeRates(
    Database& database,
    ReplicaId replica,
    const std::vector<security::RateUse>& uses,
    const std::vector<std::string>& keys,
    Deadline deadline);

} // namespace exhibit::storage
