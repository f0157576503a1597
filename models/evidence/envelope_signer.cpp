// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/envelope_signer.h"

#include <algorithm>

namespace exhibit::evidence {
namespace {

bool fits(const Envelope& envelope, const PublicKey& key)
{
    return !verifyEnvelope(envelope, {&key, 1}).empty();
}

/// That the key is named, though none of the signatures is its.
bool isForged(const Envelope& envelope, const PublicKey& key)
{
    const bool named = std::any_of(envelope.signatures.begin(),
                                   envelope.signatures.end(),
                                   [&key](const auto& one) { return one.keyId == key.id(); });
    return named && !fits(envelope, key);
}

} // namespace

EnvelopeSigner signerOf(const Envelope& envelope,
                        const StatementPlace& place,
                        const TrustAnchors& anchors,
                        std::span<const PublicKey> enclosed)
{
    const TrustedCertificateKey* lapsed = nullptr;
    for (const auto& trusted : anchors.certificateKeys) {
        if (!fits(envelope, trusted.key)) {
            continue;
        }
        if (trusted.counts(place.log, place.size)) {
            return {SignerKind::Pinned, trusted.key.id(), false};
        }
        lapsed = &trusted;
    }
    if (lapsed != nullptr) {
        return {SignerKind::Unknown, lapsed->key.id(), true};
    }
    for (const auto& key : enclosed) {
        if (fits(envelope, key)) {
            return {SignerKind::Enclosed, key.id(), false};
        }
    }
    const bool forged = std::any_of(anchors.certificateKeys.begin(),
                                    anchors.certificateKeys.end(),
                                    [&](const auto& one) { return isForged(envelope, one.key); })
        || std::any_of(enclosed.begin(), enclosed.end(), [&](const auto& key) {
                            return isForged(envelope, key);
                        });
    return {forged ? SignerKind::Forged : SignerKind::Unknown,
            envelope.signatures.empty() ? std::string() : envelope.signatures.front().keyId,
            false};
}

void noteSigner(const EnvelopeSigner& signer,
                const std::string& id,
                const std::string& subject,
                VerificationReport& report)
{
    if (signer.fits()) {
        report.passed(id,
                      subject,
                      (signer.outOfRange ? "signed by a key that is pinned for "
                                           "other tree sizes, "
                           : signer.kind == SignerKind::Pinned ? "signed by the pinned key "
                                                               : "signed by a key from inside the "
                                                                 "file, ")
                          + signer.keyId);
    } else if (signer.kind == SignerKind::Forged) {
        report.failed(id, subject, "the signature does not fit the key it names");
    } else {
        report.notChecked(id, subject, "signed by a key that is not known");
    }
}

std::string_view whyUntrusted(const EnvelopeSigner& signer)
{
    if (signer.outOfRange) {
        return "a certificate key does not count for this size of the log";
    }
    switch (signer.kind) {
    case SignerKind::Pinned:
        return {};
    case SignerKind::Enclosed:
        return "the certificate key comes from inside the file";
    default:
        return "a signature is by a key that is not known";
    }
}

} // namespace exhibit::evidence
