// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger.h"

#include <string>

namespace exhibit::storage {

/// Who does something that the audit log keeps.
struct Actor {
    std::string id; ///< The key's id.
    std::string address;
    std::string userAgent;
};

/// What was done; `details` never holds secrets or recorded content.
struct AuditedAction {
    std::string action; ///< "incident.changed", "policy.imported", "key.created" ...
    std::string resource; ///< The id of what it was done to.
    Json details = JsonObject{};
    std::optional<IncidentId> incidentId;
};

/// The row of audit_logs alone, for actions with a ledger entry of their own.
[[nodiscard]] Result<void> recordAudit(Transaction& transaction,
                                       const Actor& actor,
                                       const AuditedAction& action,
                                       UtcTime at);

/// Writes the row of audit_logs and the ledger entry, in the transaction of the action itself.
[[nodiscard]] Result<void> recordAction(Transaction& transaction,
                                        LedgerAppender& ledger,
                                        const Actor& actor,
                                        const AuditedAction& action);

} // namespace exhibit::storage
