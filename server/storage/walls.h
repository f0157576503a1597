// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database.h"

namespace exhibit::storage {

/// What the database enforces by itself, as it stands now and not as the migrations left it: an
/// administrator may have changed it since.
struct Walls {
    /// INV-5: every append-only table has its refusing trigger, switched on, and the roles that
    /// serve may neither change nor remove a row of it.
    bool appendOnly = false;
    /// INV-7: row security stands on every table with tenants' rows, and binds the roles that
    /// serve.
    bool betweenTenants = false;
};

/// Looks into the catalogue of PostgreSQL. Any thread; waits.
[[nodiscard]] Result<Walls> inspectWalls(Database& database, Deadline deadline);

} // namespace exhibit::storage
