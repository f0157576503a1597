// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/replies.h"
#include "models/domain/incident_source_json.h"

namespace exhibit::client {

template <class V>
void visitFields(V& visit, Of<V, IncidentReply>& reply)
{
    visit("incident", reply.incident);
    visit.defaulted("links", reply.links);
}

template <class V>
void visitFields(V& visit, Of<V, CallReply>& reply)
{
    visit("call", reply.call);
}

template <class V>
void visitFields(V& visit, Of<V, RunReply>& reply)
{
    visit("run", reply.run);
}

template <class V>
void visitFields(V& visit, Of<V, RunEndReply>& reply)
{
    visit("run_id", reply.runId);
    visit.defaulted("ended", reply.ended);
}

template <class V>
void visitFields(V& visit, Of<V, ExplainReply>& reply)
{
    visit("explanation", reply.explanation);
}

template <class V>
void visitFields(V& visit, Of<V, TraceReply>& reply)
{
    visit("decision", reply.decision);
    visit("run_id", reply.runId);
    visit("call_id", reply.callId);
    visit("step_index", reply.stepIndex);
    visit("explanation", reply.explanation);
    visit("ledger", reply.ledger);
    visit("proof", reply.proof);
}

template <class V>
void visitFields(V& visit, Of<V, RunKill>& kill)
{
    visit("reason", kill.reason);
}

template <class V>
void visitFields(V& visit, Of<V, RunKillReply>& reply)
{
    visit("run_id", reply.runId);
    visit.defaulted("killed", reply.killed);
    visit("kill_reason", reply.killReason);
    visit("calls_cut", reply.callsCut);
    visit("cut_latency_us", reply.cutLatencyUs);
}

template <class V>
void visitFields(V& visit, Of<V, PolicyList>& list)
{
    visit("policies", list.policies);
}

template <class V>
void visitFields(V& visit, Of<V, PolicyReply>& reply)
{
    visit("policy", reply.policy);
    visit.defaulted("versions", reply.versions);
}

template <class V>
void visitFields(V& visit, Of<V, PolicyVersion>& version)
{
    visit("policy_id", version.policyId);
    visit("version", version.version);
}

template <class V>
void visitFields(V& visit, Of<V, PolicyImportReply>& reply)
{
    visit("policies", reply.policies);
    visit("snapshot_id", reply.snapshotId);
}

template <class V>
void visitFields(V& visit, Of<V, BacktestReply>& reply)
{
    visit("report", reply.report);
    visit("cursor", reply.cursor);
}

template <class V>
void visitFields(V& visit, Of<V, NewUpstream>& upstream)
{
    visit.defaulted("project", upstream.project);
    visit("name", upstream.name);
    visit("base_url", upstream.baseUrl);
    visit.defaulted("models", upstream.models);
    visit("api_key_env", upstream.apiKeyEnv);
    visit.defaulted("pass_through", upstream.passThrough);
    visit.defaulted("wire", upstream.wire);
    visit("contract", upstream.contract);
}

template <class V>
void visitFields(V& visit, Of<V, UpstreamInfo>& upstream)
{
    visit("upstream_id", upstream.upstreamId);
    visitFields(visit, upstream.settings);
    visit.defaulted("position", upstream.position);
}

template <class V>
void visitFields(V& visit, Of<V, UpstreamList>& list)
{
    visit("upstreams", list.upstreams);
}

template <class V>
void visitFields(V& visit, Of<V, NewKey>& key)
{
    visit("tenant", key.tenant);
    visit("project", key.project);
    visit("role", key.role);
    visit("scopes", key.scopes);
    visit("label", key.label);
}

template <class V>
void visitFields(V& visit, Of<V, KeyInfo>& key)
{
    visit("key_id", key.keyId);
    visit.defaulted("project", key.project);
    visit("role", key.role);
    visit("scopes", key.scopes);
    visit.defaulted("label", key.label);
    visit.defaulted("revoked", key.revoked);
    visit("created_at", key.createdAt);
}

template <class V>
void visitFields(V& visit, Of<V, KeyList>& list)
{
    visit("keys", list.keys);
}

template <class V>
void visitFields(V& visit, Of<V, DependencyHealth>& dependency)
{
    visit("ok", dependency.ok);
    visit.defaulted("detail", dependency.detail);
}

template <class V>
void visitFields(V& visit, Of<V, Health>& health)
{
    visit("status", health.status);
    visit.defaulted("live", health.live);
    visit.defaulted("ready", health.ready);
    visit("version", health.version);
    visit.defaulted("dependencies", health.dependencies);
}

} // namespace exhibit::client
