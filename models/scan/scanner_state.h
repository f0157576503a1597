// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/candidates.h"
#include "models/scan/scanner.h"
#include "models/scan/transition_cache.h"

namespace exhibit::scan {

/// Private to the scanner.
struct Scanner::State {
    State(std::shared_ptr<const PatternSet> set, WorkBudget work)
        : patterns(std::move(set))
        , budget(work)
    {
    }

    [[nodiscard]] const PatternSet::Automaton& automaton() const { return patterns->automaton(); }

    [[nodiscard]] std::size_t scan(std::string_view chunk,
                                   std::vector<Match>& confirmed,
                                   Pace& pace);
    void end(std::vector<Match>& confirmed);
    void silence();
    [[nodiscard]] std::size_t settledAt(const LiveGroups& live, std::size_t at) const;

    std::shared_ptr<const PatternSet> patterns;
    std::shared_ptr<const LiveGroups> groups; ///< Null before the first byte.
    std::vector<std::size_t> registers; ///< The start of each group.
    TransitionCache::State* cached = nullptr; ///< Of `groups`, in the cache of this generation.
    std::uint64_t generation = 0;
    std::size_t position = 0;
    std::string text; ///< What the matches still alive may need of the text, up to `position`.
    std::size_t textBegin = 0;
    WorkBudget budget;
    std::vector<std::uint64_t> shares; ///< By pattern, once the budget is exhausted.
    bool closed = false; ///< Nothing is read any more.
    bool ended = false;

private:
    struct Output {
        std::vector<Match>& confirmed;
        Pace& pace;
    };
    /// Where the automaton reads on in a chunk, and from where on it may stop when nothing is live.
    struct Reading {
        std::size_t at = 0;
        std::size_t until = 0;
    };
    void read(TransitionCache& cache, std::string_view chunk, Reading& reading, Output& output);
    Reading skip(TransitionCache& cache, std::string_view chunk, std::size_t at, Pace& pace);
    [[nodiscard]] std::optional<std::size_t> probe(TransitionCache& cache,
                                                   std::string_view chunk,
                                                   Reading reading,
                                                   PatternSet::Automaton::Kind kind,
                                                   Pace& pace);
    void consume(TransitionCache& cache, const TransitionCache::Step& step, Output& output);
    void moveRegisters(const Effect& effect);
    void confirm(TransitionCache& cache,
                 std::span<const Confirmation> confirmations,
                 std::optional<PatternSet::Automaton::Kind> after,
                 std::vector<Match>& confirmed);
    void dropText();
    [[nodiscard]] TextWindow window() const { return {text, textBegin}; }
    [[nodiscard]] std::size_t characterStart(std::size_t offset) const;
    [[nodiscard]] std::vector<std::uint64_t> sharesOf(const LiveGroups& live) const;

    std::size_t readUntil = 0; ///< Below this byte nothing is passed over any more.
};

} // namespace exhibit::scan
