// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database.h"
#include "server/storage/ledger.h"

#include <chrono>

/// Journals and what is missing of them (table spool_heads).
namespace exhibit::storage {

/// Tells how far this replica's journal was brought in. Ingest thread.
class SpoolWatch {
public:
    /// All outlive the object.
    SpoolWatch(Database& database, LedgerAppender& ledger, ReplicaId replica)
        : m_database(database)
        , m_ledger(ledger)
        , m_replica(replica)
    {
    }
    /// Before anything is brought in: `first` is the oldest record that the journal holds. Records
    /// that were not brought in before it are lost: an entry (spool.gap) in the log of each tenant
    /// of this journal says so, and there are none of it any more. An error: to be asked again.
    [[nodiscard]] Result<void> begin(std::int64_t first, Deadline deadline);
    /// Everything up to there is in the database. Writes at most once a second; true when the
    /// database has been told of `brought`, so that the journal may let go of it.
    [[nodiscard]] bool tell(std::int64_t brought, Deadline deadline);
    /// The same of a journal with nothing left in it, for good. Waits no longer than the deadline.
    void close(std::int64_t brought, Deadline deadline);

private:
    [[nodiscard]] Result<void> write(std::int64_t brought, bool closed, Deadline deadline);
    [[nodiscard]] Result<void> recordGap(std::int64_t first, std::int64_t last, Deadline deadline);

    Database& m_database;
    LedgerAppender& m_ledger;
    ReplicaId m_replica;
    std::int64_t m_told = -1;
    std::chrono::steady_clock::time_point m_at{};
};

/// Records of a journal that never arrived.
struct SpoolGap {
    std::string replica;
    std::int64_t first = 0;
    std::int64_t last = 0;
};
/// A journal whose replica went away without closing it: what it held after that record is not
/// here.
struct OpenJournal {
    std::string replica;
    std::int64_t brought = 0;
    UtcTime toldAt{};
};
struct SpoolLosses {
    std::vector<SpoolGap> gaps; ///< As the tenant's log says.
    std::vector<OpenJournal> open; ///< Of those that the tenant had records in.
};
[[nodiscard]] Result<SpoolLosses> readSpoolLosses(Transaction& transaction);

} // namespace exhibit::storage
