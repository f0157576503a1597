// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ingest.h"
#include "server/storage/ingest_rows.h"

#include <set>
#include <span>

namespace exhibit::storage {

/// What was brought into PostgreSQL since the object was made.
struct IngestTally {
    std::int64_t quarantined = 0; ///< Records set aside, also by earlier processes.
    std::int64_t wholeCalls = 0; ///< Closed, with every record in its place.
    std::int64_t brokenCalls = 0; ///< Closed by recovery, or a record of theirs was set aside.

    [[nodiscard]] IngestTally operator-(const IngestTally& before) const
    {
        return {quarantined - before.quarantined,
                wholeCalls - before.wholeCalls,
                brokenCalls - before.brokenCalls};
    }
};

/// One tenant's part of the journal: its mark, its open calls, its transactions. Ingest thread.
class TenantIngest {
public:
    TenantIngest(Ingest::Services services, const IngestOptions& options, TenantId tenant)
        : m_services(services)
        , m_options(options)
        , m_tenant(tenant)
    {
    }

    /// Brings these records, oldest first, into PostgreSQL. Records that arrived before only renew
    /// what is known of open calls. An error means: try the same records again later; those that
    /// were committed meanwhile are recognised by the mark.
    [[nodiscard]] Result<void> ingest(std::span<const spool::StoredRecord> records);

    /// The first record of the oldest open call; nullopt when none is open.
    [[nodiscard]] std::optional<std::int64_t> oldestOpen() const;
    [[nodiscard]] const IngestTally& tally() const { return m_tally; }

private:
    void tally(const std::vector<CallId>& closed, const std::vector<CallId>& broken);
    [[nodiscard]] Result<void> loadMark(std::int64_t firstRecord);
    void replay(const spool::StoredRecord& stored);
    /// Writes a range in one transaction; halves it when the database refuses its content, down to
    /// the record concerned, which is set aside.
    [[nodiscard]] Result<void> write(std::span<const spool::StoredRecord> records);
    /// Before the tenant's first cost is written, its currency is fixed. True: other costs are in
    /// another one than was known, and the batch is to be assembled anew.
    [[nodiscard]] Result<bool> settleCurrency(const IngestBatch& batch);
    [[nodiscard]] Result<void> commit(BatchAssembly& assembly, const spool::StoredRecord& last);
    [[nodiscard]] Result<void> setAside(const spool::StoredRecord& stored, const Error& error);

    Ingest::Services m_services;
    const IngestOptions& m_options;
    TenantId m_tenant;
    std::optional<std::int64_t> m_mark; ///< Unknown before the first use and after every failure.
    std::int64_t m_learnt = 0; ///< Records up to here are in m_open.
    std::set<std::int64_t> m_asideBefore; ///< Set aside before this process; not to be replayed.
    OpenCalls m_open;
    std::set<std::string> m_counted; ///< Price tables in the tenant's currency, for good.
    std::set<std::string> m_otherCurrency; ///< Those that are not, or are not known.
    IngestTally m_tally;
    std::set<CallId> m_broken;
};

/// True when the database refused what a record says, so that repeating cannot help.
[[nodiscard]] bool isContentRefusal(const Error& error);

} // namespace exhibit::storage
