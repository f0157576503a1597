// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/merkle.h"

#include <string>

/// C2SP tlog-tiles: a tile holds up to 256 hashes of one level of the tree; levels of tiles are 8
/// levels of the tree apart. Full tiles never change, so they can be kept, served and cached.
namespace exhibit::evidence {

inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr unsigned kTileLevels = 8;

struct TileId {
    unsigned level = 0;
    std::uint64_t index = 0;
    std::uint64_t width = kTileWidth; ///< Hashes it holds; less for the right edge.
    friend auto operator<=>(const TileId&, const TileId&) = default;
};

/// "tile/0/x001/067" or "tile/0/000.p/5".
[[nodiscard]] std::string tilePath(const TileId& tile);

/// The hashes of a tile, 32 bytes each; at least `width` of them.
using TileSource = std::function<Result<Bytes>(const TileId& tile)>;

/// The nodes of a tree of `size` leaves, read from its tiles. Remembers the tiles it has read.
[[nodiscard]] NodeSource nodesFromTiles(TileSource tiles, std::uint64_t size);

/// The hash over `width` hashes of a tile that stand for one node: `first` is a multiple of it.
[[nodiscard]] Digest tileNode(BytesView tile, std::uint64_t first, std::uint64_t width);

/// The entries of an entry bundle: uint16 length, big endian, before each.
[[nodiscard]] Result<std::vector<BytesView>> parseEntryBundle(BytesView bundle);

} // namespace exhibit::evidence
