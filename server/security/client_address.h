// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::security {

/// An IPv6 address; an IPv4 one as ::ffff:a.b.c.d.
using AddressBytes = std::array<std::uint8_t, 16>;

/// InvalidInput for what is no address: names, ports, zones.
[[nodiscard]] Result<AddressBytes> parseAddress(std::string_view text);

/// Networks whose hosts may say for whom they speak: "10.0.0.0/8", "fd00::/8", "192.0.2.7".
class TrustedProxies {
public:
    /// A list with commas; empty trusts nobody. InvalidInput names the entry.
    [[nodiscard]] static Result<TrustedProxies> parse(std::string_view list);
    [[nodiscard]] bool contains(const AddressBytes& address) const;
    [[nodiscard]] bool empty() const { return m_networks.empty(); }

private:
    struct Network {
        AddressBytes address{};
        unsigned bits = 128;
    };
    std::vector<Network> m_networks;
};

/// Who asks (api.md, "Client addresses"): the peer, unless that is a trusted proxy; then the last
/// hop of X-Forwarded-For, or of Forwarded (RFC 7239), that is none. Where both are there and name
/// different clients, one of them came from the client, and the peer counts. A hop that is no
/// address, or more than limits::kForwardedHopsMax of them, ends the search at the proxy which
/// named it.
struct ForwardedFields {
    std::vector<std::string_view> forwardedFor; ///< Values of X-Forwarded-For, in order.
    std::vector<std::string_view> forwarded; ///< Values of Forwarded.
};
[[nodiscard]] std::string clientAddress(const std::string& peer,
                                        const ForwardedFields& fields,
                                        const TrustedProxies& trusted);

/// True for 127.0.0.0/8 and ::1.
[[nodiscard]] bool isLoopback(std::string_view address);

/// What shares a limit: an IPv4 address, or the /64 that one IPv6 customer has. The text itself
/// when it is no address.
[[nodiscard]] std::string addressGroup(const std::string& address);

} // namespace exhibit::security
