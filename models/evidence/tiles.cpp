// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/tiles.h"

#include "models/base/assert.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

namespace exhibit::evidence {
namespace {

Digest digestAt(BytesView tile, std::uint64_t at)
{
    Digest digest{};
    std::copy_n(tile.begin() + static_cast<std::ptrdiff_t>(at * digest.size()),
                digest.size(),
                reinterpret_cast<char*>(digest.data()));
    return digest;
}

} // namespace

std::string tilePath(const TileId& tile)
{
    std::string number = fmt::format("{:03}", tile.index % 1000);
    for (std::uint64_t rest = tile.index / 1000; rest > 0; rest /= 1000) {
        number.insert(0, fmt::format("x{:03}/", rest % 1000));
    }
    const std::string part = tile.width < kTileWidth ? fmt::format(".p/{}", tile.width) : "";
    return fmt::format("tile/{}/{}{}", tile.level, number, part);
}

Digest tileNode(BytesView tile, std::uint64_t first, std::uint64_t width)
{
    if (width == 1) {
        return digestAt(tile, first);
    }
    return nodeHash(tileNode(tile, first, width / 2), tileNode(tile, first + width / 2, width / 2));
}

NodeSource nodesFromTiles(TileSource tiles, std::uint64_t size)
{
    auto known = std::make_shared<std::map<TileId, Bytes>>();
    return [tiles = std::move(tiles), known, size](unsigned level,
                                                   std::uint64_t index) -> Result<Digest> {
        const unsigned tileLevel = level / kTileLevels;
        const unsigned within = level % kTileLevels;
        // Position of the node's first hash at the tile's own level of the tree.
        const std::uint64_t first = index << within;
        const std::uint64_t hashes = size >> (tileLevel * kTileLevels);
        const std::uint64_t width = std::uint64_t{1} << within;
        if (first + width > hashes) {
            return fail(ErrorCode::NotFound, "the tree has no such node");
        }
        const std::uint64_t number = first / kTileWidth;
        const TileId id{tileLevel, number, std::min(kTileWidth, hashes - number * kTileWidth)};
        auto found = known->find(id);
        if (found == known->end()) {
            EXHIBIT_TRY(Bytes bytes, tiles(id));
            if (bytes.size() < id.width * 32 || bytes.size() % 32 != 0) {
                return fail(ErrorCode::Corrupt, "a tile has the wrong length", tilePath(id));
            }
            found = known->emplace(id, std::move(bytes)).first;
        }
        return tileNode(found->second, first % kTileWidth, width);
    };
}

Result<std::vector<BytesView>> parseEntryBundle(BytesView bundle)
{
    std::vector<BytesView> entries;
    while (!bundle.empty()) {
        const auto data = asSpan(bundle);
        const std::size_t size = data.size() < 2 ? 0 : std::size_t{data[0]} << 8U | data[1];
        if (data.size() < 2 || data.size() - 2 < size || entries.size() == kTileWidth) {
            return fail(ErrorCode::InvalidInput, "the entry bundle is cut off or too long");
        }
        entries.push_back(bundle.substr(2, size));
        bundle.remove_prefix(2 + size);
    }
    return entries;
}

} // namespace exhibit::evidence
