// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/soc2_facts.h"

#include "server/storage/entered_store.h"
#include "server/storage/export_record.h"
#include "server/storage/incident_store.h"
#include "tests/server/storage/ledger_on_test.h"

#include <sstream>

namespace exhibit::storage {

/// Evidence of a period from a real database.
class Soc2FactsTest : public ::testing::Test {
protected:
    /// An open incident whose run was not stopped, or was.
    IncidentId addIncident(const std::string& runStatus = "succeeded")
    {
        const IncidentId incident = IncidentId::generate();
        const RunId run = RunId::generate();
        const auto administrator = m_on.server().administrator();
        const auto soon = TestDatabase::soon();
        must(administrator->query(
            "INSERT INTO exhibit.runs (tenant_id, run_id, project_id, policy_snapshot_id, status,"
            " started_at, last_active_at) VALUES ($1, $2, $3, 'SNAP-1', $4, now(), now())",
            {tenant(), run, m_on.tenant().project, runStatus},
            soon));
        must(administrator->query(
            "INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, call_id, model,"
            " severity, policy_id, status, title, excerpt, cost_microcents, latency_us, created_at)"
            " VALUES ($1, $2, $3, gen_random_uuid(), 'gpt-4o', 'high', 'SAFETY', 'open', 't', 'e',"
            " 0, 0, now())",
            {tenant(), incident, run},
            soon));
        must(administrator->query(
            "INSERT INTO exhibit.incident_search (tenant_id, created_at, incident_id, status,"
            " cost_microcents, latency_us, tsv) SELECT tenant_id, created_at, incident_id, status,"
            " 0, 0, '' FROM exhibit.incidents WHERE incident_id = $1",
            {incident},
            soon));
        auto opened = LedgerOnTest::draft("opened");
        opened.incidentId = incident;
        must(m_on.append({opened}));
        return incident;
    }
    void change(IncidentId incident, const std::string& by, const IncidentChange& change)
    {
        must(
            IncidentStore(database())
                .change(
                    tenant(), incident, change, {by, "", ""}, m_on.ledger(), TestDatabase::soon()));
    }
    void setStatus(IncidentId incident, const std::string& by, domain::IncidentStatus status)
    {
        IncidentChange asked;
        asked.status = status;
        change(incident, by, asked);
    }
    void act(const std::string& by, const AuditedAction& action)
    {
        must(m_on.write([&](Transaction& transaction) {
            return recordAction(transaction, m_on.ledger(), {by, "", ""}, action);
        }));
    }
    void state(const std::string& start, const std::string& end, const std::string& words)
    {
        report::ComplianceStatement statement;
        statement.periodStart = start;
        statement.periodEnd = end;
        statement.attestationStatement = words;
        const Actor actor{"key_cfo", "", ""};
        must(EnteredStore(database(), tenant())
                 .enter(statement, {actor, m_on.ledger()}, TestDatabase::soon()));
    }
    Soc2Evidence read(const std::string& start = "2000-01-01",
                      const std::string& end = "2099-12-31")
    {
        return must(readSoc2(database(),
                             tenant(),
                             {.periodStart = start,
                              .periodEnd = end,
                              .bundleId = "b1",
                              .exportedBy = "key_1",
                              .reason = "test",
                              .createdAt = utcNow()},
                             TestDatabase::soon()));
    }

    static const report::Soc2Row& rowOf(const Soc2Evidence& evidence, const std::string& criterion)
    {
        for (const auto& row : evidence.bundle.rows) {
            if (row.criterion == criterion) {
                return row;
            }
        }
        throw std::runtime_error("no row " + criterion);
    }
    /// The lines of a criterion's listing, by id.
    static std::map<std::string, Json> listing(const Soc2Evidence& evidence,
                                               const std::string& criterion)
    {
        std::map<std::string, Json> members;
        std::istringstream lines(evidence.listings.at(criterion + ".ndjson"));
        for (std::string line; std::getline(lines, line);) {
            const Json member = must(parseJson(line));
            members[std::string(stringMember(member, "id"))] = member;
        }
        return members;
    }

    Database& database() { return m_on.server().database(); }
    TenantId tenant() { return m_on.tenant().id; }
    LedgerOnTest m_on;
};

} // namespace exhibit::storage
