// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle.h"

/// The names of the bundle's members: resources/schemas/evidence_bundle.v1.json.
namespace exhibit::report {

template <class V>
void visitFields(V& visit, Of<V, TenantRef>& tenant)
{
    visit("tenant_id", tenant.tenantId);
    visit("name", tenant.name);
}
template <class V>
void visitFields(V& visit, Of<V, SnapshotRef>& snapshot)
{
    visit("snapshot_id", snapshot.snapshotId);
    visit("content_hash", snapshot.contentHash);
    visit("policy_count", snapshot.policyCount);
}
template <class V>
void visitFields(V& visit, Of<V, PolicyRef>& policy)
{
    visit("policy_id", policy.policyId);
    visit("version", policy.version);
    visit("title", policy.title);
    visit("category", policy.category);
    visit("severity", policy.severity);
    visit("mode", policy.mode);
    visit("expected_behaviour", policy.expectedBehaviour);
    visit("references", policy.references);
}
template <class V>
void visitFields(V& visit, Of<V, Violation>& violation)
{
    visit("step_index", violation.stepIndex);
    visit("at", violation.at);
    visit("policy_id", violation.policyId);
    visit("reason", violation.reason);
    visit("result", violation.result);
    visit("channel", violation.channel);
    visit("byte_offset", violation.byteOffset);
}
template <class V>
void visitFields(V& visit, Of<V, BundleStep>& step)
{
    visit("step_index", step.stepIndex);
    visit("time", step.time);
    visit("step_type", step.stepType);
    visit("status", step.status);
    visit("is_inflection", step.isInflection);
    visit("tokens", step.tokens);
    visit("content_hash", step.contentHash);
    visit("call_id", step.callId);
    visit("decision_id", step.decisionId);
    visit("policy", step.policy);
    visit("result", step.result);
    visit("event", step.event);
    visit("detail", step.detail);
    visit("data", step.data);
}
template <class V>
void visitFields(V& visit, Of<V, GivenFact>& fact)
{
    visit("path", fact.path);
    visit("state", fact.state);
    visit("value", fact.value);
}
template <class V>
void visitFields(V& visit, Of<V, Delivery>& answer)
{
    visit("released_bytes", answer.releasedBytes);
    visit("withheld_bytes", answer.withheldBytes);
    visit("released_text_bytes", answer.releasedTextBytes);
    visit("withheld_text_bytes", answer.withheldTextBytes);
    visit.defaulted("redacted", answer.redacted);
    visit("recovered", answer.recovered);
    visit("released", answer.released);
    visit("withheld", answer.withheld);
}
template <class V>
void visitFields(V& visit, Of<V, EvidenceBundle>& bundle)
{
    visit("schema", bundle.schema);
    visit("bundle_id", bundle.bundleId);
    visit("type", bundle.type);
    visit("created_at", bundle.createdAt);
    visit("exported_by", bundle.exportedBy);
    visit("export_reason", bundle.exportReason);
    visit("redacted", bundle.redacted);
    visit("include", bundle.include);
    visit.defaulted("left_out", bundle.leftOut);
    visit.defaulted("key_labels", bundle.keyLabels);
    visit("tenant", bundle.tenant);
    visit("run", bundle.run);
    visit("incident", bundle.incident);
    visit("trace_id", bundle.traceId);
    visit("snapshot", bundle.snapshot);
    visit("violated_policy", bundle.violatedPolicy);
    visit("violation", bundle.violation);
    visit("facts", bundle.facts);
    visit("answer", bundle.answer);
    visit("impact", bundle.impact);
    visit("remediations", bundle.remediations);
    visit("fix_verifications", bundle.fixVerifications);
    visit("steps", bundle.steps);
    visit.defaulted("steps_recorded", bundle.stepsRecorded);
    visit("truncated", bundle.truncated);
    visit("duration_us", bundle.durationUs);
    visit("tokens", bundle.tokens);
    visit("total_cost_microcents", bundle.costMicrocents);
    visit("total_cost_cents", bundle.totalCostCents);
    visit("currency", bundle.currency);
}

} // namespace exhibit::report
