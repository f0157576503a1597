// SPDX-License-Identifier: Apache-2.0
#include "server/storage/report_facts.h"

#include "server/storage/entered_store.h"
#include "server/storage/entry_names.h"
#include "server/storage/incident_store.h"
#include "server/storage/key_store.h"
#include "server/storage/policy_store.h"
#include "server/storage/recorded_binding.h"
#include "server/storage/remediation_store.h"
#include "server/storage/run_store.h"
#include "server/storage/sorted_json.h"

#include <algorithm>
#include <map>

namespace exhibit::storage {
namespace {

using HashByStep = std::map<std::int64_t, Digest>;

Result<HashByStep> readHashes(Transaction& transaction, RunId run)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT step_index, content_hash FROM steps"
                                  " WHERE tenant_id = $1 AND run_id = $2"
                                  " AND content_hash IS NOT NULL",
                                  {transaction.tenant(), run}));
    HashByStep hashes;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const Bytes bytes = rows.bytes(row, 1);
        auto& hash = hashes[rows.integer(row, 0)];
        if (bytes.size() != hash.size()) {
            return fail(ErrorCode::Corrupt, "a step's content hash is damaged", run.text());
        }
        std::copy(bytes.begin(), bytes.end(), hash.begin());
    }
    return hashes;
}

/// A run that no record of arrived: its incident alone is known.
Result<domain::Run> runOf(Database& database,
                          TenantId tenant,
                          const domain::Incident& incident,
                          Deadline deadline)
{
    auto run = RunStore(database).get(tenant, incident.runId, deadline);
    if (!run && run.error().code == ErrorCode::NotFound) {
        domain::Run unknown;
        unknown.runId = incident.runId;
        unknown.startedAt = incident.createdAt;
        return unknown;
    }
    return run;
}

/// The cause stands in a step, which the call's entry commits to.
Result<void> expectCause(const report::RecordedFacts& facts)
{
    if (!facts.incident.rootCause || facts.wholeRun) {
        return {};
    }
    const Json cause = toJson(*facts.incident.rootCause);
    for (const auto& step : facts.steps) {
        const auto& data = step.event.data;
        if (step.event.type != domain::StepType::RootCause
            || stringMember(data, "incident_id") != facts.incident.incidentId.text()) {
            continue;
        }
        for (const auto& member : cause.get_object()) {
            const Json* said = findMember(data, member.key());
            if (said == nullptr || sortedJson(*said) != sortedJson(member.value())) {
                return evidenceDamaged(facts.incident.incidentId.text(),
                                       "its cause is not what its step says");
            }
        }
    }
    return {};
}

Result<void> expectAsCommitted(Transaction& transaction,
                               SubjectKeys& keys,
                               const report::RecordedFacts& facts)
{
    EXHIBIT_CHECK(expectIncidentAsCommitted(transaction, keys, facts.incident));
    EXHIBIT_CHECK(expectCause(facts));
    const CallId call = facts.incident.callId;
    const bool closed = std::any_of(facts.steps.begin(),
                                    facts.steps.end(),
                                    [call](const auto& step) { return step.event.callId == call; });
    if (closed) {
        EXHIBIT_TRY(const auto bodies, readRecordedBodies(transaction, keys, {call}));
        EXHIBIT_CHECK(expectBodiesAsCommitted(transaction, keys, bodies.front()));
    }
    std::set<CallId> cut;
    if (facts.wholeRun && !facts.steps.empty()) {
        const auto& first = facts.steps.front().event;
        cut.insert(facts.steps.back().event.callId.value_or(CallId{}));
        cut.insert(first.stepIndex == 0 ? CallId{} : first.callId.value_or(CallId{}));
    }
    return expectStepsAsCommitted(transaction, keys, facts.steps, cut);
}

Result<std::string> tenantName(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT coalesce(nullif(title, ''), slug) FROM tenants"
                                  " WHERE tenant_id = $1",
                                  {transaction.tenant()}));
    return rows.empty() ? std::string() : std::string(rows.text(0, 0));
}

Result<report::RunExtent> readExtent(Transaction& transaction, RunId run, std::int64_t steps)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT min(at), max(at) FROM steps WHERE tenant_id = $1"
                                  " AND run_id = $2 AND step_index IN (0, $3)",
                                  {transaction.tenant(), run, steps - 1}));
    if (rows.isNull(0, 0)) {
        return evidenceDamaged(run.text(), "its first and last steps are missing");
    }
    return report::RunExtent{steps, rows.time(0, 0), rows.time(0, 1)};
}

} // namespace

Result<report::RecordedFacts> readReportFacts(
    Database& database, SubjectKeys* keys, TenantId tenant, IncidentId incident, Deadline deadline)
{
    IncidentStore incidents(database);
    EXHIBIT_TRY(auto stored, incidents.get(tenant, incident, deadline));
    EXHIBIT_TRY(auto timeline, incidents.timeline(tenant, incident, deadline));
    report::RecordedFacts facts;
    facts.tenant = tenant;
    facts.incident = std::move(stored.incident);
    facts.incident.notes.reset(); // What colleagues wrote to each other does not leave the house.
    EXHIBIT_TRY(facts.run, runOf(database, tenant, facts.incident, deadline));
    if (!stored.snapshotId.empty()) {
        EXHIBIT_TRY(facts.snapshot,
                    PolicyStore(database).snapshot(tenant, stored.snapshotId, deadline));
    }
    const RunId run = facts.incident.runId;
    HashByStep hashes;
    const auto readBeside = [&](Transaction& transaction) -> Result<void> {
        EXHIBIT_TRY(facts.tenantName, tenantName(transaction));
        EXHIBIT_TRY(facts.keyLabels, readKeyLabels(transaction));
        EXHIBIT_TRY(hashes, readHashes(transaction, run));
        if (timeline.truncated()) {
            EXHIBIT_TRY(facts.wholeRun, readExtent(transaction, run, timeline.steps));
        }
        return {};
    };
    EXHIBIT_CHECK(database.read(tenant, deadline, readBeside));
    for (auto& event : timeline.events) {
        const auto hash = hashes.find(event.stepIndex);
        facts.steps.push_back(
            {std::move(event), hash == hashes.end() ? std::nullopt : std::optional(hash->second)});
    }
    if (keys != nullptr) {
        const auto compare = [&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_CHECK(expectAsCommitted(transaction, *keys, facts));
            return true;
        };
        EXHIBIT_CHECK(database.read(tenant, deadline, compare));
    }
    for (auto& step : facts.steps) {
        auto& event = step.event;
        event.isInflection = event.isInflection || timeline.inflectionStep == event.stepIndex;
    }
    EnteredStore entered(database, tenant);
    EXHIBIT_TRY(facts.impact, entered.impact(incident, deadline));
    EXHIBIT_TRY(auto remediations, RemediationStore(database).list(tenant, incident, deadline));
    facts.remediations = std::move(remediations.items);
    facts.fixVerifications = std::move(remediations.verifications);
    return facts;
}

Result<bool> hasMoreSteps(
    Database& database, TenantId tenant, IncidentId incident, std::int64_t steps, Deadline deadline)
{
    return database.read(tenant, deadline, [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT count(*) FROM (SELECT FROM steps WHERE tenant_id = $1"
                                      " AND run_id = (SELECT run_id FROM incidents"
                                      " WHERE tenant_id = $1 AND incident_id = $2) LIMIT $3) s",
                                      {transaction.tenant(), incident, steps + 1}));
        return rows.integer(0, 0) > steps;
    });
}

} // namespace exhibit::storage
