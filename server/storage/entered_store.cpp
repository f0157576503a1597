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

template <class T>
Result<std::optional<report::Entered<T>>> newest(Transaction& transaction,
                                                 const Kind& kind,
                                                 const std::optional<IncidentId>& incident)
{
    std::string where = " WHERE tenant_id = $1";
    Parameters parameters{transaction.tenant()};
    if (incident) {
        EXHIBIT_CHECK(checkIncident(transaction, *incident));
        where += " AND incident_id = $2";
        parameters.emplace_back(*incident);
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT version, entered_by, entered_at, body FROM "
                                      + std::string(kind.table) + where
                                      + " ORDER BY version DESC LIMIT 1",
                                  parameters));
    if (rows.empty()) {
        return std::nullopt;
    }
    report::Entered<T> entered;
    entered.version = rows.integer(0, 0);
    entered.enteredBy = rows.text(0, 1);
    entered.enteredAt = rows.time(0, 2);
    EXHIBIT_TRY(entered.value, fromJson<T>(rows.json(0, 3)));
    return entered;
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

} // namespace

EnteredStore::Newest<report::Impact> EnteredStore::impact(IncidentId incident, Deadline deadline)
{
    return m_database.read(m_tenant, deadline, [&](Transaction& transaction) {
        return newest<report::Impact>(transaction, kImpact, incident);
    });
}

EnteredStore::Newest<report::ComplianceStatement> EnteredStore::compliance(Deadline deadline)
{
    return m_database.read(m_tenant, deadline, [&](Transaction& transaction) {
        return newest<report::ComplianceStatement>(transaction, kCompliance, std::nullopt);
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

} // namespace exhibit::storage
