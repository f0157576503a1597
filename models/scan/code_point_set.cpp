// SPDX-License-Identifier: Apache-2.0
#include "models/scan/code_point_set.h"

#include <algorithm>
#include <array>

namespace exhibit::scan {
namespace {

using Range = CodePointSet::Range;

// The bytes of consecutive characters of one length: one range for each byte.
using ByteRanges = std::vector<std::pair<std::uint8_t, std::uint8_t>>;

struct Length {
    Range codePoints;
    std::size_t bytes;
    std::uint8_t leadFirst;
    std::uint8_t leadLast;
};

constexpr std::array<Length, 4> kLengths{{
    {{0x0, 0x7F}, 1, 0x00, 0x7F},
    {{0x80, 0x7FF}, 2, 0xC0, 0xDF},
    {{0x800, 0xFFFF}, 3, 0xE0, 0xEF},
    {{0x10000, kLastCodePoint}, 4, 0xF0, 0xF7},
}};

std::uint8_t encodedByte(std::uint32_t codePoint, const Length& length, std::size_t index)
{
    const auto shift = 6 * (length.bytes - 1 - index);
    const std::uint32_t bits = codePoint >> shift;
    if (index > 0) {
        return static_cast<std::uint8_t>(0x80U | (bits & 0x3FU));
    }
    return static_cast<std::uint8_t>(length.leadFirst | bits);
}

// Splits until every byte's range is independent of the others (Thompson's construction).
void splitIntoByteRanges(Range range, const Length& length, std::vector<ByteRanges>& out)
{
    for (std::size_t tail = 1; tail < length.bytes; ++tail) {
        const std::uint32_t mask = (1U << (6 * tail)) - 1;
        if ((range.first & ~mask) == (range.last & ~mask)) {
            continue;
        }
        if ((range.first & mask) != 0) {
            splitIntoByteRanges({range.first, range.first | mask}, length, out);
            splitIntoByteRanges({(range.first | mask) + 1, range.last}, length, out);
            return;
        }
        if ((range.last & mask) != mask) {
            splitIntoByteRanges({range.first, (range.last & ~mask) - 1}, length, out);
            splitIntoByteRanges({range.last & ~mask, range.last}, length, out);
            return;
        }
    }
    ByteRanges bytes;
    for (std::size_t index = 0; index < length.bytes; ++index) {
        bytes.emplace_back(encodedByte(range.first, length, index),
                           encodedByte(range.last, length, index));
    }
    out.push_back(std::move(bytes));
}

void appendForms(Range range, std::vector<ByteRanges>& out)
{
    for (const auto& length : kLengths) {
        const Range part{std::max(range.first, length.codePoints.first),
                         std::min(range.last, length.codePoints.last)};
        if (part.first > part.last) {
            continue;
        }
        const bool whole
            = part.first == length.codePoints.first && part.last == length.codePoints.last;
        if (whole) {
            ByteRanges bytes(length.bytes, {std::uint8_t{0x80}, std::uint8_t{0xBF}});
            bytes.front() = {length.leadFirst, length.leadLast};
            out.push_back(std::move(bytes));
        } else {
            splitIntoByteRanges(part, length, out);
        }
    }
}

ByteSet toByteSet(std::pair<std::uint8_t, std::uint8_t> range)
{
    ByteSet set;
    for (std::size_t byte = range.first; byte <= range.second; ++byte) {
        set.set(byte);
    }
    return set;
}

Node bytesNode(const ByteSet& bytes, std::size_t offset)
{
    Node node;
    node.kind = Node::Kind::Bytes;
    node.bytes = bytes;
    node.offset = offset;
    return node;
}

// Shares common last bytes, so that large classes stay few positions.
Node shareTails(std::vector<ByteRanges> forms, std::size_t offset)
{
    Node choice;
    choice.kind = Node::Kind::Choice;
    choice.offset = offset;
    ByteSet single;
    std::vector<std::pair<std::pair<std::uint8_t, std::uint8_t>, std::vector<ByteRanges>>> tails;
    for (auto& form : forms) {
        if (form.size() == 1) {
            single |= toByteSet(form.front());
            continue;
        }
        const auto last = form.back();
        form.pop_back();
        const auto same = std::find_if(
            tails.begin(), tails.end(), [&](const auto& tail) { return tail.first == last; });
        if (same == tails.end()) {
            tails.push_back({last, {std::move(form)}});
        } else {
            same->second.push_back(std::move(form));
        }
    }
    if (single.any()) {
        choice.children.push_back(bytesNode(single, offset));
    }
    for (auto& [last, heads] : tails) {
        Node sequence;
        sequence.offset = offset;
        sequence.children.push_back(shareTails(std::move(heads), offset));
        sequence.children.push_back(bytesNode(toByteSet(last), offset));
        choice.children.push_back(std::move(sequence));
    }
    if (choice.children.size() == 1) {
        Node only = std::move(choice.children.front());
        return only;
    }
    return choice;
}

} // namespace

CodePointSet::CodePointSet(std::initializer_list<Range> ranges)
{
    for (const auto& range : ranges) {
        add(range);
    }
}

void CodePointSet::add(Range range)
{
    std::vector<Range> merged;
    for (const auto& other : m_ranges) {
        if (other.last + 1 < range.first || range.last + 1 < other.first) {
            merged.push_back(other);
        } else {
            range = {std::min(range.first, other.first), std::max(range.last, other.last)};
        }
    }
    const auto place = std::find_if(
        merged.begin(), merged.end(), [&](const Range& other) { return range.last < other.first; });
    merged.insert(place, range);
    m_ranges = std::move(merged);
}

void CodePointSet::add(const CodePointSet& other)
{
    for (const auto& range : other.m_ranges) {
        add(range);
    }
}

void CodePointSet::foldAscii()
{
    constexpr std::uint32_t kCaseBit = 'a' - 'A';
    const auto ranges = m_ranges;
    for (const auto& range : ranges) {
        const Range upper{std::max<std::uint32_t>(range.first, 'A'),
                          std::min<std::uint32_t>(range.last, 'Z')};
        if (upper.first <= upper.last) {
            add({upper.first + kCaseBit, upper.last + kCaseBit});
        }
        const Range lower{std::max<std::uint32_t>(range.first, 'a'),
                          std::min<std::uint32_t>(range.last, 'z')};
        if (lower.first <= lower.last) {
            add({lower.first - kCaseBit, lower.last - kCaseBit});
        }
    }
}

CodePointSet CodePointSet::complement() const
{
    CodePointSet result;
    std::uint32_t next = 0;
    for (const auto& range : m_ranges) {
        if (range.first > next) {
            result.m_ranges.push_back({next, range.first - 1});
        }
        next = range.last + 1;
    }
    if (next <= kLastCodePoint) {
        result.m_ranges.push_back({next, kLastCodePoint});
    }
    return result;
}

std::optional<std::uint32_t> CodePointSet::single() const
{
    if (m_ranges.size() == 1 && m_ranges.front().first == m_ranges.front().last) {
        return m_ranges.front().first;
    }
    return std::nullopt;
}

Node CodePointSet::utf8(std::size_t offset) const
{
    std::vector<ByteRanges> forms;
    for (const auto& range : m_ranges) {
        appendForms(range, forms);
    }
    return shareTails(std::move(forms), offset);
}

std::optional<ByteSet> CodePointSet::asByteCondition() const
{
    ByteSet set;
    for (const auto& range : m_ranges) {
        for (std::uint32_t byte = range.first; byte <= std::min(range.last, 0x7FU); ++byte) {
            set.set(byte);
        }
        if (range.last > 0x7F) {
            if (range.first > 0x80 || range.last != kLastCodePoint) {
                return std::nullopt;
            }
            for (std::size_t byte = 0x80; byte <= 0xFF; ++byte) {
                set.set(byte);
            }
        }
    }
    return set;
}

std::optional<DecodedCharacter> decodeCharacter(std::string_view text)
{
    if (text.empty()) {
        return std::nullopt;
    }
    const auto lead = static_cast<std::uint8_t>(text.front());
    for (const auto& length : kLengths) {
        if (lead < length.leadFirst || lead > length.leadLast || text.size() < length.bytes) {
            continue;
        }
        std::uint32_t codePoint
            = lead & static_cast<std::uint8_t>(length.leadLast - length.leadFirst);
        for (std::size_t index = 1; index < length.bytes; ++index) {
            const auto byte = static_cast<std::uint8_t>(text[index]);
            if ((byte & 0xC0U) != 0x80U) {
                return std::nullopt;
            }
            codePoint = (codePoint << 6) | (byte & 0x3FU);
        }
        const bool surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
        if (codePoint < length.codePoints.first || codePoint > length.codePoints.last
            || surrogate) {
            return std::nullopt;
        }
        return DecodedCharacter{codePoint, length.bytes};
    }
    return std::nullopt;
}

} // namespace exhibit::scan
