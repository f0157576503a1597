// SPDX-License-Identifier: Apache-2.0
// What the checkpointer says of keys: that they were rotated, and which ones signed.
#include "server/storage/checkpointer.h"
#include "server/storage/ledger_keys.h"

namespace exhibit::storage {

/// Whether the newest key has not signed the log's last head, and no entry names it yet.
Result<bool> Checkpointer::isRotationUntold(Transaction& transaction, const Remembered& remembered)
{
    const auto& keys = remembered.keys;
    if (keys.size() < 2) {
        return false;
    }
    EXHIBIT_TRY(const auto head, readHead(transaction));
    EXHIBIT_TRY(const auto last,
                head && head->origin == remembered.origin
                    ? readCheckpoint(transaction, head->epoch)
                    : Result<std::optional<StoredCheckpoint>>(std::nullopt));
    if (!last) {
        return false;
    }
    EXHIBIT_TRY(const auto parsed, evidence::parseNote(last->note));
    EXHIBIT_TRY(const auto by, evidence::verifyNote(parsed, {&keys.front(), 1}));
    if (!by.empty()) {
        return false;
    }
    EXHIBIT_TRY(const auto known, rotationTo(transaction, head->epoch, keys.front()));
    return !known;
}

/// The head over the entry that names the newest key is the first with both signatures.
Result<void> Checkpointer::noteRotation(TenantId tenant,
                                        const Remembered& remembered,
                                        Deadline deadline)
{
    const auto note = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(lockLedger(transaction)); // Two replicas write one entry.
        EXHIBIT_TRY(const bool untold, isRotationUntold(transaction, remembered));
        if (!untold) {
            return false;
        }
        EntryDraft entry;
        entry.type = "key.rotated";
        entry.occurredAt = utcNow();
        entry.reporterType = "service";
        entry.reporterId = "exhibitd";
        entry.fields = {{"/new_vkey", remembered.keys.front().text()},
                        {"/old_vkey", remembered.keys.back().text()}};
        EXHIBIT_CHECK(m_services.ledger.append(transaction, transaction.tenant(), {&entry, 1}));
        return true;
    };
    EXHIBIT_CHECK(m_services.database.write(tenant, deadline, note));
    return {};
}

Result<void> Checkpointer::noteKeys(Transaction& transaction,
                                    const std::string& origin,
                                    const std::vector<std::uint32_t>& signers)
{
    const auto known = m_signers.find(transaction.tenant());
    if (known != m_signers.end() && known->second == signers) {
        return {};
    }
    EXHIBIT_TRY(const auto keys, m_services.signer.keys(origin));
    return noteLogKeys(transaction, keys);
}

} // namespace exhibit::storage
