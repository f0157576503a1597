// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/journal.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

namespace exhibit::storage {

/// Reads a journal in order, in steps that keep the bytes in memory near
/// limits::kIngestBatchBytesAim. One thread.
class JournalReader {
public:
    explicit JournalReader(spool::Journal& journal, std::int64_t after = 0)
        : m_journal(journal)
        , m_after(after)
    {
    }
    /// Empty at the end of what is durable.
    [[nodiscard]] Result<std::vector<spool::StoredRecord>> next();
    [[nodiscard]] std::int64_t position() const { return m_after; }
    /// Reads on after `recordNo`, when that is further on.
    void skipTo(std::int64_t recordNo) { m_after = std::max(m_after, recordNo); }

private:
    spool::Journal& m_journal;
    std::int64_t m_after;
    std::size_t m_count = 64;
};

/// The incidents that wait in the journal. Filled by the ingest thread, asked by any.
class WaitingIncidents {
public:
    void add(const spool::StoredRecord& record);
    void forgetUpTo(std::int64_t recordNo);
    [[nodiscard]] bool contains(TenantId tenant, IncidentId incident) const;

private:
    mutable std::mutex m_mutex;
    std::map<std::pair<TenantId, IncidentId>, std::int64_t> m_recordNo;
    std::deque<std::pair<std::int64_t, std::pair<TenantId, IncidentId>>> m_order;
};

} // namespace exhibit::storage
