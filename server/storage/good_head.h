// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger_reading.h"

#include <span>

/// Heads that can be shown. What is stored as the newest one may have been put there by the
/// database's owner; a damaged log keeps the proofs of what stood before the damage.
namespace exhibit::storage {

/// Whether the head is signed by one of the keys and is that of the stored leaves.
[[nodiscard]] Result<bool> isGoodHead(Transaction& transaction,
                                      const StoredCheckpoint& checkpoint,
                                      std::span<const evidence::NoteKey> keys);
/// The newest head of an epoch that is good; nullopt: none is. By halving: a head that fits is
/// followed by those that do until the damage begins.
[[nodiscard]] Result<std::optional<StoredCheckpoint>> lastGoodHead(
    Transaction& transaction, std::int32_t epoch, std::span<const evidence::NoteKey> keys);

/// Those that the database noted for that log, and `current` under its origin.
[[nodiscard]] Result<std::vector<evidence::NoteKey>> keysOfLog(
    Transaction& transaction,
    std::int32_t epoch,
    const std::string& origin,
    std::span<const evidence::PublicKey> current);

} // namespace exhibit::storage
