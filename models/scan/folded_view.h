// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/folding.h"
#include "models/scan/scanner.h"

#include <string_view>
#include <vector>

namespace exhibit::scan {

/// Where the bytes of a folded text stand in the text as it came. Offsets below the first one that
/// is kept are taken to be as far apart as that one's.
class OffsetMap {
public:
    /// Of texts that are the same up to `position`.
    explicit OffsetMap(std::size_t position);

    void keep(std::size_t bytes); ///< The same bytes in both.
    void replace(std::size_t rawBytes); ///< One character by one byte.
    void drop(std::size_t rawBytes);

    /// Of the character with that byte; at the end, the end of the raw text.
    [[nodiscard]] std::size_t rawBegin(std::size_t folded) const;
    /// The end of the last character that is wholly among so many folded bytes.
    [[nodiscard]] std::size_t rawEnd(std::size_t folded) const;
    [[nodiscard]] std::size_t rawPosition() const { return m_raw; }
    [[nodiscard]] std::size_t foldedPosition() const { return m_folded; }

private:
    /// From `folded` on both go in step again.
    struct Segment {
        std::size_t folded = 0;
        std::size_t raw = 0;
        std::size_t end = 0; ///< The raw end of what stands before `folded`.
    };
    void add(std::size_t end);
    [[nodiscard]] std::vector<Segment>::const_iterator firstNotBefore(std::size_t folded) const;

    std::vector<Segment> m_segments; ///< Ascending; never empty.
    std::size_t m_folded;
    std::size_t m_raw;
};

/// A second run of a text's scanner, which reads folded characters from the first one on that folds
/// to something else. Everything it says is in offsets of the text as it came. Not thread-safe.
class FoldedView {
public:
    /// `scanner` has read all of the text before that character.
    FoldedView(Scanner scanner, Folds folds);

    /// One whole character, or a byte that is part of none.
    void feed(std::string_view character, std::vector<Match>& confirmed, Pace& pace);
    void finish(std::vector<Match>& confirmed);
    [[nodiscard]] std::size_t settled() const;
    [[nodiscard]] bool exhausted() const { return m_scanner.exhausted(); }
    [[nodiscard]] Folds folds() const { return m_folds; }

private:
    void translate(std::vector<Match>& confirmed, std::size_t from) const;

    Scanner m_scanner;
    Folds m_folds;
    OffsetMap m_offsets;
};

} // namespace exhibit::scan
