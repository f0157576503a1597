// SPDX-License-Identifier: Apache-2.0
#include "models/report/unescaped.h"

#include <charconv>
#include <optional>

namespace exhibit::report {
namespace {

constexpr std::size_t kUnitBytes = 6; ///< "\u00e9"

std::optional<char32_t> unitAt(std::string_view text, std::size_t at)
{
    if (at + kUnitBytes > text.size() || text[at] != '\\' || text[at + 1] != 'u') {
        return std::nullopt;
    }
    std::uint32_t unit = 0;
    const char* const begin = text.data() + at + 2;
    const auto [end, error] = std::from_chars(begin, begin + 4, unit, 16);
    return error == std::errc() && end == begin + 4 ? std::optional<char32_t>(unit) : std::nullopt;
}

bool isHigh(char32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}
bool isLow(char32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

void append(std::string& out, char32_t character)
{
    const auto tail = [character](int shift) {
        return static_cast<char>(0x80U | ((character >> static_cast<unsigned>(shift)) & 0x3FU));
    };
    if (character < 0x80) {
        out += static_cast<char>(character);
    } else if (character < 0x800) {
        out += static_cast<char>(0xC0U | (character >> 6U));
        out += tail(0);
    } else if (character < 0x10000) {
        out += static_cast<char>(0xE0U | (character >> 12U));
        out += tail(6);
        out += tail(0);
    } else {
        out += static_cast<char>(0xF0U | (character >> 18U));
        out += tail(12);
        out += tail(6);
        out += tail(0);
    }
}

/// Appends what the escape at `at` stands for; how many bytes it has, 0 for none.
std::size_t takeEscape(std::string_view text, std::size_t at, std::string& out)
{
    if (text[at] != '\\' || at + 1 == text.size()) {
        return 0;
    }
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const auto name = kNames.find(text[at + 1]); name != kNames.npos) {
        out += kMeanings[name];
        return 2;
    }
    const auto unit = unitAt(text, at);
    if (!unit) {
        return 0;
    }
    const auto next = isHigh(*unit) ? unitAt(text, at + kUnitBytes) : std::nullopt;
    if (next && isLow(*next)) {
        append(out, 0x10000 + ((*unit - 0xD800) << 10U) + (*next - 0xDC00));
        return 2 * kUnitBytes;
    }
    append(out, isHigh(*unit) || isLow(*unit) ? char32_t(0xFFFD) : *unit);
    return kUnitBytes;
}

} // namespace

bool Unescaped::unescape()
{
    if (text.find('\\') == text.npos) {
        return false;
    }
    Unescaped next;
    bool any = false;
    next.text.reserve(text.size());
    next.from.reserve(text.size() + 1);
    for (std::size_t at = 0; at < text.size();) {
        const auto bytes = takeEscape(text, at, next.text);
        any = any || bytes > 0;
        if (bytes == 0) {
            next.text += text[at];
        }
        next.from.resize(next.text.size(), rawAt(at));
        at += bytes == 0 ? 1 : bytes;
    }
    next.from.push_back(rawAt(text.size()));
    *this = std::move(next);
    return any;
}

} // namespace exhibit::report
