// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_keys.h"

namespace exhibit::storage {

Result<std::vector<NotedKey>> readNotedKeys(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT epoch, purpose, public_key FROM ledger_keys"
                                  " WHERE tenant_id = $1 ORDER BY epoch, noted_at, public_key",
                                  {transaction.tenant()}));
    std::vector<NotedKey> keys;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        keys.push_back({static_cast<std::int32_t>(rows.integer(row, 0)),
                        std::string(rows.text(row, 1)),
                        std::string(rows.text(row, 2))});
    }
    return keys;
}

Result<void> noteKey(Transaction& transaction, const NotedKey& key)
{
    EXHIBIT_CHECK(
        transaction.query("INSERT INTO ledger_keys (tenant_id, epoch, purpose, public_key)"
                          " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                          {transaction.tenant(), key.epoch, key.purpose, key.publicKey}));
    return {};
}

Result<void> noteLogKeys(Transaction& transaction, const std::vector<evidence::NoteKey>& keys)
{
    EXHIBIT_TRY(const auto logs, readAllLogs(transaction));
    for (const auto& [head, damage, closed] : logs) {
        EXHIBIT_TRY(const auto checkpoint, readCheckpoint(transaction, head.epoch));
        if (!checkpoint) {
            continue;
        }
        const auto note = evidence::parseNote(checkpoint->note);
        for (const auto& key : keys) {
            auto named = evidence::NoteKey::make(head.origin, key.key());
            if (!note || !named) {
                continue; // Damaged, which `ledger verify` tells.
            }
            const auto signs = evidence::verifyNote(*note, {&*named, 1});
            if (signs && !signs->empty()) {
                EXHIBIT_CHECK(
                    noteKey(transaction, {head.epoch, std::string(kNotedLogKey), named->text()}));
            }
        }
    }
    return {};
}

Result<std::optional<std::uint64_t>> rotationTo(Transaction& transaction,
                                                std::int32_t epoch,
                                                const evidence::NoteKey& key)
{
    // The column is canonical JSON. It is read as text, because one that somebody changed may hold
    // anything, and must not keep the keys from being looked at.
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT min(sequence_number) FROM incident_log_chain"
                    " WHERE tenant_id = $1 AND epoch = $2"
                    " AND event_type = 'key.rotated'"
                    " AND strpos(event_data, $3) > 0",
                    {transaction.tenant(), epoch, "\"new_vkey\":" + printJson(Json(key.text()))}));
    return rows.isNull(0, 0) ? std::nullopt
                             : std::optional(static_cast<std::uint64_t>(rows.integer(0, 0)));
}

} // namespace exhibit::storage
