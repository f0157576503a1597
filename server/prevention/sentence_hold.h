// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/match_runs.h"
#include "server/prevention/automata.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::prevention {

/// A claim that stands without a hedge.
struct UnhedgedClaim {
    std::uint32_t policy = 0; ///< Index into the plan's policies.
    MatchRun run;
    std::string text; ///< From its start to its end.
};

/// Which claims of one text are hedged (rulings.md 14). A claim waits for the end of its sentence,
/// which is the one its last byte is in; a hedge counts anywhere within that sentence. Verdicts
/// fall at boundaries only: after `.` `!` `?` or a newline, and, so that nothing is held for more
/// than limits::kSentenceHoldBytesMax, at every 64th byte. Both depend on the text alone, never on
/// its deltas.
class SentenceHold {
public:
    explicit SentenceHold(std::shared_ptr<const StagePlan> plan);

    /// How much of `delta` to consume next: to the next boundary, or all of it.
    [[nodiscard]] std::size_t toBoundary(std::string_view delta) const;
    void append(std::string_view segment);
    [[nodiscard]] bool atBoundary() const;

    /// Takes a confirmed claim; all text up to its confirmation has been appended. Returns it when
    /// its sentence is over already and had no hedge.
    [[nodiscard]] std::optional<UnhedgedClaim> add(std::uint32_t policy, const scan::Match& claim);
    /// At a boundary: the verdicts that fall here.
    [[nodiscard]] std::vector<UnhedgedClaim> decide();
    /// The text has ended, and with it its last sentence.
    [[nodiscard]] std::vector<UnhedgedClaim> finish();

    /// Looking for hedges makes more work than patterns may; claims are not excused by what was not
    /// looked at.
    [[nodiscard]] bool exhausted() const { return m_exhausted; }

    /// Where the earliest claim begins that a blocking policy still waits for; npos when none.
    [[nodiscard]] std::size_t held() const;

private:
    struct Claims {
        std::uint32_t policy = 0;
        MatchRuns pending;
        std::optional<scan::Scanner> hedges; ///< Over this sentence; since its first claim.
        bool hedged = false;
    };

    [[nodiscard]] Claims& claimsOf(std::uint32_t policy);
    void lookForHedges(Claims& claims, std::string_view text);
    [[nodiscard]] bool previousSentenceHedges(std::uint32_t policy);
    void startSentence();
    [[nodiscard]] UnhedgedClaim unhedged(std::uint32_t policy, const MatchRun& run) const;

    std::shared_ptr<const StagePlan> m_plan;
    std::vector<Claims> m_claims; ///< Of the policies that had a claim in this text.
    std::size_t m_position = 0;
    std::size_t m_sentenceBegin = 0;
    std::string m_text; ///< The last part of this sentence, up to m_position.
    std::string m_previous; ///< The last part of the sentence before.
    bool m_exhausted = false;
    std::vector<scan::Match> m_matches; ///< Scratch.
};

} // namespace exhibit::prevention
