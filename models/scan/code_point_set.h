// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/dialect.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace exhibit::scan {

inline constexpr std::uint32_t kLastCodePoint = 0x10FFFF;

/// The characters one item of a pattern matches, as sorted, disjoint, non-touching ranges.
class CodePointSet {
public:
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };

    CodePointSet() = default;
    CodePointSet(std::initializer_list<Range> ranges);

    void add(Range range);
    void add(const CodePointSet& other);
    /// Adds the other case of every ASCII letter.
    void foldAscii();
    /// Every code point the set lacks, the line feed included.
    [[nodiscard]] CodePointSet complement() const;

    [[nodiscard]] bool empty() const { return m_ranges.empty(); }
    /// The only member of a set of one.
    [[nodiscard]] std::optional<std::uint32_t> single() const;

    /// The set's UTF-8 forms as a tree of byte sets. Ranges that fill all characters of one length
    /// are taken by form (lead byte, continuation bytes), so that `.` costs seven positions and
    /// also matches a lone surrogate that a JSON escape brought in.
    [[nodiscard]] Node utf8(std::size_t offset) const;
    /// The set as a condition on a single byte, when every character beyond ASCII is in it or none
    /// is; else empty.
    [[nodiscard]] std::optional<ByteSet> asByteCondition() const;

private:
    std::vector<Range> m_ranges;
};

/// The first character of a text, or empty when it is not well-formed UTF-8.
struct DecodedCharacter {
    std::uint32_t codePoint = 0;
    std::size_t length = 0;
};
[[nodiscard]] std::optional<DecodedCharacter> decodeCharacter(std::string_view text);

} // namespace exhibit::scan
