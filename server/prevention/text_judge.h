// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/time.h"
#include "models/scan/match_runs.h"
#include "models/scan/text_scanner.h"
#include "server/prevention/automata.h"
#include "server/prevention/sentence_hold.h"

#include <optional>
#include <string_view>
#include <vector>

namespace exhibit::prevention {

/// What one policy found in one text.
struct Finding {
    std::uint32_t policy = 0; ///< Index into the plan's policies.
    MatchRuns runs;
    std::vector<bool> patterns; ///< By ordinal within the policy: which ones matched.
    UtcTime firstAt{};
};

/// Where a blocking policy ends the text.
struct TextStop {
    std::uint32_t policy = 0;
    std::size_t cutAt = 0;
};

/// Judges one text (a channel of an answer, a string of a request) against a plan, as it arrives.
/// Everything it says depends on the text alone. Once stopped it reads no further: what lies behind
/// the byte that stopped it must not show in decisions.
class TextJudge {
public:
    /// `facts` as in CallSubject, for claims that contradict them.
    explicit TextJudge(std::shared_ptr<const StagePlan> plan, const Json* facts = nullptr);

    void feed(std::string_view delta);
    /// The same, until the pace is over; returns how many bytes it has consumed, one at least.
    [[nodiscard]] std::size_t feed(std::string_view delta, scan::Pace& pace);
    /// Once, at the end of the text.
    void finish();

    /// Disguised characters hold back more than can be kept; see readAsIs().
    [[nodiscard]] bool holdsTooMuch() const { return m_scanner.holdsTooMuch(); }
    /// From now on nothing is folded.
    void readAsIs() { m_scanner.readAsIs(); }

    /// The text makes more work than patterns may: it was judged up to a byte that depends on the
    /// text alone, and nobody looks at the rest.
    [[nodiscard]] bool exhausted() const { return m_exhausted; }

    /// Bytes below this are final.
    [[nodiscard]] std::size_t settled() const;
    [[nodiscard]] bool finished() const { return m_finished; }
    [[nodiscard]] const std::optional<TextStop>& stop() const { return m_stop; }
    [[nodiscard]] const std::vector<Finding>& findings() const { return m_findings; }
    /// What redact policies cover, whatever policy it is of; `pattern` is the plan's. Runs that
    /// nothing can extend any more, in order, each once; behind the end or a stop all that is
    /// settled.
    [[nodiscard]] std::vector<MatchRun> takeRedactions();
    /// The settled part of a run that may still grow.
    [[nodiscard]] std::optional<MatchRun> openRedaction() const;

private:
    struct Candidate {
        std::uint32_t policy = 0;
        std::size_t start = 0;
    };
    /// Blocking matches confirmed on one byte.
    struct Candidates {
        std::vector<Candidate> list;
        std::size_t byte = 0;
        std::size_t settled = 0;
    };

    [[nodiscard]] std::size_t read(std::string_view delta, scan::Pace& pace);
    void judge(Candidates& candidates);
    void note(const scan::Match& match, Candidates& candidates);
    void noteClaims(const std::vector<UnhedgedClaim>& claims, Candidates& candidates);
    void noteClaim(const UnhedgedClaim& claim, Candidates& candidates);
    void record(std::uint32_t policy, const scan::Match& match);
    void stopAt(const Candidates& candidates);
    void redact(const scan::Match& match);
    void closeRedactions(std::size_t settled);
    void noteExhaustion();

    [[nodiscard]] bool isBroken(const UnhedgedClaim& claim) const;

    std::shared_ptr<const StagePlan> m_plan;
    const Json* m_facts;
    scan::TextScanner m_scanner;
    std::optional<SentenceHold> m_sentences;
    std::vector<Finding> m_findings;
    MatchRuns m_redactions;
    std::size_t m_redactedAt = 0; ///< The byte that confirmed the last redacted match,
    std::size_t m_redactedSettled = 0; ///< and what was settled then.
    std::vector<MatchRun> m_closedRedactions; ///< Of which nobody has heard yet.
    std::optional<TextStop> m_stop;
    bool m_finished = false;
    bool m_exhausted = false;
    std::vector<scan::Match> m_matches; ///< Scratch.
};

} // namespace exhibit::prevention
