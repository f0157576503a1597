// SPDX-License-Identifier: Apache-2.0
#include "models/scan/pattern_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::scan {
namespace {

const CodePointSet kWord{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
const CodePointSet kDigit{{'0', '9'}};
const CodePointSet kSpace{{'\t', '\r'}, {' ', ' '}};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::optional<std::uint32_t> hexDigit(char c)
{
    if (isDigit(c)) {
        return static_cast<std::uint32_t>(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return static_cast<std::uint32_t>(c - 'a' + 10);
    }
    if (c >= 'A' && c <= 'F') {
        return static_cast<std::uint32_t>(c - 'A' + 10);
    }
    return std::nullopt;
}

bool isAsciiPunctuation(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte >= ' ' && byte < 0x7F && !isDigit(c) && !(c >= 'a' && c <= 'z')
        && !(c >= 'A' && c <= 'Z');
}

std::optional<CodePointSet> namedSet(char name)
{
    switch (name) {
    case 'w':
        return kWord;
    case 'W':
        return kWord.complement();
    case 'd':
        return kDigit;
    case 'D':
        return kDigit.complement();
    case 's':
        return kSpace;
    case 'S':
        return kSpace.complement();
    case 'n':
        return CodePointSet{{'\n', '\n'}};
    case 'r':
        return CodePointSet{{'\r', '\r'}};
    case 't':
        return CodePointSet{{'\t', '\t'}};
    case 'f':
        return CodePointSet{{'\f', '\f'}};
    default:
        return std::nullopt;
    }
}

} // namespace

tl::unexpected<Error> PatternReader::refuse(std::string_view what, std::size_t offset)
{
    return fail(ErrorCode::InvalidInput, fmt::format("{} at byte {} of the pattern", what, offset));
}

bool PatternReader::take(std::string_view text)
{
    if (!startsWith(text)) {
        return false;
    }
    m_offset += text.size();
    return true;
}

std::optional<std::uint32_t> PatternReader::number()
{
    constexpr std::uint32_t kSaturated = 1'000'000;
    if (atEnd() || !isDigit(m_pattern[m_offset])) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    while (!atEnd() && isDigit(m_pattern[m_offset])) {
        value = std::min(value * 10 + static_cast<std::uint32_t>(m_pattern[m_offset] - '0'),
                         kSaturated);
        ++m_offset;
    }
    return value;
}

Result<CodePointSet> PatternReader::characters(bool caseless)
{
    if (take("[")) {
        return characterClass(caseless);
    }
    if (take(".")) {
        return CodePointSet{{0, kLastCodePoint}};
    }
    EXHIBIT_TRY(auto set, startsWith("\\") ? escape() : literal());
    if (caseless) {
        set.foldAscii();
    }
    return set;
}

Result<CodePointSet> PatternReader::literal()
{
    const auto character = decodeCharacter(rest());
    if (!character) {
        return refuse("Text that is not UTF-8", m_offset);
    }
    m_offset += character->length;
    return CodePointSet{{character->codePoint, character->codePoint}};
}

Result<CodePointSet> PatternReader::escape()
{
    const auto begin = m_offset;
    ++m_offset;
    if (atEnd()) {
        return refuse("A backslash with nothing after it", begin);
    }
    const char name = m_pattern[m_offset];
    if (name == 'x') {
        ++m_offset;
        return hexadecimal(begin);
    }
    if (auto set = namedSet(name)) {
        ++m_offset;
        return *std::move(set);
    }
    if (isAsciiPunctuation(name)) {
        ++m_offset;
        const auto codePoint = static_cast<unsigned char>(name);
        return CodePointSet{{codePoint, codePoint}};
    }
    if (isDigit(name) || name == 'g' || name == 'k') {
        return refuse("A backreference", begin);
    }
    return refuse("An unknown escape", begin);
}

Result<CodePointSet> PatternReader::hexadecimal(std::size_t begin)
{
    const bool braced = take("{");
    const std::size_t most = braced ? 6 : 2;
    std::uint32_t value = 0;
    std::size_t count = 0;
    while (!atEnd() && count < most) {
        const auto digit = hexDigit(m_pattern[m_offset]);
        if (!digit) {
            break;
        }
        value = value * 16 + *digit;
        ++count;
        ++m_offset;
    }
    const bool complete = braced ? count > 0 && take("}") : count == 2;
    if (!complete || value > kLastCodePoint) {
        return refuse(R"(A \x escape that is neither \xHH nor \x{H..})", begin);
    }
    return CodePointSet{{value, value}};
}

Result<CodePointSet> PatternReader::characterClass(bool caseless)
{
    const auto begin = m_offset - 1;
    const bool negated = take("^");
    CodePointSet set;
    for (bool first = true; !take("]"); first = false) {
        if (atEnd()) {
            return refuse("A class without its closing bracket", begin);
        }
        const auto itemBegin = m_offset;
        const bool hyphen = startsWith("-");
        EXHIBIT_TRY(auto item, classItem());
        if (hyphen && !first && !startsWith("]")) {
            return refuse("A hyphen that is not first, last or escaped in its class", itemBegin);
        }
        if (!hyphen && startsWith("-") && !startsWith("-]")) {
            EXHIBIT_TRY(item, classRange(item, itemBegin));
        }
        set.add(item);
    }
    if (set.empty()) {
        return refuse("An empty class", begin);
    }
    if (caseless) {
        set.foldAscii();
    }
    if (negated) {
        set = set.complement();
    }
    if (set.empty()) {
        return refuse("A class that no character is in", begin);
    }
    return set;
}

Result<CodePointSet> PatternReader::classItem()
{
    if (startsWith("[:") || startsWith("[.") || startsWith("[=")) {
        return refuse("A named class", m_offset);
    }
    if (startsWith("\\b") || startsWith("\\B")) {
        return refuse("A word boundary inside a class", m_offset);
    }
    return startsWith("\\") ? escape() : literal();
}

Result<CodePointSet> PatternReader::classRange(const CodePointSet& first, std::size_t begin)
{
    take("-");
    EXHIBIT_TRY(const auto last, classItem());
    const auto low = first.single();
    const auto high = last.single();
    if (!low || !high) {
        return refuse("A range from or to more than one character", begin);
    }
    if (*low > *high) {
        return refuse("A range that runs backwards", begin);
    }
    return CodePointSet{{*low, *high}};
}

} // namespace exhibit::scan
