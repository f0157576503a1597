// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"
#include "models/base/sha256.h"
#include "models/evidence/merkle.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The bytes of a recorded call, and how its entry commits to them (docs/evidence-format.md).
namespace exhibit::evidence {

inline constexpr std::string_view kCallEntry = "llm.call";
inline constexpr std::string_view kCallsFolder = "data/calls/";
/// Where the pieces of an answer end, and when each was there.
inline constexpr std::string_view kCallPieces = "pieces.json";
/// Of a list of pieces as a file: a million or so.
inline constexpr std::size_t kCallPiecesBytesMax = std::size_t{32} << 20U;

/// "data/calls/<seq>/<file>"
[[nodiscard]] std::string callPath(std::uint64_t sequence, std::string_view file);

/// The digest of an answer: this of each piece in turn, from zeros.
[[nodiscard]] Digest chainedPiece(const Digest& chain, BytesView piece);

/// What a call's entry commits to about the pieces of its answer and when each was there:
/// {"released":{"count","root"},"withheld":{"count","root"}}, a tree as the log's for each.
inline constexpr std::string_view kChunksPath = "/chunks";
/// 32 bytes, base64url: the key of the digests in these trees.
inline constexpr std::string_view kChunkSaltPath = "/chunks/salt";

/// One of those trees. A leaf is [n,at_us,kind,hex(HMAC-SHA256(salt, piece))].
class ChunkTree {
public:
    /// `kind` is "released" or "withheld", a literal.
    explicit ChunkTree(std::string_view kind)
        : m_kind(kind)
    {
    }
    void append(BytesView salt, std::int64_t atUs, BytesView piece);
    [[nodiscard]] const TreeEdge& edge() const { return m_edge; }

private:
    std::string_view m_kind;
    TreeEdge m_edge;
};
[[nodiscard]] Bytes chunksValue(const ChunkTree& released, const ChunkTree& withheld);

struct CallPiece {
    std::uint64_t size = 0; ///< Bytes.
    std::int64_t atUs = 0; ///< Since the call opened.
};
struct CallPieces {
    std::vector<CallPiece> released;
    std::vector<CallPiece> withheld;
};
/// A part of a call's bytes, the file that holds it and the field that holds its digest.
struct CallPart {
    std::string_view file;
    std::string_view path;
    std::vector<CallPiece> CallPieces::*pieces = nullptr; ///< Of a chain; nullptr: one SHA-256.
};
inline constexpr CallPart kCallParts[]
    = {{"request.bin", "/request"},
       {"sent.bin", "/request/sent"},
       {"released.bin", "/response/released", &CallPieces::released},
       {"withheld.bin", "/response/withheld", &CallPieces::withheld}};

/// TooLarge over kCallPiecesBytesMax.
[[nodiscard]] Result<Bytes> writeCallPieces(const CallPieces& pieces);
/// InvalidInput, or TooLarge. Members it does not know are passed over.
[[nodiscard]] Result<CallPieces> parseCallPieces(BytesView text);
/// nullopt when the pieces are not exactly these bytes.
[[nodiscard]] std::optional<Digest> chainOf(const std::vector<CallPiece>& pieces, BytesView bytes);
/// The value of kChunksPath over an answer whose pieces are exactly its bytes.
[[nodiscard]] Bytes chunksOf(const CallPieces& pieces,
                             BytesView released,
                             BytesView withheld,
                             BytesView salt);

} // namespace exhibit::evidence
