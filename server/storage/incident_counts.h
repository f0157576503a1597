// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "server/storage/incident_store.h"

namespace exhibit::storage {

/// Counts over all matches of a search: facets and the histogram. Any thread; every call waits.
class IncidentCounts {
public:
    explicit IncidentCounts(Database& database)
        : m_database(database)
    {
    }

    /// Values of each field among the matches of `search` without the field's own restriction.
    /// Exact up to about limits::kExactTotalMax matches, beyond that estimated from a sample of all
    /// of them (0019_counts.sql). InvalidInput for a field that has no facet.
    [[nodiscard]] Result<domain::FacetsReply> facets(TenantId tenant,
                                                     const IncidentSearch& search,
                                                     const std::vector<std::string>& fields,
                                                     std::uint32_t valuesMax,
                                                     Deadline deadline);
    /// All matches over time, without the search's own bounds of time. Exact; with mayEstimate as
    /// facets are (0035_histogram_at_once.sql).
    [[nodiscard]] Result<domain::HistogramReply> histogram(TenantId tenant,
                                                           const IncidentSearch& search,
                                                           std::uint32_t barsMax,
                                                           bool mayEstimate,
                                                           Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
