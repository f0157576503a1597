// SPDX-License-Identifier: Apache-2.0
#include "server/storage/certificate_reading.h"

#include "models/evidence/certificate_document.h"
#include "server/storage/entry_names.h"
#include "server/storage/good_head.h"
#include "server/storage/issue_fields.h"
#include "server/storage/keyring_store.h"
#include "server/storage/ledger_keys.h"
#include "server/storage/log_openings.h"
#include "server/storage/pack_parts.h"
#include "server/storage/time_stamps.h"

#include <algorithm>
#include <set>

namespace exhibit::storage {
namespace {

struct StoredRow {
    std::int32_t epoch = 0;
    std::uint64_t sequence = 0;
    evidence::Envelope envelope;
    Bytes hmac;
};

Result<StoredRow> readRow(Transaction& transaction, domain::CertificateId id)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT epoch, sequence_number, envelope, hmac FROM certificates"
                                  " WHERE tenant_id = $1 AND certificate_id = $2",
                                  {transaction.tenant(), id}));
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "there is no such certificate", id.text());
    }
    StoredRow row;
    row.epoch = static_cast<std::int32_t>(rows.integer(0, 0));
    row.sequence = static_cast<std::uint64_t>(rows.integer(0, 1));
    auto envelope = evidence::parseEnvelope(rows.text(0, 2));
    if (!envelope) {
        return evidenceDamaged(id.text(), "its row was changed: " + envelope.error().message);
    }
    row.envelope = *std::move(envelope);
    row.hmac = rows.bytes(0, 3);
    return row;
}

/// One log of the tenant: entries of it with their proofs.
class ProvenLog {
public:
    ProvenLog(Transaction& transaction,
              const LedgerHead& head,
              StoredCheckpoint checkpoint,
              bool ended)
        : m_transaction(transaction)
        , m_head(head)
        , m_ended(ended)
        , m_checkpoint(std::move(checkpoint))
        , m_nodes(ledgerNodes(transaction, head.epoch, m_checkpoint.head.size))
    {
    }

    [[nodiscard]] const std::string& origin() const { return m_head.origin; }
    [[nodiscard]] const StoredCheckpoint& checkpoint() const { return m_checkpoint; }

    Result<evidence::LoggedEntry> entry(std::uint64_t sequence)
    {
        const std::uint64_t size = m_checkpoint.head.size;
        if (sequence >= size && m_ended) {
            return evidenceDamaged(
                m_head.origin, "no signed head that fits covers entry " + std::to_string(sequence));
        }
        if (sequence >= size) {
            return fail(ErrorCode::Unavailable, "no signed head covers the certificate yet");
        }
        EXHIBIT_TRY(const auto rows, readChain(m_transaction, m_head.epoch, sequence, 1));
        EXHIBIT_TRY(const auto proof, evidence::inclusionProof(m_nodes, sequence, size));
        if (rows.empty()) {
            return fail(ErrorCode::Corrupt, "an entry of the log is missing");
        }
        return evidence::LoggedEntry{
            rows.front().entry, evidence::writeTlogProof({{}, sequence, proof, m_checkpoint.note})};
    }

private:
    Transaction& m_transaction;
    LedgerHead m_head;
    bool m_ended; ///< Another log took over from it.
    StoredCheckpoint m_checkpoint;
    evidence::NodeSource m_nodes;
};

class CertificateReader {
public:
    CertificateReader(Transaction& transaction, SubjectKeys& keys, const StoredRow& row)
        : m_transaction(transaction)
        , m_keys(keys)
        , m_row(row)
    {
    }

    Result<domain::IssuedCertificate> read(const PackKeys& packKeys)
    {
        EXHIBIT_TRY(const auto statement, evidence::parseStatement(m_row.envelope.payload));
        domain::IssuedCertificate issued;
        EXHIBIT_TRY(issued.certificate, fromJson<domain::EvidenceCertificate>(statement.predicate));
        EXHIBIT_CHECK(openLogs(packKeys));
        evidence::CertificateDocument document;
        document.envelope = m_row.envelope;
        EXHIBIT_CHECK(addEntries(statement, document));
        EXHIBIT_CHECK(addIssue(document));
        EXHIBIT_CHECK(addTimeStamp(document));
        EXHIBIT_TRY(
            auto openings,
            readOpenings(m_transaction, m_keys, packKeys, {m_issuedIn->checkpoint(), false}));
        for (auto& one : openings) {
            document.laterLogs.push_back(std::move(one.opening));
        }
        EXHIBIT_CHECK(addKeys(packKeys, document));
        issued.document = evidence::writeCertificateDocument(document);
        const Digest payload = sha256(m_row.envelope.payload);
        issued.payloadSha256 = toHex(asView(payload));
        issued.hmac = toHex(m_row.hmac);
        issued.issuedSeq = static_cast<std::int64_t>(m_row.sequence);
        const auto& head = m_issuedIn->checkpoint().head;
        issued.qr = evidence::qrText(
            {m_issuedIn->origin(), head.size, head.root, payload, issued.certificate.signedBy},
            issued.certificate.verificationUrl.value_or(""));
        return issued;
    }

private:
    Result<void> openLogs(const PackKeys& packKeys)
    {
        EXHIBIT_TRY(const auto heads, readAllHeads(m_transaction));
        m_logs.reserve(heads.size());
        for (const auto& head : heads) {
            const bool ended = &head != &heads.back();
            EXHIBIT_TRY(auto checkpoint, ended ? headOfEnded(head, packKeys) : headFor(head.epoch));
            if (!checkpoint) {
                continue;
            }
            m_logs.emplace_back(m_transaction, head, *std::move(checkpoint), ended);
            if (head.epoch == m_row.epoch) {
                m_issuedIn = &m_logs.back();
            }
        }
        if (m_issuedIn == nullptr) {
            return fail(ErrorCode::Unavailable, "no signed head covers the certificate yet");
        }
        return {};
    }

    /// What is stored of a log that ended may be what damaged it.
    Result<std::optional<StoredCheckpoint>> headOfEnded(const LedgerHead& head,
                                                        const PackKeys& packKeys)
    {
        EXHIBIT_TRY(const auto keys,
                    keysOfLog(m_transaction, head.epoch, head.origin, currentLogKeys(packKeys)));
        EXHIBIT_TRY(auto stamped, headFor(head.epoch));
        EXHIBIT_TRY(const bool good,
                    stamped ? isGoodHead(m_transaction, *stamped, keys) : Result<bool>(false));
        return good ? Result<std::optional<StoredCheckpoint>>(std::move(stamped))
                    : lastGoodHead(m_transaction, head.epoch, keys);
    }

    /// The newest head with a time stamp that covers the certificate's issue, else the newest.
    Result<std::optional<StoredCheckpoint>> headFor(std::int32_t epoch)
    {
        if (epoch == m_row.epoch) {
            EXHIBIT_TRY(auto stamped, readStampedHead(m_transaction, epoch, m_row.sequence));
            if (stamped) {
                return stamped;
            }
        }
        return readCheckpoint(m_transaction, epoch);
    }

    Result<void> addTimeStamp(evidence::CertificateDocument& document)
    {
        const auto& checkpoint = m_issuedIn->checkpoint();
        EXHIBIT_TRY(auto response,
                    readTimeStamp(m_transaction, checkpoint.epoch, checkpoint.head.size));
        if (response) {
            document.timeStamp = *std::move(response);
        }
        return {};
    }

    /// Those that the statement's subjects name: "ORIGIN#SEQ".
    Result<void> addEntries(const evidence::Statement& statement,
                            evidence::CertificateDocument& document)
    {
        for (const auto& subject : statement.subjects) {
            for (auto& log : m_logs) {
                const std::string prefix = log.origin() + "#";
                if (!subject.name.starts_with(prefix)) {
                    continue;
                }
                EXHIBIT_TRY(const auto sequence,
                            evidence::parseTreeNumber(
                                std::string_view(subject.name).substr(prefix.size())));
                EXHIBIT_TRY(auto entry, log.entry(sequence));
                document.entries.push_back(std::move(entry));
            }
        }
        return {};
    }

    Result<void> addIssue(evidence::CertificateDocument& document)
    {
        EXHIBIT_TRY(auto logged, m_issuedIn->entry(m_row.sequence));
        EXHIBIT_TRY(const auto entry, evidence::parseEntry(logged.entry));
        EXHIBIT_TRY(const auto fields,
                    openFields(m_transaction, m_keys, m_row.epoch, m_row.sequence, 1));
        const auto found = fields.files.find(m_row.sequence);
        EXHIBIT_TRY(
            const auto files,
            withIssueField(m_transaction,
                           m_row.epoch,
                           entry,
                           found == fields.files.end() ? std::vector<FieldFile>{} : found->second));
        for (const auto& file : files) {
            if (!file.blob && file.position < entry.fields.size()
                && entry.fields[file.position].path == evidence::kCertificateClaim) {
                document.issuedField = file.bytes;
            }
        }
        document.entries.push_back(std::move(logged));
        return {};
    }

    Result<void> addKeys(const PackKeys& packKeys, evidence::CertificateDocument& document)
    {
        for (const auto& log : m_logs) {
            EXHIBIT_TRY(const auto key, evidence::NoteKey::make(log.origin(), packKeys.log));
            document.logKeys.push_back(key.text());
            if (packKeys.previousLog) {
                EXHIBIT_TRY(const auto old,
                            evidence::NoteKey::make(log.origin(), *packKeys.previousLog));
                document.logKeys.push_back(old.text());
            }
        }
        document.certificateKeys.push_back(toHex(packKeys.certificate.raw()));
        EXHIBIT_CHECK(addNotedKeys(document));
        return addKeyring(document);
    }

    static void addTo(std::vector<std::string>& keys, std::string key)
    {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
            keys.push_back(std::move(key));
        }
    }

    /// Keys that signed before their private halves were lost.
    Result<void> addNotedKeys(evidence::CertificateDocument& document)
    {
        EXHIBIT_TRY(const auto noted, readNotedKeys(m_transaction));
        for (const auto& key : noted) {
            const bool log = key.purpose == kNotedLogKey;
            const bool isKey = log ? evidence::NoteKey::parse(key.publicKey).has_value()
                                   : evidence::PublicKey::fromText(key.publicKey).has_value();
            if (isKey) {
                addTo(log ? document.logKeys : document.certificateKeys, key.publicKey);
            }
        }
        return {};
    }

    /// Keys that signed once and were listed then.
    Result<void> addKeyring(evidence::CertificateDocument& document)
    {
        EXHIBIT_TRY(const auto keyring, readKeyring(m_transaction));
        if (!keyring) {
            return {};
        }
        // One that was damaged names no key; `ledger verify` tells of it.
        const auto lines = keyring->lines();
        for (const auto& line : lines ? *lines : std::vector<evidence::KeyringLine>{}) {
            if (line.purpose == evidence::kLogPurpose) {
                addTo(document.logKeys, line.key.text());
            } else if (line.purpose == evidence::kCertificatePurpose) {
                addTo(document.certificateKeys, toHex(line.key.key().raw()));
            }
        }
        return {};
    }

    Transaction& m_transaction;
    SubjectKeys& m_keys;
    const StoredRow& m_row;
    std::vector<ProvenLog> m_logs;
    ProvenLog* m_issuedIn = nullptr; ///< Of m_logs.
};

} // namespace

Result<domain::IssuedCertificate> readCertificate(Transaction& transaction,
                                                  SubjectKeys& keys,
                                                  const PackKeys& packKeys,
                                                  domain::CertificateId id)
{
    EXHIBIT_TRY(const auto row, readRow(transaction, id));
    return CertificateReader(transaction, keys, row).read(packKeys);
}

Result<std::optional<domain::CertificateId>> newestCertificate(Transaction& transaction,
                                                               IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT certificate_id FROM certificates WHERE tenant_id = $1"
                                  " AND incident_id = $2 ORDER BY certificate_id DESC LIMIT 1",
                                  {transaction.tenant(), incident}));
    return rows.empty() ? std::nullopt : std::optional(domain::CertificateId{rows.uuid(0, 0)});
}

} // namespace exhibit::storage
