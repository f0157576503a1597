// SPDX-License-Identifier: Apache-2.0
#include "server/storage/export_record.h"

namespace exhibit::storage {

Result<void> recordExport(Database& database,
                          LedgerAppender& ledger,
                          TenantId tenant,
                          const Actor& actor,
                          const ExportRecord& record,
                          Deadline deadline)
{
    JsonObject details = record.more;
    details.emplace("format", record.format);
    details.emplace("sha256", toHex(asView(record.sha256)));
    details.emplace("bytes", record.bytes);
    if (!record.reason.empty()) {
        details.emplace("reason", record.reason);
    }
    if (record.incident) {
        details.emplace("incident_id", record.incident->text());
    }
    const AuditedAction action{"export.created", record.id, std::move(details), record.incident};
    return database.write(tenant, deadline, [&](Transaction& transaction) {
        return recordAction(transaction, ledger, actor, action);
    });
}

} // namespace exhibit::storage
