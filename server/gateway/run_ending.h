// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/run_limits.h"
#include "server/gateway/wakeup.h"
#include "server/spool/journal.h"

namespace exhibit::gateway {

struct EndedRun {
    TenantId tenant;
    RunId run;
    std::int64_t callsCut = 0;
    std::int64_t cutLatencyUs = 0;
};
/// Writes into the journal that a limit of a tier ended the run; `durability` waits for it. What
/// the next calls are decided from is told apart (RunRegistry::stop).
void recordOverrun(spool::Journal& journal,
                   const EndedRun& ended,
                   const RunOverrun& overrun,
                   Durability& durability);

} // namespace exhibit::gateway
