// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/journal.h"
#include "server/storage/local_copy.h"

namespace exhibit::server {

/// Brings the runs of the local copy up to what the journal says after a crash: counters are
/// written within a second and may lag behind, a stop may have reached only the journal. Exact,
/// because a run's saved state is complete up to its lastActiveAt: later records are added, earlier
/// ones are in it. Before serving.
[[nodiscard]] Result<void> recoverRuns(spool::Journal& journal, storage::LocalCopy& copy);

} // namespace exhibit::server
