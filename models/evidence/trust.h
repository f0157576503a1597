// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/checkpoint.h"
#include "models/evidence/keys.h"

#include <optional>

/// Whom a verification believes. Anchors come from outside the file that is verified, always.
namespace exhibit::evidence {

enum class KeyStatus : std::uint8_t { Active, Retired, Revoked };

/// One line of a keyring: "key PURPOSE VKEY FROM-SIZE TO-SIZE|- STATUS". Validity counts in tree
/// sizes: sizes are in the evidence, clocks are not.
struct KeyringLine {
    std::string purpose; ///< log, certificate, witness ...
    NoteKey key;
    std::uint64_t fromSize = 0;
    std::optional<std::uint64_t> toSize;
    KeyStatus status = KeyStatus::Active;
};
/// The text of a keyring note; its signature is the caller's to check.
[[nodiscard]] Result<std::vector<KeyringLine>> parseKeyring(BytesView text);
[[nodiscard]] std::string writeKeyring(const std::vector<KeyringLine>& lines);

/// A key with the tree sizes it counts for.
struct TrustedLogKey {
    NoteKey key;
    std::uint64_t fromSize = 0;
    std::uint64_t toSize = UINT64_MAX;
};

struct TrustAnchors {
    std::vector<TrustedLogKey> logKeys;
    std::vector<PublicKey> certificateKeys;
    std::vector<NoteKey> witnesses;
    std::vector<Bytes> timestampAuthorities; ///< PEM, roots of RFC 3161 tokens.

    /// Takes the keys of a keyring that the user names. A root key, when given, has to have signed
    /// it; without one the user vouches for the file.
    [[nodiscard]] Result<void> addKeyring(BytesView note, const std::optional<NoteKey>& root);
};

/// Whose key a checkpoint is signed with.
enum class SignerKind : std::uint8_t {
    Pinned, ///< By a key from outside.
    Enclosed, ///< By a key that came with the file: anyone could have made both.
    Unknown, ///< By none of either.
    Forged, ///< A signature of a known key does not fit.
};
[[nodiscard]] SignerKind signerOf(const SignedCheckpoint& checkpoint,
                                  const TrustAnchors& anchors,
                                  std::span<const NoteKey> enclosed);

} // namespace exhibit::evidence
