// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/signer/signature_key.h"

#include <filesystem>

namespace exhibit::signer {

struct Pkcs11Options {
    std::filesystem::path module; ///< A shared library.
    std::string token; ///< Its label.
    Secret pin;
};

/// A token behind a PKCS#11 module, with a session that stays open and logged in. Keys are Ed25519
/// (CKM_EDDSA), found by label; they are made on the token and cannot leave it. One thread.
class Pkcs11Token {
public:
    /// Unavailable with what the module said, NotFound when it has no such token.
    [[nodiscard]] static Result<std::shared_ptr<Pkcs11Token>> open(const Pkcs11Options& options);
    virtual ~Pkcs11Token() = default;

    /// Its private half signs as long as the key lives. NotFound without one of that label,
    /// Conflict when the label is not unique.
    [[nodiscard]] virtual Result<std::unique_ptr<SignatureKey>> key(const std::string& label) = 0;
    /// Conflict when there is one of that label.
    [[nodiscard]] virtual Result<void> makeKey(const std::string& label) = 0;
};

} // namespace exhibit::signer
