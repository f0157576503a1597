// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest_rows.h"

#include "models/domain/root_cause.h"
#include "server/storage/call_index.h"
#include "server/storage/entry_names.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/recorded_binding.h"

namespace exhibit::storage {
namespace {

constexpr std::string_view kRunColumns
    = "INSERT INTO runs AS r (tenant_id, run_id, project_id, client_run_id, user_id, session_id,"
      " metadata, policy_snapshot_id, status, termination_reason, kill_reason, violation_policy_id,"
      " stop, ended_at, stopped_at_step, inflection_step, tokens_used, cost_microcents, llm_calls,"
      " step_count, started_at, last_active_at, kind)";
constexpr std::string_view kRunRow = "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
// A stopped run stays stopped; any other one is what its newest records say. A row that only a stop
// has written so far (RunStore::publishStop) learns here who asked.
constexpr std::string_view kRunMerge
    = " ON CONFLICT (tenant_id, run_id) DO UPDATE SET"
      // A stop that was published for a run known from the local copy alone names it ''.
      " client_run_id = CASE WHEN r.client_run_id = '' THEN excluded.client_run_id"
      "  ELSE r.client_run_id END,"
      " user_id = coalesce(r.user_id, excluded.user_id),"
      " session_id = coalesce(r.session_id, excluded.session_id),"
      " metadata = coalesce(r.metadata, excluded.metadata),"
      " status = CASE WHEN r.stop IS NULL THEN excluded.status ELSE r.status END,"
      " termination_reason = CASE WHEN r.stop IS NULL THEN excluded.termination_reason"
      "  ELSE r.termination_reason END,"
      " kill_reason = CASE WHEN r.stop IS NULL THEN excluded.kill_reason ELSE r.kill_reason END,"
      " violation_policy_id = coalesce(r.violation_policy_id, excluded.violation_policy_id),"
      " ended_at = CASE WHEN r.stop IS NULL THEN excluded.ended_at ELSE r.ended_at END,"
      " stop = coalesce(r.stop, excluded.stop),"
      " stopped_at_step = coalesce(r.stopped_at_step, r.step_count + excluded.stopped_at_step),"
      " inflection_step = coalesce(r.inflection_step, r.step_count + excluded.inflection_step),"
      " tokens_used = r.tokens_used + excluded.tokens_used,"
      " cost_microcents = r.cost_microcents + excluded.cost_microcents,"
      " llm_calls = r.llm_calls + excluded.llm_calls,"
      " step_count = r.step_count + excluded.step_count,"
      " last_active_at = greatest(r.last_active_at, excluded.last_active_at)"
      " RETURNING run_id, step_count, inflection_step, llm_calls";
// The same for runs whose row exists; $3 is NULL when the batch says nothing about the end.
constexpr std::string_view kRunUpdate
    = "UPDATE runs r SET"
      " status = CASE WHEN r.stop IS NULL THEN coalesce($3, r.status) ELSE r.status END,"
      " termination_reason = CASE WHEN r.stop IS NULL AND $3::text IS NOT NULL THEN $4"
      "  ELSE r.termination_reason END,"
      " kill_reason = CASE WHEN r.stop IS NULL AND $3::text IS NOT NULL THEN $5"
      "  ELSE r.kill_reason END,"
      " violation_policy_id = coalesce(r.violation_policy_id, $6),"
      " stop = coalesce(r.stop, $7),"
      " ended_at = CASE WHEN r.stop IS NULL AND $3::text IS NOT NULL THEN $8::timestamptz"
      "  ELSE r.ended_at END,"
      " stopped_at_step = coalesce(r.stopped_at_step, r.step_count + $9),"
      " inflection_step = coalesce(r.inflection_step, r.step_count + $10),"
      " tokens_used = r.tokens_used + $11,"
      " cost_microcents = r.cost_microcents + $12,"
      " llm_calls = r.llm_calls + $13,"
      " step_count = r.step_count + $14,"
      " last_active_at = greatest(r.last_active_at, $15)"
      " WHERE tenant_id = $1 AND run_id = $2"
      " RETURNING run_id, step_count, inflection_step, llm_calls";

/// status, termination_reason, kill_reason, violation_policy_id, stop, ended_at
Parameters outcomeColumns(const RunChange& run, const std::optional<std::string>& otherwise)
{
    if (!run.outcome) {
        return {otherwise, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt};
    }
    const auto& outcome = *run.outcome;
    const auto& stop = outcome.stop;
    return {wireName(outcome.status),
            outcome.reason ? Parameter(wireName(*outcome.reason)) : Parameter(std::nullopt),
            stop && stop->killReason ? Parameter(wireName(*stop->killReason))
                                     : Parameter(std::nullopt),
            stop ? storable(stop->policyId) : Parameter(std::nullopt),
            stop ? Parameter(storable(toJson(*stop))) : Parameter(std::nullopt),
            outcome.endedAt};
}

Parameters insertedRun(TenantId tenant, const RunChange& run)
{
    const auto& opening = *run.opening;
    Parameters row{tenant,
                   run.runId,
                   opening.projectId,
                   storable(opening.clientRunId),
                   storable(opening.userId),
                   storable(opening.sessionId),
                   storable(opening.metadata),
                   opening.snapshotId};
    const auto outcome = outcomeColumns(run, std::string(wireName(domain::RunStatus::Running)));
    row.insert(row.end(), outcome.begin(), outcome.end());
    row.insert(row.end(),
               {run.steps.stoppedAt,
                run.steps.inflection,
                run.tokens,
                run.costMicrocents,
                run.llmCalls,
                static_cast<std::int64_t>(run.steps.steps.size()),
                opening.openedAt,
                run.lastActiveAt,
                opening.replayOf ? "replay" : "live"});
    return row;
}

Statement updatedRun(TenantId tenant, const RunChange& run)
{
    Statement statement{std::string(kRunUpdate), {tenant, run.runId}};
    const auto outcome = outcomeColumns(run, std::nullopt);
    auto& parameters = statement.parameters;
    parameters.insert(parameters.end(), outcome.begin(), outcome.end());
    parameters.insert(parameters.end(),
                      {run.steps.stoppedAt,
                       run.steps.inflection,
                       run.tokens,
                       run.costMicrocents,
                       run.llmCalls,
                       static_cast<std::int64_t>(run.steps.steps.size()),
                       run.lastActiveAt});
    return statement;
}

/// Numbers the run's steps from the count its row has now, and marks the one that is its
/// inflection.
void numberSteps(RunChange& run, std::int64_t countNow, std::optional<std::int64_t> inflection)
{
    shiftSteps(run.steps, countNow - static_cast<std::int64_t>(run.steps.steps.size()));
    for (auto& step : run.steps.steps) {
        step.event.isInflection = inflection == step.event.stepIndex;
    }
}

/// Decisions of the run's earlier batches that were not PASS.
Result<std::vector<domain::DecidedStep>> earlierDecisions(Transaction& transaction,
                                                          const RunChange& run)
{
    std::vector<domain::DecidedStep> decided;
    const std::int64_t first = run.steps.steps.front().event.stepIndex;
    if (first == 0) {
        return decided;
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT d.document, s.step_index FROM steps s JOIN decisions d"
                    " ON d.tenant_id = s.tenant_id AND d.decision_id = s.decision_id"
                    " WHERE s.tenant_id = $1 AND s.run_id = $2 AND s.step_index < $3"
                    " AND s.step_type = 'policy' AND s.result <> 'PASS' ORDER BY s.step_index",
                    {transaction.tenant(), run.runId, first}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto decision, fromJson<domain::Decision>(rows.json(row, 0)));
        decided.push_back({std::move(decision), rows.integer(row, 1)});
    }
    return decided;
}

/// The entries of calls commit to their steps, which have their numbers and causes now.
void commitToSteps(IngestBatch& batch)
{
    std::map<CallId, std::vector<report::RecordedStep>> calls;
    for (const auto& [id, run] : batch.runs) {
        for (const auto& step : run.steps.steps) {
            if (step.event.callId) {
                calls[*step.event.callId].push_back({step.event, step.contentHash});
            }
        }
    }
    for (auto& entry : batch.entries) {
        if (entry.type != kCallEntry || !entry.about) {
            continue;
        }
        std::vector<const report::RecordedStep*> steps;
        for (const auto& step : calls[CallId{*entry.about}]) {
            steps.push_back(&step);
        }
        entry.fields.push_back({std::string(kStepsPath), stepsDigest(std::move(steps))});
    }
}

} // namespace

Result<void> moveMark(Transaction& transaction, const SpoolMark& mark)
{
    EXHIBIT_TRY(const Rows moved,
                transaction.query(
                    "INSERT INTO spool_marks AS m (tenant_id, replica_id, record_no, record_at)"
                    " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, replica_id)"
                    " DO UPDATE SET record_no = $3, record_at = $4, updated_at = now()"
                    " WHERE m.record_no = $5",
                    {mark.tenant, mark.replica, mark.to, mark.at, mark.from}));
    if (moved.affected() != 1) {
        return fail(ErrorCode::Conflict, "these records have arrived already", "spool_mark");
    }
    return {};
}

Result<void> writeRuns(Transaction& transaction, IngestBatch& batch)
{
    std::vector<Statement> statements;
    std::vector<Parameters> inserted;
    for (const auto& [id, run] : batch.runs) {
        if (run.opening) {
            inserted.push_back(insertedRun(transaction.tenant(), run));
        } else {
            statements.push_back(updatedRun(transaction.tenant(), run));
        }
    }
    appendInserts(statements, {kRunColumns, kRunRow, kRunMerge}, std::move(inserted));
    if (statements.empty()) {
        return {};
    }
    EXHIBIT_TRY(const auto results, transaction.pipeline(statements));
    for (const auto& rows : results) {
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const auto inflection = rows.isNull(row, 2)
                ? std::nullopt
                : std::optional<std::int64_t>(rows.integer(row, 2));
            auto& run = batch.runs.at(RunId{rows.uuid(row, 0)});
            run.firstCalls = run.llmCalls > 0 && rows.integer(row, 3) == run.llmCalls;
            numberSteps(run, rows.integer(row, 1), inflection);
        }
    }
    return {};
}

Result<Causes> analyseCauses(Transaction& transaction, IngestBatch& batch)
{
    Causes causes;
    for (auto& [id, run] : batch.runs) {
        if (run.steps.causes.empty()) {
            continue;
        }
        const std::int64_t first = run.steps.steps.front().event.stepIndex;
        EXHIBIT_TRY(const auto earlier, earlierDecisions(transaction, run));
        for (auto& pending : run.steps.causes) {
            pending.course.decisions = earlier;
            for (const auto& decided : run.steps.decided) {
                if (decided.stepIndex < pending.step) {
                    pending.course.decisions.push_back(decided);
                }
            }
            auto cause = domain::analyseRootCause(pending.course);
            auto& event = run.steps.steps[static_cast<std::size_t>(pending.step - first)].event;
            event.analysis = cause.analysis;
            const Json document = toJson(cause);
            for (const auto& member : document.get_object()) {
                event.data.get_object().insert_or_assign(member.key(), member.value());
            }
            causes.insert_or_assign(pending.incidentId, std::move(cause));
        }
    }
    return causes;
}

Result<void> writeBatch(Transaction& transaction,
                        const SpoolMark& mark,
                        IngestBatch batch,
                        LedgerAppender& ledger,
                        FieldStore& fields)
{
    EXHIBIT_CHECK(moveMark(transaction, mark));
    EXHIBIT_CHECK(writeRuns(transaction, batch));
    EXHIBIT_TRY(const Causes causes, analyseCauses(transaction, batch));
    commitToSteps(batch);
    std::vector<Statement> statements;
    appendCalls(statements, mark.tenant, batch);
    appendDecisions(statements, mark.tenant, batch);
    appendSteps(statements, mark.tenant, batch);
    appendCallsToIndex(statements, mark.tenant, batch);
    appendIncidents(statements, mark.tenant, batch, causes);
    appendAborts(statements, mark.tenant, batch);
    appendUsage(statements, mark.tenant, batch);
    appendQuarantined(statements, mark, batch);
    if (!statements.empty()) {
        EXHIBIT_CHECK(transaction.pipeline(statements));
    }
    // The ledger first: its lock orders those who meet a new subject, and those who erase one.
    EXHIBIT_CHECK(ledger.append(transaction, mark.tenant, batch.entries));
    return fields.putAll(transaction, mark.tenant, batch.bodies);
}

} // namespace exhibit::storage
