// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/tiles.h"
#include "server/storage/chain_ledger.h"

namespace exhibit::storage {

/// Stores the tiles that leaves [first, first + leaves.size()) complete; before the transaction
/// that appended them commits.
[[nodiscard]] Result<void> addTiles(Transaction& transaction,
                                    std::int32_t epoch,
                                    std::uint64_t first,
                                    std::span<const Digest> leaves);

/// The nodes of a tenant's tree of that size, from tiles and, at its right edge, rows. Works within
/// the transaction, which outlives it.
[[nodiscard]] evidence::NodeSource ledgerNodes(Transaction& transaction,
                                               std::int32_t epoch,
                                               std::uint64_t size);

} // namespace exhibit::storage
