// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/dsse.h"
#include "models/evidence/report.h"
#include "models/evidence/trust.h"

namespace exhibit::evidence {

/// Where a signed statement stands: the log it is about, and the size of that log's tree by which
/// it existed. Only a log shows a size; what a statement says of itself is none.
struct StatementPlace {
    std::string_view log;
    std::optional<std::uint64_t> size;
};

/// Whose key an envelope is signed with.
struct EnvelopeSigner {
    SignerKind kind = SignerKind::Unknown;
    std::string keyId; ///< Of the key that fits; without one, what the envelope names.
    bool outOfRange = false; ///< A pinned key fits, but does not count for that place.

    [[nodiscard]] bool fits() const
    {
        return outOfRange || kind == SignerKind::Pinned || kind == SignerKind::Enclosed;
    }
};
[[nodiscard]] EnvelopeSigner signerOf(const Envelope& envelope,
                                      const StatementPlace& place,
                                      const TrustAnchors& anchors,
                                      std::span<const PublicKey> enclosed);

/// Notes under `id` what the signature proves, and nothing of trust.
void noteSigner(const EnvelopeSigner& signer,
                const std::string& id,
                const std::string& subject,
                VerificationReport& report);
/// Why the key leaves trust open; empty for a pinned one.
[[nodiscard]] std::string_view whyUntrusted(const EnvelopeSigner& signer);

} // namespace exhibit::evidence
