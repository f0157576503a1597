// SPDX-License-Identifier: Apache-2.0
#include "server/storage/recorded_calls.h"

#include "server/storage/body_field_store.h"

#include <algorithm>
#include <unordered_map>

namespace exhibit::storage {
namespace {

// What a call found of its run: calls that had begun, and what those that had ended came to. A
// refusal of a stopped run was never counted.
constexpr std::string_view kCalls
    = "SELECT c.call_id, c.run_id, c.project_id, c.endpoint, c.snapshot_id, c.user_id, c.facts,"
      " c.request_headers, c.response_headers, c.outcome, c.error_code, c.upstream_status,"
      " c.price_version, c.opened_at, b.calls, b.tokens, b.cost, b.started FROM proxy_calls c"
      " CROSS JOIN LATERAL (SELECT count(*) AS calls,"
      "  coalesce(sum(e.prompt_tokens + e.completion_tokens)"
      "   FILTER (WHERE e.closed_at <= c.opened_at), 0)::bigint AS tokens,"
      "  coalesce(sum(e.cost_microcents)"
      "   FILTER (WHERE e.closed_at <= c.opened_at), 0)::bigint AS cost,"
      "  min(e.opened_at) AS started FROM proxy_calls e"
      "  WHERE e.tenant_id = c.tenant_id AND e.run_id = c.run_id"
      "  AND (e.opened_at, e.call_id) <= (c.opened_at, c.call_id)"
      "  AND e.error_code IS DISTINCT FROM 'run_stopped') b"
      " WHERE c.tenant_id = $1 AND c.closed_at IS NOT NULL"
      " AND ($2::timestamptz IS NULL OR c.opened_at >= $2)"
      " AND ($3::timestamptz IS NULL OR c.opened_at < $3)"
      " AND ($4::timestamptz IS NULL OR (c.opened_at, c.call_id) > ($4, $5::uuid))"
      " ORDER BY c.opened_at, c.call_id LIMIT $6";

std::optional<Json> optionalJson(const Rows& rows, std::size_t row, int column)
{
    return rows.isNull(row, column) ? std::nullopt : std::optional<Json>(rows.json(row, column));
}

RecordedCall callOf(const Rows& rows, std::size_t row)
{
    RecordedCall call;
    call.callId = CallId{rows.uuid(row, 0)};
    call.runId = RunId{rows.uuid(row, 1)};
    call.projectId = ProjectId{rows.uuid(row, 2)};
    call.endpoint = rows.text(row, 3);
    call.snapshotId = rows.text(row, 4);
    call.userId = rows.optionalText(row, 5);
    call.facts = optionalJson(rows, row, 6);
    call.requestHeaders = optionalJson(rows, row, 7).value_or(JsonObject{});
    call.responseHeaders = optionalJson(rows, row, 8).value_or(JsonObject{});
    call.outcome = rows.text(row, 9);
    call.errorCode = rows.optionalText(row, 10);
    call.upstreamStatus = rows.integer(row, 11);
    call.priceVersion = rows.optionalText(row, 12);
    call.openedAt = rows.time(row, 13);
    call.runBefore.llmCalls = rows.integer(row, 14);
    call.runBefore.tokens = rows.integer(row, 15);
    call.runBefore.costMicrocents = rows.integer(row, 16);
    call.runBefore.startedAt = rows.isNull(row, 17) ? call.openedAt : rows.time(row, 17);
    return call;
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
    /// nullptr: another call of the same run.
    [[nodiscard]] RecordedCall* find(const Rows& rows, std::size_t row, int column) const
    {
        const auto found = m_calls.find(CallId{rows.uuid(row, column)});
        return found == m_calls.end() ? nullptr : found->second;
    }

private:
    std::unordered_map<CallId, RecordedCall*> m_calls;
    std::vector<std::string> m_ids;
    std::set<std::string> m_runs;
};

/// Cuts a row's bytes as [[length, at_us, first_event, event_count], ...] says.
void addPieces(std::vector<RecordedPiece>& list, const Json& pieces, BytesView bytes)
{
    std::size_t at = 0;
    const auto* array = pieces.if_array();
    for (const auto& piece : array == nullptr ? JsonArray{} : *array) {
        const auto numbers = fromJson<std::vector<std::int64_t>>(piece);
        if (!numbers || numbers->size() != 4 || (*numbers)[0] < 0) {
            return;
        }
        const auto length = static_cast<std::size_t>((*numbers)[0]);
        list.push_back({(*numbers)[2],
                        (*numbers)[3],
                        (*numbers)[1],
                        Bytes(bytes.substr(std::min(at, bytes.size()), length))});
        at += length;
    }
}

Result<void> readBodies(Transaction& transaction, SubjectKeys& keys, const Page& page)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT field_id, key_id, bytes, call_id, path, pieces"
                                  " FROM call_bodies WHERE tenant_id = $1"
                                  " AND call_id = ANY($2::uuid[])"
                                  " AND path IN ('/request', '/response/released',"
                                  "  '/response/withheld') ORDER BY call_id, path, position",
                                  {transaction.tenant(), page.ids()}));
    EXHIBIT_TRY(const auto sealed, SealedRows::of(transaction, keys, rows));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto* call = page.find(rows, row, 3);
        const auto bytes = sealed.open(row);
        if (!bytes) {
            if (bytes.error().code != ErrorCode::NotFound) {
                return tl::make_unexpected(bytes.error());
            }
            call->erased = true;
        } else if (rows.text(row, 4) == "/request") {
            call->request = *bytes;
        } else {
            const bool released = rows.text(row, 4) == "/response/released";
            addPieces(released ? call->released : call->withheld, rows.json(row, 5), *bytes);
        }
    }
    return {};
}

Result<void> readDecisions(Transaction& transaction, const Page& page)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT call_id, document FROM decisions WHERE tenant_id = $1"
                                  " AND run_id = ANY($2::uuid[]) ORDER BY decided_at, decision_id",
                                  {transaction.tenant(), page.runs()}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (auto* call = page.find(rows, row, 0)) {
            EXHIBIT_TRY(auto decision, fromJson<domain::Decision>(rows.json(row, 1)));
            call->decisions.push_back(std::move(decision));
        }
    }
    EXHIBIT_TRY(const Rows passes,
                transaction.query("SELECT call_id, stage, to_jsonb(policy_ids), snapshot_id"
                                  " FROM pass_records WHERE tenant_id = $1"
                                  " AND run_id = ANY($2::uuid[])",
                                  {transaction.tenant(), page.runs()}));
    for (std::size_t row = 0; row < passes.size(); ++row) {
        if (auto* call = page.find(passes, row, 0)) {
            domain::PassRecord record;
            EXHIBIT_TRY(record.stage, parseEnum<domain::Stage>(passes.text(row, 1)));
            EXHIBIT_TRY(record.policyIds, fromJson<std::vector<std::string>>(passes.json(row, 2)));
            record.snapshotId = passes.text(row, 3);
            call->passes.push_back(std::move(record));
        }
    }
    return {};
}

Result<void> readIncidents(Transaction& transaction, const Page& page)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT call_id, incident_id, policy_id, severity, status,"
                                  " stop IS NOT NULL FROM incidents WHERE tenant_id = $1"
                                  " AND run_id = ANY($2::uuid[]) ORDER BY created_at, incident_id",
                                  {transaction.tenant(), page.runs()}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (auto* call = page.find(rows, row, 0)) {
            RecordedIncident incident;
            incident.incidentId = IncidentId{rows.uuid(row, 1)};
            incident.policyId = rows.text(row, 2);
            EXHIBIT_TRY(incident.severity, parseEnum<domain::Severity>(rows.text(row, 3)));
            EXHIBIT_TRY(incident.status, parseEnum<domain::IncidentStatus>(rows.text(row, 4)));
            incident.stopped = rows.boolean(row, 5);
            call->incidents.push_back(std::move(incident));
        }
    }
    return {};
}

} // namespace

Result<std::vector<RecordedCall>> RecordedCalls::page(TenantId tenant,
                                                      const RecordedRange& range,
                                                      Deadline deadline)
{
    using Calls = std::vector<RecordedCall>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Calls> {
        const auto position = range.after.value_or(RecordedPosition{});
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(std::string(kCalls),
                                      {tenant,
                                       range.from,
                                       range.to,
                                       range.after ? Parameter(position.openedAt) : std::nullopt,
                                       position.callId,
                                       static_cast<std::int64_t>(range.limit)}));
        Calls calls;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            calls.push_back(callOf(rows, row));
        }
        if (!calls.empty()) {
            const Page page(calls);
            EXHIBIT_CHECK(readBodies(transaction, m_keys, page));
            EXHIBIT_CHECK(readDecisions(transaction, page));
            EXHIBIT_CHECK(readIncidents(transaction, page));
        }
        return calls;
    });
}

Result<std::map<std::string, domain::PriceTable>> RecordedCalls::priceTables(Deadline deadline)
{
    using Tables = std::map<std::string, domain::PriceTable>;
    return m_database.read(TenantId{}, deadline, [](Transaction& transaction) -> Result<Tables> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT jsonb_build_object('version', version,"
                                      " 'currency', currency, 'models', models)"
                                      " FROM price_tables"));
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
