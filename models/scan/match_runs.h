// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/scanner.h"

#include <cstdint>
#include <vector>

namespace exhibit::scan {

/// One maximal run of covered bytes.
struct MatchRun {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t start = 0; ///< The least start of its matches; may lie before `begin`.
    std::size_t pattern = 0; ///< The first-listed one with a match that begins at `begin`.
    friend bool operator==(const MatchRun&, const MatchRun&) = default;
};

/// The covered runs of a text while its matches are being confirmed: the same runs as
/// coveredRuns() makes of all of them, but in bounded memory. Beyond
/// limits::kMatchRunsPerTextMax the last run takes in everything up to the newest match: rather too
/// much is redacted than too little.
class MatchRuns {
public:
    /// In order of confirmation.
    void add(const Match& match);
    [[nodiscard]] const std::vector<MatchRun>& all() const { return m_runs; }
    [[nodiscard]] bool empty() const { return m_runs.empty(); }
    /// Removes and returns the runs that begin before `limit`.
    [[nodiscard]] std::vector<MatchRun> takeBefore(std::size_t limit);
    /// Removes and returns the runs that end before `limit`: no later match touches them when
    /// `limit` is what the scanner calls settled.
    [[nodiscard]] std::vector<MatchRun> takeEndedBefore(std::size_t limit);

private:
    [[nodiscard]] std::vector<MatchRun> takeFirst(std::vector<MatchRun>::iterator kept);

    std::vector<MatchRun> m_runs; ///< Ascending, not touching.
};

} // namespace exhibit::scan
