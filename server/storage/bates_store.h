// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/legal_discovery.h"
#include "models/report/production.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

namespace exhibit::storage {

struct BatesRequest {
    std::string prefix;
    std::int64_t pages = 0;
    std::string productionId;
    IncidentId incident;
    Actor actor;
};

/// Gives out the next numbers of a prefix, for good: a row that nothing changes and the entry
/// bates.allocated, in one transaction. Two at once get one after the other. TooLarge when the
/// prefix has too few left.
[[nodiscard]] Result<report::Numbering> allocateBates(Database& database,
                                                      LedgerAppender& ledger,
                                                      TenantId tenant,
                                                      const BatesRequest& request,
                                                      Deadline deadline);

} // namespace exhibit::storage
