// SPDX-License-Identifier: Apache-2.0
#include "server/storage/audit_store.h"

#include "server/storage/ingest_insert.h"

namespace exhibit::storage {

Result<void> recordAudit(Transaction& transaction,
                         const Actor& actor,
                         const AuditedAction& action,
                         UtcTime at)
{
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO audit_logs (tenant_id, created_at, audit_id, action, resource, user_id,"
        " details, ip_address, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {transaction.tenant(),
         at,
         Uuid::v7(),
         action.action,
         storable(action.resource),
         actor.id,
         storable(action.details),
         actor.address,
         storable(actor.userAgent)}));
    return {};
}

Result<void> recordAction(Transaction& transaction,
                          LedgerAppender& ledger,
                          const Actor& actor,
                          const AuditedAction& action)
{
    const auto now = utcNow();
    EXHIBIT_CHECK(recordAudit(transaction, actor, action, now));
    EntryDraft entry;
    entry.type = action.action;
    entry.occurredAt = now;
    entry.incidentId = action.incidentId;
    entry.reporterType = "user";
    entry.reporterId = actor.id;
    entry.fields = {{"/occurred_at", formatTime(now)},
                    {"/resource", action.resource},
                    {"/details", printJson(action.details)}};
    return ledger.append(transaction, transaction.tenant(), {&entry, 1});
}

} // namespace exhibit::storage
