// SPDX-License-Identifier: Apache-2.0
// What the checkpointer says of keys: that they were rotated, and which ones signed.
#include "server/storage/checkpointer.h"
#include "server/storage/ledger_keys.h"

namespace exhibit::storage {

/// A log whose last head the newest key has not signed gets an entry that names it; the head over
/// that entry is the first with both signatures.
Result<void> Checkpointer::noteRotation(TenantId tenant, Deadline deadline)
{
    const auto note = [this](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const auto head, readHead(transaction));
        if (!head) {
            return false;
        }
        EXHIBIT_TRY(const auto keys, m_services.signer.keys(head->origin));
        EXHIBIT_TRY(const auto last, readCheckpoint(transaction, head->epoch));
        if (keys.size() < 2 || !last) {
            return false;
        }
        EXHIBIT_TRY(const auto parsed, evidence::parseNote(last->note));
        EXHIBIT_TRY(const auto by, evidence::verifyNote(parsed, {&keys.front(), 1}));
        if (!by.empty()) {
            return false;
        }
        EXHIBIT_TRY(const auto known, rotationTo(transaction, head->epoch, keys.front()));
        if (known) {
            return false;
        }
        EntryDraft entry;
        entry.type = "key.rotated";
        entry.occurredAt = utcNow();
        entry.reporterType = "service";
        entry.reporterId = "exhibitd";
        entry.fields = {{"/new_vkey", keys.front().text()}, {"/old_vkey", keys.back().text()}};
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
