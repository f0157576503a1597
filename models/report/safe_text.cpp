// SPDX-License-Identifier: Apache-2.0
#include "models/report/safe_text.h"

#include "models/base/bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace exhibit::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Direction marks and overrides, invisible operators, tags, private use, non-characters.
bool isInvisible(char32_t code)
{
    constexpr std::pair<char32_t, char32_t> kRanges[] = {{0x061C, 0x061C},
                                                         {0x115F, 0x1160},
                                                         {0x180E, 0x180E},
                                                         {0x200B, 0x200C},
                                                         {0x200E, 0x200F},
                                                         {0x2028, 0x202E},
                                                         {0x2060, 0x206F},
                                                         {0x3164, 0x3164},
                                                         {0xE000, 0xF8FF},
                                                         {0xFEFF, 0xFEFF},
                                                         {0xFFF9, 0xFFFB},
                                                         {0xE0000, 0xE0FFF},
                                                         {0xF0000, 0x10FFFF}};
    return (code & 0xFFFEU) == 0xFFFEU
        || std::any_of(std::begin(kRanges), std::end(kRanges), [code](const auto& range) {
               return code >= range.first && code <= range.second;
           });
}

void appendSafe(std::string& out, char32_t code, std::string_view original)
{
    if (code == kNoCharacter) {
        out += kReplacement;
    } else if (code < 0x20 && code != '\n') {
        const char picture[] = {'\xE2', '\x90', static_cast<char>(0x80 + code), '\0'};
        out += picture; // U+2400 and on.
    } else if ((code >= 0x7F && code < 0xA0) || isInvisible(code)) {
        out += fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(code));
    } else {
        out += original;
    }
}

} // namespace

char32_t takeCharacter(std::string_view& text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead < 0x80 || length > text.size() || !isValidUtf8(text.substr(0, length))) {
        text.remove_prefix(1);
        return lead < 0x80 ? lead : kNoCharacter;
    }
    char32_t code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    text.remove_prefix(length);
    return code;
}

std::string safeText(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::string_view before = text;
        const char32_t code = takeCharacter(text);
        appendSafe(out, code, before.substr(0, before.size() - text.size()));
    }
    return out;
}

std::string oneLine(std::string_view text)
{
    std::string flat(text);
    std::replace_if(
        flat.begin(), flat.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
    return safeText(flat);
}

std::string bounded(std::string_view text, std::size_t bytesMax)
{
    if (text.size() <= bytesMax) {
        return std::string(text);
    }
    const std::size_t cut = characterStart(text, bytesMax);
    return fmt::format("{}… ({} bytes more)", text.substr(0, cut), text.size() - cut);
}

} // namespace exhibit::report
