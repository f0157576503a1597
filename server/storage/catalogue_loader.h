// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/catalogue.h"
#include "server/storage/database.h"

namespace exhibit::storage {

/// Reads the whole catalogue: every tenant, each in a transaction of its own under its own
/// app.tenant. Snapshots: the current one, those of open runs, and those that were current within
/// the last week (a run that ended may be opened again under its own). A snapshot that is damaged
/// is left out and logged: its tenant's calls are refused, the others' go on. Waits; not on the io
/// thread.
[[nodiscard]] Result<Catalogue> loadCatalogue(Database& database, Deadline deadline);

/// One stored snapshot, also one that no catalogue holds any more. NotFound when there is none.
[[nodiscard]] Result<std::shared_ptr<const domain::PolicySnapshot>> loadSnapshot(
    Database& database, TenantId tenant, const std::string& snapshotId, Deadline deadline);

} // namespace exhibit::storage
