// SPDX-License-Identifier: Apache-2.0
// Any bytes as what proxies say and as a list of them: whoever is named is an address or the peer.
#include "models/base/assert.h"
#include "server/security/client_address.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit::security;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto trusted = TrustedProxies::parse("10.0.0.0/8, ::1, fd00::/9").value();
    static_cast<void>(TrustedProxies::parse(text));
    for (const auto* peer : {"10.1.2.3", "::1", "192.0.2.1"}) {
        for (const auto& fields : {ForwardedFields{{text}, {}}, ForwardedFields{{}, {text}}}) {
            const auto client = clientAddress(peer, fields, trusted);
            EXHIBIT_ASSERT(parseAddress(client).has_value());
            EXHIBIT_ASSERT(parseAddress(addressGroup(client)).has_value());
        }
    }
    EXHIBIT_ASSERT(clientAddress("192.0.2.1", {{text}, {text}}, trusted) == "192.0.2.1");
    return 0;
}
