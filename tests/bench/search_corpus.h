// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/connection.h"

#include <cstdint>
#include <random>
#include <string>

namespace exhibit::bench {

struct CorpusOptions {
    std::int64_t incidents = 100'000;
    std::int64_t timelineSteps = 10'000; ///< Of one run, beside the incidents.
};

/// What queries need to know of it.
struct Corpus {
    IncidentId longIncident; ///< Its run has timelineSteps steps.
};

/// Writes incidents of 80 words each, spread over the last three months, words as frequent as in
/// natural text (Zipf), with the rows and lexemes that ingest writes. As administrator.
[[nodiscard]] Result<Corpus> writeCorpus(storage::Connection& administrator,
                                         TenantId tenant,
                                         const CorpusOptions& options);

/// Draws words with probability 1 / (rank + 2), the same ones in each run.
class ZipfWords {
public:
    [[nodiscard]] std::string text(std::size_t words);
    [[nodiscard]] std::size_t below(std::size_t count) { return m_random() % count; }

private:
    std::mt19937_64 m_random{20'261'121};
    std::uniform_real_distribution<double> m_uniform{0.0, 1.0};
};

/// The word of that rank, rank 0 being the most frequent.
[[nodiscard]] std::string wordOfRank(std::size_t rank);

} // namespace exhibit::bench
