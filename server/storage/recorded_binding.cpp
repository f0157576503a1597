// SPDX-License-Identifier: Apache-2.0
#include "server/storage/recorded_binding.h"

#include "models/base/base64.h"
#include "models/evidence/call_bytes.h"
#include "models/evidence/checkpoint.h"
#include "server/storage/entry_names.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/ingest_steps.h"
#include "server/storage/sorted_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::storage {
namespace {

Digest chainOf(const std::vector<RecordedPiece>& pieces)
{
    Digest chain{};
    for (const auto& piece : pieces) {
        chain = evidence::chainedPiece(chain, piece.bytes);
    }
    return chain;
}

/// The pieces of the answer with their times; entries before these were committed to have none.
bool hasCommittedTimes(const Commitment& entry, const RecordedCall& call)
{
    const auto said = entry.value(evidence::kChunksPath);
    const auto salt = fromBase64Url(entry.value(evidence::kChunkSaltPath).value_or(""));
    const auto treeOf = [&salt](std::string_view kind, const auto& pieces) {
        evidence::ChunkTree tree(kind);
        for (const auto& piece : pieces) {
            tree.append(*salt, piece.atUs, piece.bytes);
        }
        return tree;
    };
    return !said
        || (salt
            && *said
                == evidence::chunksValue(treeOf("released", call.released),
                                         treeOf("withheld", call.withheld)));
}

std::string entryName(std::uint64_t sequence)
{
    return fmt::format("entry {}", sequence);
}

std::string differs(const Commitment& entry, std::string_view what)
{
    return fmt::format("{} is not what entry {} commits to", what, entry.sequence);
}

/// The list as texts in an order of their own.
std::vector<std::string> sortedTexts(const Json& list)
{
    std::vector<std::string> texts;
    for (const auto& one : list.is_array() ? list.get_array() : JsonArray{}) {
        texts.push_back(sortedJson(one));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
}

/// What is stated beside the bytes, where a judgement rests on it.
std::string compareStated(const Commitment& entry, const RecordedCall& call)
{
    const std::pair<std::string_view, std::string> kTexts[]
        = {{"/call_id", call.callId.text()},
           {"/run_id", call.runId.text()},
           {"/project_id", call.projectId.text()},
           {"/user_id", call.userId.value_or("")},
           {"/endpoint", call.endpoint},
           {"/model", call.model},
           {"/snapshot_id", call.snapshotId},
           {"/outcome", call.outcome}};
    for (const auto& [path, text] : kTexts) {
        const auto said = entry.value(path);
        if (said && storable(std::string(*said)) != text) {
            return differs(entry, path.substr(1));
        }
    }
    const auto facts = entry.value("/facts");
    if (facts && facts->empty() != !call.facts) {
        return differs(entry, "what the application said");
    }
    const auto said = entry.json("/facts");
    if (said && call.facts && sortedJson(storable(*said)) != sortedJson(*call.facts)) {
        return differs(entry, "what the application said");
    }
    const auto passes = entry.json("/passes");
    if (passes && sortedTexts(storable(*passes)) != sortedTexts(toJson(call.passes))) {
        return differs(entry, "what the policies let pass");
    }
    return {};
}

Result<void> expectDecisions(Transaction& transaction,
                             SubjectKeys& keys,
                             const Commitment& entry,
                             const RecordedCall& call)
{
    for (const auto& decision : call.decisions) {
        EXHIBIT_TRY(const auto own,
                    readCommitment(transaction, keys, decision.decisionId.value, kDecisionEntry));
        if (const auto problem = compareDecision(own, toJson(decision)); !problem.empty()) {
            return evidenceDamaged(call.callId.text(), problem);
        }
    }
    // One that arrived after the call had closed is counted by its own entry alone.
    const auto text = entry.value(kDecisionsPath);
    const auto count = text ? evidence::parseTreeNumber(*text) : Result<std::uint64_t>(0);
    if (!count || *count > call.decisions.size()) {
        return evidenceDamaged(call.callId.text(), differs(entry, "the number of decisions"));
    }
    return {};
}

/// A document as this code writes it, whatever it went through.
Result<Json> asWritten(const Json& decision)
{
    EXHIBIT_TRY(const auto parsed, fromJson<domain::Decision>(decision));
    return storable(toJson(parsed));
}

/// Without what is changed after the incident was opened, and what only answers say.
std::string fixedPart(domain::Incident incident)
{
    incident.status = {};
    incident.assignee.reset();
    incident.tags.clear();
    incident.rootCause.reset();
    incident.costMicrocents = 0;
    incident.latencyUs = 0;
    incident.currency.reset();
    incident.notes.reset();
    return sortedJson(storable(toJson(incident)));
}

} // namespace

std::optional<Bytes> Commitment::value(std::string_view path) const
{
    const auto found = values.find(path);
    return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Json> Commitment::json(std::string_view path) const
{
    const auto text = value(path);
    auto parsed = text ? parseJson(*text) : Result<Json>(fail(ErrorCode::NotFound, ""));
    return parsed ? std::optional(*std::move(parsed)) : std::nullopt;
}

void addValue(Commitment& commitment,
              const evidence::Field& field,
              std::uint32_t position,
              const std::vector<FieldFile>& files)
{
    if (auto bytes = evidence::bytesOf(field.value)) {
        commitment.values[field.path] = *std::move(bytes);
        return;
    }
    const auto blob = std::find_if(files.begin(), files.end(), [position](const auto& one) {
        return one.blob && one.position == position;
    });
    if (blob != files.end() && evidence::blobValue(blob->bytes, field.salt) == field.value) {
        commitment.values[field.path] = blob->bytes;
    }
}

Result<Commitment> commitmentOf(const ChainRow& row,
                                std::int32_t epoch,
                                const std::vector<FieldFile>& files)
{
    EXHIBIT_TRY(const auto entry, evidence::parseEntry(row.entry));
    Commitment commitment{epoch, row.sequence, entry.type, {}};
    for (const auto& file : files) {
        if (file.blob || file.position >= entry.fields.size()) {
            continue;
        }
        const auto field = evidence::parseField(file.bytes);
        const auto& listed = entry.fields[file.position];
        if (!field || listed.digest != evidence::entryHash(file.bytes)
            || field->path != listed.path) {
            return evidenceDamaged(entryName(row.sequence), "a field is not what it commits to");
        }
        addValue(commitment, *field, file.position, files);
    }
    return commitment;
}

Result<Commitment> readCommitment(Transaction& transaction,
                                  SubjectKeys& keys,
                                  Uuid about,
                                  std::string_view type)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT epoch, sequence_number FROM ledger_links"
                                  " WHERE tenant_id = $1 AND about = $2",
                                  {transaction.tenant(), about}));
    if (rows.empty()) {
        return evidenceDamaged(about.hyphenated(), "the log has no entry of it");
    }
    return readCommitmentAt(transaction,
                            keys,
                            static_cast<std::int32_t>(rows.integer(0, 0)),
                            static_cast<std::uint64_t>(rows.integer(0, 1)),
                            type);
}

Result<Commitment> readCommitmentAt(Transaction& transaction,
                                    SubjectKeys& keys,
                                    std::int32_t epoch,
                                    std::uint64_t sequence,
                                    std::string_view type)
{
    EXHIBIT_TRY(const auto chain, readChain(transaction, epoch, sequence, 1));
    EXHIBIT_TRY(const auto fields, openFields(transaction, keys, epoch, sequence, 1));
    const auto files = fields.files.find(sequence);
    if (chain.empty() || chain.front().sequence != sequence || !fields.damaged.empty()) {
        return evidenceDamaged(entryName(sequence), "it or its fields were changed");
    }
    EXHIBIT_TRY(
        auto commitment,
        commitmentOf(chain.front(),
                     epoch,
                     files == fields.files.end() ? std::vector<FieldFile>{} : files->second));
    if (commitment.type != type) {
        return evidenceDamaged(entryName(sequence), "it is about something else");
    }
    return commitment;
}

Bytes stepsDigest(std::vector<const report::RecordedStep*> steps)
{
    std::sort(steps.begin(), steps.end(), [](const auto* a, const auto* b) {
        return a->event.stepIndex < b->event.stepIndex;
    });
    Sha256 hash;
    for (const auto* step : steps) {
        hash.update(sortedJson(storable(toJson(step->event))));
        hash.update(step->contentHash ? toHex(asView(*step->contentHash)) : "");
        hash.update("\n");
    }
    return printJson(JsonObject{{"count", steps.size()}, {"sha256", toHex(asView(hash.finish()))}});
}

std::string compareBodies(const Commitment& entry, const RecordedCall& call)
{
    if (!call.damaged.empty()) {
        return call.damaged;
    }
    if (call.erased && entry.value("/request")) {
        // Both are sealed under one key, which is there.
        return fmt::format("bytes of the call cannot be opened, and nobody erased the fields of "
                           "entry {}",
                           entry.sequence);
    }
    if (call.erased || call.unreadable) {
        return {};
    }
    const auto is = [&entry](std::string_view path, const Digest& digest) {
        const auto said = entry.value(path);
        return !said || *said == asView(digest);
    };
    const auto sent = entry.value("/request/sent");
    const bool sentFits = !sent || sent->empty() != call.sentRequest.has_value();
    if (!is("/request", sha256(call.request))) {
        return differs(entry, "the recorded request");
    }
    if (!sentFits || (call.sentRequest && !is("/request/sent", sha256(*call.sentRequest)))) {
        return differs(entry, "the request as it was sent");
    }
    if (!is("/response/released", chainOf(call.released))) {
        return differs(entry, "the recorded answer");
    }
    if (!is("/response/withheld", chainOf(call.withheld))) {
        return differs(entry, "what was withheld of the answer");
    }
    if (!hasCommittedTimes(entry, call)) {
        return differs(entry, "when the pieces of the answer were there");
    }
    return {};
}

std::string compareSteps(const Commitment& entry,
                         const std::vector<const report::RecordedStep*>& steps)
{
    const auto said = entry.value(kStepsPath);
    return said && *said != stepsDigest(steps) ? differs(entry, "a step of the timeline")
                                               : std::string();
}

std::string compareDecision(const Commitment& entry, const Json& document)
{
    const auto said = entry.json("/decision");
    if (!said) {
        return {};
    }
    const auto committed = asWritten(*said);
    const auto row = asWritten(document);
    return committed && row && sortedJson(*committed) == sortedJson(*row)
        ? std::string()
        : differs(entry, "a decision");
}

std::string compareIncident(const Commitment& entry, const domain::Incident& row)
{
    const auto said = entry.json("/incident");
    if (!said) {
        return {};
    }
    const auto committed = fromJson<domain::Incident>(*said);
    return committed && fixedPart(*committed) == fixedPart(row) ? std::string()
                                                                : differs(entry, "the incident");
}

Result<void> expectCallAsCommitted(Transaction& transaction,
                                   SubjectKeys& keys,
                                   const RecordedCall& call)
{
    EXHIBIT_TRY(const auto entry, readCommitment(transaction, keys, call.callId.value, kCallEntry));
    auto problem = compareBodies(entry, call);
    if (problem.empty()) {
        problem = compareStated(entry, call);
    }
    // Fields and bytes are sealed under one key: with the bytes there, nobody erased the fields.
    if (problem.empty() && !entry.value("/request")) {
        problem = fmt::format("the fields of entry {} are gone", entry.sequence);
    }
    if (!problem.empty()) {
        return evidenceDamaged(call.callId.text(), problem);
    }
    return expectDecisions(transaction, keys, entry, call);
}

Result<void> expectBodiesAsCommitted(Transaction& transaction,
                                     SubjectKeys& keys,
                                     const RecordedCall& call)
{
    EXHIBIT_TRY(const auto entry, readCommitment(transaction, keys, call.callId.value, kCallEntry));
    if (const auto problem = compareBodies(entry, call); !problem.empty()) {
        return evidenceDamaged(call.callId.text(), problem);
    }
    return {};
}

Result<void> expectStepsAsCommitted(Transaction& transaction,
                                    SubjectKeys& keys,
                                    const std::vector<report::RecordedStep>& steps,
                                    const std::set<CallId>& cut)
{
    std::map<CallId, std::vector<const report::RecordedStep*>> calls;
    std::int64_t next = cut.empty() ? 0 : steps.front().event.stepIndex;
    for (const auto& step : steps) {
        if (step.event.stepIndex != next++) {
            return evidenceDamaged("timeline", "steps are missing");
        }
        if (step.event.callId && !cut.contains(*step.event.callId)) {
            calls[*step.event.callId].push_back(&step);
        }
    }
    for (const auto& [call, own] : calls) {
        EXHIBIT_TRY(const auto entry, readCommitment(transaction, keys, call.value, kCallEntry));
        if (const auto problem = compareSteps(entry, own); !problem.empty()) {
            return evidenceDamaged(call.text(), problem);
        }
    }
    return {};
}

Result<void> expectIncidentAsCommitted(Transaction& transaction,
                                       SubjectKeys& keys,
                                       const domain::Incident& incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT epoch, sequence_number FROM incident_log_chain"
                                  " WHERE tenant_id = $1 AND incident_id = $2"
                                  " AND event_type = $3 ORDER BY epoch, sequence_number LIMIT 1",
                                  {transaction.tenant(), incident.incidentId, kIncidentEntry}));
    if (rows.empty()) {
        return evidenceDamaged(incident.incidentId.text(), "the log has no entry of it");
    }
    EXHIBIT_TRY(const auto entry,
                readCommitmentAt(transaction,
                                 keys,
                                 static_cast<std::int32_t>(rows.integer(0, 0)),
                                 static_cast<std::uint64_t>(rows.integer(0, 1)),
                                 kIncidentEntry));
    if (const auto problem = compareIncident(entry, incident); !problem.empty()) {
        return evidenceDamaged(incident.incidentId.text(), problem);
    }
    return {};
}

} // namespace exhibit::storage
