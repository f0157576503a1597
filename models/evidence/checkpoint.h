// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/merkle.h"
#include "models/evidence/note.h"

/// C2SP tlog-checkpoint and what is proven against one: tlog-proof and add-checkpoint.
namespace exhibit::evidence {

struct Checkpoint {
    std::string origin;
    TreeHead head;
};

/// The signed text: origin, size and root, three lines. Readers accept extension lines after them.
[[nodiscard]] std::string writeCheckpoint(const Checkpoint& checkpoint);
[[nodiscard]] Result<Checkpoint> parseCheckpoint(BytesView text);

/// A note whose text is a checkpoint.
struct SignedCheckpoint {
    Checkpoint checkpoint;
    Note note;
    std::string bytes;
};
[[nodiscard]] Result<SignedCheckpoint> parseSignedCheckpoint(BytesView bytes);

/// That an entry is in a log:
///
///   c2sp.org/tlog-proof@v1 / [extra base64] / index N / base64 hash* / (empty) / checkpoint note
struct TlogProof {
    Bytes extra;
    std::uint64_t index = 0;
    Proof hashes;
    std::string checkpoint; ///< The signed note's bytes.
};
[[nodiscard]] std::string writeTlogProof(const TlogProof& proof);
/// Does not look into the checkpoint.
[[nodiscard]] Result<TlogProof> parseTlogProof(BytesView bytes);

/// That a log only grew: the body of a request to a witness.
///
///   old N / base64 hash* / (empty) / checkpoint note
struct ConsistencyFile {
    std::uint64_t oldSize = 0;
    Proof hashes;
    std::string checkpoint;
};
[[nodiscard]] std::string writeConsistency(const ConsistencyFile& file);
[[nodiscard]] Result<ConsistencyFile> parseConsistency(BytesView bytes);

/// A decimal without sign, space or leading zero, below 2^63.
[[nodiscard]] Result<std::uint64_t> parseTreeNumber(std::string_view text);
/// Exactly 32 bytes of standard base64.
[[nodiscard]] Result<Digest> parseTreeHash(std::string_view text);

} // namespace exhibit::evidence
