// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/connection.h"
#include "server/storage/ingest_batch.h"

namespace exhibit::storage {

/// How far a tenant's records of one replica have arrived.
struct SpoolMark {
    TenantId tenant;
    ReplicaId replica;
    std::int64_t from = 0; ///< The mark this batch was assembled after.
    std::int64_t to = 0;
    UtcTime at{}; ///< Of record `to`.
};

/// Writes a batch, its ledger entries and its mark inside the open transaction, in four round
/// trips. Conflict with subject "spool_mark" when somebody else moved the mark. Fills in what only
/// the database knows: step numbers, and with them the incidents' causes.
[[nodiscard]] Result<void> writeBatch(Transaction& transaction,
                                      const SpoolMark& mark,
                                      IngestBatch batch,
                                      LedgerAppender& ledger,
                                      FieldStore& fields);

// The parts of it, in the order they run.

[[nodiscard]] Result<void> moveMark(Transaction& transaction, const SpoolMark& mark);
/// Adds the batch's changes to the runs' rows and numbers its steps from what they return.
[[nodiscard]] Result<void> writeRuns(Transaction& transaction, IngestBatch& batch);
/// The causes of the incidents whose calls closed in the batch; also put into their steps.
using Causes = std::map<IncidentId, domain::RootCause>;
[[nodiscard]] Result<Causes> analyseCauses(Transaction& transaction, IngestBatch& batch);

void appendCalls(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch);
void appendDecisions(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch);
void appendSteps(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch);
void appendIncidents(std::vector<Statement>& statements,
                     TenantId tenant,
                     const IngestBatch& batch,
                     const Causes& causes);
/// Their runs' rows are written: they say at which step it was.
void appendAborts(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch);
void appendUsage(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch);
void appendQuarantined(std::vector<Statement>& statements,
                       const SpoolMark& mark,
                       const IngestBatch& batch);

} // namespace exhibit::storage
