// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/signer/signature_key.h"

#include <filesystem>

namespace exhibit::signer {

struct VaultOptions {
    std::filesystem::path socket; ///< Of a Vault agent or proxy on this machine.
    std::string mount = "transit";
    Secret token; ///< Empty: the agent adds its own.
};

/// Keys of HashiCorp Vault's transit engine, by its published HTTP interface (GET keys/NAME, POST
/// sign/NAME), over one connection that is made before the process shuts itself in and never again.
/// One thread.
class VaultTransit {
public:
    /// Unavailable when nobody listens there.
    [[nodiscard]] static Result<std::shared_ptr<VaultTransit>> connect(VaultOptions options);
    virtual ~VaultTransit() = default;

    /// "NAME" in the version that is newest now, or "NAME:VERSION". InvalidInput unless it is an
    /// Ed25519 key.
    [[nodiscard]] virtual Result<std::unique_ptr<SignatureKey>> key(const std::string& name) = 0;
};

} // namespace exhibit::signer
