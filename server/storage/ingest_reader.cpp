// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest_reader.h"

#include "models/base/limits.h"

#include <algorithm>

namespace exhibit::storage {

Result<std::vector<spool::StoredRecord>> JournalReader::next()
{
    EXHIBIT_TRY(auto records, m_journal.read(m_after, m_count));
    if (records.empty()) {
        return records;
    }
    std::size_t bytes = 0;
    for (const auto& record : records) {
        bytes += record.record.payload.size();
    }
    if (bytes > limits::kIngestBatchBytesAim) {
        m_count = std::max<std::size_t>(1, m_count / 4);
    } else if (bytes < limits::kIngestBatchBytesAim / 2 && records.size() == m_count) {
        m_count = std::min(limits::kIngestBatchRecordsMax, m_count * 2);
    }
    m_after = records.back().recordNo;
    return records;
}

void WaitingIncidents::add(const spool::StoredRecord& stored)
{
    if (stored.record.kind != spool::RecordKind::Incident) {
        return;
    }
    const auto content = spool::decodeRecord(stored.record.kind, stored.record.payload);
    if (!content) {
        return; // Ingest sets it aside.
    }
    const auto key = std::make_pair(stored.record.tenant,
                                    std::get<spool::IncidentRecord>(*content).incident.incidentId);
    const std::lock_guard lock(m_mutex);
    if (m_recordNo.emplace(key, stored.recordNo).second) {
        m_order.emplace_back(stored.recordNo, key);
    }
}

void WaitingIncidents::forgetUpTo(std::int64_t recordNo)
{
    const std::lock_guard lock(m_mutex);
    while (!m_order.empty() && m_order.front().first <= recordNo) {
        m_recordNo.erase(m_order.front().second);
        m_order.pop_front();
    }
}

bool WaitingIncidents::contains(TenantId tenant, IncidentId incident) const
{
    const std::lock_guard lock(m_mutex);
    return m_recordNo.contains({tenant, incident});
}

} // namespace exhibit::storage
