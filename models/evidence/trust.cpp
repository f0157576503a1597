// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/trust.h"

#include <algorithm>

namespace exhibit::evidence {

Result<void> TrustAnchors::addKeyring(BytesView bytes, const std::optional<NoteKey>& root)
{
    EXHIBIT_TRY(const Note note, parseNote(bytes));
    if (root) {
        EXHIBIT_TRY(const auto verified, verifyNote(note, {&*root, 1}));
        if (verified.empty()) {
            return fail(ErrorCode::InvalidInput, "the keyring is not signed by the root key");
        }
    }
    EXHIBIT_TRY(const auto lines, parseKeyring(note.text));
    for (const auto& line : lines) {
        if (line.status == KeyStatus::Revoked) {
            revoked.push_back({line.purpose, line.key, line.toSize});
            if (!line.toSize) {
                continue; // No size up to which it still counts.
            }
        }
        if (line.purpose == kLogPurpose) {
            logKeys.push_back({line.key, line.fromSize, line.toSize.value_or(UINT64_MAX)});
        } else if (line.purpose == kCertificatePurpose) {
            certificateKeys.emplace_back(line);
        } else if (line.purpose == kWitnessPurpose) {
            witnesses.push_back({line.key, line.fromSize, line.toSize.value_or(UINT64_MAX)});
        }
    }
    return {};
}

TrustedCertificateKey::TrustedCertificateKey(const KeyringLine& line)
    : key(line.key.key())
    , log(line.key.name())
    , fromSize(line.fromSize)
    , toSize(line.toSize.value_or(UINT64_MAX))
{
}

bool TrustedCertificateKey::counts(std::string_view origin, std::optional<std::uint64_t> size) const
{
    if (fromSize == 0 && toSize == UINT64_MAX) {
        return true;
    }
    return size && origin == log && *size >= fromSize && *size <= toSize;
}

bool RevokedKey::counts(std::string_view origin, std::uint64_t size) const
{
    return lastSize && key.name() == origin && size <= *lastSize;
}

const RevokedKey* revokedSigner(const Envelope& envelope, const TrustAnchors& anchors)
{
    const auto found
        = std::find_if(anchors.revoked.begin(), anchors.revoked.end(), [&](const auto& gone) {
              return gone.purpose == kCertificatePurpose
                  && !verifyEnvelope(envelope, {&gone.key.key(), 1}).empty();
          });
    return found == anchors.revoked.end() ? nullptr : &*found;
}

SignerKind signerOf(const SignedCheckpoint& checkpoint,
                    const TrustAnchors& anchors,
                    std::span<const NoteKey> enclosed)
{
    const auto& [origin, head] = checkpoint.checkpoint;
    // A revocation is over whatever else was pinned.
    std::vector<NoteKey> revoked;
    for (const auto& gone : anchors.revoked) {
        if (gone.purpose == kLogPurpose && gone.key.name() == origin
            && !gone.counts(origin, head.size)) {
            revoked.push_back(gone.key);
        }
    }
    std::vector<NoteKey> pinned;
    for (const auto& trusted : anchors.logKeys) {
        const bool gone = std::any_of(revoked.begin(), revoked.end(), [&](const NoteKey& key) {
            return key.text() == trusted.key.text();
        });
        if (!gone && trusted.key.name() == origin && trusted.counts(head.size)) {
            pinned.push_back(trusted.key);
        }
    }
    std::vector<NoteKey> own;
    std::copy_if(enclosed.begin(), enclosed.end(), std::back_inserter(own), [&](const auto& key) {
        return key.name() == checkpoint.checkpoint.origin;
    });
    const auto byPinned = verifyNote(checkpoint.note, pinned);
    const auto byRevoked = verifyNote(checkpoint.note, revoked);
    const auto byEnclosed = verifyNote(checkpoint.note, own);
    if (!byPinned || !byRevoked || !byEnclosed) {
        return SignerKind::Forged;
    }
    return !byPinned->empty() ? SignerKind::Pinned
        : !byRevoked->empty() ? SignerKind::Revoked
        : byEnclosed->empty() ? SignerKind::Unknown
                              : SignerKind::Enclosed;
}

Result<std::size_t> witnessesOf(const SignedCheckpoint& checkpoint, const TrustAnchors& anchors)
{
    std::vector<NoteKey> counting;
    for (const auto& witness : anchors.witnesses) {
        if (witness.counts(checkpoint.checkpoint.head.size)) {
            counting.push_back(witness.key);
        }
    }
    EXHIBIT_TRY(const auto by, verifyNote(checkpoint.note, counting));
    return by.size();
}

} // namespace exhibit::evidence
