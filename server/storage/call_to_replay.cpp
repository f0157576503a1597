// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_to_replay.h"

namespace exhibit::storage {
namespace {

/// A call's id is made when it is opened, so that its partition is known.
Result<Rows> findCall(Transaction& transaction, CallId call)
{
    const UtcTime made = call.value.timestamp();
    return transaction.query(
        "SELECT run_id, project_id, user_id, upstream, facts, run_before, endpoint, model,"
        " answered_model, streaming, snapshot_id, request_headers, response_headers, opened_at,"
        " upstream_status, outcome, error_code, recovered, closed_at FROM proxy_calls"
        " WHERE tenant_id = $1 AND call_id = $2 AND opened_at BETWEEN $3 AND $4",
        {transaction.tenant(), call, made - std::chrono::hours(24), made + std::chrono::hours(24)});
}

Result<CallToReplay> callOf(const Rows& rows, CallId id)
{
    CallToReplay call;
    call.callId = id;
    call.runId = RunId{rows.uuid(0, 0)};
    call.projectId = ProjectId{rows.uuid(0, 1)};
    call.userId = rows.optionalText(0, 2);
    call.upstream = rows.optionalText(0, 3);
    if (!rows.isNull(0, 4)) {
        call.facts = rows.json(0, 4);
    }
    if (!rows.isNull(0, 5)) {
        EXHIBIT_TRY(call.runBefore, fromJson<domain::RunCounters>(rows.json(0, 5)));
    }
    call.endpoint = rows.text(0, 6);
    call.model = rows.text(0, 7);
    call.answeredModel = rows.text(0, 8);
    call.streaming = rows.boolean(0, 9);
    call.snapshotId = rows.text(0, 10);
    if (!rows.isNull(0, 11)) {
        call.requestHeaders = rows.json(0, 11);
    }
    if (!rows.isNull(0, 12)) {
        call.responseHeaders = rows.json(0, 12);
    }
    call.openedAt = rows.time(0, 13);
    call.upstreamStatus = rows.integer(0, 14);
    call.outcome = rows.text(0, 15);
    call.errorCode = rows.text(0, 16);
    call.recovered = rows.boolean(0, 17);
    return call;
}

/// [[size, at_us, first_event, event_count], ...]
void addPieces(const Json& stored, std::vector<BodyPiece>& pieces)
{
    const auto* list = stored.if_array();
    for (const auto& each : list == nullptr ? JsonArray{} : *list) {
        if (const auto* piece = each.if_array(); piece != nullptr && piece->size() == 4) {
            pieces.push_back({(*piece)[0].to_number<std::int64_t>(),
                              (*piece)[1].to_number<std::int64_t>(),
                              (*piece)[2].to_number<std::int64_t>(),
                              (*piece)[3].to_number<std::int64_t>()});
        }
    }
}

/// nullopt when nothing of that path was recorded.
Result<std::optional<RecordedBody>> readBody(Transaction& transaction,
                                             SubjectKeys& keys,
                                             CallId call,
                                             const std::string& path)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT pieces FROM call_bodies WHERE tenant_id = $1"
                                  " AND call_id = $2 AND path = $3 ORDER BY position",
                                  {transaction.tenant(), call, path}));
    if (rows.empty()) {
        return std::optional<RecordedBody>{};
    }
    RecordedBody body;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        addPieces(rows.json(row, 0), body.pieces);
    }
    EXHIBIT_TRY(body.bytes, BodyFieldStore(keys).readCall(transaction, call, path));
    return std::optional(std::move(body));
}

Result<void> readBodies(Transaction& transaction, SubjectKeys& keys, CallToReplay& call)
{
    EXHIBIT_TRY(auto request, readBody(transaction, keys, call.callId, "/request"));
    if (!request) {
        return fail(ErrorCode::NotFound, "that field was erased");
    }
    call.request = std::move(request->bytes);
    EXHIBIT_TRY(auto sent, readBody(transaction, keys, call.callId, "/request/sent"));
    if (sent) {
        call.sentRequest = std::move(sent->bytes);
    }
    EXHIBIT_TRY(call.released, readBody(transaction, keys, call.callId, "/response/released"));
    EXHIBIT_TRY(call.withheld, readBody(transaction, keys, call.callId, "/response/withheld"));
    return {};
}

Result<void> readDecisions(Transaction& transaction, CallToReplay& call)
{
    EXHIBIT_TRY(const Rows decisions,
                transaction.query("SELECT document FROM decisions WHERE tenant_id = $1"
                                  " AND run_id = $2 AND call_id = $3 ORDER BY decision_id",
                                  {transaction.tenant(), call.runId, call.callId}));
    for (std::size_t row = 0; row < decisions.size(); ++row) {
        EXHIBIT_TRY(auto decision, fromJson<domain::Decision>(decisions.json(row, 0)));
        call.decisions.push_back(std::move(decision));
    }
    EXHIBIT_TRY(
        const Rows passes,
        transaction.query(
            "SELECT decision_id, stage, snapshot_id, to_json(policy_ids)::text, evaluation_us,"
            " decided_at FROM pass_records WHERE tenant_id = $1 AND run_id = $2 AND call_id = $3"
            " ORDER BY decision_id",
            {transaction.tenant(), call.runId, call.callId}));
    for (std::size_t row = 0; row < passes.size(); ++row) {
        domain::PassRecord record;
        record.decisionId = DecisionId{passes.uuid(row, 0)};
        EXHIBIT_TRY(record.stage, parseEnum<domain::Stage>(passes.text(row, 1)));
        record.snapshotId = passes.text(row, 2);
        const Json policies = passes.json(row, 3);
        for (const auto& policy : policies.get_array()) {
            record.policyIds.emplace_back(policy.get_string());
        }
        record.evaluationUs = passes.integer(row, 4);
        record.at = passes.time(row, 5);
        call.passes.push_back(std::move(record));
    }
    return {};
}

} // namespace

Result<CallToReplay> readCallToReplay(Transaction& transaction, SubjectKeys& keys, CallId id)
{
    EXHIBIT_TRY(const Rows rows, findCall(transaction, id));
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "there is no such call", id.text());
    }
    if (rows.isNull(0, 18)) {
        return fail(ErrorCode::Conflict, "the call has not come to its end yet", id.text());
    }
    EXHIBIT_TRY(auto call, callOf(rows, id));
    if (const auto read = readBodies(transaction, keys, call); !read) {
        return read.error().code == ErrorCode::NotFound
            ? fail(ErrorCode::Conflict, "what was said in the call was erased", id.text())
            : tl::make_unexpected(read.error());
    }
    EXHIBIT_CHECK(readDecisions(transaction, call));
    return call;
}

} // namespace exhibit::storage
