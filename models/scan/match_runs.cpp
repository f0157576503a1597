// SPDX-License-Identifier: Apache-2.0
#include "models/scan/match_runs.h"

#include <algorithm>

namespace exhibit::scan {

void MatchRuns::add(const Match& match)
{
    MatchRun run{match.begin, match.end, match.start, match.pattern};
    while (!m_runs.empty() && m_runs.back().end >= run.begin) {
        const auto& last = m_runs.back();
        if (last.begin < run.begin) {
            run.pattern = last.pattern;
        } else if (last.begin == run.begin) {
            run.pattern = std::min(run.pattern, last.pattern);
        }
        run.begin = std::min(run.begin, last.begin);
        run.end = std::max(run.end, last.end);
        run.start = std::min(run.start, last.start);
        m_runs.pop_back();
    }
    if (m_runs.size() == limits::kMatchRunsPerTextMax) {
        m_runs.back().end = run.end;
    } else {
        m_runs.push_back(run);
    }
}

std::vector<MatchRun> MatchRuns::takeBefore(std::size_t limit)
{
    const auto kept = std::find_if(
        m_runs.begin(), m_runs.end(), [limit](const MatchRun& run) { return run.begin >= limit; });
    return takeFirst(kept);
}

std::vector<MatchRun> MatchRuns::takeEndedBefore(std::size_t limit)
{
    const auto kept = std::find_if(
        m_runs.begin(), m_runs.end(), [limit](const MatchRun& run) { return run.end >= limit; });
    return takeFirst(kept);
}

std::vector<MatchRun> MatchRuns::takeFirst(std::vector<MatchRun>::iterator kept)
{
    std::vector<MatchRun> taken(m_runs.begin(), kept);
    m_runs.erase(m_runs.begin(), kept);
    return taken;
}

} // namespace exhibit::scan
