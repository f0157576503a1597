// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/incident_store_query.h"

#include <string>

namespace exhibit::storage {

/// A page of a search as SQL (0002_evidence.sql, 0012_search_orders.sql).
struct PageExpression {
    std::string rows; ///< A table "f" of found_key, found_at and found_id.
    std::string order; ///< For ORDER BY: how its rows stand.
};

/// At most `limit` rows behind search.after, in the order of the search. Appends to `parameters`,
/// which those of `compiled` stand in already.
[[nodiscard]] PageExpression pageOf(TenantId tenant,
                                    const IncidentSearch& search,
                                    const SearchExpressions& compiled,
                                    std::int64_t limit,
                                    Parameters& parameters);

} // namespace exhibit::storage
