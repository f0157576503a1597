// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/routing.h"
#include "models/domain/vocabulary.h"
#include "server/ops/metrics.h"
#include "server/storage/catalogue.h"
#include "server/storage/database.h"
#include "server/storage/ledger.h"

#include <functional>

namespace exhibit::storage {
struct LedgerParts;
}

namespace exhibit::gateway {
class UpstreamKeys;
}

namespace exhibit::api {

class ExportJobs;
class Replays;

struct KillOrder {
    TenantId tenant;
    RunId run;
    domain::KillReason reason = domain::KillReason::AdminKill;
    std::string actor; ///< The key's id.
    bool runsElsewhere = false; ///< Known to run on another replica: the kill is recorded here.
};

/// What a kill did on this replica.
struct KilledRun {
    bool known = false; ///< The run was bound, or a call of it was under way.
    std::size_t callsCut = 0;
    std::int64_t cutLatencyUs = 0; ///< Until the providers of all of them were cut.
};

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
    /// Stops a run for good and cuts what is live of it. Waits.
    std::function<KilledRun(const KillOrder&)> killRun;
    /// What this replica's spool still holds of an incident that is not ingested yet.
    std::function<bool(TenantId, IncidentId)> incidentInSpool;
    /// State of each dependency for /health: {"name": {"ok": bool, "detail": "..."}}.
    std::function<Json()> health;
    /// How far this replica's records lag behind in PostgreSQL; empty counts as none.
    std::function<std::chrono::microseconds()> ingestLag;
    /// What this replica's gateway has seen of a service lately; empty: nothing of any.
    domain::ServiceRecords serviceRecord;
    /// Proofs, packs and signed heads; nullptr: their routes answer 503.
    const storage::LedgerParts* evidence = nullptr;
    /// Certificates; nullptr: their routes answer 503.
    Replays* replays = nullptr;
    /// Exports that take longer than a reply may; nullptr: large ones are answered with 503.
    ExportJobs* exports = nullptr;
    /// Which providers' keys may go where; nullptr: none anywhere.
    const gateway::UpstreamKeys* upstreamKeys = nullptr;
    std::string publicUrl; ///< Where people reach this server; empty: not known.
};

} // namespace exhibit::api
