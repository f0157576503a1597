// SPDX-License-Identifier: Apache-2.0
#include "models/report/traced_text.h"

#include <algorithm>
#include <charconv>

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

/// Whether a text ends within an escape that begins here, or between both halves of a character.
bool isCutEscape(std::string_view rest)
{
    if (rest.size() < kUnitBytes) {
        const auto digits = rest.substr(std::min<std::size_t>(rest.size(), 2));
        return rest == "\\"
            || (rest.starts_with("\\u")
                && digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos);
    }
    const auto unit = unitAt(rest, 0);
    const auto next = rest.substr(kUnitBytes);
    return unit && isHigh(*unit)
        && (next.empty() || (next.size() < kUnitBytes && isCutEscape(next)));
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

std::size_t blankBytes(std::string_view rest)
{
    constexpr std::string_view kWide[] = {"\u0085",
                                          "\u00A0",
                                          "\u1680",
                                          "\u2000",
                                          "\u2001",
                                          "\u2002",
                                          "\u2003",
                                          "\u2004",
                                          "\u2005",
                                          "\u2006",
                                          "\u2007",
                                          "\u2008",
                                          "\u2009",
                                          "\u200A",
                                          "\u2028",
                                          "\u2029",
                                          "\u202F",
                                          "\u205F",
                                          "\u3000"};
    const char first = rest.empty() ? 'x' : rest.front();
    if (static_cast<unsigned char>(first) < 0x80) {
        return first == ' ' || (first >= '\t' && first <= '\r') ? 1 : 0;
    }
    const auto* const wide = std::find_if(
        std::begin(kWide), std::end(kWide), [rest](auto blank) { return rest.starts_with(blank); });
    return wide == std::end(kWide) ? 0 : wide->size();
}

void TracedText::add(const TracedText& other,
                     std::size_t begin,
                     std::size_t end,
                     std::string_view bytes)
{
    // What begins in the middle of it begins behind it, and what ends there ends there too.
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        m_from.push_back(other.rawAt(i == 0 ? begin : end));
    }
    m_text += bytes;
}

void TracedText::copy(const TracedText& other, std::size_t begin, std::size_t end)
{
    for (std::size_t at = begin; at < end; ++at) {
        m_from.push_back(other.rawAt(at));
    }
    m_text.append(other.m_text, begin, end - begin);
}

std::optional<TracedText> TracedText::unescaped() const
{
    if (m_text.find('\\') == m_text.npos) {
        return std::nullopt;
    }
    TracedText next;
    bool any = false;
    std::string character;
    for (std::size_t at = 0; at < m_text.size();) {
        if (m_text[at] == '\\' && isCutEscape(std::string_view(m_text).substr(at))) {
            any = true;
            break;
        }
        character.clear();
        if (const auto bytes = takeEscape(m_text, at, character); bytes > 0) {
            next.add(*this, at, at + bytes, character);
            at += bytes;
            any = true;
        } else {
            next.copy(*this, at, at + 1);
            ++at;
        }
    }
    next.m_from.push_back(rawAt(m_text.size()));
    return any ? std::optional(std::move(next)) : std::nullopt;
}

TracedText TracedText::folded() const
{
    TracedText next;
    for (std::size_t at = 0; at < m_text.size();) {
        std::size_t end = at;
        while (const auto bytes = blankBytes(std::string_view(m_text).substr(end))) {
            end += bytes;
        }
        if (end > at) {
            next.add(*this, at, end, " ");
            at = end;
        } else {
            next.copy(*this, at, at + 1);
            ++at;
        }
    }
    next.m_from.push_back(rawAt(m_text.size()));
    return next;
}

TracedText TracedText::redacted(const scan::RedactionPack& pack) const
{
    scan::Redactor redactor(pack);
    std::string scratch;
    redactor.feed(m_text, scratch);
    redactor.finish(scratch);
    TracedText next;
    std::size_t at = 0;
    for (const auto& run : redactor.takeRuns()) {
        next.copy(*this, at, run.begin);
        next.add(*this, run.begin, run.end, pack.placeholders[run.pattern]);
        at = run.end;
    }
    next.copy(*this, at, m_text.size());
    next.m_from.push_back(rawAt(m_text.size()));
    return next;
}

} // namespace exhibit::report
