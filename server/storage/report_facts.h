// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle.h"
#include "server/storage/database.h"
#include "server/storage/subject_keys.h"

namespace exhibit::storage {

/// Everything that is recorded of an incident and its run, as one moment saw it. NotFound also for
/// another tenant's. With `keys`, evidenceDamaged() when the incident, its call or a step of its
/// run is not what its entry in the ledger commits to; nullptr where there is no ledger to compare
/// with.
[[nodiscard]] Result<report::RecordedFacts> readReportFacts(
    Database& database, SubjectKeys* keys, TenantId tenant, IncidentId incident, Deadline deadline);
/// Whether its run has more than so many steps.
[[nodiscard]] Result<bool> hasMoreSteps(Database& database,
                                        TenantId tenant,
                                        IncidentId incident,
                                        std::int64_t steps,
                                        Deadline deadline);

} // namespace exhibit::storage
