// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/pattern_set.h"
#include "models/scan/work_budget.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::scan {

/// One covered interval: bytes [begin, end) of the channel's text, widened to whole characters.
struct Match {
    std::size_t pattern = 0; ///< Index into the compiled patterns.
    std::size_t begin = 0; ///< max(start, end - W), then the start of its character.
    std::size_t end = 0;
    std::size_t start = 0; ///< The match's own start, may lie before `begin`.
    /// Bytes consumed when it was confirmed: `end`, or one more when it waited for its right edge
    /// (the end of the text counts as a byte).
    std::size_t confirmedAt = 0;
    /// h at that byte: a blocking policy ends the text at min(start, settled), with the least start
    /// of its matches confirmed there.
    std::size_t settled = 0;
    friend bool operator==(const Match&, const Match&) = default;
};

/// The state of one text (one channel of one stream) against a PatternSet. Not thread-safe; about
/// half a kB. Results depend on the text alone, never on how it was split into deltas.
class Scanner {
public:
    explicit Scanner(std::shared_ptr<const PatternSet> patterns,
                     WorkBudget budget = WorkBudget::unlimited());
    ~Scanner();
    Scanner(Scanner&&) noexcept;
    Scanner& operator=(Scanner&&) noexcept;
    /// Another one that has read the same text.
    [[nodiscard]] Scanner copy() const;

    /// Consumes the next bytes and appends every match they confirm, in order of confirmation. For
    /// each pattern, end and byte of confirmation that is the one with the least start (which the
    /// validator accepts); the others cover nothing more.
    void feed(std::string_view delta, std::vector<Match>& confirmed);
    /// The same, until the pace is over; returns how many bytes it has consumed, one at least. What
    /// is settled in between may lie behind what it would be at another split: only starts that the
    /// bytes given have shown to be dead are missing.
    [[nodiscard]] std::size_t feed(std::string_view delta,
                                   std::vector<Match>& confirmed,
                                   Pace& pace);
    /// All of it, though the pace is over before.
    void feedAll(std::string_view delta, std::vector<Match>& confirmed, Pace& pace);
    /// The text has ended: no start is live any more, the end counts as a non-word byte.
    void finish(std::vector<Match>& confirmed);

    /// Bytes consumed.
    [[nodiscard]] std::size_t position() const;
    /// h(n) over the holding patterns: bytes below it can become part of no further match. Never in
    /// the middle of a character that a match could still cover.
    [[nodiscard]] std::size_t settled() const;
    /// The text makes more work than the budget has: it was read up to a byte that depends on the
    /// text alone; from there on nothing is live, and nothing is found.
    [[nodiscard]] bool exhausted() const;
    /// What each pattern costs at the byte where the budget was exhausted; empty before.
    [[nodiscard]] const std::vector<std::uint64_t>& shares() const;
    /// From now on nothing is live, and nothing is found.
    void silence();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Every match of a whole text, or nothing when that is more work than the budget has; patterns
/// that look through disguises do (text_scanner.h).
[[nodiscard]] std::optional<std::vector<Match>> scanWithin(
    WorkBudget budget, const std::shared_ptr<const PatternSet>& patterns, std::string_view text);
/// The same without a budget; patterns that look through disguises do (text_scanner.h).
[[nodiscard]] std::vector<Match> scanWhole(const std::shared_ptr<const PatternSet>& patterns,
                                           std::string_view text);

/// One maximal covered run, to be replaced by one placeholder.
struct Redaction {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t pattern = 0; ///< The first-listed pattern with a match that begins at `begin`.
};

/// Merges covered intervals into maximal runs; touching ones are one (policies.md, "Semantics").
[[nodiscard]] std::vector<Redaction> coveredRuns(std::vector<Match> matches);

} // namespace exhibit::scan
