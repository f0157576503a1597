// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/vocabulary.h"
#include "server/ops/metrics.h"
#include "server/storage/catalogue.h"
#include "server/storage/database.h"
#include "server/storage/ledger.h"

#include <functional>

namespace exhibit::api {

/// What the handlers work with; everything outlives the router.
struct ApiServices {
    storage::Database& database;
    storage::CatalogueHolder& catalogue;
    storage::LedgerAppender& ledger;
    ops::Metrics& metrics;
    /// Re-reads the catalogue after a change made through this replica, before the reply.
    std::function<Result<void>()> reloadCatalogue;
    /// Ends a bound run as succeeded or failed: false when it is unknown or not running. Waits.
    std::function<bool(TenantId, RunId, domain::RunStatus)> endRun;
    /// What this replica's spool still holds of an incident that is not ingested yet.
    std::function<bool(TenantId, IncidentId)> incidentInSpool;
    /// State of each dependency for /health: {"name": {"ok": bool, "detail": "..."}}.
    std::function<Json()> health;
    /// How far this replica's records lag behind in PostgreSQL; empty counts as none.
    std::function<std::chrono::microseconds()> ingestLag;
};

} // namespace exhibit::api
