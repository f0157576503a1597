// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/call_store.h"
#include "server/storage/parameter.h"

/// From a search to the arguments of search_calls and count_calls (0006_call_search.sql).
namespace exhibit::storage {

/// SQL expressions over the statement's parameters.
struct CallExpressions {
    std::string text; ///< Words and fields, with the tenant's lexeme; NULL when there are none.
    std::string headline; ///< The words that count for highlights.
    std::string filters; ///< The arguments from p_from to p_groups, comma-separated.
    /// No row can fulfil the query: it asks for what excludes itself.
    bool impossible = false;
};

/// Appends the values to `parameters`, whose size tells the number of the first.
[[nodiscard]] CallExpressions compileSearch(TenantId tenant,
                                            const CallSearch& search,
                                            Parameters& parameters);

} // namespace exhibit::storage
