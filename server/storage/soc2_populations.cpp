// SPDX-License-Identifier: Apache-2.0
#include "server/storage/soc2_populations.h"

#include <algorithm>
#include <iterator>

namespace exhibit::storage {
namespace {

/// An action and its entry were written in one transaction and name one instant.
std::string actions(std::string_view condition)
{
    return "WITH entries AS (SELECT event_type, sequence_number,"
           // Canonical JSON; as text, because a column that somebody changed may hold anything.
           "  substring(event_data from '\"occurred_at\":\"([^\"]*)\"') AS at FROM "
           "incident_log_chain"
           "  WHERE tenant_id = $1 AND reporter_type = 'user' AND created_at >= $2"
           "  AND created_at < $3::timestamptz + interval '1 hour')"
           " SELECT a.resource, a.created_at, coalesce(a.user_id, 'exhibitd'), e.sequence_number,"
           " a.details || jsonb_build_object('action', a.action), 1::bigint FROM audit_logs a"
           " LEFT JOIN entries e ON e.event_type = a.action AND e.at ="
           "  to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
           " WHERE a.tenant_id = $1 AND a.created_at >= $2 AND a.created_at < $3 AND "
        + std::string(condition);
}

/// The newest entry about an incident among those of one kind.
std::string entryOf(std::string_view kind)
{
    return "(SELECT max(e.sequence_number) FROM incident_log_chain e WHERE e.tenant_id = $1"
           " AND e.incident_id = i.incident_id AND e.event_type LIKE '"
        + std::string(kind) + "')";
}

/// What the log has of an incident: when it is first and last spoken of, who decided on it last.
constexpr std::string_view kTriage
    = " LEFT JOIN LATERAL (SELECT min(e.sequence_number) AS first_seq,"
      "  max(e.sequence_number) AS last_seq, max(e.created_at) FILTER (WHERE e.event_type ="
      "  'incident.changed') AS triaged_at, (array_agg(e.reporter_id ORDER BY e.sequence_number "
      "DESC)"
      "  FILTER (WHERE e.event_type = 'incident.changed'))[1] AS triager FROM incident_log_chain e"
      "  WHERE e.tenant_id = $1 AND e.incident_id = i.incident_id"
      "  AND e.event_type LIKE 'incident.%') t ON true";

const Soc2Population kPopulations[] = {
    {"log_entries",
     "entries appended to the signed log in the period, one line a day",
     "",
     "SELECT epoch || ':' || min(sequence_number) || '-' || max(sequence_number), "
     "min(created_at),"
     " 'exhibitd', max(sequence_number), jsonb_build_object('entries', count(*), 'contiguous',"
     " max(sequence_number) - min(sequence_number) + 1 = count(*), 'last_hash',"
     " encode((array_agg(event_hash ORDER BY sequence_number DESC))[1], 'hex')), count(*)"
     " FROM incident_log_chain WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3"
     " GROUP BY epoch, date_trunc('day', created_at AT TIME ZONE 'UTC')",
     "",
     ""},
    {"key_changes",
     "actions key.created and key.revoked of the audit log",
     "",
     actions("a.action IN ('key.created', 'key.revoked')"),
     "",
     "",
     "Reviews of access are not recorded here."},
    {"upstream_changes",
     "actions upstream.added and upstream.removed of the audit log",
     "",
     actions("a.action IN ('upstream.added', 'upstream.removed')"),
     "",
     ""},
    {"exports",
     "actions export.created of the audit log",
     "",
     actions("a.action = 'export.created'"),
     "SELECT count(*) FROM audit_logs WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND action = 'export.created' AND NOT details ? 'reason'",
     "exports name no reason"},
    {"configuration_changes",
     "changes of policies, prices, projects, quotas and providers in the audit log",
     "",
     actions("(a.action LIKE 'policy.%' OR a.action LIKE 'quota.%' OR a.action LIKE 'upstream.%'"
             " OR a.action IN ('prices.published', 'project.changed'))"),
     "",
     "",
     "Requests, tests and approvals outside this system are not recorded here."},
    {"incidents",
     "incidents opened in the period",
     "inc_",
     "SELECT i.incident_id, i.created_at, 'exhibitd', t.last_seq,"
     " jsonb_build_object('policy_id', i.policy_id, 'policy_version', d.document ->"
     " 'policy_version', 'result', d.document -> 'result', 'signal', d.document -> 'reason',"
     " 'severity', i.severity, 'failure_code', i.failure_code, 'first_seq', t.first_seq,"
     " 'last_seq', t.last_seq, 'status', i.status, 'assignee', i.assignee, 'triaged_by', t.triager,"
     " 'triaged_at', t.triaged_at, 'changed_at', i.updated_at), 1::bigint"
     " FROM incidents i LEFT JOIN decisions d ON d.tenant_id = i.tenant_id"
     "  AND d.run_id = i.run_id AND d.decision_id = i.decision_id"
         + std::string(kTriage)
         + " WHERE i.tenant_id = $1 AND i.created_at >= $2 AND i.created_at < $3",
     "SELECT count(*) FROM incidents WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND status NOT IN ('resolved', 'false_positive')",
     "incidents are not closed yet"},
    {"assessments",
     "incidents of the period whose impact somebody assessed",
     "inc_",
     "SELECT i.incident_id, a.entered_at, a.entered_by, " + entryOf("impact.%")
         + ","
           " jsonb_build_object('version', a.version, 'business_impact', a.body ->"
           " 'business_impact', 'affected_parties', a.body -> 'affected_parties', 'risk_level',"
           " a.body -> 'risk_level', 'personal_information', a.body -> 'personal_information',"
           " 'decision', i.status, 'decided_by', t.triager, 'decided_at', t.triaged_at), 1::bigint"
           " FROM incidents i"
         + std::string(kTriage)
         + " JOIN LATERAL (SELECT * FROM impact_assessments WHERE tenant_id = $1"
           "  AND incident_id = i.incident_id ORDER BY version DESC LIMIT 1) a ON true"
           " WHERE i.tenant_id = $1 AND i.created_at >= $2 AND i.created_at < $3",
     "SELECT count(*) FROM incidents i WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND NOT EXISTS (SELECT FROM impact_assessments a"
     " WHERE a.tenant_id = $1 AND a.incident_id = i.incident_id)",
     "incidents are not assessed"},
    {"stopped_runs",
     "runs of the period that a policy, a limit or a person stopped",
     "run_",
     "SELECT r.run_id, r.started_at, coalesce(k.actor, 'exhibitd'),"
     " coalesce(l.sequence_number, (SELECT max(e.sequence_number) FROM incidents i"
     "  JOIN incident_log_chain e ON e.tenant_id = $1 AND e.incident_id = i.incident_id"
     "  AND e.event_type = 'incident.opened'"
     "  WHERE i.tenant_id = $1 AND i.run_id = r.run_id)),"
     " jsonb_build_object('status', r.status, 'reason', r.termination_reason, 'kill_reason',"
     " r.kill_reason, 'policy_id', r.violation_policy_id, 'stopped_at_step', r.stopped_at_step,"
     " 'started_at', r.started_at, 'ended_at', r.ended_at, 'assignee', i.assignee, 'closure',"
     " i.status, 'closed_at', i.updated_at, 'snapshot_before', r.policy_snapshot_id,"
     " 'snapshot_before_sha256', encode(s.content_hash, 'hex'), 'snapshot_after',"
     " f.snapshot_id), 1::bigint FROM runs r"
     " LEFT JOIN policy_snapshots s ON s.tenant_id = r.tenant_id"
     "  AND s.snapshot_id = r.policy_snapshot_id"
     " LEFT JOIN LATERAL (SELECT * FROM incidents i WHERE i.tenant_id = $1"
     "  AND i.run_id = r.run_id ORDER BY i.created_at LIMIT 1) i ON true"
     " LEFT JOIN LATERAL (SELECT * FROM fix_verifications f WHERE f.tenant_id = $1"
     "  AND f.incident_id = i.incident_id ORDER BY f.verification_id DESC LIMIT 1) f ON true"
     " LEFT JOIN run_abort_log k ON k.tenant_id = r.tenant_id AND k.run_id = r.run_id"
     " LEFT JOIN ledger_links l ON l.tenant_id = r.tenant_id AND l.about = r.run_id"
     " WHERE r.tenant_id = $1 AND r.started_at >= $2 AND r.started_at < $3"
     " AND r.status IN ('failed_policy', 'cancelled')",
     "",
     "",
     "What was communicated to whom is not recorded here."},
    {"remediations",
     "incidents of the period for which remediation is recorded",
     "inc_",
     "SELECT i.incident_id, m.entered_at, m.entered_by, " + entryOf("remediation.%")
         + ","
           " jsonb_build_object('root_cause', i.root_cause -> 'kind', 'actions', "
           "m.actions, 'verifications', (SELECT jsonb_agg(jsonb_build_object('number',"
           " f.remediation_no, 'verdict', f.verdict, 'snapshot', f.snapshot_id, 'at',"
           " f.verified_at) ORDER BY f.verification_id)"
           " FROM fix_verifications f WHERE f.tenant_id = $1"
           " AND f.incident_id = i.incident_id)), 1::bigint"
           " FROM incidents i JOIN LATERAL (SELECT max(n.entered_at) AS entered_at,"
           "  (array_agg(n.entered_by ORDER BY n.entered_at DESC))[1] AS entered_by,"
           "  jsonb_agg(jsonb_build_object('number', n.remediation_no, 'action', "
           "n.action, 'owner',"
           "   n.owner, 'due', n.due_at, 'state', n.state, 'approver', n.approver)"
           "   ORDER BY n.remediation_no) AS actions"
           "  FROM (SELECT DISTINCT ON (remediation_no) * FROM remediations WHERE "
           "tenant_id = $1"
           "   AND incident_id = i.incident_id ORDER BY remediation_no, version "
           "DESC) n) m"
           "  ON m.entered_at IS NOT NULL"
           " WHERE i.tenant_id = $1 AND i.created_at >= $2 AND i.created_at < $3",
     "SELECT count(*) FROM incidents i WHERE tenant_id = $1 AND created_at >= $2"
     " AND created_at < $3 AND NOT EXISTS (SELECT FROM remediations m"
     " WHERE m.tenant_id = $1 AND m.incident_id = i.incident_id)",
     "incidents have no remediation",
     "Lessons and tests of the response plan are not recorded here, replays of fixes are."},
    {"personal_information",
     "incidents of the period filed as personal data in an answer, or assessed so",
     "inc_",
     "SELECT i.incident_id, i.created_at, coalesce(a.entered_by, "
     "'exhibitd'), "
         + entryOf("%")
         + ","
           " jsonb_build_object('failure_code', i.failure_code, 'assessed',"
           " a.body -> 'personal_information'), 1::bigint FROM incidents i"
           " LEFT JOIN LATERAL (SELECT * FROM impact_assessments WHERE tenant_id = $1"
           "  AND incident_id = i.incident_id ORDER BY version DESC LIMIT 1) a ON true"
           " WHERE i.tenant_id = $1 AND i.created_at >= $2 AND i.created_at < $3"
           " AND (i.failure_code = 'personal_data_output'"
           "  OR a.body #>> '{personal_information,involved}' = 'true')",
     "",
     ""}};

} // namespace

const Soc2Population* findSoc2Population(std::string_view name)
{
    const auto* const found = std::find_if(std::begin(kPopulations),
                                           std::end(kPopulations),
                                           [&](const auto& one) { return one.name == name; });
    return found == std::end(kPopulations) ? nullptr : found;
}

} // namespace exhibit::storage
