// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/pattern_set.h"
#include "models/scan/position_automaton.h"
#include "models/scan/prefilter.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace exhibit::scan {

/// The union of the position automata of a set. Immutable once in a PatternSet.
///
/// Bytes that no label and no edge condition tells apart share a byte class. The kind of a byte is
/// what edge conditions see of it: whether it is a word byte and in which lookarounds it is.
struct PatternSet::Automaton {
    using Kind = std::uint16_t; ///< At most one for each byte and one for the outside.

    struct Pattern {
        std::uint32_t width = 0;
        std::uint32_t firstPosition = 0;
        std::uint32_t endPosition = 0;
        Validator validator = Validator::None;
        bool holds = true;
    };
    struct Position {
        std::uint32_t pattern = 0;
        std::uint32_t label = 0;
        std::uint32_t firstLink = 0; ///< Into `links`, to the next position's.
        std::uint32_t firstRightEdge = 0; ///< Into `rightEdges`, to the next position's.
        bool ends = false; ///< A match may end here, whatever follows.
        bool lives = false; ///< It has links or waits for a right edge.
    };
    struct Link {
        std::uint32_t to = 0;
        WordEdges words = kEveryEdge;
    };
    /// Lookarounds are indices into `lookaroundKinds`; 0 excludes nothing.
    struct LeftEdge {
        std::uint32_t position = 0;
        std::uint32_t notAfter = 0;
        WordEdges words = kEveryEdge;
    };
    struct RightEdge {
        std::uint32_t notBefore = 0;
        WordEdges words = kEveryEdge;
    };

    std::vector<Pattern> patterns;
    std::vector<Position> positions; ///< And one more, so that each has a next one.
    std::vector<Link> links;
    std::vector<RightEdge> rightEdges;
    std::vector<LeftEdge> leftEdges; ///< Sorted by position.

    std::array<std::uint8_t, 256> classOfByte{};
    std::size_t classCount = 0;
    std::vector<Kind> kindOfClass;
    Kind outsideKind = 0; ///< What stands before the start and after the end of the text.
    std::vector<bool> wordKind; ///< By kind.
    std::vector<std::bitset<257>> lookaroundKinds; ///< The kinds in each lookaround's class.
    std::vector<std::bitset<256>> labelClasses; ///< The byte classes of each label.
    std::vector<std::vector<std::uint32_t>> leftEdgesOfClass; ///< Indices of `leftEdges`.

    std::vector<Folds> folds; ///< By pattern.

    /// By position: what it costs to read a byte where it is live, in the unit of
    /// limits::kScanWorkPerByte; 0 so near to the start of a match that the prefilter may pass over
    /// it, and nobody would know.
    std::vector<std::uint32_t> work;

    std::size_t cacheBytesMax = limits::kScanCacheBytesMax;
    /// Of the patterns together; empty when one of them has no windows, or it would not pay.
    std::optional<Prefilter> prefilter;
    /// Deltas from this size on are looked through by the prefilter first.
    std::size_t prefilterBytesMin = 1024;
    /// Lets the caches of other threads see that this automaton is gone.
    std::shared_ptr<const int> alive = std::make_shared<const int>(0);

    [[nodiscard]] bool wordsAllow(WordEdges words, Kind before, Kind after) const
    {
        const auto bit = (wordKind[before] ? 2U : 0U) + (wordKind[after] ? 1U : 0U);
        return ((words >> bit) & 1U) != 0;
    }
    [[nodiscard]] bool allows(const LeftEdge& edge, Kind before, Kind after) const
    {
        return wordsAllow(edge.words, before, after) && !lookaroundKinds[edge.notAfter][before];
    }
    [[nodiscard]] bool allows(const RightEdge& edge, Kind before, Kind after) const
    {
        return wordsAllow(edge.words, before, after) && !lookaroundKinds[edge.notBefore][after];
    }
    [[nodiscard]] Kind kindOf(char byte) const
    {
        return kindOfClass[classOfByte[static_cast<std::uint8_t>(byte)]];
    }

    /// What a live position costs, wherever it stands.
    [[nodiscard]] std::uint32_t unitsOf(std::uint32_t position) const
    {
        return 1 + positions[position + 1].firstLink - positions[position].firstLink;
    }

    [[nodiscard]] static std::shared_ptr<const PatternSet> intoSet(
        std::unique_ptr<Automaton> automaton);

private:
    void weigh();
};

/// Adds up the patterns of a set.
class AutomatonBuilder {
public:
    AutomatonBuilder();

    void add(const PatternSet::Automaton::Pattern& pattern,
             const PositionAutomaton& positions,
             Folds folds);
    [[nodiscard]] std::size_t positionCount() const { return m_automaton->positions.size(); }
    [[nodiscard]] std::unique_ptr<PatternSet::Automaton> finish();

private:
    std::uint32_t lookaround(const PositionAutomaton& pattern, std::uint16_t index);
    std::uint32_t label(const ByteSet& bytes);
    void describeKinds();
    void divideBytes();

    std::unique_ptr<PatternSet::Automaton> m_automaton;
    std::vector<ByteSet> m_labels;
    std::unordered_map<ByteSet, std::uint32_t> m_labelIndex;
    std::vector<ByteSet> m_lookarounds; ///< The first is empty: no condition.
    std::array<std::uint8_t, 256> m_kindOfByte{};
    bool m_wordsMatter = false;
};

/// The automaton of a set, before it is made immutable.
[[nodiscard]] Result<std::unique_ptr<PatternSet::Automaton>> buildAutomaton(
    std::span<const PatternSpec> patterns);

} // namespace exhibit::scan
