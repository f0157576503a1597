// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/pack_export.h"

/// What a pack has beside its entries and their fields.
namespace exhibit::storage {

/// The head that a pack's entries are proven under.
struct PackHead {
    StoredCheckpoint checkpoint;
    bool closed = false; ///< The last one of a log that ended.
};
/// A head signed now, or, where the log with the incident's first entry has ended, the last one
/// that was signed of it.
[[nodiscard]] Result<PackHead> findPackHead(Database& database,
                                            const LedgerParts& parts,
                                            TenantId tenant,
                                            IncidentId incident,
                                            Deadline deadline);

struct PackLog {
    const PackHead& head;
    const std::string& origin;
};
/// data/keys: those of a log that ended as they were noted when they signed it.
[[nodiscard]] Result<void> addPackKeys(Transaction& transaction,
                                       const PackKeys& packKeys,
                                       const PackLog& log,
                                       evidence::PackPayload& payload);
void addReadme(evidence::PackPayload& payload);
/// data/case.json.
[[nodiscard]] Result<Bytes> caseFile(const PackRequest& request, const std::string& id);

} // namespace exhibit::storage
