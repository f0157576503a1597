// SPDX-License-Identifier: Apache-2.0
#include "models/base/base64.h"
#include "server/storage/entry_names.h"
#include "server/storage/ingest_batch.h"

namespace exhibit::storage {
namespace {

EntryDraft draft(std::string type, UtcTime at)
{
    EntryDraft entry;
    entry.type = std::move(type);
    entry.occurredAt = at;
    entry.reporterType = "service";
    entry.reporterId = "exhibitd";
    entry.fields.push_back({"/occurred_at", formatTime(at)});
    return entry;
}

} // namespace

SubjectId subjectOf(const spool::CallOpened& opening)
{
    return opening.userId ? "user:" + *opening.userId
                          : opening.replayOf.value_or(opening.callId).text();
}

EntryDraft callEntry(const OpenCall& call,
                     const spool::CallClosed& closed,
                     ReplicaId replica,
                     std::int64_t lastRecord)
{
    const auto& opening = *call.opening;
    auto entry = draft(std::string(kCallEntry), opening.openedAt);
    entry.subject = subjectOf(opening);
    entry.about = opening.callId.value;
    const auto add = [&entry](std::string path, std::string value) {
        entry.fields.push_back({std::move(path), std::move(value)});
    };
    add("/spool",
        printJson(JsonObject{{"replica", replica.text()},
                             {"first", call.firstRecord},
                             {"last", lastRecord},
                             {"previous_hash", toHex(asView(call.previousHash))}}));
    add("/call_id", opening.callId.text());
    add("/run_id", opening.runId.text());
    add("/project_id", opening.projectId.text());
    add("/user_id", opening.userId.value_or(""));
    add("/endpoint", opening.endpoint);
    add("/model", opening.model);
    add("/snapshot_id", opening.snapshotId);
    add("/facts", opening.facts ? printJson(*opening.facts) : "");
    add("/request", Bytes(asView(call.requestDigest)));
    add("/request/sent", call.sentDigest ? Bytes(asView(*call.sentDigest)) : Bytes{});
    add("/response/released", Bytes(asView(call.releasedChain)));
    add("/response/withheld", Bytes(asView(call.withheldChain)));
    add(std::string(evidence::kChunksPath),
        evidence::chunksValue(call.releasedTree, call.withheldTree));
    add(std::string(evidence::kChunkSaltPath), toBase64Url(call.chunkSalt));
    add("/passes", printJson(toJson(call.passes)));
    add(std::string(kDecisionsPath), std::to_string(call.decisions.size()));
    add("/closed_at", formatTime(closed.closedAt));
    add("/outcome", closed.outcome);
    add("/status", std::to_string(closed.status));
    add("/usage", printJson(toJson(closed.usage)));
    add("/cost_microcents", std::to_string(closed.costMicrocents));
    add("/recovered", closed.recovered ? "true" : "false");
    return entry;
}

EntryDraft decisionEntry(const CallId& call,
                         const SubjectId& subject,
                         const domain::Decision& decision)
{
    auto entry = draft(std::string(kDecisionEntry), decision.at);
    entry.subject = subject;
    entry.about = decision.decisionId.value;
    entry.fields.push_back({"/call_id", call.text()});
    entry.fields.push_back({"/decision", printJson(toJson(decision))});
    return entry;
}

EntryDraft incidentEntry(const spool::IncidentRecord& record)
{
    auto entry = draft(std::string(kIncidentEntry), record.incident.createdAt);
    entry.incidentId = record.incident.incidentId;
    const auto& user = record.incident.userId;
    entry.subject = user ? "user:" + *user : record.incident.callId.text();
    entry.fields.push_back({"/call_id", record.incident.callId.text()});
    entry.fields.push_back({"/incident", printJson(toJson(record.incident))});
    if (record.stop) {
        entry.fields.push_back({"/stop", printJson(toJson(*record.stop))});
    }
    if (record.inflection) {
        const auto& point = *record.inflection;
        entry.fields.push_back({"/inflection",
                                printJson(JsonObject{{"channel", point.channel},
                                                     {"byte_offset", point.byteOffset},
                                                     {"event_no", point.eventNo},
                                                     {"at_us", point.atUs}})});
    }
    return entry;
}

EntryDraft killEntry(const spool::RunEnded& ended)
{
    auto entry = draft("run.killed", ended.at);
    entry.about = ended.runId.value;
    entry.fields.push_back({"/run_id", ended.runId.text()});
    entry.fields.push_back(
        {"/kill_reason", std::string(ended.killReason ? wireName(*ended.killReason) : "")});
    entry.fields.push_back({"/actor", ended.actor.value_or("")});
    entry.fields.push_back({"/calls_cut", std::to_string(ended.callsCut)});
    entry.fields.push_back({"/cut_latency_us", std::to_string(ended.cutLatencyUs)});
    return entry;
}

EntryDraft quarantineEntry(const QuarantinedRow& row, ReplicaId replica)
{
    auto entry = draft("record.quarantined", row.at);
    entry.fields.push_back({"/replica", replica.text()});
    entry.fields.push_back({"/record_no", std::to_string(row.recordNo)});
    entry.fields.push_back({"/digest", Bytes(asView(sha256(row.payload)))});
    entry.fields.push_back({"/reason", row.reason});
    return entry;
}

} // namespace exhibit::storage
