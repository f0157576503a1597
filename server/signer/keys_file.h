// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/keys.h"

#include <filesystem>
#include <optional>

namespace exhibit::signer {

/// The private keys by purpose; no key serves two.
struct SignerKeys {
    Secret logSeed;
    Secret previousLogSeed; ///< Empty but after a rotation: signs beside the new one.
    Secret certificateSeed; ///< Certificates and packs.
    Secret macKey;
    Secret wrappingKey; ///< Wraps data keys.
};

/// Keys at rest: DIR/keys.sealed, AES-256-GCM under the 32 bytes of `unlockFile`, which may lie on
/// another device. Both are made when neither exists (mode 0600); one without the other is Corrupt.
[[nodiscard]] Result<SignerKeys> loadOrCreateKeys(const std::filesystem::path& folder,
                                                  const std::filesystem::path& unlockFile);
/// Makes a new log key; the old one stays beside it and signs too, so that verifiers with either go
/// on. While no signer serves from the folder.
[[nodiscard]] Result<void> rotateLogKey(const std::filesystem::path& folder,
                                        const std::filesystem::path& unlockFile);
/// The old log key signs no more, once verifiers have seen heads with both signatures.
[[nodiscard]] Result<void> endPreviousLogKey(const std::filesystem::path& folder,
                                             const std::filesystem::path& unlockFile);
/// Makes a new key for certificates and packs; a keyring says what the old one still counts for.
[[nodiscard]] Result<void> rotateCertificateKey(const std::filesystem::path& folder,
                                                const std::filesystem::path& unlockFile);
/// Fresh random keys.
[[nodiscard]] SignerKeys makeKeys();

} // namespace exhibit::signer
