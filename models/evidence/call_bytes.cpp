// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/call_bytes.h"

#include "models/base/canonical_json.h"
#include "models/base/json.h"
#include "models/evidence/keys.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

JsonArray listOf(const std::vector<CallPiece>& pieces)
{
    JsonArray list;
    for (const auto& piece : pieces) {
        list.push_back(
            JsonObject{{"at_us", piece.atUs}, {"size", static_cast<std::int64_t>(piece.size)}});
    }
    return list;
}

Result<std::vector<CallPiece>> parseList(const Json& json, std::string_view name)
{
    const Json* list = findMember(json, name);
    if (list == nullptr || !list->is_array()) {
        return fail(ErrorCode::InvalidInput, "no list of the pieces of an answer");
    }
    std::vector<CallPiece> pieces;
    for (const auto& element : list->get_array()) {
        const Json* size = findMember(element, "size");
        const Json* at = findMember(element, "at_us");
        if (size == nullptr || at == nullptr || !size->is_int64() || !at->is_int64()
            || size->get_int64() < 0) {
            return fail(ErrorCode::InvalidInput, "a piece of an answer without size or time");
        }
        pieces.push_back({static_cast<std::uint64_t>(size->get_int64()), at->get_int64()});
    }
    return pieces;
}

} // namespace

std::string callPath(std::uint64_t sequence, std::string_view file)
{
    return fmt::format("{}{:010}/{}", kCallsFolder, sequence, file);
}

Digest chainedPiece(const Digest& chain, BytesView piece)
{
    return Sha256().update(asView(chain)).update(asView(sha256(piece))).finish();
}

Result<Bytes> writeCallPieces(const CallPieces& pieces)
{
    EXHIBIT_TRY(auto text,
                canonicalJson(JsonObject{{"released", listOf(pieces.released)},
                                         {"withheld", listOf(pieces.withheld)}}));
    if (text.size() > kCallPiecesBytesMax) {
        return fail(ErrorCode::TooLarge, "an answer in more pieces than a pack may list");
    }
    return text;
}

Result<CallPieces> parseCallPieces(BytesView text)
{
    if (text.size() > kCallPiecesBytesMax) {
        return fail(ErrorCode::TooLarge, "a list of more pieces than a pack may have");
    }
    EXHIBIT_TRY(const Json json, parseJson(text));
    CallPieces pieces;
    EXHIBIT_TRY(pieces.released, parseList(json, "released"));
    EXHIBIT_TRY(pieces.withheld, parseList(json, "withheld"));
    return pieces;
}

void ChunkTree::append(BytesView salt, std::int64_t atUs, BytesView piece)
{
    m_edge.append(leafHash(fmt::format(
        R"([{},{},"{}","{}"])", m_edge.size(), atUs, m_kind, toHex(hmacSha256(salt, piece)))));
}

Bytes chunksValue(const ChunkTree& released, const ChunkTree& withheld)
{
    const auto member = [](const ChunkTree& tree) -> Json {
        return JsonObject{{"count", tree.edge().size()},
                          {"root", toHex(asView(tree.edge().root()))}};
    };
    return printJson(JsonObject{{"released", member(released)}, {"withheld", member(withheld)}});
}

Bytes chunksOf(const CallPieces& pieces, BytesView released, BytesView withheld, BytesView salt)
{
    const auto treeOf = [salt](std::string_view kind, const auto& list, BytesView bytes) {
        ChunkTree tree(kind);
        for (const auto& piece : list) {
            tree.append(salt, piece.atUs, bytes.substr(0, piece.size));
            bytes.remove_prefix(std::min<std::size_t>(piece.size, bytes.size()));
        }
        return tree;
    };
    return chunksValue(treeOf("released", pieces.released, released),
                       treeOf("withheld", pieces.withheld, withheld));
}

std::optional<Digest> chainOf(const std::vector<CallPiece>& pieces, BytesView bytes)
{
    Digest chain{};
    for (const auto& piece : pieces) {
        if (piece.size > bytes.size()) {
            return std::nullopt;
        }
        chain = chainedPiece(chain, bytes.substr(0, piece.size));
        bytes.remove_prefix(piece.size);
    }
    return bytes.empty() ? std::optional(chain) : std::nullopt;
}

} // namespace exhibit::evidence
