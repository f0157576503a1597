// SPDX-License-Identifier: Apache-2.0
// ./dev bench report: SOC 2 evidence of a period with 10,000 incidents, read from PostgreSQL: each
// with its run, its decision and its entries in the log, half of them triaged, two thirds assessed
// and remedied.
#include "models/report/report_pdf.h"
#include "models/report/soc2_files.h"
#include "server/signer/pdf_key.h"
#include "server/storage/soc2_facts.h"
#include "tests/server/storage/ledger_on_test.h"

#include <fmt/format.h>

namespace {

using namespace exhibit;
using namespace exhibit::storage;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kIncidents = 10'000;
constexpr std::size_t kBatch = 500;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr const char* kRows[] = {
    "INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, call_id, decision_id, user_id,"
    " model, severity, policy_id, failure_code, status, title, excerpt, cost_microcents,"
    " latency_us, root_cause, created_at) SELECT $1::uuid, gen_random_uuid(), gen_random_uuid(),"
    " gen_random_uuid(), gen_random_uuid(), 'user-' || n % 97, 'gpt-4o', 'high',"
    " 'CONTENT_ACCURACY', CASE WHEN n % 5 = 0 THEN 'personal_data_output' ELSE"
    " 'missing_data_assertion' END, CASE WHEN n % 2 = 0 THEN 'resolved' ELSE 'open' END,"
    " 'Title ' || n, 'words', n, 1000, '{\"kind\": \"data_gap\"}', now() - n * interval '1 minute'"
    " FROM generate_series(1, $2::int) AS n",
    "INSERT INTO exhibit.runs (tenant_id, run_id, project_id, policy_snapshot_id, status,"
    " termination_reason, stopped_at_step, violation_policy_id, started_at, last_active_at,"
    " ended_at) SELECT $1::uuid, run_id, gen_random_uuid(), 'SNAP-000000000000', 'failed_policy',"
    " 'policy_block', 2, policy_id, created_at, created_at, created_at FROM exhibit.incidents"
    " WHERE tenant_id = $1 AND $2::int > 0",
    "INSERT INTO exhibit.decisions (tenant_id, decision_id, call_id, run_id, policy_id,"
    " policy_version, stage, result, severity, mode, reason, snapshot_id, evaluation_us,"
    " decided_at, document) SELECT $1::uuid, decision_id, call_id, run_id, policy_id, 4, 'output',"
    " 'BLOCK', 'high', 'block', 'said what no fact says', 'SNAP-000000000000', 12, created_at,"
    " '{\"policy_version\": 4, \"result\": \"BLOCK\", \"reason\": \"said what no fact says\"}'"
    " FROM exhibit.incidents WHERE tenant_id = $1 AND $2::int > 0",
    "INSERT INTO exhibit.impact_assessments (tenant_id, incident_id, version, body, entered_by,"
    " entered_at) SELECT $1::uuid, incident_id, v, '{\"business_impact\": \"A contract was at"
    " stake.\", \"risk_level\": \"high\", \"personal_information\": {\"involved\": true}}',"
    " 'key_1', created_at FROM exhibit.incidents, generate_series(1, 2) AS v"
    " WHERE tenant_id = $1 AND cost_microcents % 3 > 0 AND $2::int > 0",
    "INSERT INTO exhibit.remediations (tenant_id, incident_id, remediation_no, version, action,"
    " owner, state, entered_by, entered_at) SELECT $1::uuid, incident_id, r, 1,"
    " 'Send the flag', 'team', 'done', 'key_1', created_at FROM exhibit.incidents,"
    " generate_series(1, 2) AS r WHERE tenant_id = $1 AND cost_microcents % 3 > 0"
    " AND $2::int > 0",
    // Each change of an incident in the log is a change of its status in the audit log.
    "INSERT INTO exhibit.audit_logs (tenant_id, created_at, audit_id, action, resource, user_id,"
    " details) SELECT $1::uuid, substring(event_data from '\"occurred_at\":\"([^\"]*)\"')"
    "::timestamptz, gen_random_uuid(), event_type, 'inc', 'key_1',"
    " '{\"status\": \"resolved\"}' FROM exhibit.incident_log_chain WHERE tenant_id = $1"
    " AND event_type = 'incident.changed' AND $2::int > 0",
    "ANALYZE exhibit.audit_logs, exhibit.incidents, exhibit.runs, exhibit.decisions, "
    "exhibit.incident_log_chain"};

EntryDraft entryOf(IncidentId incident, const char* type)
{
    EntryDraft draft;
    draft.type = type;
    draft.occurredAt = utcNow();
    draft.incidentId = incident;
    draft.reporterType = "user";
    draft.reporterId = "key_1";
    draft.fields = {{"/call_id", "call_1"}};
    return draft;
}

/// What the log has of them.
void appendEntries(LedgerOnTest& log, const std::vector<IncidentId>& incidents)
{
    std::vector<EntryDraft> drafts;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        drafts.push_back(entryOf(incidents[i], "incident.opened"));
        if (i % 2 == 0) {
            drafts.push_back(entryOf(incidents[i], "incident.changed"));
        }
        if (i % 3 > 0) {
            drafts.push_back(entryOf(incidents[i], "impact.assessed"));
            drafts.push_back(entryOf(incidents[i], "remediation.added"));
        }
        if (drafts.size() > kBatch || i + 1 == incidents.size()) {
            must(log.append(drafts));
            drafts.clear();
        }
    }
}

std::vector<IncidentId> writePeriod(LedgerOnTest& log)
{
    const auto soon = Deadline::after(std::chrono::minutes(5));
    const auto administrator = log.server().administrator();
    const TenantId tenant = log.tenant().id;
    must(administrator->query(kRows[0], {tenant, kIncidents}, soon));
    const auto rows = must(administrator->query(
        "SELECT incident_id FROM exhibit.incidents WHERE tenant_id = $1", {tenant}, soon));
    std::vector<IncidentId> incidents;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        incidents.push_back(IncidentId{rows.uuid(row, 0)});
    }
    appendEntries(log, incidents);
    for (std::size_t i = 1; i + 1 < std::size(kRows); ++i) {
        must(administrator->query(kRows[i], {tenant, kIncidents}, soon));
    }
    must(administrator->query(*(std::end(kRows) - 1), {}, soon));
    return incidents;
}

} // namespace

int main()
{
    LedgerOnTest log;
    writePeriod(log);
    const auto key = signer::PdfKey::generate(utcNow()).value();
    const report::PdfSigner sign = [&key](const Digest& digest) { return key.sign(digest); };
    const auto start = Clock::now();
    auto evidence = must(readSoc2(log.server().database(),
                                  log.tenant().id,
                                  {.periodStart = "2000-01-01",
                                   .periodEnd = "2099-12-31",
                                   .bundleId = "b1",
                                   .exportedBy = "key_1",
                                   .reason = "bench",
                                   .createdAt = utcNow()},
                                  Deadline::after(std::chrono::minutes(5))));
    const double read = secondsSince(start);
    must(report::redactSoc2(
        evidence.bundle, evidence.listings, must(report::ExportRedaction::make(true))));
    const double redacted = secondsSince(start) - read;
    const auto pdf = must(report::makeBundleReport(
        printJson(toJson(evidence.bundle)), report::ReportKind::Soc2, evidence.listings, sign));
    std::int64_t members = 0;
    for (const auto& row : evidence.bundle.rows) {
        members += row.populationCount;
    }
    fmt::print("| SOC 2 of a period with {} incidents, from PostgreSQL, {} members, signed, "
               "{} kB | {:.1f} s, {:.1f} s of it reading, {:.1f} s redacting | 30 s |\n",
               kIncidents,
               members,
               pdf.size() / 1024,
               secondsSince(start),
               read,
               redacted);
    return 0;
}
