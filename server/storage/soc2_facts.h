// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/soc2.h"
#include "server/storage/database.h"

#include <map>

namespace exhibit::storage {

struct Soc2Request {
    std::string periodStart; ///< YYYY-MM-DD; empty: as the newest statement has it.
    std::string periodEnd; ///< Inclusive.
    std::string bundleId;
    std::string exportedBy;
    std::string reason;
    UtcTime createdAt{};
};

/// A bundle and the listings that its rows name: NDJSON by file name.
struct Soc2Evidence {
    report::Soc2Bundle bundle;
    std::map<std::string, Bytes> listings;
};

/// Evidence of a period, read in one transaction. InvalidInput when no period is given and none was
/// stated; TooLarge when a population has more than limits of this file.
[[nodiscard]] Result<Soc2Evidence> readSoc2(Database& database,
                                            TenantId tenant,
                                            const Soc2Request& request,
                                            Deadline deadline);
/// Whether the log has more than so many entries of the period. Errors as above.
[[nodiscard]] Result<bool> hasMoreEntries(Database& database,
                                          TenantId tenant,
                                          const Soc2Request& request,
                                          std::int64_t entries,
                                          Deadline deadline);

} // namespace exhibit::storage
