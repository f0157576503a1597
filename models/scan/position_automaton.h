// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/dialect.h"

#include <cstdint>
#include <vector>

namespace exhibit::scan {

/// What an edge between two bytes must fulfil. Lookarounds are indices into the pattern's
/// `lookarounds` plus one; 0 is none.
struct EdgeCondition {
    WordEdges words = kEveryEdge;
    std::uint16_t notAfter = 0;
    std::uint16_t notBefore = 0;

    [[nodiscard]] bool always() const { return *this == EdgeCondition{}; }
    friend bool operator==(const EdgeCondition&, const EdgeCondition&) = default;
};

/// The Glushkov automaton of one pattern: a position for each byte of its text, no empty moves.
/// A match enters at a first position, follows links, and ends at a last position.
struct PositionAutomaton {
    struct Border {
        std::uint32_t position = 0;
        EdgeCondition condition;
    };
    struct Link {
        std::uint32_t from = 0;
        std::uint32_t to = 0;
        WordEdges words = kEveryEdge;
    };

    std::vector<ByteSet> labels; ///< By position: the bytes it matches.
    std::vector<Border> firsts; ///< No `notBefore`. Sorted by position.
    std::vector<Border> lasts; ///< No `notAfter`. Sorted by position.
    std::vector<Link> links; ///< Sorted by (from, to), each pair once.
    std::vector<ByteSet> lookarounds;
};

/// Errors: InvalidInput: it matches the empty text, matches nothing, has a lookaround elsewhere
/// than at its left or right, or more than limits::kPatternLinksMax links.
[[nodiscard]] Result<PositionAutomaton> buildPositions(const ParsedPattern& pattern);

} // namespace exhibit::scan
