// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/match_runs.h"
#include "models/scan/text_scanner.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::scan {

/// What is looked for in texts that are to be redacted, and what stands instead.
struct RedactionPack {
    std::shared_ptr<const PatternSet> patterns;
    std::vector<std::string> placeholders; ///< By pattern.
};

/// Redacts one text as it comes, in memory that depends on the widest pattern and the size of a
/// piece, not on the text. What comes out depends on the text alone (policies.md, "Semantics").
/// Not thread-safe.
class Redactor {
public:
    /// `pack` outlives the redactor.
    explicit Redactor(const RedactionPack& pack);

    /// Appends to `out` what is final now.
    void feed(std::string_view bytes, std::string& out);
    void finish(std::string& out);
    /// The runs that have ended since the last call; `pattern` is the pack's.
    [[nodiscard]] std::vector<MatchRun> takeRuns();
    /// Bytes of the input below this are of a run that has ended, or of none.
    [[nodiscard]] std::size_t decided() const;

private:
    void take(std::size_t settled, bool ended, std::string& out);
    void emit(std::size_t end, std::string& out);

    const RedactionPack& m_pack;
    TextScanner m_scanner;
    MatchRuns m_runs;
    std::vector<MatchRun> m_ended; ///< For takeRuns().
    std::string m_text; ///< From m_emitted on.
    std::size_t m_emitted = 0; ///< Of the input.
    std::vector<Match> m_matches; ///< Scratch.
};

/// A whole text at once.
[[nodiscard]] std::string redacted(const RedactionPack& pack, std::string_view text);

} // namespace exhibit::scan
