// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/automaton.h"
#include "models/scan/candidates.h"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace exhibit::scan {

/// Where all matches that may still complete have got to: groups of positions by the start of
/// their match, oldest first. A position stands only in its oldest group: whatever a younger match
/// could do from there the older one does too, with more of the text.
///
/// Free of offsets, which the stream keeps in one register for each group, so that streams share
/// it.
struct LiveGroups {
    struct Group {
        std::uint32_t end = 0; ///< Into `positions`; the group begins where the previous one ends.
        std::uint32_t width = 0; ///< The greatest W of its patterns.
        std::uint32_t holdWidth = 0; ///< The same over holding patterns; 0: none.
    };

    std::vector<std::uint32_t> positions; ///< Sorted within a group.
    std::vector<Group> groups;
    PatternSet::Automaton::Kind lastKind = 0; ///< Of the last byte.

    [[nodiscard]] std::span<const std::uint32_t> group(std::size_t index) const
    {
        const auto begin = index == 0 ? 0 : groups[index - 1].end;
        return std::span(positions).subspan(begin, groups[index].end - begin);
    }
};

/// A pattern that matches from the start in register `group`, or from the byte being read.
struct Confirmation {
    static constexpr std::uint32_t kNewStart = UINT32_MAX;
    std::uint32_t pattern = 0;
    std::uint32_t group = 0;
    bool awaited = false; ///< The match ends before the byte being read, which is its right edge.
};

/// What reading a byte does besides changing the state.
struct Effect {
    std::vector<Confirmation> confirmations; ///< Awaited ones first, then by pattern.
    std::vector<std::uint32_t> kept; ///< The registers kept, ascending.
    bool starts = false; ///< A register with the offset of this byte is added.
};

/// States and transitions of one automaton, built on first use. One thread.
///
/// When full it forgets everything (`generation` changes); streams then find their state again by
/// their live groups.
class TransitionCache {
public:
    struct State;
    struct Step {
        State* next = nullptr; ///< Null: not built yet.
        const Effect* effect = nullptr; ///< Null: registers stay as they are, nothing is confirmed.
    };
    struct State {
        std::shared_ptr<const LiveGroups> groups;
        std::vector<Step> steps; ///< By byte class.
        std::uint32_t work = 0; ///< Of its live positions (Automaton::work).
        bool quiet = false; ///< Nothing is live.
    };

    explicit TransitionCache(const PatternSet::Automaton& automaton);

    /// The state of a stream with these live groups; null means the start of a text.
    State* enter(const std::shared_ptr<const LiveGroups>& groups);
    /// The state in which nothing is live behind a byte of this kind.
    State* quiet(PatternSet::Automaton::Kind kind);
    /// The step of `from` over a byte class. May forget every other state, `from` included.
    Step build(State* from, std::size_t byteClass);
    /// What the end of the text confirms.
    [[nodiscard]] std::vector<Confirmation> atEnd(const LiveGroups& groups);

    /// What was built since the last time it was asked, in the unit of limits::kScanSliceWork.
    [[nodiscard]] std::uint64_t takeWork();

    [[nodiscard]] std::uint64_t generation() const { return m_generation; }
    [[nodiscard]] std::size_t bytes() const { return m_bytes + m_candidates.bytes(); }
    [[nodiscard]] CandidateFinder& candidates() { return m_candidates; }
    [[nodiscard]] const PatternSet::Automaton* automaton() const { return m_automaton; }
    /// False once the automaton is gone; then only destruction is left.
    [[nodiscard]] bool current() const { return !m_alive.expired(); }

private:
    struct Hash {
        std::size_t operator()(const LiveGroups* groups) const;
    };
    struct Equal {
        bool operator()(const LiveGroups* a, const LiveGroups* b) const;
    };

    void renew();
    void newMark();
    bool firstSight(std::vector<std::uint32_t>& marks, std::uint32_t index) const;
    void confirmAwaited(const LiveGroups& groups,
                        PatternSet::Automaton::Kind after,
                        std::vector<Confirmation>& confirmations);
    void enterPosition(std::uint32_t position, std::uint32_t group, LiveGroups& to, Effect& effect);
    bool closeGroup(LiveGroups& to) const;
    void advance(const LiveGroups& from, std::size_t byteClass, LiveGroups& to, Effect& effect);
    const Effect* keep(Effect effect, std::size_t registersBefore);

    const PatternSet::Automaton* m_automaton;
    std::weak_ptr<const int> m_alive;
    std::uint64_t m_generation = 0;
    std::size_t m_bytes = 0;
    std::uint64_t m_work = 0;
    CandidateFinder m_candidates;
    std::unordered_map<const LiveGroups*, std::unique_ptr<State>, Hash, Equal> m_states;
    std::vector<std::unique_ptr<const Effect>> m_effects;
    // Scratch of the build under way: what has been seen carries the current mark.
    std::uint32_t m_mark = 0;
    std::vector<std::uint32_t> m_positionMarks;
    std::vector<std::uint32_t> m_patternMarks;
};

/// This thread's cache for an automaton. All caches of a thread together stay near
/// limits::kScanCacheBytesMax: the least recently used go first.
[[nodiscard]] TransitionCache& threadCache(const PatternSet::Automaton& automaton);

} // namespace exhibit::scan
