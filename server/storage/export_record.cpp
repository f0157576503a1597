// SPDX-License-Identifier: Apache-2.0
#include "server/storage/export_record.h"

namespace exhibit::storage {

Result<void> recordExport(Transaction& transaction,
                          LedgerAppender& ledger,
                          const Actor& actor,
                          const ExportRecord& record)
{
    JsonObject details = record.more;
    details.emplace("format", record.format);
    details.emplace("sha256", toHex(asView(record.sha256)));
    details.emplace("bytes", record.bytes);
    details.emplace("redacted", record.redacted);
    const auto& words = record.handOver;
    for (const auto& [name, said] : {std::pair("reason", &words.reason),
                                     std::pair("authority", &words.authority),
                                     std::pair("recipient", &words.recipient),
                                     std::pair("case", &words.caseId)}) {
        if (!said->empty()) {
            details.emplace(name, *said);
        }
    }
    if (record.incident) {
        details.emplace("incident_id", record.incident->text());
    }
    return recordAction(transaction,
                        ledger,
                        actor,
                        {"export.created", record.id, std::move(details), record.incident});
}

Result<void> recordExport(Database& database,
                          LedgerAppender& ledger,
                          TenantId tenant,
                          const Actor& actor,
                          const ExportRecord& record,
                          Deadline deadline)
{
    return database.write(tenant, deadline, [&](Transaction& transaction) {
        return recordExport(transaction, ledger, actor, record);
    });
}

} // namespace exhibit::storage
