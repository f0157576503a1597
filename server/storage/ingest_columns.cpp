// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_store_words.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/ingest_rows.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

constexpr std::size_t kSearchTextBytesMax = 64 * 1024;

/// The columns of a call that its last record fills, in the order of both statements below.
Parameters closingColumns(const spool::CallClosed& closed)
{
    std::vector<std::string> reasons;
    for (const auto& reason : closed.finishReasons) {
        reasons.push_back(storable(reason));
    }
    return {closed.closedAt,
            closed.status,
            closed.upstreamStatus,
            closed.outcome,
            storable(closed.errorCode),
            storable(closed.answeredModel),
            Parameter::array(reasons),
            closed.usage.promptTokens,
            closed.usage.completionTokens,
            closed.usage.cachedTokens,
            closed.usage.reasoningTokens,
            closed.usage.estimated,
            closed.costMicrocents,
            closed.priceVersion,
            closed.latencyUs,
            closed.firstByteUs,
            closed.releasedBytes,
            closed.withheldBytes,
            closed.eventCount,
            closed.recovered,
            storable(closed.responseHeaders)};
}

constexpr std::size_t kClosingColumns = 21;
constexpr std::string_view kClosingNames
    = "closed_at, status, upstream_status, outcome, error_code, answered_model, finish_reasons,"
      " prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, usage_estimated,"
      " cost_microcents, price_version, latency_us, first_byte_us, released_bytes, withheld_bytes,"
      " event_count, recovered, response_headers";

Parameters openingColumns(TenantId tenant, const spool::CallOpened& opened)
{
    return {tenant,
            opened.openedAt,
            opened.callId,
            opened.runId,
            opened.projectId,
            opened.keyId,
            opened.requestId,
            storable(opened.userId),
            storable(opened.sessionId),
            storable(opened.channel),
            storable(opened.endpoint),
            storable(opened.model),
            opened.streaming,
            storable(opened.upstream),
            opened.snapshotId,
            storable(opened.metadata),
            storable(opened.facts),
            storable(opened.requestHeaders),
            opened.runBefore ? Parameter(toJson(*opened.runBefore)) : Parameter(std::nullopt),
            opened.replayOf,
            storable(opened.runLimits)};
}

Parameters incidentColumns(TenantId tenant, const IncidentRow& row, const Causes& causes)
{
    const auto& incident = row.record.incident;
    const auto cause = causes.find(incident.incidentId);
    std::optional<Json> inflection;
    if (row.record.inflection) {
        const auto& point = *row.record.inflection;
        inflection = JsonObject{{"channel", point.channel},
                                {"byte_offset", point.byteOffset},
                                {"event_no", point.eventNo},
                                {"at_us", point.atUs}};
    }
    return {
        tenant,
        incident.incidentId,
        row.opening ? Parameter(row.opening->projectId) : Parameter(std::nullopt),
        incident.runId,
        incident.callId,
        incident.decisionId,
        storable(incident.userId),
        storable(incident.sessionId),
        storable(incident.model),
        wireName(incident.severity),
        storable(incident.policyId),
        incident.failureCode ? Parameter(wireName(*incident.failureCode)) : Parameter(std::nullopt),
        wireName(incident.status),
        storable(incident.title),
        storable(incident.excerpt),
        incident.costMicrocents,
        incident.latencyUs,
        cause == causes.end() ? Parameter(std::nullopt)
                              : Parameter(storable(toJson(cause->second))),
        row.record.stop ? Parameter(storable(toJson(*row.record.stop))) : Parameter(std::nullopt),
        storable(inflection),
        incident.createdAt};
}

Parameters searchColumns(TenantId tenant, const IncidentRow& row)
{
    const auto& incident = row.record.incident;
    std::vector<std::string> lexemes;
    const auto add = [&lexemes](FilterLexeme filter, const std::optional<std::string>& value) {
        if (value && !value->empty()) {
            lexemes.push_back(storable(lexeme(filter, *value)));
        }
    };
    add(FilterLexeme::Tenant, tenant.text());
    add(FilterLexeme::User, incident.userId);
    add(FilterLexeme::Session, incident.sessionId);
    add(FilterLexeme::Run, incident.runId.text());
    add(FilterLexeme::Run, row.opening ? row.opening->clientRunId : std::nullopt);
    add(FilterLexeme::Policy, incident.policyId);
    add(FilterLexeme::Severity, std::string(wireName(incident.severity)));
    add(FilterLexeme::Model, incident.model);
    if (incident.failureCode) {
        add(FilterLexeme::Failure, std::string(wireName(*incident.failureCode)));
    }
    std::string text = incident.title + '\n' + incident.excerpt + '\n' + incident.policyId + '\n'
        + incident.model + '\n' + row.words;
    text.resize(characterStart(text, std::min(text.size(), kSearchTextBytesMax)));
    return {tenant,
            incident.createdAt,
            incident.incidentId,
            wireName(incident.status),
            incident.costMicrocents,
            incident.latencyUs,
            storable(plainWords(std::move(text))),
            Parameter::array(lexemes)};
}

/// What became known of incidents whose rows an earlier batch wrote.
void appendFindings(std::vector<Statement>& statements,
                    TenantId tenant,
                    const IngestBatch& batch,
                    const Causes& causes)
{
    for (const auto& figures : batch.figures) {
        const auto cause = causes.find(figures.incidentId);
        statements.push_back(
            {"UPDATE incidents SET root_cause = coalesce(root_cause, $3), cost_microcents = $4,"
             " latency_us = $5 WHERE tenant_id = $1 AND incident_id = $2",
             {tenant,
              figures.incidentId,
              cause == causes.end() ? Parameter(std::nullopt)
                                    : Parameter(storable(toJson(cause->second))),
              figures.costMicrocents,
              figures.latencyUs}});
        statements.push_back({"UPDATE incident_search SET cost_microcents = $4, latency_us = $5"
                              " WHERE tenant_id = $1 AND created_at = $2 AND incident_id = $3",
                              {tenant,
                               figures.createdAt,
                               figures.incidentId,
                               figures.costMicrocents,
                               figures.latencyUs}});
    }
}

} // namespace

void appendCalls(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch)
{
    std::vector<Parameters> rows;
    for (const auto& call : batch.calls) {
        auto row = openingColumns(tenant, *call.opening);
        const auto closing = call.closing ? closingColumns(*call.closing)
                                          : Parameters(kClosingColumns, Parameter(std::nullopt));
        row.insert(row.end(), closing.begin(), closing.end());
        rows.push_back(std::move(row));
    }
    const std::string into
        = "INSERT INTO proxy_calls (tenant_id, opened_at, call_id, run_id, project_id, key_id,"
          " request_id, user_id, session_id, channel, endpoint, model, streaming, upstream,"
          " snapshot_id, metadata, facts, request_headers, run_before, replay_of, run_limits, "
        + std::string(kClosingNames) + ")";
    appendInserts(
        statements,
        {into,
         "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
         " ON CONFLICT DO NOTHING"},
        std::move(rows));
    for (const auto& closed : batch.closings) {
        Statement update{"UPDATE proxy_calls SET (" + std::string(kClosingNames) + ") = ROW"
                             + numberedRow("(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", 4)
                             + " WHERE tenant_id = $1 AND opened_at = $2 AND call_id = $3",
                         {tenant, closed.openedAt, closed.callId}};
        const auto columns = closingColumns(closed);
        update.parameters.insert(update.parameters.end(), columns.begin(), columns.end());
        statements.push_back(std::move(update));
    }
}

void appendDecisions(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch)
{
    std::vector<Parameters> rows;
    for (const auto& [callId, runId, decision] : batch.decisions) {
        rows.push_back({tenant,
                        decision.decisionId,
                        callId,
                        runId,
                        storable(decision.policyId),
                        decision.policyVersion,
                        wireName(decision.stage),
                        wireName(decision.result),
                        wireName(decision.severity),
                        wireName(decision.mode),
                        storable(decision.reason),
                        decision.snapshotId,
                        decision.evaluationUs,
                        decision.at,
                        storable(toJson(decision))});
    }
    appendInserts(statements,
                  {"INSERT INTO decisions (tenant_id, decision_id, call_id, run_id, policy_id,"
                   " policy_version, stage, result, severity, mode, reason, snapshot_id,"
                   " evaluation_us, decided_at, document)",
                   "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   " ON CONFLICT DO NOTHING"},
                  std::move(rows));
    rows.clear();
    for (const auto& [callId, runId, record] : batch.passes) {
        rows.push_back({tenant,
                        record.decisionId,
                        callId,
                        runId,
                        wireName(record.stage),
                        record.snapshotId,
                        Parameter::array(record.policyIds),
                        record.wholeTextHeld ? Parameter::array(*record.wholeTextHeld)
                                             : Parameter(std::nullopt),
                        record.evaluationUs,
                        record.at});
    }
    appendInserts(statements,
                  {"INSERT INTO pass_records (tenant_id, decision_id, call_id, run_id, stage,"
                   " snapshot_id, policy_ids, whole_text_held, evaluation_us, decided_at)",
                   "(?,?,?,?,?,?,?,?,?,?)",
                   " ON CONFLICT DO NOTHING"},
                  std::move(rows));
}

void appendSteps(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch)
{
    std::vector<Parameters> rows;
    for (const auto& [id, run] : batch.runs) {
        for (const auto& step : run.steps.steps) {
            const auto& event = step.event;
            rows.push_back(
                {tenant,
                 run.runId,
                 event.stepIndex,
                 event.time,
                 wireName(event.type),
                 wireName(event.status),
                 event.isInflection,
                 event.callId,
                 event.decisionId,
                 storable(event.policy),
                 event.result ? Parameter(wireName(*event.result)) : Parameter(std::nullopt),
                 storable(event.reason),
                 storable(event.analysis),
                 storable(step.channel),
                 event.tokens,
                 step.contentHash,
                 storable(event.data)});
        }
    }
    appendInserts(statements,
                  {"INSERT INTO steps (tenant_id, run_id, step_index, at, step_type, status,"
                   " is_inflection, call_id, decision_id, policy_id, result, reason, analysis,"
                   " channel, tokens, content_hash, data)",
                   "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   ""},
                  std::move(rows));
}

void appendIncidents(std::vector<Statement>& statements,
                     TenantId tenant,
                     const IngestBatch& batch,
                     const Causes& causes)
{
    std::vector<Parameters> rows;
    std::vector<Parameters> searched;
    for (const auto& row : batch.incidents) {
        rows.push_back(incidentColumns(tenant, row, causes));
        searched.push_back(searchColumns(tenant, row));
    }
    appendInserts(statements,
                  {"INSERT INTO incidents (tenant_id, incident_id, project_id, run_id, call_id,"
                   " decision_id, user_id, session_id, model, severity, policy_id, failure_code,"
                   " status, title, excerpt, cost_microcents, latency_us, root_cause, stop,"
                   " inflection, created_at)",
                   "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   " ON CONFLICT DO NOTHING"},
                  std::move(rows));
    appendInserts(statements,
                  {"INSERT INTO incident_search (tenant_id, created_at, incident_id, status,"
                   " cost_microcents, latency_us, tsv)",
                   "(?,?,?,?,?,?,to_tsvector('exhibit_text'::regconfig, ?::text)"
                   " || array_to_tsvector(?::text[]))",
                   " ON CONFLICT DO NOTHING"},
                  std::move(searched));
    appendFindings(statements, tenant, batch, causes);
}

void appendAborts(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch)
{
    for (const auto& abort : batch.aborts) {
        statements.push_back(
            {"INSERT INTO run_abort_log (tenant_id, run_id, kill_reason, actor, aborted_at,"
             " cut_latency_us, step) SELECT r.tenant_id, r.run_id, $3, $4, $5, $6,"
             " CASE WHEN $7 OR r.step_count = 0 THEN r.stopped_at_step ELSE r.step_count - 1 END"
             " FROM runs r WHERE r.tenant_id = $1 AND r.run_id = $2 ON CONFLICT DO NOTHING",
             {tenant,
              abort.runId,
              wireName(abort.killReason),
              storable(abort.actor),
              abort.at,
              abort.cutLatencyUs,
              abort.live}});
    }
    for (const auto& [id, run] : batch.runs) {
        // The call that was cut may close in a later batch than the kill is told in.
        if (run.steps.stoppedAt) {
            statements.push_back({"UPDATE run_abort_log a SET step = r.stopped_at_step FROM runs r"
                                  " WHERE a.tenant_id = $1 AND a.run_id = $2 AND a.step IS NULL"
                                  " AND r.tenant_id = $1 AND r.run_id = $2",
                                  {tenant, id}});
        }
    }
}

void appendQuarantined(std::vector<Statement>& statements,
                       const SpoolMark& mark,
                       const IngestBatch& batch)
{
    std::vector<Parameters> rows;
    for (const auto& row : batch.quarantined) {
        rows.push_back({mark.tenant,
                        mark.replica,
                        row.recordNo,
                        row.callId.isNull() ? Parameter(std::nullopt) : Parameter(row.callId),
                        static_cast<int>(row.kind),
                        sha256(row.payload),
                        storable(row.reason),
                        Parameter::bytes(row.payload),
                        row.at});
    }
    appendInserts(statements,
                  {"INSERT INTO quarantined_records (tenant_id, replica_id, record_no, call_id,"
                   " kind, digest, reason, payload, record_at)",
                   "(?,?,?,?,?,?,?,?,?)",
                   ""},
                  std::move(rows));
}

} // namespace exhibit::storage
