// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/run_ending.h"

#include "server/spool/call_record.h"

namespace exhibit::gateway {

void recordOverrun(spool::Journal& journal,
                   const EndedRun& ended,
                   const RunOverrun& overrun,
                   Durability& durability)
{
    const auto stop = runOver(overrun.breach.reason);
    journal.append(spool::recordOf(ended.tenant,
                                   {.runId = ended.run,
                                    .status = stop.status,
                                    .reason = stop.reason,
                                    .killReason = stop.killReason,
                                    .actor = tierName(overrun.tier),
                                    .callsCut = ended.callsCut,
                                    .cutLatencyUs = ended.cutLatencyUs,
                                    .at = stop.at}),
                   durability.track());
}

} // namespace exhibit::gateway
