// SPDX-License-Identifier: Apache-2.0
#include "server/storage/pack_export.h"

#include "models/base/limits.h"
#include "models/domain/certificate.h"
#include "models/evidence/field.h"
#include "server/storage/entry_names.h"
#include "server/storage/erasure_reading.h"
#include "server/storage/issue_fields.h"
#include "server/storage/log_openings.h"
#include "server/storage/pack_calls.h"
#include "server/storage/pack_custody.h"
#include "server/storage/pack_parts.h"
#include "server/storage/time_stamps.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace exhibit::storage {
namespace {

/// What a pack is made of, read in one transaction.
class PackBuilder {
public:
    PackBuilder(Transaction& transaction,
                SubjectKeys& keys,
                const PackKeys& packKeys,
                const PackRequest& request,
                const PackHead& head)
        : m_transaction(transaction)
        , m_keys(keys)
        , m_packKeys(packKeys)
        , m_request(request)
        , m_head(head)
        , m_checkpoint(head.checkpoint)
    {
    }

    Result<evidence::PackPayload> build()
    {
        EXHIBIT_CHECK(findScope());
        EXHIBIT_CHECK(addEntries());
        EXHIBIT_CHECK(addProofs());
        EXHIBIT_CHECK(addCertificates());
        if (m_request.rawCalls && !hidesAnything()) {
            EXHIBIT_CHECK(addCallBytes(m_transaction, m_keys, m_scope, m_payload));
        }
        EXHIBIT_CHECK(addCustody(m_scope, m_payload));
        EXHIBIT_TRY(m_holds, holdsOf(m_transaction, m_request.incident));
        EXHIBIT_CHECK(addRedactions());
        EXHIBIT_TRY(
            const auto others,
            addOpenings(
                m_transaction, m_keys, m_packKeys, {m_checkpoint, !hidesAnything()}, m_payload));
        EXHIBIT_CHECK(
            addPackKeys(m_transaction, m_packKeys, {m_head, m_origin}, others, m_payload));
        addReadme(m_payload);
        return std::move(m_payload);
    }
    [[nodiscard]] const std::string& origin() const { return m_origin; }
    [[nodiscard]] std::uint64_t withheld() const { return m_withheld; }
    /// Entries of earlier exports that are not in the pack.
    [[nodiscard]] std::int64_t handedOutBefore() const { return m_handedOutBefore; }
    [[nodiscard]] const JsonArray& holds() const { return m_holds; }
    [[nodiscard]] std::uint64_t first() const { return *m_scope.begin(); }
    [[nodiscard]] std::uint64_t last() const { return *m_scope.rbegin(); }

private:
    /// Entries that name the incident or its call.
    Result<void> findScope()
    {
        EXHIBIT_TRY(const Rows incident,
                    m_transaction.query("SELECT call_id, run_id FROM incidents"
                                        " WHERE tenant_id = $1 AND incident_id = $2",
                                        {m_transaction.tenant(), m_request.incident}));
        if (incident.empty()) {
            return fail(ErrorCode::NotFound, "there is no such incident");
        }
        EXHIBIT_TRY(const auto named,
                    entriesOfIncident(m_transaction, m_checkpoint.epoch, m_request.incident));
        if (named.sequences.empty()) {
            return fail(ErrorCode::NotFound, "the incident has no entry in the signed log yet");
        }
        m_scope.insert(named.sequences.begin(), named.sequences.end());
        m_handedOutBefore = named.leftOut;
        // The call's own entry may be far behind: it is written when the answer has ended.
        EXHIBIT_TRY(const Rows linked,
                    m_transaction.query(
                        "SELECT sequence_number FROM ledger_links WHERE tenant_id = $1"
                        " AND epoch = $2 AND (about = $3 OR about IN (SELECT decision_id"
                        " FROM decisions WHERE tenant_id = $1 AND run_id = $4 AND call_id = $3))",
                        {m_transaction.tenant(),
                         m_checkpoint.epoch,
                         CallId{incident.uuid(0, 0)},
                         RunId{incident.uuid(0, 1)}}));
        for (std::size_t row = 0; row < linked.size(); ++row) {
            m_scope.insert(static_cast<std::uint64_t>(linked.integer(row, 0)));
        }
        std::erase_if(m_scope, [this](std::uint64_t s) { return s >= m_checkpoint.head.size; });
        if (m_scope.empty()) {
            return fail(ErrorCode::NotFound, "the incident has no entry in the signed log yet");
        }
        if (m_scope.size() > limits::kPackRangeMax) {
            return fail(ErrorCode::TooLarge, "the incident has more entries than a pack may hold");
        }
        return {};
    }

    /// A contiguous range, whose chain can be followed; over a longer one those in scope alone.
    Result<void> addEntries()
    {
        EXHIBIT_TRY(m_erasures, Erasures::read(m_transaction, m_keys, m_checkpoint.epoch));
        addErasures();
        if (last() - first() < limits::kPackRangeMax) {
            return addRange(first(), last() - first() + 1);
        }
        for (const std::uint64_t sequence : m_scope) {
            EXHIBIT_CHECK(addRange(sequence, 1));
        }
        return {};
    }

    /// Entries that erased fields of those in scope belong to them, where the range stays one.
    void addErasures()
    {
        for (const std::uint64_t by : m_erasures.ofEntries(m_scope)) {
            if (by < m_checkpoint.head.size && by - first() < limits::kPackRangeMax) {
                m_scope.insert(by);
            }
        }
    }

    Result<void> addRange(std::uint64_t from, std::size_t count)
    {
        EXHIBIT_TRY(const auto rows, readChain(m_transaction, m_checkpoint.epoch, from, count));
        if (rows.size() != count || rows.back().sequence != from + count - 1) {
            return evidenceDamaged("entry " + std::to_string(from),
                                   "it or one that follows it is gone");
        }
        EXHIBIT_TRY(const auto fields,
                    openFields(m_transaction, m_keys, m_checkpoint.epoch, from, count));
        m_unreadable.insert(fields.unreadable.begin(), fields.unreadable.end());
        if (!fields.damaged.empty()) {
            return evidenceDamaged("entry " + std::to_string(fields.damaged.front()),
                                   "its stored fields were changed");
        }
        for (const auto& row : rows) {
            const auto parsed = evidence::parseEntry(row.entry);
            if (!parsed) {
                return evidenceDamaged("entry " + std::to_string(row.sequence),
                                       parsed.error().message);
            }
            const auto& entry = *parsed;
            m_origin = entry.log;
            m_payload[evidence::entryPath(row.sequence)] = row.entry;
            const auto found = fields.files.find(row.sequence);
            EXHIBIT_TRY(const auto files,
                        withIssueField(m_transaction,
                                       m_checkpoint.epoch,
                                       entry,
                                       found == fields.files.end() ? std::vector<FieldFile>{}
                                                                   : found->second));
            EXHIBIT_CHECK(addFields(entry, files));
        }
        return {};
    }

    Result<void> addFields(const evidence::Entry& entry, const std::vector<FieldFile>& files)
    {
        const bool inScope = m_scope.contains(entry.sequence);
        std::set<std::size_t> present;
        for (const auto& file : files) {
            present.insert(file.position);
        }
        for (std::size_t i = 0; i < entry.fields.size(); ++i) {
            const auto& field = entry.fields[i];
            const auto redaction
                = std::find_if(m_request.redactions.begin(),
                               m_request.redactions.end(),
                               [&](const auto& one) { return one.path == field.path; });
            const bool redacted = redaction != m_request.redactions.end();
            if (!present.contains(i)) {
                EXHIBIT_CHECK(addAbsent(entry, field));
            } else if (redacted) {
                withhold(entry, field, redaction->reason, std::nullopt);
            } else if (hidesAnything() && isHashOfHidden(field.path)) {
                withhold(entry, field, "it is a hash over what is not all shown", std::nullopt);
            } else if (!inScope) {
                withhold(entry, field, "not about this incident", std::nullopt);
            } else if (namesOthers(entry, field)) {
                withhold(entry, field, "it names entries that are not about this", std::nullopt);
            } else if (const auto reason = reasonToWithhold(field.path, i, files)) {
                withhold(entry, field, *reason, std::nullopt);
            } else {
                discloseField(entry.sequence, i, files);
            }
        }
        return {};
    }

    /// Erased, as an entry says, or sealed under a key that nobody has.
    Result<void> addAbsent(const evidence::Entry& entry, const evidence::FieldCommitment& field)
    {
        const auto by = m_erasures.of(entry.sequence, field.path, field.digest);
        if (by) {
            withhold(entry, field, "erased", by);
        } else if (m_unreadable.contains(entry.sequence)) {
            withhold(entry, field, "unreadable: the key that sealed it was lost", std::nullopt);
        } else if (m_head.closed) {
            withhold(entry, field, "gone since another log took over from this one", std::nullopt);
        } else {
            return evidenceDamaged("entry " + std::to_string(entry.sequence),
                                   "a field is gone that no entry says was erased");
        }
        return {};
    }

    /// Whether an erasure took fields of other calls too: that they are one person's stays here.
    bool namesOthers(const evidence::Entry& entry, const evidence::FieldCommitment& field) const
    {
        if (field.path != evidence::kErasureDetails) {
            return false;
        }
        const auto named = m_erasures.entriesOf(entry.sequence);
        return !std::includes(m_scope.begin(), m_scope.end(), named.begin(), named.end());
    }

    [[nodiscard]] bool hidesAnything() const
    {
        return !m_request.redactions.empty() || m_request.withhold;
    }

    std::optional<std::string> reasonToWithhold(const std::string& path,
                                                std::size_t position,
                                                const std::vector<FieldFile>& files) const
    {
        for (const auto& file : files) {
            if (!m_request.withhold || file.position != position || file.blob) {
                continue;
            }
            const auto field = evidence::parseField(file.bytes);
            return field ? m_request.withhold(path, field->value)
                         : std::optional<std::string>("the field cannot be read");
        }
        return std::nullopt;
    }

    void discloseField(std::uint64_t sequence,
                       std::size_t position,
                       const std::vector<FieldFile>& files)
    {
        for (const auto& file : files) {
            if (file.position == position) {
                m_payload[file.blob ? evidence::blobPath(sequence, position)
                                    : evidence::fieldPath(sequence, position)]
                    = file.bytes;
            }
        }
    }

    void withhold(const evidence::Entry& entry,
                  const evidence::FieldCommitment& field,
                  const std::string& reason,
                  std::optional<std::uint64_t> erasedBy)
    {
        m_redactions.push_back({entry.sequence,
                                field.path,
                                field.digest,
                                reason,
                                erasedBy ? "" : m_request.exporter.id,
                                erasedBy});
        m_withheld += erasedBy ? 0 : 1;
    }

    Result<void> addProofs()
    {
        const std::uint64_t size = m_checkpoint.head.size;
        const auto nodes = ledgerNodes(m_transaction, m_checkpoint.epoch, size);
        for (const std::uint64_t sequence : m_scope) {
            EXHIBIT_TRY(const auto proof, evidence::inclusionProof(nodes, sequence, size));
            m_payload[evidence::proofPath(sequence)]
                = evidence::writeTlogProof({{}, sequence, proof, m_checkpoint.note});
        }
        m_payload[evidence::checkpointPath(size)] = m_checkpoint.note;
        EXHIBIT_TRY(const auto stamp, readTimeStamp(m_transaction, m_checkpoint.epoch, size));
        if (stamp) {
            m_payload[evidence::tokenPath(size)] = *stamp;
        }
        EXHIBIT_TRY(const auto before, readCheckpoint(m_transaction, m_checkpoint.epoch, size - 1));
        if (before && before->head.size > 0) {
            EXHIBIT_TRY(const auto proof,
                        evidence::consistencyProof(nodes, before->head.size, size));
            m_payload[evidence::checkpointPath(before->head.size)] = before->note;
            m_payload[evidence::consistencyPath(before->head.size, size)]
                = evidence::writeConsistency({before->head.size, proof, m_checkpoint.note});
        }
        return {};
    }

    /// Those of the incident that are in the signed log; the entries they are bound to name the
    /// incident, and so are in scope.
    Result<void> addCertificates()
    {
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query("SELECT certificate_id, envelope FROM certificates"
                                        " WHERE tenant_id = $1 AND incident_id = $2"
                                        " AND epoch = $3 AND sequence_number < $4",
                                        {m_transaction.tenant(),
                                         m_request.incident,
                                         m_checkpoint.epoch,
                                         static_cast<std::int64_t>(m_checkpoint.head.size)}));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const auto id = domain::CertificateId{rows.uuid(row, 0)}.text();
            const auto envelope = evidence::parseEnvelope(rows.text(row, 1));
            if (!envelope) {
                return evidenceDamaged(id, "its row was changed: " + envelope.error().message);
            }
            m_payload[evidence::certificatePath(id)] = rows.text(row, 1);
            m_payload[evidence::certificatePayloadPath(id)] = envelope->payload;
        }
        return {};
    }

    Result<void> addRedactions()
    {
        EXHIBIT_TRY(m_payload["data/redactions.json"],
                    evidence::writeRedactions(std::move(m_redactions)));
        return {};
    }

    Transaction& m_transaction;
    SubjectKeys& m_keys;
    const PackKeys& m_packKeys;
    const PackRequest& m_request;
    const PackHead& m_head;
    const StoredCheckpoint& m_checkpoint;
    std::set<std::uint64_t> m_scope;
    Erasures m_erasures;
    std::set<std::uint64_t> m_unreadable; ///< Entries with fields whose key was lost.
    std::string m_origin;
    std::vector<evidence::Redaction> m_redactions;
    std::uint64_t m_withheld = 0;
    std::int64_t m_handedOutBefore = 0;
    JsonArray m_holds;
    evidence::PackPayload m_payload;
};

} // namespace

Result<StoredCheckpoint> LedgerParts::publish(TenantId tenant, Deadline deadline) const
{
    EXHIBIT_TRY(auto checkpoint, checkpointer.checkpointNow(tenant, deadline));
    return attest ? attest(tenant, checkpoint, deadline)
                  : Result<StoredCheckpoint>(std::move(checkpoint));
}

Result<ExportedPack> exportPack(Database& database,
                                const LedgerParts& parts,
                                TenantId tenant,
                                const PackRequest& request,
                                Deadline deadline)
{
    EXHIBIT_TRY(const PackKeys packKeys, parts.packKeys());
    EXHIBIT_TRY(const auto head,
                findPackHead(database, parts, packKeys, tenant, request.incident, deadline));
    ExportedPack pack;
    pack.id = Uuid::v7().base32();
    pack.treeSize = head.checkpoint.head.size;
    CaseFacts known;
    const auto build = [&](Transaction& transaction) -> Result<evidence::PackPayload> {
        PackBuilder builder(transaction, parts.keys, packKeys, request, head);
        EXHIBIT_TRY(auto payload, builder.build());
        pack.origin = builder.origin();
        pack.withheld = builder.withheld();
        known = {builder.handedOutBefore(), builder.holds()};
        return payload;
    };
    EXHIBIT_TRY(auto payload, database.read(tenant, deadline, build));
    EXHIBIT_TRY(payload["data/case.json"], caseFile(request, pack.id, known));
    payload.insert(request.exports.begin(), request.exports.end());
    const evidence::PackStatement statement{
        pack.id, pack.origin, pack.treeSize, pack.withheld, request.exporter.id, request.caseId};
    EXHIBIT_TRY(
        const auto bag,
        evidence::makeBag(
            statement, formatTime(utcNow()).substr(0, 10), std::move(payload), packKeys.sign));
    EXHIBIT_CHECK(evidence::writePack(pack.id, bag, [&pack](BytesView bytes) -> Result<void> {
        pack.bytes += bytes;
        return {};
    }));
    EXHIBIT_CHECK(expectNotInvalid(pack, packKeys));
    return pack;
}

} // namespace exhibit::storage
