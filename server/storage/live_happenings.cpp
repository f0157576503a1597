// SPDX-License-Identifier: Apache-2.0
#include "server/storage/live_happenings.h"

#include "server/storage/incident_row.h"
#include "server/storage/incident_store_query.h"

#include <algorithm>
#include <array>

namespace exhibit::storage {
namespace {

bool isBefore(const Happening& a, const Happening& b)
{
    return std::tie(a.at, a.key) < std::tie(b.at, b.key);
}

Result<Rows> openedRows(Transaction& transaction, UtcTime since)
{
    IncidentSearch search;
    search.timeFrom = since;
    Parameters parameters{transaction.tenant(), LiveHappenings::kEachMax};
    const auto compiled = compileSearch(transaction.tenant(), search, parameters);
    return transaction.query("SELECT i.incident_id, i.severity, i.policy_id, i.created_at FROM"
                             " search_incidents($1, "
                                 + compiled.text + ", " + compiled.filters
                                 + ", NULL, NULL, $2::integer) AS f JOIN incidents i ON"
                                   " i.tenant_id = $1 AND i.incident_id = f.found_id",
                             parameters);
}

Result<std::optional<Happening>> readOpened(const Rows& rows, std::size_t row)
{
    Happening opened;
    opened.event.type = "incident.opened";
    opened.event.incidentId = IncidentId{rows.uuid(row, 0)};
    EXHIBIT_CHECK(readEnum(rows.text(row, 1), opened.event.severity.emplace()));
    opened.event.policyId = rows.text(row, 2);
    opened.key = opened.event.incidentId->text();
    opened.at = rows.time(row, 3);
    return opened;
}

/// Who changed an incident is in the audit log: one entry of it per change.
Result<Rows> changedRows(Transaction& transaction, UtcTime since)
{
    return transaction.query("SELECT audit_id, resource, created_at FROM audit_logs WHERE"
                             " tenant_id = $1 AND created_at >= $2 AND action ="
                             " 'incident.changed' ORDER BY created_at DESC LIMIT $3::integer",
                             {transaction.tenant(), since, LiveHappenings::kEachMax});
}

Result<std::optional<Happening>> readChanged(const Rows& rows, std::size_t row)
{
    Happening changed;
    changed.event.type = "incident.changed";
    EXHIBIT_TRY(changed.event.incidentId, IncidentId::parse(rows.text(row, 1)));
    changed.key = rows.uuid(row, 0).hyphenated();
    changed.at = rows.time(row, 2);
    return changed;
}

Result<Rows> stoppedRows(Transaction& transaction, UtcTime since)
{
    return transaction.query("SELECT r.run_id, r.ended_at, r.termination_reason,"
                             " r.kill_reason, r.violation_policy_id, a.actor,"
                             " r.stop->>'incident_id' FROM runs r LEFT JOIN run_abort_log a"
                             " ON a.tenant_id = r.tenant_id AND a.run_id = r.run_id"
                             " WHERE r.tenant_id = $1 AND r.stop IS NOT NULL"
                             " AND r.ended_at >= $2 ORDER BY r.ended_at DESC"
                             " LIMIT $3::integer",
                             {transaction.tenant(), since, LiveHappenings::kEachMax});
}

Result<std::optional<Happening>> readStopped(const Rows& rows, std::size_t row)
{
    Happening stopped;
    auto& event = stopped.event;
    event.type = "run.stopped";
    event.runId = RunId{rows.uuid(row, 0)};
    stopped.key = event.runId->text();
    stopped.at = rows.time(row, 1);
    event.at = stopped.at;
    if (!rows.isNull(row, 2)) {
        EXHIBIT_CHECK(readEnum(rows.text(row, 2), event.terminationReason.emplace()));
    }
    if (!rows.isNull(row, 3)) {
        EXHIBIT_CHECK(readEnum(rows.text(row, 3), event.killReason.emplace()));
    }
    event.policyId = rows.optionalText(row, 4);
    event.stoppedBy = rows.optionalText(row, 5);
    if (!rows.isNull(row, 6)) {
        EXHIBIT_TRY(event.incidentId, IncidentId::parse(rows.text(row, 6)));
    }
    return stopped;
}

/// The types are those of incident_log_chain_alerts (0031_live_and_values.sql).
Result<Rows> alertRows(Transaction& transaction, UtcTime since)
{
    return transaction.query("SELECT epoch, sequence_number, event_type, created_at"
                             " FROM incident_log_chain WHERE tenant_id = $1 AND created_at >= $2"
                             " AND event_type IN ('verify.failed', 'record.quarantined',"
                             " 'spool.gap', 'epoch.opened')"
                             " ORDER BY created_at DESC LIMIT $3::integer",
                             {transaction.tenant(), since, LiveHappenings::kEachMax});
}

Result<std::optional<Happening>> readAlert(const Rows& rows, std::size_t row)
{
    const auto epoch = rows.integer(row, 0);
    const auto sequence = rows.integer(row, 1);
    if (epoch == 1 && sequence == 0) {
        return std::nullopt; // A log that begins is no news; one that begins again is.
    }
    Happening alert;
    alert.event.type = "alert";
    alert.event.alert = rows.text(row, 2);
    alert.at = rows.time(row, 3);
    alert.event.at = alert.at;
    alert.key = "alert_" + std::to_string(epoch) + '_' + std::to_string(sequence);
    return alert;
}

/// What is told of: at most kEachMax rows, the newest first, and what one of them says, if
/// anything.
struct Kind {
    Result<Rows> (*rows)(Transaction& transaction, UtcTime since);
    Result<std::optional<Happening>> (*read)(const Rows& rows, std::size_t row);
};

constexpr std::array kKinds{Kind{openedRows, readOpened},
                            Kind{changedRows, readChanged},
                            Kind{stoppedRows, readStopped},
                            Kind{alertRows, readAlert}};

Result<void> add(Transaction& transaction, UtcTime since, const Kind& kind, Happenings& found)
{
    EXHIBIT_TRY(const Rows rows, kind.rows(transaction, since));
    std::optional<Happening> oldest;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto happening, kind.read(rows, row));
        if (!happening) {
            continue;
        }
        if (!oldest || isBefore(*happening, *oldest)) {
            oldest = happening;
        }
        found.all.push_back(*std::move(happening));
    }
    if (static_cast<std::int64_t>(rows.size()) >= LiveHappenings::kEachMax && oldest) {
        found.cutAt.push_back(*std::move(oldest));
    }
    return {};
}

} // namespace

Result<Happenings> LiveHappenings::since(TenantId tenant, UtcTime since, Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Happenings> {
        Happenings found;
        for (const auto& kind : kKinds) {
            EXHIBIT_CHECK(add(transaction, since, kind, found));
        }
        std::sort(found.all.begin(), found.all.end(), isBefore);
        return found;
    });
}

} // namespace exhibit::storage
