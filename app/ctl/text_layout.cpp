// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/text_layout.h"

#include "models/domain/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace exhibit::ctl {
namespace {

struct Character {
    char32_t code = 0;
    std::size_t length = 1; ///< Bytes.
    bool valid = false;
};

/// The UTF-8 character at the front of a text that is not empty.
Character characterAt(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return {first, 1, true};
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return {first, 1, false};
    }
    char32_t code = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U) {
            return {first, 1, false};
        }
        code = (code << 6U) | (byte(i) & 0x3fU);
    }
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < kLeast[length] || surrogate || code > 0x10ffff) {
        return {first, 1, false};
    }
    return {code, length, true};
}

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t N>
bool isIn(const Range (&ranges)[N], char32_t code)
{
    return std::ranges::any_of(
        ranges, [code](const Range& range) { return code >= range.first && code <= range.last; });
}

/// Controls, C1, line separators, bidirectional marks and overrides, byte order mark, tags.
constexpr Range kSteering[] = {{0x00, 0x1f},
                               {0x7f, 0x9f},
                               {0x200e, 0x200f},
                               {0x2028, 0x202e},
                               {0x2060, 0x206f},
                               {0xfeff, 0xfeff},
                               {0xfff9, 0xfffb},
                               {0xe0000, 0xe007f}};
/// The blocks of combining marks, joiners and variation selectors that occur in practice.
constexpr Range kNarrow[] = {{0x300, 0x36f},
                             {0x483, 0x489},
                             {0x591, 0x5bd},
                             {0x610, 0x61a},
                             {0x64b, 0x65f},
                             {0x200b, 0x200d},
                             {0x1ab0, 0x1aff},
                             {0x1dc0, 0x1dff},
                             {0x20d0, 0x20ff},
                             {0xfe00, 0xfe0f},
                             {0xfe20, 0xfe2f},
                             {0x1f3fb, 0x1f3ff}};
/// East Asian wide and full-width (UAX #11) and emoji, by block.
constexpr Range kWide[] = {{0x1100, 0x115f},
                           {0x2e80, 0x303e},
                           {0x3041, 0xa4cf},
                           {0xac00, 0xd7a3},
                           {0xf900, 0xfaff},
                           {0xfe30, 0xfe6f},
                           {0xff00, 0xff60},
                           {0xffe0, 0xffe6},
                           {0x1f300, 0x1f64f},
                           {0x1f680, 0x1f6ff},
                           {0x1f900, 0x1f9ff},
                           {0x20000, 0x3fffd}};

std::size_t widthOf(char32_t code)
{
    if (isIn(kNarrow, code)) {
        return 0;
    }
    return isIn(kWide, code) ? 2 : 1;
}

/// Bytes of the longest front of the text that fits into `columns`; at least one character.
std::size_t fittingBytes(std::string_view text, std::size_t columns)
{
    std::size_t at = 0;
    std::size_t used = 0;
    while (at < text.size()) {
        const Character character = characterAt(text.substr(at));
        used += widthOf(character.code);
        if (used > columns && at > 0) {
            break;
        }
        at += character.length;
    }
    return at;
}

void wrapLine(std::vector<std::string>& lines, std::string_view line, std::size_t columns)
{
    bool more = true;
    while (more && columns > 0 && displayWidth(line) > columns) {
        std::size_t end = fittingBytes(line, columns);
        const std::size_t space = line.substr(0, end + 1).rfind(' ');
        if (space != std::string_view::npos && space > 0) {
            end = space;
        }
        lines.emplace_back(line.substr(0, end));
        line.remove_prefix(end);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        more = !line.empty();
    }
    if (more) {
        lines.emplace_back(line);
    }
}

} // namespace

std::string printable(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character character = characterAt(text);
        if (text.front() == '\n' || text.front() == '\t') {
            out += ' ';
        } else if (!character.valid || character.code < 0x20 || character.code == 0x7f) {
            out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(character.code));
        } else if (isIn(kSteering, character.code)) {
            out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character.code));
        } else {
            out += text.substr(0, character.length);
        }
        text.remove_prefix(character.length);
    }
    return out;
}

std::size_t displayWidth(std::string_view text)
{
    std::size_t width = 0;
    while (!text.empty()) {
        const Character character = characterAt(text);
        width += widthOf(character.code);
        text.remove_prefix(character.length);
    }
    return width;
}

std::string cutToWidth(std::string_view text, std::size_t columns)
{
    if (displayWidth(text) <= columns) {
        return std::string(text);
    }
    if (columns < 2) {
        return "…";
    }
    return std::string(text.substr(0, fittingBytes(text, columns - 1))) + "…";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns)
{
    std::vector<std::string> lines;
    while (true) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        wrapLine(lines, printable(line), columns);
        if (end == text.size()) {
            return lines;
        }
        text.remove_prefix(end + 1);
    }
}

std::string amountText(domain::Microcents microcents, const std::optional<std::string>& currency)
{
    const std::string amount = domain::amountOf(microcents);
    return currency ? *currency + ' ' + amount : amount;
}

} // namespace exhibit::ctl
