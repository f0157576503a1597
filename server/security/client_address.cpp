// SPDX-License-Identifier: Apache-2.0
#include "server/security/client_address.h"

#include "models/base/traffic_limits.h"
#include "models/base/trim.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <functional>

namespace exhibit::security {
namespace {

constexpr std::size_t kAddressBytesMax = 64;

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = std::min(text.find(separator), text.size());
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == text.size()) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

bool isIpv4(const AddressBytes& address)
{
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

std::string textOf(const AddressBytes& address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (isIpv4(address)) {
        ::inet_ntop(AF_INET, address.data() + 12, text.data(), text.size());
    } else {
        ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
    }
    return text.data();
}

/// An address as proxies write it: "1.2.3.4", "1.2.3.4:80", "[::1]", "[::1]:80", "::1".
Result<AddressBytes> parseHop(std::string_view hop)
{
    if (hop.starts_with('[')) {
        return parseAddress(hop.substr(1, std::min(hop.find(']'), hop.size()) - 1));
    }
    const bool portBehind = std::count(hop.begin(), hop.end(), ':') == 1;
    return parseAddress(portBehind ? hop.substr(0, hop.find(':')) : hop);
}

/// The for= of each element of a Forwarded field.
std::vector<std::string_view> forOf(std::string_view field)
{
    std::vector<std::string_view> hops;
    for (const auto element : split(field, ',')) {
        std::string_view hop;
        for (const auto pair : split(element, ';')) {
            if (pair.size() > 4 && (pair[0] | 0x20) == 'f' && (pair[1] | 0x20) == 'o'
                && (pair[2] | 0x20) == 'r' && pair[3] == '=') {
                hop = pair.substr(4);
            }
        }
        if (hop.size() >= 2 && hop.front() == '"' && hop.back() == '"') {
            hop = hop.substr(1, hop.size() - 2);
        }
        hops.push_back(hop);
    }
    return hops;
}

using Hops = std::vector<std::string_view>;

Hops hopsOf(const std::vector<std::string_view>& fields,
            const std::function<Hops(std::string_view)>& read)
{
    Hops hops;
    for (const auto field : fields) {
        const auto more = read(field);
        hops.insert(hops.end(), more.begin(), more.end());
    }
    return hops;
}

/// The last hop that is no proxy of ours; `peer` when there is none.
AddressBytes lastForeign(const AddressBytes& peer, const Hops& hops, const TrustedProxies& trusted)
{
    AddressBytes current = peer;
    const auto first
        = hops.size() > limits::kForwardedHopsMax ? hops.size() - limits::kForwardedHopsMax : 0;
    for (std::size_t i = hops.size(); i > first; --i) {
        const auto hop = parseHop(hops[i - 1]);
        if (!hop) {
            break;
        }
        current = *hop;
        if (!trusted.contains(*hop)) {
            break;
        }
    }
    return current;
}

} // namespace

Result<AddressBytes> parseAddress(std::string_view text)
{
    AddressBytes bytes{};
    const std::string terminated(text.substr(0, kAddressBytesMax));
    if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) {
        return bytes;
    }
    std::array<std::uint8_t, 4> four{};
    if (::inet_pton(AF_INET, terminated.c_str(), four.data()) != 1) {
        return fail(ErrorCode::InvalidInput, "expected an IPv4 or IPv6 address");
    }
    bytes[10] = bytes[11] = 0xFF;
    std::copy(four.begin(), four.end(), bytes.begin() + 12);
    return bytes;
}

Result<TrustedProxies> TrustedProxies::parse(std::string_view list)
{
    TrustedProxies proxies;
    for (const auto entry : split(list, ',')) {
        if (entry.empty()) {
            continue;
        }
        const auto slash = std::min(entry.find('/'), entry.size());
        Network network;
        auto address = parseAddress(entry.substr(0, slash));
        const bool four = address && isIpv4(*address);
        unsigned bits = four ? 32 : 128;
        if (slash < entry.size()) {
            const auto text = entry.substr(slash + 1);
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
            if (error != std::errc{} || end != text.data() + text.size()
                || bits > (four ? 32U : 128U)) {
                address = fail(ErrorCode::InvalidInput, {});
            }
        }
        if (!address) {
            return fail(ErrorCode::InvalidInput,
                        "expected addresses and networks like 10.0.0.0/8 with commas",
                        std::string(entry));
        }
        network.address = *address;
        network.bits = four ? bits + 96 : bits;
        proxies.m_networks.push_back(network);
    }
    return proxies;
}

bool TrustedProxies::contains(const AddressBytes& address) const
{
    return std::any_of(m_networks.begin(), m_networks.end(), [&](const Network& network) {
        const std::size_t whole = network.bits / 8;
        if (!std::equal(address.begin(),
                        address.begin() + static_cast<std::ptrdiff_t>(whole),
                        network.address.begin())) {
            return false;
        }
        const unsigned rest = network.bits % 8;
        return rest == 0 || ((address[whole] ^ network.address[whole]) >> (8 - rest)) == 0;
    });
}

std::string clientAddress(const std::string& peer,
                          const ForwardedFields& fields,
                          const TrustedProxies& trusted)
{
    const auto own = parseAddress(peer);
    if (!own || !trusted.contains(*own)) {
        return peer;
    }
    const auto plain = lastForeign(
        *own,
        hopsOf(fields.forwardedFor, [](std::string_view field) { return split(field, ','); }),
        trusted);
    const auto standard = lastForeign(*own, hopsOf(fields.forwarded, forOf), trusted);
    if (fields.forwarded.empty()) {
        return textOf(plain);
    }
    if (fields.forwardedFor.empty()) {
        return textOf(standard);
    }
    return textOf(plain == standard ? plain : *own);
}

bool isLoopback(std::string_view address)
{
    return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

std::string addressGroup(const std::string& address)
{
    auto parsed = parseAddress(address);
    if (!parsed) {
        return address;
    }
    if (!isIpv4(*parsed)) {
        std::fill(parsed->begin() + 8, parsed->end(), std::uint8_t{0});
    }
    return textOf(*parsed);
}

} // namespace exhibit::security
