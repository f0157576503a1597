// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/signer/pkcs11_token.h"

#include <vector>

namespace exhibit::signer {

/// What the signing keys are called, where they are not those of the sealed file.
struct KeyNames {
    std::string log = "exhibit-log";
    std::string previousLog; ///< Signs heads too, after a rotation; empty: none.
    std::string certificate = "exhibit-certificate";
};

/// A PKCS#11 token as the command line names it.
struct TokenSource {
    std::string module; ///< Empty: none.
    std::string token;
    std::string pinFile; ///< Mode 0600.
    std::vector<std::string> folders; ///< What the module opens while it serves, and nothing else.
};

/// Vault's transit engine as the command line names it.
struct VaultSource {
    std::string socket; ///< Empty: none.
    std::string mount = "transit";
    std::string tokenFile; ///< Mode 0600; empty: the agent adds its own.
};

/// The signing keys of the token or of Vault. Before the process shuts itself in.
[[nodiscard]] Result<SignatureKeys> keysOnToken(const TokenSource& source, const KeyNames& names);
[[nodiscard]] Result<SignatureKeys> keysInVault(const VaultSource& source, const KeyNames& names);
/// Makes one there.
[[nodiscard]] Result<void> makeKeyOnToken(const TokenSource& source, const std::string& label);

} // namespace exhibit::signer
