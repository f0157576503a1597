// SPDX-License-Identifier: Apache-2.0
#include "server/storage/entered_store.h"

#include "server/storage/ingest_insert.h"

namespace exhibit::storage {
namespace {

/// A table of versions, and what an entry of the ledger calls a new one.
struct Kind {
    const char* table;
    const char* action;
};
constexpr Kind kImpact{"impact_assessments", "impact.assessed"};
constexpr Kind kCompliance{"compliance_statements", "compliance.stated"};
constexpr Kind kRecords{"compliance_records", "compliance.recorded"};

Result<void> checkIncident(Transaction& transaction, IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT FROM incidents WHERE tenant_id = $1"
                                  " AND incident_id = $2",
                                  {transaction.tenant(), incident}));
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "there is no such incident", incident.text());
    }
    return {};
}

/// The rows as (version, entered_by, entered_at, body).
template <class T>
EnteredStore::Versions<T> enteredOf(const Rows& rows)
{
    std::vector<report::Entered<T>> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto& entered = all.emplace_back();
        entered.version = rows.integer(row, 0);
        entered.enteredBy = rows.text(row, 1);
        entered.enteredAt = rows.time(row, 2);
        EXHIBIT_TRY(entered.value, fromJson<T>(rows.json(row, 3)));
    }
    return all;
}

/// Which rows of a table of versions, and what its conditions name.
struct Choice {
    std::string where = " WHERE tenant_id = $1";
    Parameters parameters;
};

template <class T>
EnteredStore::Versions<T> versions(Transaction& transaction,
                                   const Kind& kind,
                                   Choice choice,
                                   const EnteredStore::Range& range)
{
    const auto at = choice.parameters.size();
    choice.parameters.emplace_back(range.before);
    choice.parameters.emplace_back(range.count);
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT version, entered_by, entered_at, body FROM "
                                      + std::string(kind.table) + choice.where + " AND version < $"
                                      + std::to_string(at + 1) + " ORDER BY version DESC LIMIT $"
                                      + std::to_string(at + 2),
                                  choice.parameters));
    return enteredOf<T>(rows);
}

Result<Choice> ofIncident(Transaction& transaction, IncidentId incident)
{
    EXHIBIT_CHECK(checkIncident(transaction, incident));
    Choice choice{.parameters = {transaction.tenant(), incident}};
    choice.where += " AND incident_id = $2";
    return choice;
}

template <class T>
EnteredStore::Newest<T> newest(EnteredStore::Versions<T> versions)
{
    EXHIBIT_TRY(auto all, std::move(versions));
    return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

/// The next version; of two writers at once the second gets Conflict from the primary key.
Result<void> insert(Transaction& transaction,
                    const Kind& kind,
                    const std::optional<IncidentId>& incident,
                    const Json& body,
                    const EnteredStore::Author& author)
{
    std::string columns = "tenant_id, body, entered_by, entered_at";
    std::string values = "$1, $2, $3, $4";
    std::string where = "tenant_id = $1";
    Parameters parameters{transaction.tenant(), storable(body), author.actor.id, utcNow()};
    if (incident) {
        EXHIBIT_CHECK(checkIncident(transaction, *incident));
        columns += ", incident_id";
        values += ", $5";
        where += " AND incident_id = $5";
        parameters.emplace_back(*incident);
    }
    const std::string table = kind.table;
    EXHIBIT_CHECK(transaction.query("INSERT INTO " + table + " (" + columns + ", version) SELECT "
                                        + values + ", (SELECT coalesce(max(version), 0) + 1 FROM "
                                        + table + " WHERE " + where + ")",
                                    parameters));
    const AuditedAction action{
        kind.action, incident ? incident->text() : std::string(kind.table), body, incident};
    return recordAction(transaction, author.ledger, author.actor, action);
}

/// The number and version that the record gets. Of two writers at once the second gets Conflict
/// from the primary key.
Result<std::int64_t> nextOf(Transaction& transaction, report::ComplianceRecord& record)
{
    const bool added = record.number == 0;
    EXHIBIT_TRY(const Rows rows,
                transaction.query(added ? "SELECT coalesce(max(record_no), 0), 0::bigint"
                                          " FROM compliance_records WHERE tenant_id = $1"
                                          " AND $2::bigint = 0"
                                        : "SELECT $2::bigint, coalesce(max(version), 0)"
                                          " FROM compliance_records WHERE tenant_id = $1"
                                          " AND record_no = $2",
                                  {transaction.tenant(), record.number}));
    if (!added && rows.integer(0, 1) == 0) {
        return fail(ErrorCode::NotFound, "there is no record of that number", "/n");
    }
    record.number = rows.integer(0, 0) + (added ? 1 : 0);
    return rows.integer(0, 1) + 1;
}

Result<std::int64_t> insertRecord(Transaction& transaction,
                                  report::ComplianceRecord& record,
                                  const EnteredStore::Author& author)
{
    EXHIBIT_TRY(const auto version, nextOf(transaction, record));
    if (record.incidentId) {
        EXHIBIT_TRY(const Rows known,
                    transaction.query("SELECT FROM incidents WHERE tenant_id = $1"
                                      " AND incident_id = $2",
                                      {transaction.tenant(), *record.incidentId}));
        if (known.empty()) {
            return fail(ErrorCode::NotFound, "there is no such incident", "/incident_id");
        }
    }
    Json body = toJson(record);
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO compliance_records (tenant_id, record_no, version, body,"
        " entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6)",
        {transaction.tenant(), record.number, version, storable(body), author.actor.id, utcNow()}));
    body.as_object().emplace("version", version);
    const AuditedAction action{
        "compliance.recorded", std::to_string(record.number), std::move(body), {}};
    EXHIBIT_CHECK(recordAction(transaction, author.ledger, author.actor, action));
    return record.number;
}

} // namespace

EnteredStore::Newest<report::Impact> EnteredStore::impact(IncidentId incident, Deadline deadline)
{
    return newest<report::Impact>(impacts(incident, {}, deadline));
}

EnteredStore::Versions<report::Impact> EnteredStore::impacts(IncidentId incident,
                                                             const Range& range,
                                                             Deadline deadline)
{
    return m_database.read(
        m_tenant, deadline, [&](Transaction& transaction) -> Versions<report::Impact> {
            EXHIBIT_TRY(auto choice, ofIncident(transaction, incident));
            return versions<report::Impact>(transaction, kImpact, std::move(choice), range);
        });
}

EnteredStore::Newest<report::ComplianceStatement> EnteredStore::compliance(const Period& period,
                                                                           Deadline deadline)
{
    using Stated = report::ComplianceStatement;
    return newest<Stated>(m_database.read(m_tenant, deadline, [&](Transaction& transaction) {
        Choice choice{.parameters = {transaction.tenant()}};
        if (!period.start.empty() || !period.end.empty()) {
            choice.where += " AND body ->> 'period_start' = $2 AND body ->> 'period_end' = $3";
            choice.parameters.emplace_back(period.start);
            choice.parameters.emplace_back(period.end);
        }
        return versions<Stated>(transaction, kCompliance, std::move(choice), {});
    }));
}

EnteredStore::Versions<report::ComplianceStatement> EnteredStore::statements(const Range& range,
                                                                             Deadline deadline)
{
    return m_database.read(m_tenant, deadline, [&](Transaction& transaction) {
        return versions<report::ComplianceStatement>(
            transaction, kCompliance, {.parameters = {transaction.tenant()}}, range);
    });
}

Result<void> EnteredStore::enter(IncidentId incident,
                                 const report::Impact& impact,
                                 const Author& author,
                                 Deadline deadline)
{
    return m_database.write(m_tenant, deadline, [&](Transaction& transaction) {
        return insert(transaction, kImpact, incident, toJson(impact), author);
    });
}

Result<void> EnteredStore::enter(const report::ComplianceStatement& statement,
                                 const Author& author,
                                 Deadline deadline)
{
    return m_database.write(m_tenant, deadline, [&](Transaction& transaction) {
        return insert(transaction, kCompliance, std::nullopt, toJson(statement), author);
    });
}

EnteredStore::Versions<report::ComplianceRecord> EnteredStore::records(const Range& range,
                                                                       Deadline deadline)
{
    using Records = Versions<report::ComplianceRecord>;
    return m_database.read(m_tenant, deadline, [&](Transaction& transaction) -> Records {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT DISTINCT ON (record_no) version, entered_by,"
                                      " entered_at, body FROM compliance_records"
                                      " WHERE tenant_id = $1 AND record_no < $2"
                                      " ORDER BY record_no DESC, version DESC LIMIT $3",
                                      {transaction.tenant(), range.before, range.count}));
        return enteredOf<report::ComplianceRecord>(rows);
    });
}

EnteredStore::Versions<report::ComplianceRecord> EnteredStore::recordVersions(std::int64_t number,
                                                                              const Range& range,
                                                                              Deadline deadline)
{
    using Records = Versions<report::ComplianceRecord>;
    return m_database.read(m_tenant, deadline, [&](Transaction& transaction) -> Records {
        EXHIBIT_TRY(const Rows known,
                    transaction.query("SELECT FROM compliance_records WHERE tenant_id = $1"
                                      " AND record_no = $2 LIMIT 1",
                                      {transaction.tenant(), number}));
        if (known.empty()) {
            return fail(ErrorCode::NotFound, "there is no record of that number", "n");
        }
        Choice choice{.parameters = {transaction.tenant(), number}};
        choice.where += " AND record_no = $2";
        return versions<report::ComplianceRecord>(transaction, kRecords, std::move(choice), range);
    });
}

Result<std::int64_t> EnteredStore::enter(report::ComplianceRecord record,
                                         const Author& author,
                                         Deadline deadline)
{
    return m_database.write(m_tenant, deadline, [&](Transaction& transaction) {
        auto entered = record; // It may be tried again.
        return insertRecord(transaction, entered, author);
    });
}

} // namespace exhibit::storage
