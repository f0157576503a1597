// SPDX-License-Identifier: Apache-2.0
#include "server/storage/soc2_populations.h"

#include <algorithm>
#include <iterator>

namespace exhibit::storage {
namespace {

/// An action and its entry were written in one transaction and name one instant. Canonical JSON; as
/// text, because a column that somebody changed may hold anything.
constexpr std::string_view kInstant = "substring(event_data from '\"occurred_at\":\"([^\"]*)\"')";
constexpr std::string_view kInstantOfAction
    = "to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

std::string actions(std::string_view condition)
{
    return "WITH entries AS (SELECT event_type, epoch, sequence_number, " + std::string(kInstant)
        + " AS at FROM incident_log_chain"
          "  WHERE tenant_id = $1 AND reporter_type = 'user' AND created_at >= $2"
          "  AND created_at < $3::timestamptz + interval '1 hour')"
          " SELECT a.resource, a.created_at, coalesce(a.user_id, 'exhibitd'),"
          " e.epoch || ':' || e.sequence_number,"
          " a.details || jsonb_build_object('action', a.action), 1::bigint, '' FROM audit_logs a"
          " LEFT JOIN entries e ON e.event_type = a.action AND e.at = "
        + std::string(kInstantOfAction)
        + " WHERE a.tenant_id = $1 AND a.created_at >= $2 AND a.created_at < $3 AND "
        + std::string(condition);
}

/// The newest entry about an incident among those of one kind.
std::string entryOf(std::string_view kind)
{
    return "(SELECT e.epoch || ':' || e.sequence_number FROM incident_log_chain e"
           " WHERE e.tenant_id = $1 AND e.incident_id = i.incident_id AND e.event_type LIKE '"
        + std::string(kind) + "' ORDER BY e.epoch DESC, e.sequence_number DESC LIMIT 1)";
}

/// Changes of the status of incidents: who triaged one first, who decided on it last and what, when
/// it was first contained or resolved and by whom. A tag or an assignee is no decision, and neither
/// is a status that an incident already had.
const std::string kDecisions
    = "WITH asked AS (SELECT e.incident_id, a.created_at AS at, a.user_id AS by,"
      "  a.details ->> 'status' AS status, lag(a.details ->> 'status', 1, 'open')"
      "   OVER (PARTITION BY e.incident_id ORDER BY a.created_at, a.audit_id) AS before"
      "  FROM audit_logs a JOIN (SELECT incident_id, "
    + std::string(kInstant)
    + " AS at FROM incident_log_chain WHERE tenant_id = $1 AND event_type = 'incident.changed'"
      "   AND created_at >= $2) e ON e.at = "
    + std::string(kInstantOfAction)
    + "  WHERE a.tenant_id = $1 AND a.action = 'incident.changed' AND a.created_at >= $2"
      "  AND a.details ->> 'status' IS NOT NULL),"
      " decisions_on AS (SELECT incident_id, min(at) AS triaged_at,"
      "  (array_agg(by ORDER BY at))[1] AS triager, (array_agg(status ORDER BY at))[1] AS triage,"
      "  max(at) AS decided_at, (array_agg(by ORDER BY at DESC))[1] AS decider,"
      "  (array_agg(status ORDER BY at DESC))[1] AS decision,"
      "  min(at) FILTER (WHERE status IN ('contained', 'resolved')) AS responded_at,"
      "  (array_agg(by ORDER BY at) FILTER (WHERE status IN ('contained', 'resolved')))[1]"
      "   AS responder,"
      "  jsonb_agg(jsonb_build_object('status', status, 'at', at, 'by', by) ORDER BY at)"
      "   AS timeline"
      "  FROM asked WHERE status <> before GROUP BY incident_id)";

constexpr std::string_view kJoinDecisions
    = " LEFT JOIN decisions_on t ON t.incident_id = i.incident_id";

/// When an incident was closed; NULL while it is open, and while nobody is known to have closed it.
constexpr std::string_view kClosedAt
    = "CASE WHEN i.status IN ('resolved', 'false_positive') AND t.decision = i.status"
      " THEN t.decided_at END";

/// Where the log first and last speaks of an incident.
constexpr std::string_view kFirstAndLast
    = " LEFT JOIN LATERAL (SELECT"
      "  (array_agg(e.epoch ORDER BY e.epoch, e.sequence_number))[1] AS first_epoch,"
      "  (array_agg(e.sequence_number ORDER BY e.epoch, e.sequence_number))[1] AS first_seq,"
      "  (array_agg(e.epoch ORDER BY e.epoch DESC, e.sequence_number DESC))[1] AS last_epoch,"
      "  (array_agg(e.sequence_number ORDER BY e.epoch DESC, e.sequence_number DESC))[1] AS "
      "last_seq"
      "  FROM incident_log_chain e WHERE e.tenant_id = $1 AND e.incident_id = i.incident_id"
      "  AND e.event_type LIKE 'incident.%') f ON true";

/// What somebody assessed of an incident, newest version.
constexpr std::string_view kAssessment
    = " JOIN LATERAL (SELECT * FROM impact_assessments WHERE tenant_id = $1"
      " AND incident_id = i.incident_id ORDER BY version DESC LIMIT 1) a ON true";

constexpr std::string_view kOfPeriod
    = " WHERE i.tenant_id = $1 AND i.created_at >= $2 AND i.created_at < $3";

/// What was in force for a run.
constexpr std::string_view kSnapshotBefore
    = " LEFT JOIN policy_snapshots s ON s.tenant_id = r.tenant_id"
      "  AND s.snapshot_id = r.policy_snapshot_id";

/// What the newest verification of a fix replayed an incident's run with.
constexpr std::string_view kSnapshotAfter
    = " LEFT JOIN LATERAL (SELECT v.snapshot_id, p.content_hash FROM fix_verifications v"
      "  LEFT JOIN policy_snapshots p ON p.tenant_id = v.tenant_id AND p.snapshot_id = "
      "v.snapshot_id"
      "  WHERE v.tenant_id = $1 AND v.incident_id = i.incident_id"
      "  ORDER BY v.verification_id DESC LIMIT 1) f ON true";

std::string responses()
{
    return kDecisions
        + " SELECT r.run_id::text, r.started_at, coalesce(k.actor, 'exhibitd'),"
          " coalesce(l.epoch || ':' || l.sequence_number, (SELECT e.epoch || ':'"
          "  || e.sequence_number FROM incidents i JOIN incident_log_chain e ON e.tenant_id = $1"
          "  AND e.incident_id = i.incident_id AND e.event_type = 'incident.opened'"
          "  WHERE i.tenant_id = $1 AND i.run_id = r.run_id"
          "  ORDER BY e.epoch DESC, e.sequence_number DESC LIMIT 1)),"
          " jsonb_build_object('action', 'stopped', 'status', r.status, 'reason',"
          " r.termination_reason, 'kill_reason', r.kill_reason, 'policy_id',"
          " r.violation_policy_id, 'stopped_at_step', r.stopped_at_step, 'started_at',"
          " r.started_at, 'ended_at', r.ended_at, 'assignee', i.assignee, 'closure', i.status,"
          " 'closed_at', "
        + std::string(kClosedAt)
        + ", 'timeline', t.timeline, 'snapshot_before', r.policy_snapshot_id,"
          " 'snapshot_before_sha256', encode(s.content_hash, 'hex'), 'snapshot_after',"
          " f.snapshot_id, 'snapshot_after_sha256', encode(f.content_hash, 'hex')), 1::bigint,"
          " 'run_' FROM runs r"
        + std::string(kSnapshotBefore)
        + " LEFT JOIN LATERAL (SELECT * FROM incidents i WHERE i.tenant_id = $1"
          "  AND i.run_id = r.run_id ORDER BY i.created_at LIMIT 1) i ON true"
        + std::string(kJoinDecisions) + std::string(kSnapshotAfter)
        + " LEFT JOIN run_abort_log k ON k.tenant_id = r.tenant_id AND k.run_id = r.run_id"
          " LEFT JOIN ledger_links l ON l.tenant_id = r.tenant_id AND l.about = r.run_id"
          " WHERE r.tenant_id = $1 AND r.started_at >= $2 AND r.started_at < $3"
          " AND (r.status = 'failed_policy' OR k.kill_reason <> 'user_cancel')"
          " UNION ALL SELECT i.incident_id::text, t.responded_at, t.responder, "
        + entryOf("incident.changed")
        + ", jsonb_build_object('action', 'contained or resolved', 'opened_at', i.created_at,"
          " 'responded_at', t.responded_at, 'assignee', i.assignee, 'closure', i.status,"
          " 'closed_at', "
        + std::string(kClosedAt)
        + ", 'timeline', t.timeline, 'snapshot_before', r.policy_snapshot_id,"
          " 'snapshot_before_sha256', encode(s.content_hash, 'hex'), 'snapshot_after',"
          " f.snapshot_id, 'snapshot_after_sha256', encode(f.content_hash, 'hex')), 1::bigint,"
          " 'inc_' FROM incidents i JOIN decisions_on t ON t.incident_id = i.incident_id"
          " LEFT JOIN runs r ON r.tenant_id = i.tenant_id AND r.run_id = i.run_id"
        + std::string(kSnapshotBefore) + std::string(kSnapshotAfter) + std::string(kOfPeriod)
        + " AND t.responded_at IS NOT NULL";
}

const Soc2Population kPopulations[] = {
    {"log_entries",
     "entries appended to the signed log in the period, one line a day",
     "SELECT epoch || ':' || min(sequence_number) || '-' || max(sequence_number), "
     "min(created_at),"
     " 'exhibitd', epoch || ':' || max(sequence_number), jsonb_build_object('entries', count(*),"
     " 'contiguous', max(sequence_number) - min(sequence_number) + 1 = count(*), 'last_hash',"
     " encode((array_agg(event_hash ORDER BY sequence_number DESC))[1], 'hex')), count(*), ''"
     " FROM incident_log_chain WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3"
     " GROUP BY epoch, date_trunc('day', created_at AT TIME ZONE 'UTC')",
     "",
     ""},
    {"key_changes",
     "actions key.created and key.revoked of the audit log, and reviews of access that people "
     "recorded",
     actions("a.action IN ('key.created', 'key.revoked')"),
     "",
     "",
     {{"access_review", "Nobody recorded a review of access for the period."}}},
    {"backup_tests",
     "tests of backups that people recorded",
     "",
     "",
     "",
     {{"backup_test", "Nobody recorded one for the period."}},
     "The system sees no backups: these are the words of those who made the tests."},
    {"breach_notices",
     "notices of breaches that people recorded",
     "",
     "SELECT count(*) FROM incidents i" + std::string(kAssessment) + std::string(kOfPeriod)
         + " AND a.body #>> '{personal_information,involved}' = 'true'",
     "incident of the period involves personal information by its assessment|"
     "incidents of the period involve personal information by their assessment",
     {{"breach_notice", "Nobody recorded one for the period."}}},
    {"upstream_changes",
     "actions upstream.added and upstream.removed of the audit log",
     actions("a.action IN ('upstream.added', 'upstream.removed')"),
     "",
     ""},
    {"exports",
     "actions export.created of the audit log",
     actions("a.action = 'export.created'"),
     "SELECT count(*) FROM audit_logs WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND action = 'export.created' AND NOT details ? 'reason'",
     "export names no reason|"
     "exports name no reason"},
    {"software",
     "changes of the database's form that were applied in the period, by their SHA-256, and "
     "servers known now that started before its end, by their version",
     "SELECT 'schema ' || number, applied_at, 'exhibitd', NULL::text, jsonb_build_object("
     " 'name', name, 'sha256', encode(sha256, 'hex'), 'server_version_min', min_server),"
     " 1::bigint, '' FROM schema_migrations WHERE $1::uuid IS NOT NULL AND applied_at >= $2"
     " AND applied_at < $3"
     " UNION ALL SELECT 'server ' || replica_id, started_at, 'exhibitd', NULL,"
     " jsonb_build_object('version', version), 1, '' FROM replicas WHERE started_at < $3",
     "",
     "",
     {},
     "Drawn by exhibitd " EXHIBIT_VERSION ". Hashes of programs, versions of servers that have "
     "ended, and other software are not recorded here."},
    {"configuration_changes",
     "changes of policies, prices, projects, quotas and providers in the audit log, and requests, "
     "tests and approvals that people recorded",
     actions("(a.action LIKE 'policy.%' OR a.action LIKE 'quota.%' OR a.action LIKE 'upstream.%'"
             " OR a.action IN ('prices.published', 'project.changed'))"),
     "",
     "",
     {{"change_approval", "Nobody recorded the request, test and approval of a change."}}},
    {"incidents",
     "incidents opened in the period",
     kDecisions
         + " SELECT i.incident_id, i.created_at, 'exhibitd', f.last_epoch || ':' || f.last_seq,"
           " jsonb_build_object('policy_id', i.policy_id, 'policy_version', d.document ->"
           " 'policy_version', 'result', d.document -> 'result', 'signal', d.document -> 'reason',"
           " 'severity', i.severity, 'failure_code', i.failure_code, 'first_epoch',"
           " f.first_epoch, 'first_seq', f.first_seq, 'last_epoch', f.last_epoch, 'last_seq',"
           " f.last_seq, 'status', i.status, 'assignee', i.assignee, 'triage', t.triage,"
           " 'triaged_by', t.triager, 'triaged_at', t.triaged_at, 'closed_at', "
         + std::string(kClosedAt)
         + "), 1::bigint, 'inc_' FROM incidents i LEFT JOIN decisions d"
           " ON d.tenant_id = i.tenant_id AND d.run_id = i.run_id"
           " AND d.decision_id = i.decision_id"
         + std::string(kJoinDecisions) + std::string(kFirstAndLast) + std::string(kOfPeriod),
     "SELECT count(*) FROM incidents WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND status NOT IN ('resolved', 'false_positive')",
     "incident is not closed yet|"
     "incidents are not closed yet"},
    {"assessments",
     "incidents of the period whose impact somebody assessed",
     kDecisions + " SELECT i.incident_id, a.entered_at, a.entered_by, " + entryOf("impact.%")
         + ", jsonb_build_object('version', a.version, 'business_impact', a.body ->"
           " 'business_impact', 'affected_parties', a.body -> 'affected_parties', 'risk_level',"
           " a.body -> 'risk_level', 'personal_information', a.body -> 'personal_information',"
           " 'approver', a.body -> 'approver', 'decision', t.decision, 'decided_by', t.decider,"
           " 'decided_at', t.decided_at), 1::bigint, 'inc_' FROM incidents i"
         + std::string(kJoinDecisions) + std::string(kAssessment) + std::string(kOfPeriod),
     "SELECT count(*) FROM incidents i WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND NOT EXISTS (SELECT FROM impact_assessments a"
     " WHERE a.tenant_id = $1 AND a.incident_id = i.incident_id)",
     "incident is not assessed|"
     "incidents are not assessed"},
    {"responses",
     "runs of the period that a policy, a limit or a person stopped, and incidents of the period "
     "that somebody contained or resolved; what people recorded of communications",
     responses(),
     "SELECT count(*) FROM incidents WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND status IN ('open', 'investigating')",
     "incident is neither contained nor closed|"
     "incidents are neither contained nor closed",
     {{"communication", "Nobody recorded what was communicated to whom."}}},
    {"remediations",
     "incidents of the period for which remediation is recorded; lessons, and tests of the plan "
     "for "
     "responses, that people recorded",
     "SELECT i.incident_id::text, m.entered_at, m.entered_by, " + entryOf("remediation.%")
         + ", jsonb_build_object('root_cause', i.root_cause -> 'kind',"
           " 'analysis', i.root_cause -> 'analysis', 'actions', m.actions,"
           " 'verifications', (SELECT jsonb_agg(jsonb_build_object('number',"
           " f.remediation_no, 'verdict', f.verdict, 'snapshot', f.snapshot_id, 'at',"
           " f.verified_at) ORDER BY f.verification_id) FROM fix_verifications f"
           " WHERE f.tenant_id = $1 AND f.incident_id = i.incident_id)), 1::bigint, 'inc_'"
           " FROM incidents i JOIN LATERAL (SELECT max(n.entered_at) AS entered_at,"
           "  (array_agg(n.entered_by ORDER BY n.entered_at DESC))[1] AS entered_by,"
           "  jsonb_agg(jsonb_build_object('number', n.remediation_no, 'action', n.action,"
           "   'owner', n.owner, 'due', n.due_at, 'state', n.state, 'done_at', CASE WHEN n.state ="
           "   'done' THEN n.done_at END, 'approver', n.approver)"
           "   ORDER BY n.remediation_no) AS actions"
           "  FROM (SELECT DISTINCT ON (remediation_no) *, max(entered_at) FILTER (WHERE state ="
           "    'done' AND before IS DISTINCT FROM 'done') OVER (PARTITION BY remediation_no)"
           "    AS done_at FROM (SELECT *, lag(state) OVER (PARTITION BY remediation_no"
           "     ORDER BY version) AS before FROM remediations"
           "     WHERE tenant_id = $1 AND incident_id = i.incident_id) v"
           "   ORDER BY remediation_no, version DESC) n) m ON m.entered_at IS NOT NULL"
         + std::string(kOfPeriod),
     "SELECT count(*) FROM incidents i WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND NOT EXISTS (SELECT FROM remediations m"
     " WHERE m.tenant_id = $1 AND m.incident_id = i.incident_id)",
     "incident has no remediation|"
     "incidents have no remediation",
     {{"lesson", "Nobody recorded lessons."},
      {"plan_test", "Nobody recorded a test of the plan for responses."}}},
    {"disclosures",
     "exports of the audit log that are not known to have left redacted, or are drafts for an "
     "authority or a court; disclosures that people recorded",
     actions("a.action = 'export.created'"
             " AND (a.details ->> 'redacted' IS DISTINCT FROM 'true'"
             "  OR a.details ? 'authority'"
             "  OR a.details ->> 'format' LIKE 'ai_act_art73%'"
             "  OR a.details ->> 'format' IN ('fre_902', 'case_uco', 'legal_discovery'))"),
     "SELECT count(*) FROM audit_logs WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND action = 'export.created' AND NOT details ? 'redacted'",
     "export does not say whether it was redacted|"
     "exports do not say whether they were redacted",
     {{"disclosure", "Nobody recorded to whom information was disclosed."}},
     "Whose information is in an exported file is not known here."}};

} // namespace

const Soc2Population* findSoc2Population(std::string_view name)
{
    const auto* const found = std::find_if(std::begin(kPopulations),
                                           std::end(kPopulations),
                                           [&](const auto& one) { return one.name == name; });
    return found == std::end(kPopulations) ? nullptr : found;
}

/// Newest versions, by when it was done.
std::string recordsSql(std::string_view kind)
{
    return "SELECT n.body ->> 'kind' || ' ' || n.record_no, n.done_at, n.entered_by,"
           " (SELECT e.epoch || ':' || e.sequence_number FROM audit_logs a"
           "  JOIN incident_log_chain e ON e.tenant_id = $1 AND e.event_type = a.action AND "
        + std::string(kInstant) + " = " + std::string(kInstantOfAction)
        + "  WHERE a.tenant_id = $1 AND a.action = 'compliance.recorded'"
          "  AND a.resource = n.record_no::text AND a.details ->> 'version' = n.version::text"
          "  AND a.created_at >= n.entered_at - interval '1 minute'"
          "  AND a.created_at < n.entered_at + interval '1 hour' LIMIT 1),"
          " n.body || jsonb_build_object('version', n.version, 'entered_at', n.entered_at),"
          " 1::bigint, '' FROM (SELECT DISTINCT ON (record_no) *,"
          "  CASE WHEN length(body ->> 'on') = 10"
          "   THEN (body ->> 'on')::timestamp AT TIME ZONE 'UTC'"
          "   ELSE (body ->> 'on')::timestamptz END AS done_at FROM compliance_records"
          "  WHERE tenant_id = $1 ORDER BY record_no, version DESC) n"
          " WHERE n.done_at >= $2 AND n.done_at < $3 AND n.body ->> 'kind' = '"
        + std::string(kind) + "'";
}

} // namespace exhibit::storage
