// SPDX-License-Identifier: Apache-2.0
#include "models/base/bytes.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace exhibit {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Length of the well-formed UTF-8 character at the front (Unicode 15, table 3-7), 0 if none.
std::size_t characterLength(std::span<const std::uint8_t> text)
{
    const auto at = [&](std::size_t i) -> unsigned { return i < text.size() ? text[i] : 0; };
    const auto tail = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
    const unsigned lead = at(0);
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        return tail(1) ? 2 : 0;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        const bool overlong = lead == 0xe0 && at(1) < 0xa0;
        const bool surrogate = lead == 0xed && at(1) > 0x9f;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const bool overlong = lead == 0xf0 && at(1) < 0x90;
        const bool beyond = lead == 0xf4 && at(1) > 0x8f;
        return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

} // namespace

std::string toHex(BytesView bytes)
{
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : asSpan(bytes)) {
        hex += kHexDigits[byte >> 4];
        hex += kHexDigits[byte & 15];
    }
    return hex;
}

Result<Bytes> fromHex(std::string_view hex)
{
    Bytes bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        const auto high = kHexDigits.find(hex[i]);
        const auto low = kHexDigits.find(hex[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) {
            return fail(ErrorCode::InvalidInput, "expected lower-case hex");
        }
        bytes += static_cast<char>(high << 4 | low);
    }
    if (hex.size() % 2 != 0) {
        return fail(ErrorCode::InvalidInput, "expected an even number of hex digits");
    }
    return bytes;
}

bool equalInConstantTime(BytesView a, BytesView b) noexcept
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool isValidUtf8(BytesView bytes) noexcept
{
    auto rest = asSpan(bytes);
    while (!rest.empty()) {
        const std::size_t length = characterLength(rest);
        if (length == 0) {
            return false;
        }
        rest = rest.subspan(length);
    }
    return true;
}

std::size_t characterStart(BytesView text, std::size_t at) noexcept
{
    at = std::min(at, text.size());
    while (at > 0 && at < text.size() && (static_cast<std::uint8_t>(text[at]) & 0xc0) == 0x80) {
        --at;
    }
    return at;
}

} // namespace exhibit
