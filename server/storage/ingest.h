// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/ops/metrics.h"
#include "server/spool/journal.h"
#include "server/storage/database.h"
#include "server/storage/ledger.h"

#include <memory>

namespace exhibit::storage {

struct IngestOptions {
    /// How often the journal is asked for more while there is less than a batch: what comes in
    /// between costs one transaction together, and is on disk anyway.
    std::chrono::milliseconds idlePause{50};
    /// After a failure that may pass: doubled from the first to the second.
    std::chrono::milliseconds retryPauseMin{50};
    std::chrono::milliseconds retryPauseMax{2'000};
    std::chrono::milliseconds transactionTimeout{30'000};
};

struct IngestState {
    std::int64_t lastRecordNo = 0; ///< Everything up to here is in PostgreSQL, or set aside.
    std::int64_t waiting = 0; ///< Durable records that are not.
    std::chrono::microseconds lag{0}; ///< Age of the oldest of those.
    /// Set aside, by earlier processes too once a record of their tenant has come.
    std::int64_t quarantined = 0;
    bool failing = false; ///< The last attempt failed and is repeated.
};

/// Brings the journal into PostgreSQL: one thread that reads on after the mark, one transaction per
/// tenant and batch, in order, exactly once (the mark moves in the same transaction). PostgreSQL
/// may be away for as long as the spool has room. A record that cannot become rows is set aside
/// with its reason. Services outlive the object.
class Ingest {
public:
    struct Services {
        Database& database;
        spool::Journal& journal;
        LedgerAppender& ledger;
        FieldStore& fields;
        ops::Metrics& metrics;
    };

    explicit Ingest(Services services, IngestOptions options = {});
    /// Stops after the transaction under way; what remains is ingested after the next start.
    ~Ingest();

    /// Starts the thread; once. Before it, nobody may have read from the journal's end: the calls
    /// that were open at the mark are learnt again from what the journal still holds.
    void start();

    [[nodiscard]] IngestState state() const; ///< Any thread.
    /// Whether the journal holds this incident while PostgreSQL does not yet (rulings.md 24).
    [[nodiscard]] bool incidentInSpool(TenantId tenant, IncidentId incident) const; ///< Any thread.

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Closes the calls that a crash left open: appends a CallClosed with outcome "recovered" for each
/// (rulings.md 20) and waits until they are durable. Before serving and before ingest starts.
/// Returns how many there were.
[[nodiscard]] Result<std::size_t> recoverOpenCalls(spool::Journal& journal, Deadline deadline);

} // namespace exhibit::storage
