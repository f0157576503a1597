// SPDX-License-Identifier: Apache-2.0
#include "server/storage/spool_watch.h"

#include "server/ops/log.h"
#include "server/storage/newest_heads.h"

namespace exhibit::storage {
namespace {

constexpr std::string_view kGapEntry = "spool.gap";
constexpr std::chrono::seconds kTellInterval{1};

/// What recordGap() put into its entry; nullopt when it is something else.
std::optional<SpoolGap> parseGap(std::string_view eventData)
{
    const auto data = parseJson(eventData);
    const auto spool = data ? parseJson(stringMember(*data, "spool")) : data;
    const Json* first = spool ? findMember(*spool, "first") : nullptr;
    const Json* last = spool ? findMember(*spool, "last") : nullptr;
    if (first == nullptr || last == nullptr || !first->is_int64() || !last->is_int64()) {
        return std::nullopt;
    }
    return SpoolGap{
        std::string(stringMember(*spool, "replica")), first->as_int64(), last->as_int64()};
}

} // namespace

Result<void> SpoolWatch::begin(std::int64_t first, Deadline deadline)
{
    const auto look = [this](Transaction& transaction) -> Result<std::optional<std::int64_t>> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT brought_no FROM spool_heads WHERE replica_id = $1",
                                      {m_replica}));
        return rows.empty() ? std::nullopt : std::optional(rows.integer(0, 0));
    };
    EXHIBIT_TRY(const auto brought, m_database.read(TenantId{}, deadline, look));
    // Of a journal that is older than the table nobody knows what it had before.
    if (brought && *brought < first - 1) {
        EXHIBIT_CHECK(recordGap(std::max<std::int64_t>(*brought, 0) + 1, first - 1, deadline));
    }
    return write(first - 1, false, deadline);
}

Result<void> SpoolWatch::recordGap(std::int64_t first, std::int64_t last, Deadline deadline)
{
    ops::logError("records {} to {} of the journal of replica {} are gone and were never brought "
                  "into the database",
                  first,
                  last,
                  m_replica.text());
    const auto record = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const Rows mark,
                    transaction.query("SELECT FROM spool_marks WHERE tenant_id = $1"
                                      " AND replica_id = $2",
                                      {transaction.tenant(), m_replica}));
        if (mark.empty()) {
            return false;
        }
        EntryDraft entry;
        entry.type = kGapEntry;
        entry.occurredAt = utcNow();
        entry.reporterId = "ingest";
        entry.fields = {{"/spool",
                         printJson(JsonObject{
                             {"replica", m_replica.text()}, {"first", first}, {"last", last}})}};
        EXHIBIT_CHECK(m_ledger.append(transaction, transaction.tenant(), {&entry, 1}));
        return true;
    };
    EXHIBIT_TRY(const auto tenants, allTenants(m_database, deadline));
    for (const auto& tenant : tenants) {
        EXHIBIT_CHECK(m_database.write(tenant, deadline, record));
    }
    return {};
}

bool SpoolWatch::tell(std::int64_t brought, Deadline deadline)
{
    if (brought <= m_told) {
        return true;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - m_at < kTellInterval) {
        return false;
    }
    m_at = now;
    return write(brought, false, deadline).has_value(); // Else in a second.
}

void SpoolWatch::close(std::int64_t brought, Deadline deadline)
{
    if (const auto told = write(brought, true, deadline); !told) {
        ops::logWarning("the end of the journal could not be told: {}", told.error().message);
    }
}

Result<void> SpoolWatch::write(std::int64_t brought, bool closed, Deadline deadline)
{
    const auto update = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(transaction.query(
            "INSERT INTO spool_heads (replica_id, brought_no, closed) VALUES ($1, $2, $3)"
            " ON CONFLICT (replica_id) DO UPDATE SET"
            " brought_no = greatest(spool_heads.brought_no, excluded.brought_no),"
            " closed = excluded.closed, told_at = clock_timestamp()",
            {m_replica, brought, closed}));
        return true;
    };
    EXHIBIT_CHECK(m_database.write(TenantId{}, deadline, update));
    m_told = std::max(m_told, brought);
    return {};
}

Result<SpoolLosses> readSpoolLosses(Transaction& transaction)
{
    SpoolLosses losses;
    // The columns stand beside what was signed: a changed one may hold anything, which is not a
    // reason to say nothing. That it differs from its entry is said where entries are checked.
    EXHIBIT_TRY(const Rows gaps,
                transaction.query("SELECT event_data FROM incident_log_chain WHERE tenant_id = $1"
                                  " AND event_type = $2 ORDER BY epoch, sequence_number",
                                  {transaction.tenant(), kGapEntry}));
    for (std::size_t row = 0; row < gaps.size(); ++row) {
        if (auto gap = parseGap(gaps.text(row, 0))) {
            losses.gaps.push_back(std::move(*gap));
        }
    }
    EXHIBIT_TRY(const Rows open,
                transaction.query("SELECT h.replica_id, h.brought_no, h.told_at FROM spool_heads h"
                                  " JOIN spool_marks m ON m.tenant_id = $1"
                                  " AND m.replica_id = h.replica_id"
                                  " LEFT JOIN replicas r ON r.replica_id = h.replica_id"
                                  " AND r.lease_until > clock_timestamp()"
                                  " WHERE NOT h.closed AND r.replica_id IS NULL"
                                  " ORDER BY h.told_at",
                                  {transaction.tenant()}));
    for (std::size_t row = 0; row < open.size(); ++row) {
        losses.open.push_back(
            {ReplicaId{open.uuid(row, 0)}.text(), open.integer(row, 1), open.time(row, 2)});
    }
    return losses;
}

} // namespace exhibit::storage
