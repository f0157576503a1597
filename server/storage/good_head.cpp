// SPDX-License-Identifier: Apache-2.0
#include "server/storage/good_head.h"

#include "server/storage/ledger_keys.h"

namespace exhibit::storage {

Result<bool> isGoodHead(Transaction& transaction,
                        const StoredCheckpoint& checkpoint,
                        std::span<const evidence::NoteKey> keys)
{
    const auto note = evidence::parseSignedCheckpoint(checkpoint.note);
    if (!note || note->checkpoint.head != checkpoint.head) {
        return false;
    }
    const auto by = evidence::verifyNote(note->note, keys);
    if (!by || by->empty()) {
        return false;
    }
    const std::uint64_t size = checkpoint.head.size;
    const auto root
        = evidence::rangeRoot(ledgerNodes(transaction, checkpoint.epoch, size), 0, size);
    if (!root && root.error().code != ErrorCode::Corrupt) {
        return tl::make_unexpected(root.error());
    }
    return root && *root == checkpoint.head.root;
}

Result<std::optional<StoredCheckpoint>> lastGoodHead(Transaction& transaction,
                                                     std::int32_t epoch,
                                                     std::span<const evidence::NoteKey> keys)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT tree_size FROM checkpoints WHERE tenant_id = $1"
                                  " AND epoch = $2 ORDER BY tree_size",
                                  {transaction.tenant(), epoch}));
    std::optional<StoredCheckpoint> good;
    std::size_t first = 0;
    std::size_t end = rows.size();
    // The newest first: in a sound log it is the answer.
    for (std::size_t at = rows.size(); first < end;) {
        at = at == rows.size() ? at - 1 : first + (end - first) / 2;
        EXHIBIT_TRY(
            auto checkpoint,
            readCheckpoint(transaction, epoch, static_cast<std::uint64_t>(rows.integer(at, 0))));
        EXHIBIT_TRY(const bool fits,
                    checkpoint ? isGoodHead(transaction, *checkpoint, keys) : Result<bool>(false));
        if (fits) {
            good = std::move(checkpoint);
            first = at + 1;
        } else {
            end = at;
        }
    }
    return good;
}

Result<std::vector<evidence::NoteKey>> keysOfLog(Transaction& transaction,
                                                 std::int32_t epoch,
                                                 const std::string& origin,
                                                 std::span<const evidence::PublicKey> current)
{
    std::vector<evidence::NoteKey> keys;
    EXHIBIT_TRY(const auto noted, readNotedKeys(transaction));
    for (const auto& one : noted) {
        if (one.purpose == kNotedLogKey && one.epoch == epoch) {
            if (auto key = evidence::NoteKey::parse(one.publicKey)) {
                keys.push_back(*std::move(key));
            }
        }
    }
    for (const auto& key : current) {
        EXHIBIT_TRY(auto named, evidence::NoteKey::make(origin, key));
        keys.push_back(std::move(named));
    }
    return keys;
}

} // namespace exhibit::storage
