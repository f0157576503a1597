// SPDX-License-Identifier: Apache-2.0
#include "server/storage/recorded_calls.h"

#include "server/storage/body_field_store.h"
#include "server/storage/entry_names.h"
#include "server/storage/recorded_binding.h"

#include <numeric>
#include <unordered_map>

namespace exhibit::storage {
namespace {

constexpr std::string_view kColumns
    = "SELECT call_id, run_id, project_id, user_id, upstream, facts, run_before, endpoint, model,"
      " answered_model, streaming, snapshot_id, request_headers, response_headers, opened_at,"
      " upstream_status, outcome, error_code, price_version, recovered, closed_at FROM proxy_calls";
constexpr int kClosedAt = 20;

constexpr std::string_view kRange
    = " WHERE tenant_id = $1 AND closed_at IS NOT NULL AND replay_of IS NULL"
      " AND ($2::timestamptz IS NULL OR opened_at >= $2)"
      " AND ($3::timestamptz IS NULL OR opened_at < $3)"
      " AND ($4::timestamptz IS NULL OR (opened_at, call_id) > ($4, $5::uuid))";

// A call's id is made when it is opened, so that its partition is known.
constexpr std::string_view kOne
    = " WHERE tenant_id = $1 AND call_id = $2 AND opened_at BETWEEN $3 AND $4";

std::optional<Json> optionalJson(const Rows& rows, std::size_t row, int column)
{
    return rows.isNull(row, column) ? std::nullopt : std::optional<Json>(rows.json(row, column));
}

Result<RecordedCall> callOf(const Rows& rows, std::size_t row)
{
    RecordedCall call;
    call.callId = CallId{rows.uuid(row, 0)};
    call.runId = RunId{rows.uuid(row, 1)};
    call.projectId = ProjectId{rows.uuid(row, 2)};
    call.userId = rows.optionalText(row, 3);
    call.upstream = rows.optionalText(row, 4);
    call.facts = optionalJson(rows, row, 5);
    call.openedAt = rows.time(row, 14);
    call.runBefore = {0, 0, 1, call.openedAt};
    if (const auto counters = optionalJson(rows, row, 6)) {
        EXHIBIT_TRY(call.runBefore, fromJson<domain::RunCounters>(*counters));
    }
    call.endpoint = rows.text(row, 7);
    call.model = rows.text(row, 8);
    call.answeredModel = rows.text(row, 9);
    call.streaming = rows.boolean(row, 10);
    call.snapshotId = rows.text(row, 11);
    call.requestHeaders = optionalJson(rows, row, 12).value_or(JsonObject{});
    call.responseHeaders = optionalJson(rows, row, 13).value_or(JsonObject{});
    call.upstreamStatus = rows.integer(row, 15);
    call.outcome = rows.text(row, 16);
    call.errorCode = rows.optionalText(row, 17);
    call.priceVersion = rows.optionalText(row, 18);
    call.recovered = rows.boolean(row, 19);
    return call;
}

/// What kRange asks for.
Parameters parametersOf(TenantId tenant, const RecordedRange& range)
{
    const auto after = range.after.value_or(RecordedPosition{});
    return {tenant,
            range.from,
            range.to,
            range.after ? Parameter(after.openedAt) : std::nullopt,
            after.callId};
}

/// The calls of a page, by their ids.
class Page {
public:
    explicit Page(std::vector<RecordedCall>& calls)
    {
        for (auto& call : calls) {
            m_calls.emplace(call.callId, &call);
            m_ids.push_back(call.callId.value.hyphenated());
            m_runs.insert(call.runId.value.hyphenated());
        }
    }
    [[nodiscard]] Parameter ids() const { return Parameter::array(m_ids); }
    [[nodiscard]] Parameter runs() const
    {
        return Parameter::array(std::vector<std::string>(m_runs.begin(), m_runs.end()));
    }
    /// Of a row that was asked for by ids().
    [[nodiscard]] RecordedCall* find(const Rows& rows, std::size_t row, int column) const
    {
        return m_calls.at(CallId{rows.uuid(row, column)});
    }

private:
    std::unordered_map<CallId, RecordedCall*> m_calls;
    std::vector<std::string> m_ids;
    std::set<std::string> m_runs;
};

/// Cuts a row's bytes as [[length, at_us, first_event, event_count], ...] says.
Result<void> addPieces(std::vector<RecordedPiece>& list, const Json& pieces, BytesView bytes)
{
    EXHIBIT_TRY(const auto cuts, fromJson<std::vector<std::vector<std::int64_t>>>(pieces));
    for (const auto& cut : cuts) {
        if (cut.size() != 4 || cut[0] < 0 || static_cast<std::size_t>(cut[0]) > bytes.size()) {
            return fail(ErrorCode::Corrupt, "the pieces of a recorded answer do not fit its bytes");
        }
        const auto length = static_cast<std::size_t>(cut[0]);
        list.push_back({cut[2], cut[3], cut[1], Bytes(bytes.substr(0, length))});
        bytes.remove_prefix(length);
    }
    return {};
}

std::size_t sizeOf(const std::vector<RecordedPiece>& pieces)
{
    return std::accumulate(
        pieces.begin(), pieces.end(), std::size_t{0}, [](std::size_t sum, const auto& piece) {
            return sum + piece.bytes.size();
        });
}

/// Adds the next row of a path to what is there of it.
Result<void> addBody(RecordedCall& call, const Rows& rows, std::size_t row, const Bytes& bytes)
{
    const auto path = rows.text(row, 4);
    auto& sent = call.sentRequest;
    auto& pieces = path == "/response/released" ? call.released : call.withheld;
    const auto known = path == "/request" ? call.request.size()
        : path == "/request/sent"         ? sent.value_or(Bytes{}).size()
                                          : sizeOf(pieces);
    if (rows.integer(row, 6) != static_cast<std::int64_t>(known)) {
        return fail(
            ErrorCode::Corrupt, "pieces of a recorded body are missing", call.callId.text());
    }
    if (path == "/request") {
        call.request += bytes;
        return {};
    }
    if (path == "/request/sent") {
        sent = sent.value_or(Bytes{}) + bytes;
        return {};
    }
    return addPieces(pieces, rows.json(row, 5), bytes);
}

Result<void> readBodies(Transaction& transaction, SubjectKeys& keys, const Page& page)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT field_id, key_id, bytes, call_id, path, pieces, position"
                                  " FROM call_bodies WHERE tenant_id = $1"
                                  " AND call_id = ANY($2::uuid[])"
                                  " AND path IN ('/request', '/request/sent',"
                                  "  '/response/released', '/response/withheld')"
                                  // Empty pieces stand before the one that moves on from them,
                                  // by their times.
                                  " ORDER BY call_id, path, position, octet_length(bytes),"
                                  " pieces->0->1",
                                  {transaction.tenant(), page.ids()}));
    EXHIBIT_TRY(const auto sealed, SealedRows::of(transaction, keys, rows));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto* call = page.find(rows, row, 3);
        const auto bytes = sealed.open(row);
        if (bytes) {
            const auto added = addBody(*call, rows, row, *bytes);
            call->damaged = added ? call->damaged : added.error().message;
        } else if (bytes.error().code == ErrorCode::NotFound) {
            call->erased = true;
        } else if (bytes.error().subject == kKeyLost) {
            call->unreadable = true;
        } else {
            call->damaged = bytes.error().message;
        }
    }
    return {};
}

Result<void> readDecisions(Transaction& transaction, const Page& page)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT call_id, document FROM decisions WHERE tenant_id = $1"
                                  " AND run_id = ANY($2::uuid[]) AND call_id = ANY($3::uuid[])"
                                  " ORDER BY decision_id",
                                  {transaction.tenant(), page.runs(), page.ids()}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto decision, fromJson<domain::Decision>(rows.json(row, 1)));
        page.find(rows, row, 0)->decisions.push_back(std::move(decision));
    }
    return {};
}

Result<void> readPasses(Transaction& transaction, const Page& page)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT call_id, decision_id, stage, snapshot_id,"
                                  " to_jsonb(policy_ids), evaluation_us, decided_at,"
                                  " to_jsonb(whole_text_held)"
                                  " FROM pass_records WHERE tenant_id = $1"
                                  " AND run_id = ANY($2::uuid[]) AND call_id = ANY($3::uuid[])"
                                  " ORDER BY decision_id",
                                  {transaction.tenant(), page.runs(), page.ids()}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        domain::PassRecord record;
        record.decisionId = DecisionId{rows.uuid(row, 1)};
        EXHIBIT_TRY(record.stage, parseEnum<domain::Stage>(rows.text(row, 2)));
        record.snapshotId = rows.text(row, 3);
        EXHIBIT_TRY(record.policyIds, fromJson<std::vector<std::string>>(rows.json(row, 4)));
        record.evaluationUs = rows.integer(row, 5);
        record.at = rows.time(row, 6);
        if (!rows.isNull(row, 7)) {
            EXHIBIT_TRY(record.wholeTextHeld,
                        fromJson<std::vector<std::string>>(rows.json(row, 7)));
        }
        page.find(rows, row, 0)->passes.push_back(std::move(record));
    }
    return {};
}

Result<void> readIncidents(Transaction& transaction, const Page& page)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT call_id, incident_id, policy_id, severity, status,"
                                  " stop IS NOT NULL FROM incidents WHERE tenant_id = $1"
                                  " AND run_id = ANY($2::uuid[]) AND call_id = ANY($3::uuid[])"
                                  " ORDER BY created_at, incident_id",
                                  {transaction.tenant(), page.runs(), page.ids()}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        RecordedIncident incident;
        incident.incidentId = IncidentId{rows.uuid(row, 1)};
        incident.policyId = rows.text(row, 2);
        EXHIBIT_TRY(incident.severity, parseEnum<domain::Severity>(rows.text(row, 3)));
        EXHIBIT_TRY(incident.status, parseEnum<domain::IncidentStatus>(rows.text(row, 4)));
        incident.stopped = rows.boolean(row, 5);
        page.find(rows, row, 0)->incidents.push_back(std::move(incident));
    }
    return {};
}

/// With everything that belongs to them.
Result<std::vector<RecordedCall>> complete(Transaction& transaction,
                                           SubjectKeys& keys,
                                           const Rows& rows)
{
    std::vector<RecordedCall> calls;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto call, callOf(rows, row));
        calls.push_back(std::move(call));
    }
    const Page page(calls);
    EXHIBIT_CHECK(readBodies(transaction, keys, page));
    EXHIBIT_CHECK(readDecisions(transaction, page));
    EXHIBIT_CHECK(readPasses(transaction, page));
    EXHIBIT_CHECK(readIncidents(transaction, page));
    return calls;
}

Result<void> expectUndamaged(const std::vector<RecordedCall>& calls)
{
    for (const auto& call : calls) {
        if (!call.damaged.empty()) {
            return evidenceDamaged(call.callId.text(), call.damaged);
        }
    }
    return {};
}

} // namespace

Result<std::vector<RecordedCall>> readRecordedBodies(Transaction& transaction,
                                                     SubjectKeys& keys,
                                                     const std::vector<CallId>& ids)
{
    std::vector<RecordedCall> calls(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        calls[i].callId = ids[i];
    }
    EXHIBIT_CHECK(readBodies(transaction, keys, Page(calls)));
    return calls;
}

Result<std::vector<RecordedCall>> RecordedCalls::page(TenantId tenant,
                                                      const RecordedRange& range,
                                                      Deadline deadline)
{
    using Calls = std::vector<RecordedCall>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Calls> {
        auto parameters = parametersOf(tenant, range);
        parameters.emplace_back(static_cast<std::int64_t>(range.limit));
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(std::string(kColumns) + std::string(kRange)
                                          + " ORDER BY opened_at, call_id LIMIT $6",
                                      std::move(parameters)));
        EXHIBIT_TRY(auto calls, complete(transaction, m_keys, rows));
        EXHIBIT_CHECK(expectUndamaged(calls));
        return calls;
    });
}

Result<std::set<RunId>> RecordedCalls::runsOf(TenantId tenant,
                                              const std::vector<RunId>& runs,
                                              const RecordedRange& range,
                                              Deadline deadline)
{
    using Runs = std::set<RunId>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Runs> {
        std::vector<std::string> ids;
        for (const auto run : runs) {
            ids.push_back(run.value.hyphenated());
        }
        auto parameters = parametersOf(tenant, range);
        parameters.push_back(Parameter::array(ids));
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT DISTINCT run_id FROM proxy_calls"
                                          + std::string(kRange) + " AND run_id = ANY($6::uuid[])",
                                      std::move(parameters)));
        Runs found;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            found.insert(RunId{rows.uuid(row, 0)});
        }
        return found;
    });
}

Result<RecordedCall> RecordedCalls::find(TenantId tenant, CallId id, Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<RecordedCall> {
        const UtcTime made = id.value.timestamp();
        const auto day = std::chrono::hours(24);
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(std::string(kColumns) + std::string(kOne),
                                      {tenant, id, made - day, made + day}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound, "there is no such call", id.text());
        }
        if (rows.isNull(0, kClosedAt)) {
            return fail(ErrorCode::Conflict, "the call has not come to its end yet", id.text());
        }
        EXHIBIT_TRY(auto calls, complete(transaction, m_keys, rows));
        EXHIBIT_CHECK(expectUndamaged(calls));
        if (calls.front().unreadable) {
            return fail(ErrorCode::Conflict,
                        "what was said in the call cannot be read: its key was lost",
                        id.text());
        }
        if (calls.front().erased || calls.front().request.empty()) {
            return fail(ErrorCode::Conflict, "what was said in the call was erased", id.text());
        }
        EXHIBIT_CHECK(expectCallAsCommitted(transaction, m_keys, calls.front()));
        return std::move(calls.front());
    });
}

Result<std::map<std::string, domain::PriceTable>> RecordedCalls::priceTables(TenantId tenant,
                                                                             Deadline deadline)
{
    using Tables = std::map<std::string, domain::PriceTable>;
    return m_database.read(tenant, deadline, [](Transaction& transaction) -> Result<Tables> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT jsonb_build_object('version', version,"
                                      " 'currency', currency, 'models', models)"
                                      " FROM prices"));
        Tables tables;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            EXHIBIT_TRY(auto table, fromJson<domain::PriceTable>(rows.json(row, 0)));
            std::string version = table.version;
            tables.emplace(std::move(version), std::move(table));
        }
        return tables;
    });
}

} // namespace exhibit::storage
