// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_index.h"

#include "models/domain/decision.h"
#include "server/storage/call_store.h"
#include "server/storage/call_text.h"
#include "server/storage/incident_store_words.h"
#include "server/storage/ingest_insert.h"

#include <algorithm>
#include <unordered_map>

namespace exhibit::storage {
namespace {

// A call that waits, with everything about it but its steps. Those are in the order of the run, so
// that a batch reads few pages; the size decides how many calls fit in. What belongs to a call is
// looked up call by call (a subquery with a LIMIT or OFFSET is no join to the planner): on what it
// knows of tables that have just begun to grow, it would read all calls of the tenant for a few.
constexpr std::string_view kWaiting
    = "SELECT q.call_id, q.ended_at, q.opened_at, c.run_id, c.project_id, c.user_id, c.session_id,"
      " c.model, c.answered_model, c.status, c.outcome, c.cost_microcents, c.latency_us,"
      " r.client_run_id, c.call_id IS NULL, (SELECT coalesce(sum(pg_column_size(s.data)), 0)"
      "  FROM steps s WHERE s.tenant_id = $1 AND s.run_id = q.run_id"
      "  AND s.step_index BETWEEN q.first_step AND q.last_step)"
      " FROM (SELECT * FROM call_index_queue w WHERE w.tenant_id = $1"
      "  ORDER BY w.ended_at, w.call_id LIMIT $2) q"
      " LEFT JOIN LATERAL (SELECT * FROM proxy_calls p WHERE p.tenant_id = $1"
      "  AND p.opened_at = q.opened_at AND p.call_id = q.call_id LIMIT 1) c ON true"
      " LEFT JOIN LATERAL (SELECT * FROM runs k WHERE k.tenant_id = $1 AND k.run_id = q.run_id"
      "  LIMIT 1) r ON true"
      " ORDER BY q.ended_at, q.call_id";
constexpr std::string_view kSteps
    = "SELECT s.call_id, s.step_type, s.policy_id, s.result, s.decision_id,"
      " CASE WHEN s.step_type <> 'policy' THEN s.data ELSE jsonb_build_object("
      "  'severity', s.data->'severity', 'incident_id', s.data->'incident_id') END"
      " FROM call_index_queue q CROSS JOIN LATERAL (SELECT * FROM steps t WHERE t.tenant_id = $1"
      "  AND t.run_id = q.run_id AND t.step_index BETWEEN q.first_step AND q.last_step"
      "  AND t.call_id = q.call_id OFFSET 0) s"
      " WHERE q.tenant_id = $1 AND q.call_id = ANY ($2::uuid[]) AND q.ended_at <= $3"
      " AND s.step_type IN ('input', 'tool_call', 'output', 'policy')"
      " ORDER BY s.run_id, s.step_index";

/// One row of kWaiting and its steps.
struct WaitingCall {
    CallId id;
    UtcTime endedAt{};
    std::size_t row = 0;
    bool gone = false; ///< Its row was removed meanwhile.
    CallTextSteps texts;
    std::vector<FoundDecision> decisions;
    std::vector<std::string> incidents;
    bool passed = false;
};

void readStep(WaitingCall& call, const Rows& rows, std::size_t row)
{
    const auto type = rows.text(row, 1);
    Json data = rows.json(row, 5);
    if (type == "input") {
        call.texts.input = std::move(data);
    } else if (type == "output") {
        call.texts.output = std::move(data);
    } else if (type == "tool_call") {
        call.texts.toolCalls.push_back(std::move(data));
    } else if (const auto result = parseEnum<domain::DecisionResult>(rows.text(row, 3)); !result) {
        return;
    } else if (*result == domain::DecisionResult::Pass) {
        call.passed = true;
    } else {
        const auto severity = parseEnum<domain::Severity>(stringMember(data, "severity"));
        call.decisions.push_back({DecisionId{rows.uuid(row, 4)},
                                  std::string(rows.text(row, 2)),
                                  *result,
                                  severity.value_or(domain::Severity::Medium)});
        const auto incident = IncidentId::parse(stringMember(data, "incident_id"));
        if (incident) {
            call.incidents.push_back(incident->value.hyphenated());
        }
    }
}

class Lexemes {
public:
    void add(FilterLexeme filter, const std::optional<std::string>& value)
    {
        if (value && !value->empty()) {
            m_list.push_back(storable(lexeme(filter, *value)));
        }
    }
    [[nodiscard]] Parameter parameter() const { return Parameter::array(m_list); }

private:
    std::vector<std::string> m_list;
};

Parameter lexemesOf(TenantId tenant, const Rows& rows, const WaitingCall& call)
{
    const auto row = call.row;
    Lexemes list;
    list.add(FilterLexeme::Tenant, tenant.text());
    list.add(FilterLexeme::Run, RunId{rows.uuid(row, 3)}.text());
    list.add(FilterLexeme::Run, rows.optionalText(row, 13));
    list.add(FilterLexeme::Project, ProjectId{rows.uuid(row, 4)}.text());
    list.add(FilterLexeme::User, rows.optionalText(row, 5));
    list.add(FilterLexeme::Session, rows.optionalText(row, 6));
    list.add(FilterLexeme::Model, rows.optionalText(row, 7));
    list.add(FilterLexeme::Model, rows.optionalText(row, 8));
    list.add(FilterLexeme::HttpStatus, rows.optionalText(row, 9));
    list.add(FilterLexeme::Outcome, rows.optionalText(row, 10));
    for (const auto& decision : call.decisions) {
        const std::string result(wireName(decision.result));
        list.add(FilterLexeme::Decision, result);
        list.add(FilterLexeme::Decision, result + '/' + decision.policyId);
        list.add(FilterLexeme::Policy, decision.policyId);
        list.add(FilterLexeme::Severity, std::string(wireName(decision.severity)));
    }
    if (call.decisions.empty() && call.passed) {
        list.add(FilterLexeme::Decision, std::string(wireName(domain::DecisionResult::Pass)));
    }
    return list.parameter();
}

std::string beginning(const std::string& text)
{
    return text.substr(0,
                       characterStart(text, std::min(text.size(), limits::kCallExcerptBytesMax)));
}

Parameters searchRow(TenantId tenant,
                     const Rows& rows,
                     const WaitingCall& call,
                     const scan::RedactionPack& pack,
                     bool withoutWords)
{
    CallText text;
    if (!withoutWords) {
        text = callText(pack, call.texts);
    }
    const auto user = rows.optionalText(call.row, 5);
    JsonArray decisions;
    for (const auto& decision : call.decisions) {
        decisions.push_back(toJson(decision));
    }
    return {tenant,
            rows.time(call.row, 2),
            call.id,
            storable(user ? "user:" + *user : call.id.text()),
            rows.integer(call.row, 11),
            rows.integer(call.row, 12),
            plainWords(text.answered + '\n' + text.asked),
            lexemesOf(tenant, rows, call),
            beginning(text.asked),
            beginning(text.answered),
            text.complete && !withoutWords,
            Json(std::move(decisions)),
            Parameter::array(call.incidents)};
}

/// As many of the rows as fit together; the first one always.
std::vector<WaitingCall> chooseCalls(const Rows& rows)
{
    std::vector<WaitingCall> calls;
    std::int64_t bytes = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        bytes += rows.integer(row, 15);
        if (row > 0 && bytes > std::int64_t{limits::kIndexBatchBytesMax}) {
            break;
        }
        WaitingCall call;
        call.id = {rows.uuid(row, 0)};
        call.endedAt = rows.time(row, 1);
        call.row = row;
        call.gone = rows.boolean(row, 14);
        calls.push_back(std::move(call));
    }
    return calls;
}

Result<void> readSteps(Transaction& transaction, std::vector<WaitingCall>& calls)
{
    std::unordered_map<CallId, WaitingCall*> byId;
    std::vector<std::string> ids;
    for (auto& call : calls) {
        byId.emplace(call.id, &call);
        ids.push_back(call.id.value.hyphenated());
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    kSteps, {transaction.tenant(), Parameter::array(ids), calls.back().endedAt}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        readStep(*byId.at(CallId{rows.uuid(row, 0)}), rows, row);
    }
    return {};
}

} // namespace

void appendCallsToIndex(std::vector<Statement>& statements,
                        TenantId tenant,
                        const IngestBatch& batch)
{
    struct Ended {
        RunId run;
        UtcTime from{};
        UtcTime to{};
        std::int64_t first = 0;
        std::int64_t last = 0;
    };
    std::map<CallId, Ended> ended;
    for (const auto& [id, run] : batch.runs) {
        for (const auto& step : run.steps.steps) {
            const auto& event = step.event;
            if (!event.callId || batch.replays.contains(*event.callId)) {
                continue;
            }
            auto [found, isFirst] = ended.try_emplace(
                *event.callId,
                Ended{run.runId, event.time, event.time, event.stepIndex, event.stepIndex});
            found->second.to = std::max(found->second.to, event.time);
            found->second.last = event.stepIndex;
        }
    }
    std::vector<Parameters> rows;
    for (const auto& [call, at] : ended) {
        rows.push_back({tenant, at.to, call, at.from, at.run, at.first, at.last});
    }
    appendInserts(statements,
                  {"INSERT INTO call_index_queue (tenant_id, ended_at, call_id, opened_at, run_id,"
                   " first_step, last_step)",
                   "(?,?,?,?,?,?,?)",
                   " ON CONFLICT DO NOTHING"},
                  std::move(rows));
}

Result<IndexedCalls> indexCalls(Transaction& transaction,
                                const scan::RedactionPack& pack,
                                const IndexOptions& options)
{
    const auto tenant = transaction.tenant();
    EXHIBIT_TRY(
        const Rows lock,
        transaction.query("SELECT pg_try_advisory_xact_lock(call_index_lock($1))", {tenant}));
    IndexedCalls done;
    if (!lock.boolean(0, 0)) {
        return done;
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query(kWaiting, {tenant, static_cast<std::int64_t>(options.callsMax)}));
    auto calls = chooseCalls(rows);
    if (calls.empty()) {
        return done;
    }
    done.more = calls.size() < rows.size() || rows.size() == options.callsMax;
    EXHIBIT_CHECK(readSteps(transaction, calls));
    std::vector<Parameters> found;
    std::vector<std::string> ids;
    for (const auto& call : calls) {
        ids.push_back(call.id.value.hyphenated());
        if (!call.gone) {
            found.push_back(searchRow(tenant, rows, call, pack, options.withoutWords));
        }
    }
    std::vector<Statement> statements;
    done.calls = static_cast<std::int64_t>(calls.size());
    done.unreadable = options.withoutWords ? static_cast<std::int64_t>(found.size()) : 0;
    appendInserts(statements,
                  {"INSERT INTO call_search (tenant_id, opened_at, call_id, subject,"
                   " cost_microcents, latency_us, tsv, asked, answered, complete, decisions,"
                   " incident_ids)",
                   "(?,?,?,?,?,?,to_tsvector('exhibit_text'::regconfig, ?::text)"
                   " || array_to_tsvector(?::text[]),?,?,?,?,?)",
                   " ON CONFLICT DO NOTHING"},
                  std::move(found));
    statements.push_back({"DELETE FROM call_index_queue WHERE tenant_id = $1"
                          " AND call_id = ANY ($2::uuid[]) AND ended_at <= $3",
                          {tenant, Parameter::array(ids), calls.back().endedAt}});
    EXHIBIT_CHECK(transaction.pipeline(statements));
    return done;
}

} // namespace exhibit::storage
