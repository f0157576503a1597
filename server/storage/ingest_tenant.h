// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ingest.h"
#include "server/storage/ingest_rows.h"

#include <set>
#include <span>

namespace exhibit::storage {

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
    /// Records set aside since the object was made.
    [[nodiscard]] std::int64_t quarantined() const { return m_quarantined; }

private:
    [[nodiscard]] Result<void> loadMark(std::int64_t firstRecord);
    void replay(const spool::StoredRecord& stored);
    /// Writes a range in one transaction; halves it when the database refuses its content, down to
    /// the record concerned, which is set aside.
    [[nodiscard]] Result<void> write(std::span<const spool::StoredRecord> records);
    [[nodiscard]] Result<void> commit(BatchAssembly& assembly, const spool::StoredRecord& last);
    [[nodiscard]] Result<void> setAside(const spool::StoredRecord& stored, const Error& error);

    Ingest::Services m_services;
    const IngestOptions& m_options;
    TenantId m_tenant;
    std::optional<std::int64_t> m_mark; ///< Unknown before the first use and after every failure.
    std::int64_t m_learnt = 0; ///< Records up to here are in m_open.
    std::set<std::int64_t> m_asideBefore; ///< Set aside before this process; not to be replayed.
    OpenCalls m_open;
    std::int64_t m_quarantined = 0;
};

/// True when the database refused what a record says, so that repeating cannot help.
[[nodiscard]] bool isContentRefusal(const Error& error);

} // namespace exhibit::storage
