// SPDX-License-Identifier: Apache-2.0
#include "models/base/bytes.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>

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

constexpr unsigned kNoDigit = 0x100;

/// Of each byte the value it has as a hexadecimal digit, or kNoDigit.
std::array<std::uint16_t, 256> valuesOfDigits()
{
    std::array<std::uint16_t, 256> values{};
    values.fill(kNoDigit);
    for (std::size_t i = 0; i < kHexDigits.size(); ++i) {
        values[static_cast<std::uint8_t>(kHexDigits[i])] = static_cast<std::uint16_t>(i);
    }
    return values;
}

/// How many bytes at the front are ASCII, in whole words: most of what is read is.
std::size_t asciiWords(std::span<const std::uint8_t> text)
{
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + sizeof(word) <= text.size(); at += sizeof(word)) {
        std::memcpy(&word, text.data() + at, sizeof(word));
        if ((word & 0x8080808080808080U) != 0) {
            break;
        }
    }
    return at;
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
    static const auto kValues = valuesOfDigits();
    if (hex.size() % 2 != 0) {
        return fail(ErrorCode::InvalidInput, "expected an even number of hex digits");
    }
    const auto digits = asSpan(hex);
    Bytes bytes(hex.size() / 2, '\0');
    unsigned wrong = 0; // Looked at once behind the loop: what is read in bulk is large and right.
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned high = kValues[digits[2 * i]];
        const unsigned low = kValues[digits[2 * i + 1]];
        wrong |= high | low;
        bytes[i] = static_cast<char>(high << 4U | low);
    }
    if ((wrong & kNoDigit) != 0) {
        return fail(ErrorCode::InvalidInput, "expected lower-case hex");
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
        rest = rest.subspan(asciiWords(rest));
        if (rest.empty()) {
            break;
        }
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
