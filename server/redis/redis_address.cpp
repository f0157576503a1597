// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_address.h"

#include <charconv>
#include <optional>

namespace exhibit::redis {
namespace {

constexpr std::size_t kUrlBytesMax = 1024;
constexpr std::uint32_t kDatabaseMax = 1'000'000;

tl::unexpected<Error> expectation()
{
    return fail(ErrorCode::InvalidInput,
                "expected redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE], or rediss:// for TLS");
}

std::optional<std::uint32_t> numberOf(std::string_view text, std::uint32_t most)
{
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = !text.empty() && error == std::errc{} && end == text.data() + text.size();
    return whole && value <= most ? std::optional(value) : std::nullopt;
}

std::optional<std::string> percentDecoded(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            plain += text[at];
            continue;
        }
        unsigned byte = 0;
        const char* digits = text.data() + at + 1;
        const bool there = text.size() - at > 2;
        const auto end = there ? std::from_chars(digits, digits + 2, byte, 16).ptr : digits;
        if (!there || end != digits + 2) {
            return std::nullopt;
        }
        plain += static_cast<char>(byte);
        at += 2;
    }
    return plain;
}

Result<void> readCredentials(std::string_view text, Address& address)
{
    const auto colon = text.find(':');
    const auto user = percentDecoded(text.substr(0, colon));
    const auto password = percentDecoded(colon == std::string_view::npos ? std::string_view{}
                                                                         : text.substr(colon + 1));
    if (!user || !password) {
        return expectation();
    }
    address.user = *user;
    address.password = Secret(*password);
    return {};
}

Result<void> readHost(std::string_view text, Address& address)
{
    const bool bracketed = text.starts_with('[');
    const auto close = bracketed ? text.find(']') : std::string_view::npos;
    if (bracketed && close == std::string_view::npos) {
        return expectation();
    }
    const auto colon = text.find(':', bracketed ? close : 0);
    const auto host = bracketed ? text.substr(1, close - 1) : text.substr(0, colon);
    if (colon != std::string_view::npos) {
        const auto port = numberOf(text.substr(colon + 1), 65535);
        if (!port || *port == 0) {
            return expectation();
        }
        address.port = static_cast<std::uint16_t>(*port);
    }
    if (host.empty() || host.find_first_of(" /?#@") != std::string_view::npos) {
        return expectation();
    }
    address.host = std::string(host);
    return {};
}

} // namespace

Result<Address> parseAddress(std::string_view url)
{
    Address address;
    address.tls = url.starts_with("rediss://");
    if (url.size() > kUrlBytesMax || (!address.tls && !url.starts_with("redis://"))) {
        return expectation();
    }
    auto rest = url.substr(address.tls ? 9 : 8);
    // The last one: a password may have others, if nobody encoded them.
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        EXHIBIT_CHECK(readCredentials(rest.substr(0, at), address));
        rest.remove_prefix(at + 1);
    }
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        const auto number = rest.substr(slash + 1);
        const auto database
            = number.empty() ? std::optional<std::uint32_t>(0) : numberOf(number, kDatabaseMax);
        if (!database) {
            return expectation();
        }
        address.database = *database;
        rest = rest.substr(0, slash);
    }
    EXHIBIT_CHECK(readHost(rest, address));
    return address;
}

} // namespace exhibit::redis
