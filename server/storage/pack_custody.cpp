// SPDX-License-Identifier: Apache-2.0
#include "server/storage/pack_custody.h"

#include "models/report/custody.h"
#include "models/report/legal_discovery_json.h"
#include "server/storage/erasure.h"
#include "server/storage/pack_calls.h"

namespace exhibit::storage {

Result<void> addCustody(const std::set<std::uint64_t>& entries, evidence::PackPayload& payload)
{
    Bytes lines;
    for (const auto sequence : entries) {
        const Bytes& bytes = payload.at(evidence::entryPath(sequence));
        EXHIBIT_TRY(const auto entry, evidence::parseEntry(bytes));
        report::DisclosedValues values;
        EXHIBIT_TRY(values.who, shownValue(payload, entry, "/reporter_id"));
        EXHIBIT_TRY(values.role, shownValue(payload, entry, "/reporter_type"));
        EXHIBIT_TRY(values.details, shownValue(payload, entry, "/details"));
        EXHIBIT_TRY(const auto record, report::custodyOfEntry(entry, sha256(bytes), values));
        lines += printJson(toJson(record)) + "\n";
    }
    payload["data/custody.jsonl"] = std::move(lines);
    return {};
}

Result<JsonArray> holdsOf(Transaction& transaction, IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT h.hold_id FROM legal_holds h"
                                  " JOIN incidents i ON i.tenant_id = $1 AND i.incident_id = $2"
                                  " WHERE h.tenant_id = $1 AND h.released_at IS NULL"
                                  " AND (h.incident_id = $2 OR h.call_id = i.call_id"
                                  "  OR h.subject = 'user:' || i.user_id"
                                  "  OR (h.subject IS NULL AND h.incident_id IS NULL))"
                                  " ORDER BY h.hold_id",
                                  {transaction.tenant(), incident}));
    JsonArray ids;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        ids.push_back(Json(HoldId{rows.uuid(row, 0)}.text()));
    }
    return ids;
}

} // namespace exhibit::storage
