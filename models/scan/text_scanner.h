// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/folded_view.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::scan {

/// A text against a set whose patterns may look through disguises: a Scanner, and from the first
/// character on that some pattern wants folded, a FoldedView beside it for each way of folding.
/// Matches are united, h is the least of all. A character that is not whole yet is not read: it
/// might be one that folds. Results depend on the text alone. Not thread-safe.
class TextScanner {
public:
    explicit TextScanner(const std::shared_ptr<const PatternSet>& patterns,
                         WorkBudget budget = WorkBudget::unlimited());

    /// As Scanner's.
    void feed(std::string_view delta, std::vector<Match>& confirmed);
    [[nodiscard]] std::size_t feed(std::string_view delta,
                                   std::vector<Match>& confirmed,
                                   Pace& pace);
    void finish(std::vector<Match>& confirmed);
    [[nodiscard]] std::size_t position() const { return m_scanner.position(); }
    [[nodiscard]] std::size_t settled() const;
    /// From now on nothing is folded.
    void readAsIs();
    /// Disguised characters hold back more of the text than limits::kFoldedHeldBytesMax beyond what
    /// is held anyhow.
    [[nodiscard]] bool holdsTooMuch() const;
    /// As Scanner's; in each view for itself, and all end with the first.
    [[nodiscard]] bool exhausted() const { return m_exhausted; }
    void silence();

private:
    [[nodiscard]] std::size_t feedPlain(std::string_view text,
                                        std::vector<Match>& confirmed,
                                        Pace& pace);
    void feedCharacter(std::string_view character, std::vector<Match>& confirmed, Pace& pace);
    void feedPending(std::vector<Match>& confirmed, Pace& pace);
    void noteExhaustion();
    void fork(std::string_view character);
    void unite(std::vector<Match>& confirmed, std::size_t from) const;
    void readViews(std::vector<Match>& confirmed, std::string_view character, Pace& pace);
    void finishViews(std::vector<Match>& confirmed);
    void hear(const FoldedView& view, std::vector<Match>& confirmed) const;

    std::shared_ptr<const PatternSet> m_patterns;
    std::vector<Folds> m_kinds; ///< The different ways patterns ask for; those forked come off.
    Scanner m_scanner;
    std::vector<FoldedView> m_views;
    std::string m_pending; ///< The beginning of a character.
    bool m_exhausted = false;
    std::vector<Match> m_scratch;
};

} // namespace exhibit::scan
