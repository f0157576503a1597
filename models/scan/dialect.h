// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/scan/folding.h"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// choice     := sequence ("|" sequence)*
// sequence   := (item quantifier?)*
// item       := character | "." | escape | class | group | boundary | lookaround | "(?i)" | fold
// group      := "(" choice ")" | "(?:" choice ")" | "(?i:" choice ")"
// quantifier := ("*" | "+" | "?" | "{m}" | "{m,}" | "{m,n}") "?"?
// boundary   := "\b" | "\B"
// lookaround := "(?<!" one ")" | "(?!" one ")"        one := character | "." | escape | class
// fold       := "(?fold)" | "(?fold=" way ("," way)* ")"     of the whole pattern
// way        := "zero_width" | "full_width" | "combining" | "homoglyphs"
// class      := "[" "^"? (one character, range, or escape)+ "]"
// escape     := \w \W \d \D \s \S \n \r \t \f \xHH \x{H..} or "\" and ASCII punctuation
//
// Everything else is refused: a policy must not mean less than its author believes.

namespace exhibit::scan {

using ByteSet = std::bitset<256>;

/// Which edges between two bytes are allowed: bit 2 * (word before) + (word after).
using WordEdges = std::uint8_t;
inline constexpr WordEdges kEveryEdge = 0b1111;
inline constexpr WordEdges kWordBoundary = 0b0110;
inline constexpr WordEdges kNoWordBoundary = 0b1001;

inline constexpr std::uint32_t kUnlimited = UINT32_MAX;

/// A pattern as a tree over bytes: characters are already spelled out in UTF-8.
struct Node {
    enum class Kind : std::uint8_t {
        Sequence, ///< Of its children; with none it matches the empty text.
        Choice,
        Repeat, ///< Its one child `least` to `most` times.
        Bytes, ///< One byte out of `bytes`.
        Boundary, ///< An edge between bytes out of `edges`.
        NotAfter, ///< The byte before is not in `bytes`; the start of the text is fine.
        NotBefore, ///< The byte after is not in `bytes`; the end of the text is fine.
    };

    Kind kind = Kind::Sequence;
    WordEdges edges = kEveryEdge;
    std::uint32_t least = 1;
    std::uint32_t most = 1;
    std::size_t offset = 0; ///< Where it stands in the pattern, for refusals.
    ByteSet bytes;
    std::vector<Node> children;
};

struct ParsedPattern {
    Node root;
    std::size_t positions = 0; ///< Bytes nodes once repeats are written out.
    std::optional<std::uint32_t> longest; ///< Bytes of the longest match; empty: unbounded.
    Folds folds = 0; ///< The disguises it looks through.
};

/// What `\b` takes for part of a word: ASCII letters, digits and the underscore.
[[nodiscard]] ByteSet wordBytes();

/// Bytes of the longest text it matches; empty: no bound.
[[nodiscard]] std::optional<std::uint64_t> longestMatch(const Node& node);

/// Errors: InvalidInput; the message names what is refused and the byte of the pattern.
[[nodiscard]] Result<ParsedPattern> parsePattern(std::string_view pattern);

} // namespace exhibit::scan
