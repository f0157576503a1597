// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest_tenant.h"

#include "server/ops/log.h"
#include "server/storage/cost_currency.h"

#include <algorithm>

namespace exhibit::storage {

namespace {

/// The calls that a batch closes, and those that it leaves without something.
struct CallsOfBatch {
    std::vector<CallId> closed;
    std::vector<CallId> broken;
};

CallsOfBatch callsOf(const IngestBatch& batch)
{
    CallsOfBatch calls;
    const auto add = [&calls](const spool::CallClosed& closed) {
        (closed.recovered ? calls.broken : calls.closed).push_back(closed.callId);
    };
    std::for_each(batch.closings.begin(), batch.closings.end(), add);
    for (const auto& call : batch.calls) {
        if (call.closing) {
            add(*call.closing);
        }
    }
    for (const auto& record : batch.quarantined) {
        calls.broken.push_back(record.callId);
    }
    return calls;
}

} // namespace

bool isContentRefusal(const Error& error)
{
    // SQLSTATE classes: 22 data exception, 23 integrity, 54 program limit (a row or key too large).
    const std::string_view state = error.subject;
    return state.size() == 5
        && (state.starts_with("22") || state.starts_with("23") || state.starts_with("54"));
}

Result<void> TenantIngest::loadMark(std::int64_t firstRecord)
{
    if (m_mark) {
        return {};
    }
    const auto replica = m_services.journal.replica();
    const auto load = [&](Transaction& transaction) -> Result<std::int64_t> {
        EXHIBIT_TRY(const Rows mark,
                    transaction.query("SELECT record_no FROM spool_marks"
                                      " WHERE tenant_id = $1 AND replica_id = $2",
                                      {m_tenant, replica}));
        EXHIBIT_TRY(const Rows aside,
                    transaction.query("SELECT record_no FROM quarantined_records"
                                      " WHERE tenant_id = $1 AND replica_id = $2"
                                      " AND record_no >= $3",
                                      {m_tenant, replica, firstRecord}));
        EXHIBIT_TRY(const Rows all,
                    transaction.query("SELECT count(*) FROM quarantined_records"
                                      " WHERE tenant_id = $1 AND replica_id = $2",
                                      {m_tenant, replica}));
        m_tally.quarantined = all.integer(0, 0);
        for (std::size_t row = 0; row < aside.size(); ++row) {
            m_asideBefore.insert(aside.integer(row, 0));
        }
        return mark.empty() ? 0 : mark.integer(0, 0);
    };
    EXHIBIT_TRY(
        m_mark,
        m_services.database.write(m_tenant, Deadline::after(m_options.transactionTimeout), load));
    return {};
}

Result<void> TenantIngest::ingest(std::span<const spool::StoredRecord> records)
{
    EXHIBIT_CHECK(loadMark(records.front().recordNo));
    while (!records.empty() && records.front().recordNo <= *m_mark) {
        replay(records.front());
        records = records.subspan(1);
    }
    if (records.empty()) {
        return {};
    }
    auto written = write(records);
    if (!written) {
        // Whether a lost connection's last transaction was committed only the mark can tell.
        m_mark.reset();
    }
    return written;
}

void TenantIngest::replay(const spool::StoredRecord& stored)
{
    if (stored.recordNo <= m_learnt) {
        return;
    }
    BatchAssembly assembly(m_open, m_services.journal.replica());
    if (!m_asideBefore.contains(stored.recordNo)) {
        assembly.apply(stored);
    } else if (stored.record.kind == spool::RecordKind::CallClosed) {
        assembly.quarantine(stored, {});
    }
    assembly.commit();
    m_learnt = stored.recordNo;
}

Result<void> TenantIngest::write(std::span<const spool::StoredRecord> records)
{
    BatchAssembly assembly(m_open, m_services.journal.replica(), m_otherCurrency);
    for (const auto& stored : records) {
        assembly.apply(stored);
    }
    EXHIBIT_TRY(const bool anew, settleCurrency(assembly.batch()));
    if (anew) {
        return write(records);
    }
    auto committed = commit(assembly, records.back());
    if (committed || !isContentRefusal(committed.error())) {
        return committed;
    }
    if (records.size() == 1) {
        return setAside(records.front(), committed.error());
    }
    const auto half = records.size() / 2;
    EXHIBIT_CHECK(write(records.first(half)));
    return write(records.subspan(half));
}

Result<bool> TenantIngest::settleCurrency(const IngestBatch& batch)
{
    std::set<std::string> asked;
    std::set_difference(batch.priceVersions.begin(),
                        batch.priceVersions.end(),
                        m_counted.begin(),
                        m_counted.end(),
                        std::inserter(asked, asked.end()));
    if (asked.empty()) {
        return false;
    }
    const auto fix = [&](Transaction& transaction) { return fixCurrency(transaction, asked); };
    EXHIBIT_TRY(
        const auto others,
        m_services.database.write(m_tenant, Deadline::after(m_options.transactionTimeout), fix));
    bool changed = false;
    for (const auto& version : asked) {
        if (!others.contains(version)) {
            m_counted.insert(version);
            changed = m_otherCurrency.erase(version) > 0 || changed;
        } else if (m_otherCurrency.insert(version).second) {
            changed = true;
            ops::logError("costs by the price table {} are not recorded: they are not in the "
                          "currency of the tenant's other costs",
                          version);
        }
    }
    return changed;
}

Result<void> TenantIngest::commit(BatchAssembly& assembly, const spool::StoredRecord& last)
{
    const SpoolMark mark{
        m_tenant, m_services.journal.replica(), *m_mark, last.recordNo, last.record.at};
    const auto aside = static_cast<std::int64_t>(assembly.batch().quarantined.size());
    for (const auto& row : assembly.batch().quarantined) {
        ops::logError("record {} of the spool is set aside: {}", row.recordNo, row.reason);
    }
    const auto calls = callsOf(assembly.batch());
    // The batch is used once: a retry assembles it anew.
    const auto write = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(writeBatch(
            transaction, mark, std::move(assembly.batch()), m_services.ledger, m_services.fields));
        return true;
    };
    EXHIBIT_CHECK(
        m_services.database.write(m_tenant, Deadline::after(m_options.transactionTimeout), write));
    assembly.commit();
    m_mark = last.recordNo;
    m_learnt = std::max(m_learnt, last.recordNo);
    m_tally.quarantined += aside;
    tally(calls.closed, calls.broken);
    return {};
}

void TenantIngest::tally(const std::vector<CallId>& closed, const std::vector<CallId>& broken)
{
    m_broken.insert(broken.begin(), broken.end());
    m_tally.brokenCalls = static_cast<std::int64_t>(m_broken.size());
    m_tally.wholeCalls += std::count_if(closed.begin(), closed.end(), [this](const CallId& call) {
        return !m_broken.contains(call);
    });
}

Result<void> TenantIngest::setAside(const spool::StoredRecord& stored, const Error& error)
{
    BatchAssembly assembly(m_open, m_services.journal.replica());
    assembly.quarantine(stored, error.message);
    return commit(assembly, stored);
}

std::optional<std::int64_t> TenantIngest::oldestOpen() const
{
    std::optional<std::int64_t> oldest;
    for (const auto& [id, call] : m_open) {
        oldest = std::min(oldest.value_or(call.firstRecord), call.firstRecord);
    }
    return oldest;
}

} // namespace exhibit::storage
