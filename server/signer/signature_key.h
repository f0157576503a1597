// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/keys.h"

namespace exhibit::signer {

/// What makes the signatures of one purpose: a key in this process's memory, or one that never
/// leaves a token.
class SignatureKey {
public:
    virtual ~SignatureKey() = default;
    [[nodiscard]] virtual const evidence::PublicKey& publicKey() const = 0;
    /// 64 bytes of Ed25519. Unavailable when what holds the key does not answer.
    [[nodiscard]] virtual Result<Bytes> sign(BytesView message) = 0;
    /// It will never sign again in this process: start another one.
    [[nodiscard]] virtual bool lost() const { return false; }
};

/// The signing keys by purpose; no key serves two.
struct SignatureKeys {
    std::unique_ptr<SignatureKey> log;
    std::unique_ptr<SignatureKey> previousLog; ///< After a rotation: signs heads too. Or nullptr.
    std::unique_ptr<SignatureKey> certificate; ///< Certificates and packs.
};

/// A key of 32 bytes in memory.
[[nodiscard]] Result<std::unique_ptr<SignatureKey>> keyFromSeed(const Secret& seed);

} // namespace exhibit::signer
