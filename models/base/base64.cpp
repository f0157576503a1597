// SPDX-License-Identifier: Apache-2.0
#include "models/base/base64.h"

#include <algorithm>

namespace exhibit {
namespace {

constexpr std::string_view kStandard
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t kNone = 0xff;
using Values = std::array<std::uint8_t, 256>;

constexpr Values valuesOf(std::string_view alphabet)
{
    Values values{};
    values.fill(kNone);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}
constexpr Values kStandardValues = valuesOf(kStandard);
constexpr Values kUrlValues = valuesOf(kUrl);

std::string encode(BytesView bytes, std::string_view alphabet, bool padded)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    const auto data = asSpan(bytes);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        const auto at = [&](std::size_t k) -> unsigned { return k < data.size() ? data[k] : 0; };
        const unsigned group = at(i) << 16U | at(i + 1) << 8U | at(i + 2);
        const std::size_t characters = std::min<std::size_t>(data.size() - i, 3) + 1;
        for (std::size_t k = 0; k < characters; ++k) {
            text += alphabet[group >> (18 - 6 * k) & 63U];
        }
        if (padded) {
            text.append(4 - characters, '=');
        }
    }
    return text;
}

tl::unexpected<Error> malformed()
{
    return fail(ErrorCode::InvalidInput, "malformed base64");
}

Result<Bytes> decode(std::string_view text, const Values& values)
{
    if (text.size() % 4 == 1) {
        return malformed();
    }
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const std::size_t characters = std::min<std::size_t>(text.size() - i, 4);
        unsigned group = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const auto value
                = k < characters ? values[static_cast<std::uint8_t>(text[i + k])] : std::uint8_t{0};
            if (value == kNone) {
                return malformed();
            }
            group = group << 6U | value;
        }
        for (std::size_t k = 0; k + 1 < characters; ++k) {
            bytes += static_cast<char>(group >> (16 - 8 * k) & 0xffU);
        }
        if (characters < 4 && (group & ((1U << (24 - 8 * (characters - 1))) - 1)) != 0) {
            return malformed();
        }
    }
    return bytes;
}

/// Takes the padding off; false when it is not what the length asks for.
bool dropPadding(std::string_view& text)
{
    if (text.size() % 4 != 0) {
        return false;
    }
    for (int i = 0; i < 2 && text.ends_with('='); ++i) {
        text.remove_suffix(1);
    }
    return true;
}

} // namespace

std::string toBase64(BytesView bytes)
{
    return encode(bytes, kStandard, true);
}

Result<Bytes> fromBase64(std::string_view text)
{
    if (!dropPadding(text)) {
        return malformed();
    }
    return decode(text, kStandardValues);
}

std::string toBase64Url(BytesView bytes)
{
    return encode(bytes, kUrl, false);
}

Result<Bytes> fromBase64Url(std::string_view text)
{
    return decode(text, kUrlValues);
}

Result<Bytes> fromAnyBase64(std::string_view text)
{
    if (text.ends_with('=') && !dropPadding(text)) {
        return malformed();
    }
    return decode(text, text.find_first_of("-_") == text.npos ? kStandardValues : kUrlValues);
}

} // namespace exhibit
