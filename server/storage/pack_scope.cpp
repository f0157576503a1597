// SPDX-License-Identifier: Apache-2.0
#include "server/storage/pack_scope.h"

#include "models/base/limits.h"

namespace exhibit::storage {
namespace {

class Finder {
public:
    Finder(Transaction& transaction, const StoredCheckpoint& checkpoint, IncidentId incident)
        : m_transaction(transaction)
        , m_checkpoint(checkpoint)
        , m_incident(incident)
    {
    }

    Result<PackScope> find(bool wholeRun)
    {
        EXHIBIT_CHECK(readIncident());
        EXHIBIT_TRY(const auto named,
                    entriesOfIncident(m_transaction, m_checkpoint.epoch, m_incident));
        if (named.sequences.empty()) {
            return notSigned();
        }
        m_scope.entries.insert(named.sequences.begin(), named.sequences.end());
        m_scope.handedOutBefore = named.leftOut;
        EXHIBIT_CHECK(addCall());
        std::erase_if(m_scope.entries,
                      [this](std::uint64_t s) { return s >= m_checkpoint.head.size; });
        if (m_scope.entries.empty()) {
            return notSigned();
        }
        if (m_scope.entries.size() > limits::kPackRangeMax) {
            return fail(ErrorCode::TooLarge, "the incident has more entries than a pack may hold");
        }
        if (wholeRun) {
            EXHIBIT_CHECK(addRun());
        }
        return std::move(m_scope);
    }

private:
    static tl::unexpected<Error> notSigned()
    {
        return fail(ErrorCode::NotFound, "the incident has no entry in the signed log yet");
    }

    Result<void> readIncident()
    {
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query("SELECT call_id, run_id, decision_id FROM incidents"
                                        " WHERE tenant_id = $1 AND incident_id = $2",
                                        {m_transaction.tenant(), m_incident}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound, "there is no such incident");
        }
        m_call = CallId{rows.uuid(0, 0)};
        m_run = RunId{rows.uuid(0, 1)};
        if (!rows.isNull(0, 2)) {
            m_scope.openedBy = DecisionId{rows.uuid(0, 2)};
        }
        return {};
    }

    /// The call's own entry may be far behind: it is written when the answer has ended.
    Result<void> addCall()
    {
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query(
                        "SELECT sequence_number FROM ledger_links WHERE tenant_id = $1"
                        " AND epoch = $2 AND (about = $3 OR about IN (SELECT decision_id"
                        " FROM decisions WHERE tenant_id = $1 AND run_id = $4 AND call_id = $3))",
                        {m_transaction.tenant(), m_checkpoint.epoch, m_call, m_run}));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            m_scope.entries.insert(static_cast<std::uint64_t>(rows.integer(row, 0)));
        }
        return {};
    }

    Result<void> addRun()
    {
        const auto near = static_cast<std::int64_t>(*m_scope.entries.begin());
        EXHIBIT_TRY(
            const Rows rows,
            m_transaction.query(
                "SELECT l.sequence_number FROM ledger_links l JOIN (SELECT call_id AS about"
                "  FROM proxy_calls WHERE tenant_id = $1 AND run_id = $3"
                "  UNION SELECT decision_id FROM decisions WHERE tenant_id = $1 AND run_id = $3"
                "  UNION SELECT $3) r USING (about) WHERE l.tenant_id = $1 AND l.epoch = $2"
                " AND l.sequence_number < $5 ORDER BY abs(l.sequence_number - $4), 1",
                {m_transaction.tenant(),
                 m_checkpoint.epoch,
                 m_run,
                 near,
                 static_cast<std::int64_t>(m_checkpoint.head.size)}));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const auto sequence = static_cast<std::uint64_t>(rows.integer(row, 0));
            if (m_scope.entries.contains(sequence)) {
                continue;
            }
            if (m_scope.entries.size() < limits::kPackRangeMax) {
                m_scope.entries.insert(sequence);
            } else {
                ++m_scope.runLeftOut;
            }
        }
        return {};
    }

    Transaction& m_transaction;
    const StoredCheckpoint& m_checkpoint;
    IncidentId m_incident;
    CallId m_call;
    RunId m_run;
    PackScope m_scope;
};

} // namespace

Result<PackScope> findPackScope(Transaction& transaction,
                                const StoredCheckpoint& checkpoint,
                                IncidentId incident,
                                bool wholeRun)
{
    return Finder(transaction, checkpoint, incident).find(wholeRun);
}

} // namespace exhibit::storage
