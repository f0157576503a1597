// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/server/storage/test_database.h"

namespace exhibit::bench {

/// Writes that many calls of 80 words each, spread over the last three months, with the rows and
/// lexemes that the indexer writes. Made within PostgreSQL, by two connections: composed of 100,000
/// sentences whose words are as frequent as in natural text. Returns the bytes of the search
/// tables.
[[nodiscard]] Result<std::int64_t> writeCalls(storage::TestDatabase& server,
                                              TenantId tenant,
                                              std::int64_t calls);

} // namespace exhibit::bench
