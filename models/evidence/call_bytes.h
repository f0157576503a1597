// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"
#include "models/base/sha256.h"

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

} // namespace exhibit::evidence
