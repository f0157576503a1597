// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/domain/project.h"
#include "server/gateway/upstream_keys.h"
#include "server/http/message.h"

#include <optional>

/// Which header fields pass between client and provider, and which are kept as evidence.
namespace exhibit::gateway {

/// Exhibit's key as a client presents it, and where it stood.
struct PresentedKey {
    Secret key;
    std::string field; ///< Lower case.
};
/// X-Exhibit-Key before Authorization: Bearer before x-api-key; nullopt when none has a key.
[[nodiscard]] std::optional<PresentedKey> findPresentedKey(const http::Headers& headers);

struct RequestForwarding {
    const domain::Upstream& upstream;
    const PresentedKey& presented;
    const UpstreamKeys& keys;
    bool bodyRewritten = false; ///< Content codings were undone.
};
/// The fields of the provider's request. Exhibit's own key never passes; the client's credentials
/// only to a pass-through upstream. Unavailable when the upstream's key is configured but not set,
/// or may not go there.
[[nodiscard]] Result<http::Headers> upstreamHeaders(const http::Headers& client,
                                                    const RequestForwarding& forwarding);

/// The fields of the provider's answer that the client gets: all but hop-by-hop fields, the length
/// (set anew), and whatever pretends to be ours.
[[nodiscard]] http::Headers clientHeaders(const http::Headers& upstream);

/// The fields worth keeping, never credentials; an object of name (lower case) to value.
[[nodiscard]] Json recordedRequestHeaders(const http::Headers& headers);
[[nodiscard]] Json recordedResponseHeaders(const http::Headers& headers);

} // namespace exhibit::gateway
