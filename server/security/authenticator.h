// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "server/security/principal.h"
#include "server/storage/catalogue.h"

#include <string_view>

namespace exhibit::security {

/// A new API key: "exk_" and 256 random bits in hex. Shown once, stored as its hash.
[[nodiscard]] Secret generateKey();
[[nodiscard]] Digest hashKey(std::string_view key);

/// Finds who a presented key speaks for. Unauthenticated for unknown and revoked keys alike.
[[nodiscard]] Result<Principal> authenticate(const storage::Catalogue& catalogue,
                                             std::string_view presentedKey);

} // namespace exhibit::security
