// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/report/legal_discovery.h"

/// The names of the members: resources/schemas/legal_discovery.v1.json.
namespace exhibit::report {

template <class V>
void visitFields(V& visit, Of<V, RedactionReason>& reason)
{
    visit("reason", reason.reason);
    visit("count", reason.count);
}
template <class V>
void visitFields(V& visit, Of<V, ProducedDocument>& document)
{
    visit("beg_bates", document.begBates);
    visit("end_bates", document.endBates);
    visit("custodian", document.custodian);
    visit("doc_type", document.docType);
    visit("step_index", document.stepIndex);
    visit("file_name", document.fileName);
    visit("file_size", document.fileSize);
    visit("date_created", document.dateCreated);
    visit("from", document.from);
    visit("to", document.to);
    visit("subject", document.subject);
    visit("sha256", document.sha256);
    visit("native_path", document.nativePath);
    visit("text_path", document.textPath);
    visit("page_count", document.pageCount);
    visit("treatment", document.treatment);
    visit("redactions", document.redactions);
    visit("entry_seq", document.entrySeq);
    visit("entry_sha256", document.entryHash);
    visit("proof_path", document.proofPath);
}
template <class V>
void visitFields(V& visit, Of<V, PrivilegeEntry>& entry)
{
    visit("beg_bates", entry.begBates);
    visit("end_bates", entry.endBates);
    visit("date", entry.date);
    visit("doc_type", entry.docType);
    visit("author", entry.author);
    visit("recipients", entry.recipients);
    visit("treatment", entry.treatment);
    visit("basis", entry.basis);
    visit("description", entry.description);
}
template <class V>
void visitFields(V& visit, Of<V, CustodyRecord>& record)
{
    visit("evidence_id", record.evidenceId);
    visit("at", record.at);
    visit("who", record.who);
    visit("role", record.role);
    visit.defaulted("where", record.where);
    visit("action", record.action);
    visit("purpose", record.purpose);
    visit.defaulted("authority", record.authority);
    visit("tool", record.tool);
    visit.defaulted("from", record.from);
    visit.defaulted("to", record.to);
    visit("sha256_before", record.hashBefore);
    visit("sha256", record.hash);
    visit.defaulted("changes", record.changes);
    visit("entry_seq", record.entrySeq);
}
template <class V>
void visitFields(V& visit, Of<V, BatesAllocation>& allocation)
{
    visit("first", allocation.first);
    visit("last", allocation.last);
    visit("production_id", allocation.productionId);
    visit("allocated_at", allocation.allocatedAt);
    visit("allocated_by", allocation.allocatedBy);
    visit("delivered", allocation.delivered);
}
template <class V>
void visitFields(V& visit, Of<V, ProducedFile>& file)
{
    visit("path", file.path);
    visit("bytes", file.bytes);
    visit("sha256", file.sha256);
}
template <class V>
void visitFields(V& visit, Of<V, LegalDiscoveryBundle>& bundle)
{
    visit("schema", bundle.schema);
    visit("bundle_id", bundle.bundleId);
    visit("type", bundle.type);
    visit("created_at", bundle.createdAt);
    visit("exported_by", bundle.exportedBy);
    visit.defaulted("exported_by_label", bundle.exportedByLabel);
    visit("export_reason", bundle.exportReason);
    visit("tenant_id", bundle.tenantId);
    visit("tenant_name", bundle.tenantName);
    visit("incident_id", bundle.incidentId);
    visit("case", bundle.caseName);
    visit("volume", bundle.volume);
    visit("confidentiality", bundle.confidentiality);
    visit("encoding", bundle.encoding);
    visit("redacted", bundle.redacted);
    visit("bates_prefix", bundle.batesPrefix);
    visit("bates_first", bundle.batesFirst);
    visit("bates_last", bundle.batesLast);
    visit("custodians", bundle.custodians);
    visit("log_origin", bundle.logOrigin);
    visit("tree_size", bundle.treeSize);
    visit("root", bundle.root);
    visit("documents", bundle.documents);
    visit("privilege_log", bundle.privilegeLog);
    visit("custody", bundle.custody);
    visit("earlier_allocations", bundle.earlierAllocations);
    visit.defaulted("earlier_allocations_left_out", bundle.earlierLeftOut);
    visit("files", bundle.files);
}

} // namespace exhibit::report
