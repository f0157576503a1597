// SPDX-License-Identifier: Apache-2.0
#include "models/scan/folding.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace exhibit::scan {
namespace {

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

// Unicode 15: Default_Ignorable_Code_Point, as far as it is assigned.
constexpr std::array<Range, 16> kZeroWidth{{
    {0x00AD, 0x00AD},
    {0x034F, 0x034F},
    {0x061C, 0x061C},
    {0x115F, 0x1160},
    {0x17B4, 0x17B5},
    {0x180B, 0x180F},
    {0x200B, 0x200F},
    {0x202A, 0x202E},
    {0x2060, 0x206F},
    {0x3164, 0x3164},
    {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},
    {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF},
}};

// The blocks of combining marks that go with any letter.
constexpr std::array<Range, 6> kCombining{{
    {0x0300, 0x036F},
    {0x0483, 0x0489},
    {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},
    {0x20D0, 0x20FF},
    {0xFE20, 0xFE2F},
}};

struct Lookalike {
    std::uint32_t codePoint;
    char ascii;
};

// Sorted. Of Unicode's confusables those that common fonts draw as the ASCII character.
constexpr Lookalike kLookalikes[] = {
    {0x00A0, ' '}, {0x0131, 'i'}, {0x0251, 'a'}, {0x0261, 'g'}, {0x037A, 'i'}, {0x0391, 'A'},
    {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'}, {0x039A, 'K'},
    {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'},
    {0x03A7, 'X'}, {0x03B1, 'a'}, {0x03B9, 'i'}, {0x03BA, 'k'}, {0x03BD, 'v'}, {0x03BF, 'o'},
    {0x03C1, 'p'}, {0x03C5, 'u'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x0405, 'S'}, {0x0406, 'I'},
    {0x0408, 'J'}, {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'},
    {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'},
    {0x0425, 'X'}, {0x0430, 'a'}, {0x0435, 'e'}, {0x043E, 'o'}, {0x0440, 'p'}, {0x0441, 'c'},
    {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x04AE, 'Y'},
    {0x04BB, 'h'}, {0x04C0, 'I'}, {0x04CF, 'l'}, {0x0501, 'd'}, {0x051B, 'q'}, {0x051D, 'w'},
    {0x0555, 'O'}, {0x0578, 'n'}, {0x057D, 'u'}, {0x0585, 'o'}, {0x1D0F, 'o'}, {0x1D1C, 'u'},
    {0x1D20, 'v'}, {0x1D21, 'w'}, {0x1D22, 'z'}, {0x2000, ' '}, {0x2001, ' '}, {0x2002, ' '},
    {0x2003, ' '}, {0x2004, ' '}, {0x2005, ' '}, {0x2006, ' '}, {0x2007, ' '}, {0x2008, ' '},
    {0x2009, ' '}, {0x200A, ' '}, {0x2010, '-'}, {0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'},
    {0x202F, ' '}, {0x2043, '-'}, {0x205F, ' '}, {0x2113, 'l'}, {0x212A, 'K'}, {0x2170, 'i'},
    {0x217C, 'l'}, {0x217D, 'c'}, {0x217E, 'd'}, {0x217F, 'm'}, {0x2212, '-'},
};

template <std::size_t Count>
bool holds(const std::array<Range, Count>& ranges, std::uint32_t codePoint)
{
    const auto after = std::upper_bound(
        ranges.begin(), ranges.end(), codePoint, [](std::uint32_t value, const Range& range) {
            return value < range.first;
        });
    return after != ranges.begin() && codePoint <= std::prev(after)->last;
}

/// Mathematical letters and digits: alphabets and rows of ten, one behind the other.
std::optional<char> mathematical(std::uint32_t codePoint)
{
    if (codePoint >= 0x1D400 && codePoint <= 0x1D6A3) {
        const auto letter = (codePoint - 0x1D400) % 52;
        return static_cast<char>(letter < 26 ? 'A' + letter : 'a' + (letter - 26));
    }
    if (codePoint >= 0x1D7CE && codePoint <= 0x1D7FF) {
        return static_cast<char>('0' + (codePoint - 0x1D7CE) % 10);
    }
    return std::nullopt;
}

std::optional<char> lookalike(std::uint32_t codePoint)
{
    const auto found
        = std::find_if(std::begin(kLookalikes),
                       std::end(kLookalikes),
                       [codePoint](const Lookalike& one) { return one.codePoint == codePoint; });
    return found == std::end(kLookalikes) ? mathematical(codePoint) : std::optional(found->ascii);
}

bool asks(Folds folds, Fold fold)
{
    return (folds & static_cast<Folds>(fold)) != 0;
}

} // namespace

std::optional<char> folded(std::uint32_t codePoint, Folds folds)
{
    if (codePoint < 0x80) {
        return std::nullopt;
    }
    if (asks(folds, Fold::ZeroWidth) && holds(kZeroWidth, codePoint)) {
        return '\0';
    }
    if (asks(folds, Fold::Combining) && holds(kCombining, codePoint)) {
        return '\0';
    }
    if (asks(folds, Fold::FullWidth)) {
        if (codePoint >= 0xFF01 && codePoint <= 0xFF5E) {
            return static_cast<char>(codePoint - 0xFF01 + '!');
        }
        if (codePoint == 0x3000) {
            return ' ';
        }
    }
    return asks(folds, Fold::Homoglyphs) ? lookalike(codePoint) : std::nullopt;
}

} // namespace exhibit::scan
