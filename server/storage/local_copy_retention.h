// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/local_copy.h"
#include "server/storage/run_store.h"

namespace exhibit::storage {

/// Drops from the copy the runs that ended (stopped ones are kept for ever) and were not active
/// after `before`, as far as PostgreSQL has their end. Returns how many. Waits for the database:
/// any thread but the io thread.
[[nodiscard]] Result<std::size_t> dropEndedRuns(LocalCopy& copy,
                                                RunStore& runs,
                                                UtcTime before,
                                                Deadline deadline);

} // namespace exhibit::storage
