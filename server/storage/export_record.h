// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

namespace exhibit::storage {

/// What people say of a copy that they take: for the log, for the pack, for the chain of custody.
/// Empty: not said.
struct HandOver {
    std::string reason; ///< Why.
    std::string authority; ///< By what right.
    std::string recipient; ///< To whom it goes, and where.
    std::string caseId;
};

/// By their names in requests and in the log.
template <class V, class H>
void visitHandOver(V& visit, H& handOver)
{
    visit.defaulted("reason", handOver.reason);
    visit.defaulted("authority", handOver.authority);
    visit.defaulted("recipient", handOver.recipient);
    visit.defaulted("case", handOver.caseId);
}

/// One thing that left the building: who took what, when, why (exports.md, chain of custody).
struct ExportRecord {
    std::string id; ///< Of the pack or the bundle.
    std::string format; ///< As the request names it.
    HandOver handOver;
    Digest sha256{}; ///< Of the bytes that left.
    std::uint64_t bytes = 0;
    std::optional<IncidentId> incident;
    bool redacted = false; ///< Personal data and secrets were replaced or withheld.
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
