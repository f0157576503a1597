// SPDX-License-Identifier: Apache-2.0
#include "models/scan/scanner.h"

#include <algorithm>
#include <tuple>

namespace exhibit::scan {

std::vector<Redaction> coveredRuns(std::vector<Match> matches)
{
    std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
        return std::tie(a.begin, a.pattern) < std::tie(b.begin, b.pattern);
    });
    std::vector<Redaction> runs;
    for (const auto& match : matches) {
        if (runs.empty() || match.begin > runs.back().end) {
            runs.push_back({match.begin, match.end, match.pattern});
        } else {
            runs.back().end = std::max(runs.back().end, match.end);
        }
    }
    return runs;
}

} // namespace exhibit::scan
