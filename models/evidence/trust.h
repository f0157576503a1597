// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/checkpoint.h"
#include "models/evidence/dsse.h"
#include "models/evidence/keyring.h"

/// Whom a verification believes. Anchors come from outside the file that is verified, always.
namespace exhibit::evidence {

/// A key of a log or a witness with the tree sizes it counts for.
struct TrustedLogKey {
    NoteKey key;
    std::uint64_t fromSize = 0;
    std::uint64_t toSize = UINT64_MAX;

    [[nodiscard]] bool counts(std::uint64_t size) const
    {
        return size >= fromSize && size <= toSize;
    }
};

/// A certificate key; one that does not count for every size names the log whose sizes are meant.
struct TrustedCertificateKey {
    // A key that somebody pins by hand counts for all.
    TrustedCertificateKey(PublicKey pinned)
        : key(std::move(pinned))
    {
    }
    explicit TrustedCertificateKey(const KeyringLine& line);

    /// Without a size only a key that counts for all does.
    [[nodiscard]] bool counts(std::string_view origin, std::optional<std::uint64_t> size) const;

    PublicKey key;
    std::string log;
    std::uint64_t fromSize = 0;
    std::uint64_t toSize = UINT64_MAX;
};

/// A key that a keyring says not to believe any more. Whatever the log held up to `lastSize` stays
/// good; without one nothing does.
struct RevokedKey {
    std::string purpose;
    NoteKey key;
    std::optional<std::uint64_t> lastSize;

    /// Whether it still counts for a tree of that log and size.
    [[nodiscard]] bool counts(std::string_view origin, std::uint64_t size) const;
};

struct TrustAnchors {
    std::vector<TrustedLogKey> logKeys;
    std::vector<TrustedCertificateKey> certificateKeys;
    std::vector<TrustedLogKey> witnesses;
    std::vector<RevokedKey> revoked;
    std::vector<Bytes> timestampAuthorities; ///< PEM, roots of RFC 3161 tokens.

    /// Takes the keys of a keyring that the user names. A root key, when given, has to have signed
    /// it; without one the user vouches for the file.
    [[nodiscard]] Result<void> addKeyring(BytesView note, const std::optional<NoteKey>& root);
};

/// Whose key something is signed with.
enum class SignerKind : std::uint8_t {
    Pinned, ///< By a key from outside.
    Revoked, ///< By a key that a pinned keyring revokes for a tree of that size.
    Enclosed, ///< By a key that came with the file: anyone could have made both.
    Unknown, ///< By none of either.
    Forged, ///< A signature of a known key does not fit.
};
/// Only a key of the checkpoint's own log vouches for it: keys are named like their logs.
[[nodiscard]] SignerKind signerOf(const SignedCheckpoint& checkpoint,
                                  const TrustAnchors& anchors,
                                  std::span<const NoteKey> enclosed);
/// The revoked certificate key that signed the envelope; nullptr when none did.
[[nodiscard]] const RevokedKey* revokedSigner(const Envelope& envelope,
                                              const TrustAnchors& anchors);
/// How many pinned witnesses cosigned the checkpoint; InvalidInput when one's does not fit.
[[nodiscard]] Result<std::size_t> witnessesOf(const SignedCheckpoint& checkpoint,
                                              const TrustAnchors& anchors);

} // namespace exhibit::evidence
