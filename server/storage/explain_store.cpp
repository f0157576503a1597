// SPDX-License-Identifier: Apache-2.0
#include "server/storage/explain_store.h"

#include "models/base/limits.h"
#include "server/storage/cost_currency.h"
#include "server/storage/ledger_links.h"
#include "server/storage/timeline_rows.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

constexpr std::int64_t kDecisionsMax = 200;

Result<std::optional<domain::TimelineEvent>> stepAt(Transaction& transaction,
                                                    const domain::RunExplanation& explanation,
                                                    bool behind)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT " + std::string(kTimelineColumns)
                        + " FROM steps WHERE tenant_id = $1 AND run_id = $2 AND at "
                        + (behind ? "> $3 ORDER BY step_index" : "<= $3 ORDER BY step_index DESC")
                        + " LIMIT 1",
                    {transaction.tenant(), explanation.runId, explanation.at}));
    if (rows.empty()) {
        return std::nullopt;
    }
    EXHIBIT_TRY(auto event, timelineEventOf(rows, 0));
    return std::optional(std::move(event));
}

Result<void> readCounters(Transaction& transaction, domain::RunExplanation& explanation)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT count(*) FILTER (WHERE outcome IS DISTINCT FROM 'refused'),"
                    " coalesce(sum(prompt_tokens + completion_tokens)"
                    "  FILTER (WHERE closed_at <= $3), 0)::bigint,"
                    " coalesce(sum(cost_microcents) FILTER (WHERE closed_at <= $3), 0)::bigint,"
                    " count(*) FILTER (WHERE (closed_at IS NULL OR closed_at > $3)"
                    "  AND outcome IS DISTINCT FROM 'refused')"
                    " FROM proxy_calls WHERE tenant_id = $1 AND run_id = $2 AND opened_at <= $3",
                    {transaction.tenant(), explanation.runId, explanation.at}));
    explanation.counters.llmCalls = rows.integer(0, 0);
    explanation.counters.tokens = rows.integer(0, 1);
    explanation.counters.costMicrocents = rows.integer(0, 2);
    explanation.openCalls = rows.integer(0, 3);
    return {};
}

/// Of several at once the one that began last.
Result<void> readCall(Transaction& transaction, ExplainedRun& explained)
{
    auto& explanation = explained.explanation;
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT call_id, model, opened_at, closed_at, outcome, run_limits,"
                    " completion_tokens, user_id FROM proxy_calls"
                    " WHERE tenant_id = $1 AND run_id = $2 AND opened_at <= $3"
                    " ORDER BY (closed_at IS NULL OR closed_at > $3) DESC, opened_at DESC LIMIT 1",
                    {transaction.tenant(), explanation.runId, explanation.at}));
    if (rows.empty()) {
        return {};
    }
    auto& call = explanation.call.emplace();
    call.callId = CallId{rows.uuid(0, 0)};
    call.model = rows.text(0, 1);
    call.openedAt = rows.time(0, 2);
    if (!rows.isNull(0, 3)) {
        call.closedAt = rows.time(0, 3);
    }
    if (call.closedAt && *call.closedAt <= explanation.at) {
        call.outputTokens = rows.integer(0, 6);
    }
    explained.subject.model = call.model;
    explained.subject.userId = rows.optionalText(0, 7).value_or("");
    call.outcome = rows.optionalText(0, 4);
    if (!rows.isNull(0, 5)) {
        EXHIBIT_TRY(const auto limits, fromJson<std::vector<domain::RunLimit>>(rows.json(0, 5)));
        for (const auto& limit : limits) {
            explanation.thresholds.push_back({limit.policyId, limit.metric, {}, limit.max, 0});
        }
    }
    return {};
}

/// Entries of what had happened by then; those of calls are written when they close.
Result<void> readLedger(Transaction& transaction, domain::RunExplanation& explanation)
{
    std::vector<LinkedId> ids;
    for (const auto& decision : explanation.decisions) {
        ids.push_back({decision.decisionId.value, decision.decisionId.text()});
    }
    const auto& call = explanation.call;
    if (call && call->closedAt && *call->closedAt <= explanation.at) {
        ids.push_back({call->callId.value, call->callId.text()});
    }
    EXHIBIT_TRY(const Rows kills,
                transaction.query("SELECT FROM run_abort_log WHERE tenant_id = $1"
                                  " AND run_id = $2 AND aborted_at <= $3",
                                  {transaction.tenant(), explanation.runId, explanation.at}));
    if (!kills.empty()) {
        ids.push_back({explanation.runId.value, explanation.runId.text()});
    }
    EXHIBIT_TRY(explanation.ledger, readLedgerLinks(transaction, ids));
    return {};
}

Result<void> readDecisions(Transaction& transaction, domain::RunExplanation& explanation)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT document, call_id FROM decisions WHERE tenant_id = $1"
                    " AND run_id = $2 AND decided_at <= $3 AND result <> 'PASS'"
                    " ORDER BY decided_at DESC, decision_id DESC LIMIT $4",
                    {transaction.tenant(), explanation.runId, explanation.at, kDecisionsMax + 1}));
    explanation.truncated = rows.size() > static_cast<std::size_t>(kDecisionsMax);
    const auto count = std::min<std::size_t>(rows.size(), kDecisionsMax);
    for (std::size_t row = count; row-- > 0;) {
        EXHIBIT_TRY(auto decision, fromJson<domain::Decision>(rows.json(row, 0)));
        auto& call = explanation.call;
        if (call && rows.uuid(row, 1) == call->callId.value && decision.used
            && decision.metric == wireName(domain::Metric::CallOutputTokens)) {
            call->outputTokens = std::max(call->outputTokens.value_or(0), *decision.used);
        }
        explanation.decisions.push_back(std::move(decision));
    }
    return {};
}

Result<domain::PassRecord> passOf(const Rows& rows, std::size_t row)
{
    domain::PassRecord record;
    record.decisionId = DecisionId{rows.uuid(row, 0)};
    EXHIBIT_TRY(record.stage, parseEnum<domain::Stage>(rows.text(row, 1)));
    record.snapshotId = rows.text(row, 2);
    EXHIBIT_TRY(record.policyIds, fromJson<std::vector<std::string>>(rows.json(row, 3)));
    record.evaluationUs = rows.integer(row, 4);
    record.at = rows.time(row, 5);
    if (!rows.isNull(row, 6)) {
        EXHIBIT_TRY(record.wholeTextHeld, fromJson<std::vector<std::string>>(rows.json(row, 6)));
    }
    return record;
}

constexpr std::string_view kPassColumns
    = "decision_id, stage, snapshot_id, to_jsonb(policy_ids), evaluation_us, decided_at,"
      " to_jsonb(whole_text_held)";

Result<void> readPasses(Transaction& transaction, domain::RunExplanation& explanation)
{
    if (!explanation.call) {
        return {};
    }
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(
            "SELECT " + std::string(kPassColumns)
                + " FROM pass_records WHERE tenant_id = $1 AND run_id = $2"
                  " AND call_id = $3 AND decided_at <= $4"
                  " ORDER BY decided_at, decision_id",
            {transaction.tenant(), explanation.runId, explanation.call->callId, explanation.at}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto record, passOf(rows, row));
        explanation.passes.push_back(std::move(record));
    }
    return {};
}

} // namespace

Result<ExplainedRun> ExplainStore::at(TenantId tenant,
                                      RunId run,
                                      UtcTime instant,
                                      Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<ExplainedRun> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT r.policy_snapshot_id, r.started_at, p.slug,"
                                      " r.user_id FROM runs r LEFT JOIN projects p"
                                      " ON p.tenant_id = r.tenant_id"
                                      " AND p.project_id = r.project_id"
                                      " WHERE r.tenant_id = $1 AND r.run_id = $2",
                                      {tenant, run}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound, "there is no such run", run.text());
        }
        ExplainedRun explained;
        auto& explanation = explained.explanation;
        explanation.runId = run;
        explanation.at = instant;
        explanation.snapshotId = rows.text(0, 0);
        explanation.counters.startedAt = rows.time(0, 1);
        explained.subject.project = rows.optionalText(0, 2).value_or("");
        explained.subject.userId = rows.optionalText(0, 3).value_or("");
        EXHIBIT_CHECK(readCounters(transaction, explanation));
        EXHIBIT_TRY(explanation.currency, currencyOf(transaction));
        EXHIBIT_CHECK(readCall(transaction, explained));
        EXHIBIT_TRY(explanation.step, stepAt(transaction, explanation, false));
        EXHIBIT_TRY(explanation.next, stepAt(transaction, explanation, true));
        EXHIBIT_CHECK(readDecisions(transaction, explanation));
        EXHIBIT_CHECK(readPasses(transaction, explanation));
        EXHIBIT_CHECK(readLedger(transaction, explanation));
        return explained;
    });
}

Result<TracedDecision> ExplainStore::decision(TenantId tenant,
                                              DecisionId decision,
                                              const std::string& policyId,
                                              Deadline deadline)
{
    const std::string table = policyId.empty() ? "decisions" : "pass_records";
    const std::string columns = policyId.empty() ? "document" : std::string(kPassColumns);
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<TracedDecision> {
            EXHIBIT_TRY(const Rows rows,
                        transaction.query("SELECT " + columns
                                              + ", d.call_id, d.run_id, d.decided_at,"
                                                " (SELECT min(s.step_index) FROM steps s"
                                                "  WHERE s.tenant_id = d.tenant_id"
                                                "  AND s.run_id = d.run_id"
                                                "  AND s.decision_id = d.decision_id) FROM "
                                              + table
                                              + " d WHERE d.tenant_id = $1 AND d.decision_id = $2",
                                          {tenant, decision}));
            TracedDecision traced;
            bool known = !rows.empty();
            if (known && policyId.empty()) {
                traced.decision = rows.json(0, 0);
            } else if (known) {
                EXHIBIT_TRY(const auto record, passOf(rows, 0));
                const auto& ids = record.policyIds;
                known = std::find(ids.begin(), ids.end(), policyId) != ids.end();
                traced.decision = JsonObject{{"decision_id", record.decisionId.text()},
                                             {"policy_id", policyId},
                                             {"stage", wireName(record.stage)},
                                             {"result", "PASS"},
                                             {"snapshot_id", record.snapshotId},
                                             {"at", formatTime(record.at)}};
                const auto& held = record.wholeTextHeld;
                if (held && std::find(held->begin(), held->end(), policyId) != held->end()) {
                    traced.decision.get_object().emplace("whole_text_held", true);
                }
            }
            if (!known) {
                return fail(ErrorCode::NotFound, "there is no such decision", decision.text());
            }
            const int next = policyId.empty() ? 1 : 7;
            traced.callId = CallId{rows.uuid(0, next)};
            traced.runId = RunId{rows.uuid(0, next + 1)};
            traced.at = rows.time(0, next + 2);
            if (!rows.isNull(0, next + 3)) {
                traced.stepIndex = rows.integer(0, next + 3);
            }
            // The passes of a call stand in the entry of the call.
            const LinkedId linked = policyId.empty()
                ? LinkedId{decision.value, decision.text()}
                : LinkedId{traced.callId.value, traced.callId.text()};
            EXHIBIT_TRY(auto links, readLedgerLinks(transaction, {linked}));
            if (!links.empty()) {
                traced.ledger = std::move(links.front());
            }
            EXHIBIT_TRY(traced.proof, proveLinked(transaction, linked.id));
            return traced;
        });
}

} // namespace exhibit::storage
