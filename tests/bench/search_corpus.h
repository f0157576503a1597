// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/connection.h"

#include <cstdint>

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

/// The word of that rank, rank 0 being the most frequent.
[[nodiscard]] std::string wordOfRank(std::size_t rank);

} // namespace exhibit::bench
