// SPDX-License-Identifier: Apache-2.0
#include "models/base/assert.h"
#include "models/domain/quota.h"
#include "models/evidence/field.h"
#include "server/storage/ingest_batch.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

/// Made from the record, so that the same bytes always get the same id.
Uuid fieldId(ReplicaId replica, const spool::StoredRecord& stored, std::string_view path)
{
    const Digest digest = Sha256()
                              .update(asView(replica.value.bytes))
                              .update(std::to_string(stored.recordNo))
                              .update(path)
                              .finish();
    Uuid id;
    std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
    const auto milliseconds = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, toMicroseconds(stored.record.at) / 1000));
    for (unsigned i = 0; i < 6; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>((milliseconds >> (8 * (5 - i))) & 0xFFU);
    }
    id.bytes[6] = static_cast<std::uint8_t>(0x70U | (id.bytes[6] & 0x0FU));
    id.bytes[8] = static_cast<std::uint8_t>(0x80U | (id.bytes[8] & 0x3FU));
    return id;
}

void keepFirstStop(RunChange& run, RunOutcome outcome)
{
    if (!run.outcome || !run.outcome->stop) {
        run.outcome = std::move(outcome);
    }
}

} // namespace

void BatchAssembly::apply(const spool::StoredRecord& stored)
{
    auto content = spool::decodeRecord(stored.record.kind, stored.record.payload);
    if (!content) {
        quarantine(stored, content.error().message);
        return;
    }
    std::visit(
        [&](auto&& record) {
            using T = std::decay_t<decltype(record)>;
            if constexpr (std::is_same_v<T, spool::CallOpened>) {
                open(stored, std::move(record));
            } else if constexpr (std::is_same_v<T, spool::ChunkRecord>) {
                addPiece(stored, std::move(record));
            } else if constexpr (std::is_same_v<T, spool::WithheldRecord>) {
                addWithheld(stored, std::move(record));
            } else if constexpr (std::is_same_v<T, spool::DecisionsRecord>) {
                addDecisions(stored, std::move(record));
            } else if constexpr (std::is_same_v<T, spool::IncidentRecord>) {
                addIncident(std::move(record));
            } else if constexpr (std::is_same_v<T, spool::CallClosed>) {
                close(stored, std::move(record));
            } else {
                endRun(record);
            }
        },
        *std::move(content));
}

OpenCall* BatchAssembly::find(const CallId& call)
{
    if (const auto touched = m_touched.find(call); touched != m_touched.end()) {
        return touched->second ? &*touched->second : nullptr;
    }
    const auto found = m_open.find(call);
    return found == m_open.end() ? nullptr : &*m_touched.emplace(call, found->second).first->second;
}

RunChange& BatchAssembly::runOf(RunId run, const std::shared_ptr<const spool::CallOpened>& opening)
{
    auto& change = m_batch.runs[run];
    change.runId = run;
    if (!change.opening) {
        change.opening = opening;
    }
    return change;
}

void BatchAssembly::open(const spool::StoredRecord& stored, spool::CallOpened opened)
{
    if (find(opened.callId) != nullptr || m_touched.contains(opened.callId)) {
        setAside(stored, "a call of that id is open already");
        return;
    }
    OpenCall call;
    call.input = std::make_shared<const Json>(describeRequest(opened));
    call.requestDigest = sha256(opened.request);
    call.chunkSalt = evidence::randomSalts(1);
    call.firstRecord = stored.recordNo;
    call.previousHash = stored.previousHash;
    Bytes request = std::exchange(opened.request, {});
    auto sent = std::exchange(opened.sentRequest, std::nullopt);
    call.opening = std::make_shared<const spool::CallOpened>(std::move(opened));
    const auto size = static_cast<std::int64_t>(request.size());
    addBody(stored, call, "/request", 0, JsonArray{size, 0, 0, 0}, std::move(request));
    if (sent) {
        call.sentDigest = sha256(*sent);
        const auto sentSize = static_cast<std::int64_t>(sent->size());
        addBody(stored, call, "/request/sent", 0, JsonArray{sentSize, 0, 0, 0}, *std::move(sent));
    }
    auto& run = runOf(call.opening->runId, call.opening);
    run.lastActiveAt = std::max(run.lastActiveAt, call.opening->openedAt);
    if (run.outcome && !run.outcome->stop) {
        run.outcome.reset(); // Ended and re-opened within the batch.
    }
    m_callRows.emplace(call.opening->callId, m_batch.calls.size());
    m_batch.calls.push_back({call.opening, std::nullopt});
    m_touched[call.opening->callId] = std::move(call);
}

void BatchAssembly::addBody(const spool::StoredRecord& stored,
                            const OpenCall& call,
                            std::string_view path,
                            std::int64_t position,
                            JsonArray piece,
                            Bytes bytes)
{
    const auto& callId = call.opening->callId;
    const auto key = std::make_pair(callId, std::string(path));
    if (const auto last = m_lastBody.find(key); last != m_lastBody.end()) {
        auto& body = m_batch.bodies[last->second];
        const bool follows
            = body.position + static_cast<std::int64_t>(body.bytes.size()) == position;
        if (follows && body.bytes.size() + bytes.size() <= limits::kBodyRowBytesMax) {
            body.bytes += bytes;
            body.pieces->get_array().push_back(std::move(piece));
            return;
        }
    }
    m_lastBody[key] = m_batch.bodies.size();
    FieldDraft draft;
    draft.id = fieldId(m_replica, stored, path);
    draft.subject = subjectOf(*call.opening);
    draft.callId = callId;
    draft.path = std::string(path);
    draft.position = position;
    draft.pieces = JsonArray{Json(std::move(piece))};
    draft.bytes = std::move(bytes);
    m_batch.bodies.push_back(std::move(draft));
}

void BatchAssembly::addPiece(const spool::StoredRecord& stored, spool::ChunkRecord chunk)
{
    OpenCall* call = find(chunk.callId);
    if (call == nullptr) {
        setAside(stored, "its call is not open");
        return;
    }
    const auto size = static_cast<std::int64_t>(chunk.body.size());
    call->releasedBytes = chunk.offset + size;
    call->releasedChain = evidence::chainedPiece(call->releasedChain, chunk.body);
    call->releasedTree.append(call->chunkSalt, chunk.atUs, chunk.body);
    addBody(stored,
            *call,
            "/response/released",
            chunk.offset,
            JsonArray{size, chunk.atUs, chunk.firstEvent, chunk.eventCount},
            std::move(chunk.body));
}

void BatchAssembly::addWithheld(const spool::StoredRecord& stored, spool::WithheldRecord withheld)
{
    OpenCall* call = find(withheld.callId);
    if (call == nullptr) {
        setAside(stored, "its call is not open");
        return;
    }
    const auto size = static_cast<std::int64_t>(withheld.body.size());
    const auto position = std::exchange(call->withheldBytes, call->withheldBytes + size);
    call->withheldChain = evidence::chainedPiece(call->withheldChain, withheld.body);
    call->withheldTree.append(call->chunkSalt, withheld.atUs, withheld.body);
    addBody(stored,
            *call,
            "/response/withheld",
            position,
            JsonArray{size, withheld.atUs, withheld.firstEvent, withheld.eventCount},
            std::move(withheld.body));
}

void BatchAssembly::addDecisions(const spool::StoredRecord& stored, spool::DecisionsRecord record)
{
    OpenCall* call = find(record.callId);
    for (const auto& decision : record.decisions) {
        m_batch.decisions.push_back({record.callId, record.runId, decision});
        m_batch.entries.push_back(
            decisionEntry(record.callId,
                          call == nullptr ? record.callId.text() : subjectOf(*call->opening),
                          decision));
    }
    for (const auto& passes : record.passes) {
        m_batch.passes.push_back({record.callId, record.runId, passes});
    }
    if (call == nullptr) {
        // The rows stand without it; the timeline would miss them.
        setAside(stored, "its call is not open; its decisions are kept");
        return;
    }
    std::move(
        record.decisions.begin(), record.decisions.end(), std::back_inserter(call->decisions));
    std::move(record.passes.begin(), record.passes.end(), std::back_inserter(call->passes));
}

void BatchAssembly::addIncident(spool::IncidentRecord record)
{
    OpenCall* call = find(record.incident.callId);
    IncidentRow row{record, call == nullptr ? nullptr : call->opening, {}};
    if (call != nullptr) {
        for (const auto& decision : call->decisions) {
            if (decision.decisionId == record.incident.decisionId) {
                row.words
                    = decision.reason + ' ' + decision.shouldHave + ' ' + decision.actuallyDid;
            }
        }
        call->incidents.push_back(record);
    }
    m_batch.entries.push_back(incidentEntry(record));
    if (record.stop) {
        auto& run = runOf(record.incident.runId, nullptr);
        run.lastActiveAt = std::max(run.lastActiveAt, record.stop->at);
        keepFirstStop(run,
                      {record.stop->status, record.stop->reason, record.stop, record.stop->at});
        addAbort(record, call);
    }
    m_batch.incidents.push_back(std::move(row));
}

/// The provider was cut between the decision and the record of the stop.
void BatchAssembly::addAbort(const spool::IncidentRecord& record, const OpenCall* call)
{
    const auto& stop = *record.stop;
    if (!stop.killReason) {
        return;
    }
    AbortRow abort;
    abort.runId = record.incident.runId;
    abort.killReason = *stop.killReason;
    abort.actor = "policy:" + record.incident.policyId;
    abort.at = stop.at;
    if (call != nullptr) {
        for (const auto& decision : call->decisions) {
            if (decision.decisionId == record.incident.decisionId) {
                abort.cutLatencyUs = std::max<std::int64_t>(
                    0, toMicroseconds(stop.at) - toMicroseconds(decision.at));
            }
        }
    }
    m_batch.aborts.push_back(std::move(abort));
}

void BatchAssembly::close(const spool::StoredRecord& stored, spool::CallClosed closed)
{
    OpenCall* call = find(closed.callId);
    if (call == nullptr) {
        setAside(stored, "its call is not open");
        return;
    }
    closed.openedAt = call->opening->openedAt; // The key of its row.
    countCost(closed);
    auto& run = runOf(call->opening->runId, nullptr);
    run.lastActiveAt = std::max(run.lastActiveAt, closed.closedAt);
    run.tokens += closed.usage.total();
    run.costMicrocents += closed.costMicrocents;
    if (closed.outcome != "refused") {
        ++run.llmCalls;
        m_batch.uses.push_back({call->opening, closed.usage, closed.costMicrocents});
    }
    if (!call->opening->clientRunId) {
        keepFirstStop(run, outcomeOf(closed, *call));
    }
    if (call->opening->replayOf) {
        m_batch.replays.insert(closed.callId);
    }
    addSteps(*call, closed, run);
    m_batch.entries.push_back(callEntry(*call, closed, m_replica, stored.recordNo));
    for (const auto& record : call->incidents) {
        m_batch.figures.push_back({record.incident.incidentId,
                                   record.incident.createdAt,
                                   closed.costMicrocents,
                                   closed.latencyUs});
    }
    if (const auto row = m_callRows.find(closed.callId); row != m_callRows.end()) {
        m_batch.calls[row->second].closing = std::move(closed);
    } else {
        m_batch.closings.push_back(std::move(closed));
    }
    m_touched[call->opening->callId] = std::nullopt;
}

void BatchAssembly::addSteps(OpenCall& call, const spool::CallClosed& closed, RunChange& run)
{
    auto part = buildSteps(call, closed);
    shiftSteps(part, static_cast<std::int64_t>(run.steps.steps.size()));
    const auto append
        = [](auto& to, auto& from) { std::move(from.begin(), from.end(), std::back_inserter(to)); };
    append(run.steps.steps, part.steps);
    append(run.steps.decided, part.decided);
    append(run.steps.causes, part.causes);
    run.steps.stoppedAt = run.steps.stoppedAt ? run.steps.stoppedAt : part.stoppedAt;
    run.steps.inflection = run.steps.inflection ? run.steps.inflection : part.inflection;
}

void BatchAssembly::endRun(const spool::RunEnded& ended)
{
    auto& run = runOf(ended.runId, nullptr);
    run.lastActiveAt = std::max(run.lastActiveAt, ended.at);
    std::optional<domain::RunStop> stop;
    if (ended.killReason) {
        stop.emplace();
        stop->status = ended.status;
        stop->reason = ended.reason;
        stop->killReason = ended.killReason;
        stop->at = ended.at;
        m_batch.aborts.push_back({ended.runId,
                                  *ended.killReason,
                                  ended.actor.value_or(""),
                                  ended.at,
                                  ended.cutLatencyUs,
                                  ended.callsCut > 0});
        m_batch.entries.push_back(killEntry(ended));
    }
    keepFirstStop(run, {ended.status, ended.reason, std::move(stop), ended.at});
}

void BatchAssembly::setAside(const spool::StoredRecord& stored, std::string reason)
{
    const auto& record = stored.record;
    m_batch.quarantined.push_back(
        {stored.recordNo, record.call, record.kind, std::move(reason), record.payload, record.at});
    m_batch.entries.push_back(quarantineEntry(m_batch.quarantined.back(), m_replica));
}

void BatchAssembly::quarantine(const spool::StoredRecord& stored, std::string reason)
{
    setAside(stored, std::move(reason));
    OpenCall* call = find(stored.record.call);
    if (stored.record.kind != spool::RecordKind::CallClosed || call == nullptr) {
        return;
    }
    spool::CallClosed closed;
    closed.callId = stored.record.call;
    closed.runId = call->opening->runId;
    closed.openedAt = call->opening->openedAt;
    closed.closedAt = stored.record.at;
    closed.outcome = "recovered";
    closed.recovered = true;
    closed.releasedBytes = call->releasedBytes;
    closed.withheldBytes = call->withheldBytes;
    close(stored, std::move(closed));
}

void BatchAssembly::commit()
{
    for (auto& [id, call] : m_touched) {
        if (call) {
            call->stored = true;
            m_open.insert_or_assign(id, *std::move(call));
        } else {
            m_open.erase(id);
        }
    }
    m_touched.clear();
}

RunOutcome outcomeOf(const spool::CallClosed& closed, const OpenCall& call)
{
    using domain::RunStatus, domain::TerminationReason;
    const std::string outcome
        = closed.errorCode == domain::kQuotaStateUnavailable ? "refused" : closed.outcome;
    if (outcome == "completed") {
        return {RunStatus::Succeeded, TerminationReason::Completed, {}, closed.closedAt};
    }
    const bool byPolicy = std::ranges::any_of(
        call.incidents, [](const auto& incident) { return incident.stop.has_value(); });
    if (outcome == "client_gone" || (outcome == "stopped" && !byPolicy)) {
        return {RunStatus::Cancelled, TerminationReason::UserAbort, {}, closed.closedAt};
    }
    if (outcome == "timeout") {
        return {RunStatus::Failed, TerminationReason::Timeout, {}, closed.closedAt};
    }
    if (outcome == "stopped") {
        return {RunStatus::FailedPolicy, TerminationReason::PolicyBlock, {}, closed.closedAt};
    }
    const auto code = outcome == "refused" ? closed.errorCode.value_or("") : std::string{};
    const bool byQuota = code.ends_with("_EXCEEDED") || code == domain::kNotWhitelisted;
    const auto reason
        = byQuota ? TerminationReason::BudgetExceeded : TerminationReason::SystemFailure;
    return {RunStatus::Failed, reason, {}, closed.closedAt};
}

} // namespace exhibit::storage
