// SPDX-License-Identifier: Apache-2.0
#include "server/security/authenticator.h"

#include "models/base/assert.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace exhibit::security {

bool Principal::may(domain::Scope scope) const
{
    return role == domain::Role::Admin
        || std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

Secret generateKey()
{
    std::array<std::uint8_t, 32> random{};
    EXHIBIT_ASSERT(RAND_priv_bytes(random.data(), static_cast<int>(random.size())) == 1);
    return Secret("exk_" + toHex(asView(random)));
}

Digest hashKey(std::string_view key)
{
    return sha256(key);
}

Result<Principal> authenticate(const storage::Catalogue& catalogue, std::string_view presentedKey)
{
    const Digest hash = hashKey(presentedKey);
    // Sorted by hash. What the search reveals is about the digest, which an attacker cannot steer
    // towards a stored one; the decisive comparison still takes constant time.
    const auto found
        = std::lower_bound(catalogue.keys.begin(),
                           catalogue.keys.end(),
                           hash,
                           [](const auto& key, const Digest& wanted) { return key.hash < wanted; });
    if (found == catalogue.keys.end() || !equalInConstantTime(asView(found->hash), asView(hash))
        || found->revoked) {
        return fail(ErrorCode::Unauthenticated, "the API key is not known here or was revoked");
    }
    return Principal{found->tenantId, found->projectId, found->keyId, found->role, found->scopes};
}

} // namespace exhibit::security
