// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

namespace exhibit::storage {

/// One thing that left the building: who took what, when, why (exports.md, chain of custody).
struct ExportRecord {
    std::string id; ///< Of the pack or the bundle.
    std::string format; ///< As the request names it.
    std::string reason; ///< Empty: none was given.
    Digest sha256{}; ///< Of the bytes that left.
    std::uint64_t bytes = 0;
    std::optional<IncidentId> incident;
    bool redacted = false; ///< Personal data and secrets were replaced or withheld.
    std::string authority; ///< By what right; empty: none was named.
    std::string caseId; ///< Empty: none was named.
    JsonObject more; ///< What belongs to the format, e.g. the size of the tree.
};

/// The entry export.created, with its line in the audit log. Before the bytes are handed out.
[[nodiscard]] Result<void> recordExport(Transaction& transaction,
                                        LedgerAppender& ledger,
                                        const Actor& actor,
                                        const ExportRecord& record);
[[nodiscard]] Result<void> recordExport(Database& database,
                                        LedgerAppender& ledger,
                                        TenantId tenant,
                                        const Actor& actor,
                                        const ExportRecord& record,
                                        Deadline deadline);

} // namespace exhibit::storage
