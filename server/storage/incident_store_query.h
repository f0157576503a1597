// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"
#include "server/storage/incident_store.h"
#include "server/storage/parameter.h"

#include <string>

/// From a search to the arguments of search_incidents and count_incidents (0002_evidence.sql).
namespace exhibit::storage {

/// SQL expressions over the statement's parameters. The shape of the expressions comes from the
/// shape of the query; everything a user wrote is a parameter.
struct SearchExpressions {
    std::string text = "NULL::tsquery"; ///< Words and immutable filters, with the tenant's lexeme.
    std::string headline = "NULL::tsquery"; ///< The words that count for highlights.
    std::string filters; ///< The arguments from p_statuses to p_groups, comma-separated.
    /// No row can fulfil the query: it asks for what excludes itself.
    bool impossible = false;
};

/// Appends the values to `parameters`, whose size tells the number of the first.
[[nodiscard]] SearchExpressions compileSearch(TenantId tenant,
                                              const IncidentSearch& search,
                                              Parameters& parameters);

} // namespace exhibit::storage
