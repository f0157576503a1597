// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/automaton.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace exhibit::scan {

/// The part of a text that is at hand.
struct TextWindow {
    std::string_view bytes;
    std::size_t begin = 0; ///< Offset of its first byte in the text.

    [[nodiscard]] char at(std::size_t offset) const { return bytes[offset - begin]; }
};

/// An end of matches of a pattern with a validator.
struct CandidateEnd {
    std::uint32_t pattern = 0;
    std::size_t end = 0; ///< In the text.
    /// The kind of what follows, for matches that waited for their right edge; empty: those that
    /// end whatever follows.
    std::optional<PatternSet::Automaton::Kind> after;
};

/// Finds all starts of an end. The automaton keeps only the oldest start of each position, so it
/// is walked backwards from the end; states and steps are built on first use, as the forward
/// ones are, and forgotten when they take more than a quarter of the cache's limit. One thread.
class CandidateFinder {
public:
    explicit CandidateFinder(const PatternSet::Automaton& automaton);

    struct Found {
        std::optional<std::size_t> start;
        /// What it would cost were nothing cached, in the unit of limits::kScanWorkPerByte; depends
        /// on the text alone.
        std::uint64_t work = 0;
    };
    /// The least start, not below `lowest`, of a match with this end that is no wider than W and
    /// that the validator accepts.
    [[nodiscard]] Found leastAcceptedStart(const TextWindow& text,
                                           const CandidateEnd& candidate,
                                           std::size_t lowest);
    /// As TransitionCache::takeWork().
    [[nodiscard]] std::uint64_t takeWork() { return std::exchange(m_work, 0); }
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

private:
    using Kind = PatternSet::Automaton::Kind;
    using Positions = std::vector<std::uint32_t>;
    /// Pattern, kind of the byte the positions matched, positions (sorted).
    using Key = std::tuple<std::uint32_t, Kind, Positions>;
    /// Pattern, class of the last byte, kind of what follows or UINT32_MAX.
    using EntryKey = std::tuple<std::uint32_t, std::size_t, std::uint32_t>;
    struct State;
    struct Step {
        State* next = nullptr; ///< Null: not built yet.
        bool starts = false; ///< A match starts with the byte stepped back from.
    };
    struct State {
        const Key* key = nullptr;
        std::vector<Step> steps; ///< By class of the byte before; the last: start of the text.
    };

    State* enter(const CandidateEnd& candidate, std::size_t lastClass);
    State* find(Key key);
    Step step(State*& from, std::size_t classBefore);
    void forgetWhenFull(State*& current);
    [[nodiscard]] bool mayEnd(std::uint32_t position, Kind last, std::optional<Kind> after) const;
    [[nodiscard]] bool mayStart(const Key& key, Kind before) const;
    [[nodiscard]] Positions before(const Key& key, std::size_t classBefore) const;
    [[nodiscard]] std::size_t classAt(const TextWindow& text, std::size_t offset) const;

    const PatternSet::Automaton& m_automaton;
    std::size_t m_bytes = 0;
    std::uint64_t m_work = 0;
    std::map<Key, State> m_states;
    std::map<EntryKey, State*> m_entries;
};

} // namespace exhibit::scan
