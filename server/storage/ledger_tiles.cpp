// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_tiles.h"

namespace exhibit::storage {
namespace {

using evidence::kTileWidth;
using evidence::TileId;

/// Hashes of a tile that are no tile yet: leaves, or roots of the tiles one level down.
Result<Bytes> hashesOf(Transaction& transaction,
                       std::int32_t epoch,
                       unsigned level,
                       std::uint64_t first,
                       std::uint64_t count)
{
    const auto begin = static_cast<std::int64_t>(first);
    const auto end = static_cast<std::int64_t>(first + count);
    EXHIBIT_TRY(
        const Rows rows,
        level == 0
            ? transaction.query("SELECT leaf FROM incident_log_chain WHERE tenant_id = $1"
                                " AND epoch = $2 AND sequence_number >= $3"
                                " AND sequence_number < $4 ORDER BY sequence_number",
                                {transaction.tenant(), epoch, begin, end})
            : transaction.query(
                "SELECT root FROM ledger_tiles WHERE tenant_id = $1"
                " AND epoch = $2 AND level = $3 AND tile_index >= $4"
                " AND tile_index < $5 ORDER BY tile_index",
                {transaction.tenant(), epoch, static_cast<std::int64_t>(level) - 1, begin, end}));
    Bytes hashes;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        hashes += rows.bytes(row, 0);
    }
    return hashes;
}

Result<void> insertTile(Transaction& transaction,
                        std::int32_t epoch,
                        unsigned level,
                        std::uint64_t index,
                        const Bytes& hashes)
{
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO ledger_tiles (tenant_id, epoch, level, tile_index, hashes, root)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        {transaction.tenant(),
         epoch,
         static_cast<std::int64_t>(level),
         static_cast<std::int64_t>(index),
         Parameter::bytes(hashes),
         evidence::tileNode(hashes, 0, kTileWidth)}));
    return {};
}

/// The tiles one level up that this one completes.
Result<void> addUpperTiles(Transaction& transaction, std::int32_t epoch, std::uint64_t index)
{
    for (unsigned level = 1; (index + 1) % kTileWidth == 0; ++level) {
        index /= kTileWidth;
        EXHIBIT_TRY(const Bytes hashes,
                    hashesOf(transaction, epoch, level, index * kTileWidth, kTileWidth));
        EXHIBIT_CHECK(insertTile(transaction, epoch, level, index, hashes));
    }
    return {};
}

} // namespace

Result<void> addTiles(Transaction& transaction,
                      std::int32_t epoch,
                      std::uint64_t first,
                      std::span<const Digest> leaves)
{
    const std::uint64_t end = first + leaves.size();
    std::uint64_t tile = first / kTileWidth;
    if (end / kTileWidth == tile) {
        return {};
    }
    EXHIBIT_TRY(Bytes hashes,
                hashesOf(transaction, epoch, 0, tile * kTileWidth, first - tile * kTileWidth));
    for (const auto& leaf : leaves) {
        hashes += asView(leaf);
        if (hashes.size() == kTileWidth * leaf.size()) {
            EXHIBIT_CHECK(insertTile(transaction, epoch, 0, tile, hashes));
            EXHIBIT_CHECK(addUpperTiles(transaction, epoch, tile));
            hashes.clear();
            ++tile;
        }
    }
    return {};
}

evidence::NodeSource ledgerNodes(Transaction& transaction, std::int32_t epoch, std::uint64_t size)
{
    const auto source = [&transaction, epoch](const TileId& tile) -> Result<Bytes> {
        if (tile.width < kTileWidth) {
            return hashesOf(transaction, epoch, tile.level, tile.index * kTileWidth, tile.width);
        }
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT hashes FROM ledger_tiles WHERE tenant_id = $1"
                                      " AND epoch = $2 AND level = $3 AND tile_index = $4",
                                      {transaction.tenant(),
                                       epoch,
                                       static_cast<std::int64_t>(tile.level),
                                       static_cast<std::int64_t>(tile.index)}));
        if (rows.empty()) {
            return fail(ErrorCode::Corrupt, "a tile of the log is missing", tilePath(tile));
        }
        return rows.bytes(0, 0);
    };
    return evidence::nodesFromTiles(source, size);
}

} // namespace exhibit::storage
