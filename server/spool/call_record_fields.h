// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "server/spool/call_record.h"

/// The JSON members of the records in call_record.h. What was added after the first release is
/// visited with defaulted(), so that a newer reader takes older records.
namespace exhibit::spool {

template <class V>
void visitFields(V& visit, Of<V, CallOpened>& record)
{
    visit("call_id", record.callId);
    visit("run_id", record.runId);
    visit("project_id", record.projectId);
    visit("key_id", record.keyId);
    visit("request_id", record.requestId);
    visit("client_run_id", record.clientRunId);
    visit("user_id", record.userId);
    visit("session_id", record.sessionId);
    visit("channel", record.channel);
    visit("metadata", record.metadata);
    visit("facts", record.facts);
    visit("endpoint", record.endpoint);
    visit("model", record.model);
    visit("streaming", record.streaming);
    visit("upstream", record.upstream);
    visit("route", record.route);
    visit("snapshot_id", record.snapshotId);
    visit("request_headers", record.requestHeaders);
    visit.defaulted("provider_state", record.providerState);
    visit("opened_at", record.openedAt);
    visit("run_before", record.runBefore);
    visit("run_limits", record.runLimits);
    visit("replay_of", record.replayOf);
}

template <class V>
void visitFields(V& visit, Of<V, ChunkRecord>& record)
{
    visit("call_id", record.callId);
    visit("first_event", record.firstEvent);
    visit("event_count", record.eventCount);
    visit("offset", record.offset);
    visit("at_us", record.atUs);
}

template <class V>
void visitFields(V& visit, Of<V, WithheldRecord>& record)
{
    visit("call_id", record.callId);
    visit("first_event", record.firstEvent);
    visit("event_count", record.eventCount);
    visit("at_us", record.atUs);
}

template <class V>
void visitFields(V& visit, Of<V, DecisionsRecord>& record)
{
    visit("call_id", record.callId);
    visit("run_id", record.runId);
    visit("decisions", record.decisions);
    visit("passes", record.passes);
}

template <class V>
void visitFields(V& visit, Of<V, InflectionPoint>& point)
{
    visit("channel", point.channel);
    visit("byte_offset", point.byteOffset);
    visit("event_no", point.eventNo);
    visit("at_us", point.atUs);
}

template <class V>
void visitFields(V& visit, Of<V, IncidentRecord>& record)
{
    visit("incident", record.incident);
    visit("stop", record.stop);
    visit("inflection", record.inflection);
}

template <class V>
void visitFields(V& visit, Of<V, ToolCallText>& call)
{
    visit("choice", call.choice);
    visit("index", call.index);
    visit("name", call.name);
    visit("arguments", call.arguments);
    visit("released", call.released);
}

template <class V>
void visitFields(V& visit, Of<V, ChannelText>& text)
{
    visit("channel", text.channel);
    visit("released", text.released);
    visit("withheld", text.withheld);
    visit.defaulted("released_bytes", text.releasedBytes);
    visit.defaulted("withheld_bytes", text.withheldBytes);
    visit("original", text.original);
}

template <class V>
void visitFields(V& visit, Of<V, CallClosed>& record)
{
    visit("call_id", record.callId);
    visit("run_id", record.runId);
    visit("opened_at", record.openedAt);
    visit("closed_at", record.closedAt);
    visit("status", record.status);
    visit("upstream_status", record.upstreamStatus);
    visit("outcome", record.outcome);
    visit("error_code", record.errorCode);
    visit("answered_model", record.answeredModel);
    visit("finish_reasons", record.finishReasons);
    visit("usage", record.usage);
    visit("cost_microcents", record.costMicrocents);
    visit("price_version", record.priceVersion);
    visit("latency_us", record.latencyUs);
    visit("first_byte_us", record.firstByteUs);
    visit("released_bytes", record.releasedBytes);
    visit("withheld_bytes", record.withheldBytes);
    visit("event_count", record.eventCount);
    visit("recovered", record.recovered);
    visit("response_headers", record.responseHeaders);
    visit("texts", record.texts);
    visit("tool_calls", record.toolCalls);
    visit("attempts", record.attempts);
}

template <class V>
void visitFields(V& visit, Of<V, RunEnded>& record)
{
    visit("run_id", record.runId);
    visit("status", record.status);
    visit("termination_reason", record.reason);
    visit("kill_reason", record.killReason);
    visit("actor", record.actor);
    visit.defaulted("calls_cut", record.callsCut);
    visit.defaulted("cut_latency_us", record.cutLatencyUs);
    visit("at", record.at);
}

} // namespace exhibit::spool
