// SPDX-License-Identifier: Apache-2.0
#include "server/storage/pack_export.h"

#include "models/base/limits.h"
#include "models/evidence/field.h"
#include "server/storage/entry_names.h"
#include "server/storage/erasure_reading.h"
#include "server/storage/issue_fields.h"
#include "server/storage/log_openings.h"
#include "server/storage/pack_calls.h"
#include "server/storage/pack_custody.h"
#include "server/storage/pack_parts.h"
#include "server/storage/pack_scope.h"
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
        EXHIBIT_TRY(m_found,
                    findPackScope(m_transaction,
                                  m_checkpoint,
                                  m_request.incident,
                                  includes(report::Include::FullTrace)));
        EXHIBIT_CHECK(addEntries());
        EXHIBIT_CHECK(addProofs());
        if (includes(report::Include::ReplayCert)) {
            EXHIBIT_TRY(m_certificatesLeftOut,
                        addCertificates(m_transaction, m_request, m_checkpoint, m_payload));
        }
        if (showsBytes()) {
            EXHIBIT_CHECK(addCallBytes(m_transaction, m_keys, m_scope, m_payload));
        }
        EXHIBIT_CHECK(addCustody(m_scope, m_payload));
        EXHIBIT_TRY(m_holds, holdsOf(m_transaction, m_request.incident));
        EXHIBIT_CHECK(addRedactions());
        EXHIBIT_TRY(
            const auto others,
            addOpenings(m_transaction, m_keys, m_packKeys, {m_checkpoint, !redacts()}, m_payload));
        EXHIBIT_CHECK(
            addPackKeys(m_transaction, m_packKeys, {m_head, m_origin}, others, m_payload));
        addReadme(m_payload);
        return std::move(m_payload);
    }
    [[nodiscard]] const std::string& origin() const { return m_origin; }
    [[nodiscard]] std::uint64_t withheld() const { return m_withheld; }
    [[nodiscard]] CaseFacts known() const
    {
        return {m_found.handedOutBefore, m_found.runLeftOut, m_holds, m_certificatesLeftOut};
    }
    [[nodiscard]] std::uint64_t first() const { return *m_scope.begin(); }
    [[nodiscard]] std::uint64_t last() const { return *m_scope.rbegin(); }

private:
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
            } else if (letsGuess(field.path)) {
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

    [[nodiscard]] bool includes(report::Include i) const { return m_request.include.contains(i); }

    [[nodiscard]] bool redacts() const
    {
        return !m_request.redactions.empty() || m_request.withhold;
    }

    [[nodiscard]] bool showsBytes() const { return includes(report::Include::RawIo) && !redacts(); }

    /// A bare hash lets what is left out be guessed.
    [[nodiscard]] bool letsGuess(std::string_view path) const
    {
        const bool hides = !showsBytes() || !includes(report::Include::PolicyLog)
            || !includes(report::Include::RootCause);
        return path == kStepsPath ? hides : !showsBytes() && isHashOfBytes(path);
    }

    /// What nobody asked for; nullopt: the field may be shown.
    std::optional<std::string> reasonToLeaveOut(const std::string& path, const Json& value) const
    {
        const bool decision = path == kDecisionPath;
        if (!decision && path != kIncidentPath) {
            return std::nullopt;
        }
        const auto said = value.is_string() ? parseJson(value.get_string()) : Result<Json>(Json());
        if (decision && !includes(report::Include::PolicyLog)
            && (!said || !m_found.openedBy
                || stringMember(*said, "decision_id") != m_found.openedBy->text())) {
            return "left out by choice: policy_log";
        }
        if (!decision && !includes(report::Include::RootCause)
            && (!said || findMember(*said, "root_cause") != nullptr)) {
            return "left out by choice: root_cause";
        }
        return std::nullopt;
    }

    std::optional<std::string> reasonToWithhold(const std::string& path,
                                                std::size_t position,
                                                const std::vector<FieldFile>& files) const
    {
        for (const auto& file : files) {
            if (file.position != position || file.blob) {
                continue;
            }
            const auto field = evidence::parseField(file.bytes);
            if (!field) {
                return "the field cannot be read";
            }
            auto reason = reasonToLeaveOut(path, field->value);
            return reason || !m_request.withhold ? std::move(reason)
                                                 : m_request.withhold(path, field->value);
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
    PackScope m_found;
    std::set<std::uint64_t>& m_scope = m_found.entries;
    Erasures m_erasures;
    std::set<std::uint64_t> m_unreadable; ///< Entries with fields whose key was lost.
    std::string m_origin;
    std::vector<evidence::Redaction> m_redactions;
    std::uint64_t m_withheld = 0;
    JsonArray m_holds;
    std::int64_t m_certificatesLeftOut = 0;
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
        known = builder.known();
        return payload;
    };
    EXHIBIT_TRY(auto payload, database.read(tenant, deadline, build));
    EXHIBIT_TRY(payload["data/case.json"], caseFile(request, pack.id, known));
    payload.insert(request.exports.begin(), request.exports.end());
    const evidence::PackStatement statement{pack.id,
                                            pack.origin,
                                            pack.treeSize,
                                            pack.withheld,
                                            request.exporter.id,
                                            request.handOver.caseId};
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
