// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/redactor.h"
#include "server/ops/metrics.h"
#include "server/spool/journal.h"
#include "server/storage/database.h"

#include <memory>

namespace exhibit::storage {

struct CallIndexerOptions {
    /// How often PostgreSQL is asked for calls while fewer wait than a batch holds.
    std::chrono::milliseconds idlePause{250};
    /// After a failure that may pass: doubled from the first to the second.
    std::chrono::milliseconds retryPauseMin{100};
    std::chrono::milliseconds retryPauseMax{5'000};
    std::chrono::milliseconds transactionTimeout{30'000};
};

struct CallIndexState {
    /// How long ago the oldest call ended that cannot be found yet; of all tenants and replicas.
    std::chrono::microseconds lag{0};
    bool failing = false; ///< The last attempt failed and is repeated.
};

/// Makes the calls that ingest has closed searchable: one thread that empties call_index_queue, a
/// batch of each tenant in turn, one transaction per batch. What was interrupted is done again,
/// since a call leaves the queue in the transaction that writes its row. Every replica has one; a
/// tenant is worked on by one at a time. Stands back while calls come in a rush. Services outlive
/// the object.
class CallIndexer {
public:
    struct Services {
        Database& database;
        const spool::Journal& journal; ///< Tells of rushes.
        ops::Metrics& metrics;
        scan::RedactionPack redaction;
    };

    explicit CallIndexer(Services services, CallIndexerOptions options = {});
    /// Stops after the transaction under way.
    ~CallIndexer();

    /// Starts the thread; once, and not before the schema is there.
    void start();

    [[nodiscard]] CallIndexState state() const; ///< Any thread.

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::storage
