// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/index_limits.h"
#include "models/scan/redactor.h"
#include "server/storage/connection.h"
#include "server/storage/ingest_batch.h"

/// From the steps of closed calls to the rows that searches find them by (0006_call_search.sql).
namespace exhibit::storage {

/// Within ingest's transaction: the calls that the batch closes wait to be indexed. After the steps
/// have got their numbers.
void appendCallsToIndex(std::vector<Statement>& statements,
                        TenantId tenant,
                        const IngestBatch& batch);

struct IndexedCalls {
    std::int64_t calls = 0; ///< That left the queue; 0: none waits, or another replica is at it.
    std::int64_t unreadable = 0; ///< Of those, the ones indexed without words.
    bool more = false; ///< Others may wait already.
};

struct IndexOptions {
    std::size_t callsMax = limits::kIndexBatchCallsMax;
    /// The database refused the words of the only call: it is found by its fields alone.
    bool withoutWords = false;
};

/// Indexes the tenant's oldest waiting calls and takes them off the queue, within the transaction
/// of the writer role. One replica at a time works on a tenant. Memory is bounded by
/// limits::kIndexBatchBytesMax, or the one call that is larger.
[[nodiscard]] Result<IndexedCalls> indexCalls(Transaction& transaction,
                                              const scan::RedactionPack& pack,
                                              const IndexOptions& options);

} // namespace exhibit::storage
