// SPDX-License-Identifier: Apache-2.0
#include "server/storage/pack_parts.h"

#include "models/base/canonical_json.h"
#include "models/domain/certificate.h"
#include "models/evidence/verifier.h"
#include "server/storage/entry_names.h"
#include "server/storage/good_head.h"
#include "server/storage/keyring_store.h"
#include "server/storage/ledger_keys.h"

#include <fmt/format.h>

#include <set>

namespace exhibit::storage {
namespace {

constexpr const char* kReadme
    = "Evidence pack. A BagIt 1.0 bag: sha256sum --strict -c manifest-sha256.txt checks its "
      "files.\n"
      "Verify with a program and with keys that did not come with this file:\n"
      "  exhibitctl verify FILE --trust-log VKEY --trust-certificate HEX\n"
      "or by hand, as docs/verify-without-us.md of the product describes, with sha256sum and "
      "openssl.\n"
      "data/keys is for convenience. A pack that only its own keys vouch for proves nothing.\n";

constexpr std::size_t kVerifiedBytesMax = std::size_t{64} << 20U; // A fifth of a second or so.

/// nullopt when the log with the incident's first entry is the one that grows, or there is none.
Result<std::optional<StoredCheckpoint>> lastHeadOfEndedLog(Transaction& transaction,
                                                           const PackKeys& packKeys,
                                                           IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT h.epoch, h.origin, min(c.sequence_number)"
                                  " FROM incident_log_chain c"
                                  " JOIN ledger_heads h USING (tenant_id, epoch)"
                                  " WHERE c.tenant_id = $1 AND c.incident_id = $2"
                                  " AND h.closed_at IS NOT NULL GROUP BY h.epoch, h.origin"
                                  " ORDER BY h.epoch LIMIT 1",
                                  {transaction.tenant(), incident}));
    if (rows.empty()) {
        return std::optional<StoredCheckpoint>{};
    }
    const auto epoch = static_cast<std::int32_t>(rows.integer(0, 0));
    const auto first = static_cast<std::uint64_t>(rows.integer(0, 2));
    return endedLogHead(transaction, packKeys, {epoch, std::string(rows.text(0, 1)), first});
}

Result<std::vector<evidence::NoteKey>> keysOf(Transaction& transaction,
                                              const PackKeys& packKeys,
                                              const PackLog& log)
{
    std::vector<evidence::NoteKey> keys;
    if (log.head.closed) {
        EXHIBIT_TRY(const auto noted, readNotedKeys(transaction));
        for (const auto& one : noted) {
            if (one.purpose == kNotedLogKey && one.epoch == log.head.checkpoint.epoch) {
                // What is no key vouches for nothing; `ledger verify` tells of it.
                if (auto key = evidence::NoteKey::parse(one.publicKey)) {
                    keys.push_back(*std::move(key));
                }
            }
        }
        return keys;
    }
    for (const auto* key :
         {&packKeys.log, packKeys.previousLog ? &*packKeys.previousLog : nullptr}) {
        if (key != nullptr) {
            EXHIBIT_TRY(auto named, evidence::NoteKey::make(log.origin, *key));
            keys.push_back(std::move(named));
        }
    }
    return keys;
}

} // namespace

Result<std::vector<evidence::PublicKey>> earlierCertificateKeys(Transaction& transaction,
                                                                const evidence::PublicKey& current)
{
    std::vector<evidence::PublicKey> keys;
    std::set<Bytes> known{current.raw()};
    EXHIBIT_TRY(const auto noted, readNotedKeys(transaction));
    for (const auto& one : noted) {
        if (one.purpose == kNotedCertificateKey) {
            auto key = evidence::PublicKey::fromText(one.publicKey);
            if (key && known.insert(key->raw()).second) {
                keys.push_back(*std::move(key));
            }
        }
    }
    return keys;
}

std::vector<evidence::PublicKey> currentLogKeys(const PackKeys& keys)
{
    std::vector<evidence::PublicKey> current{keys.log};
    if (keys.previousLog) {
        current.push_back(*keys.previousLog);
    }
    return current;
}

Result<std::optional<StoredCheckpoint>> endedLogHead(Transaction& transaction,
                                                     const PackKeys& packKeys,
                                                     const EndedLog& log)
{
    EXHIBIT_TRY(const auto keys,
                keysOfLog(transaction, log.epoch, log.origin, currentLogKeys(packKeys)));
    EXHIBIT_TRY(auto last, lastGoodHead(transaction, log.epoch, keys));
    if (last && last->head.size > log.first) {
        return last;
    }
    EXHIBIT_TRY(const auto stored, readCheckpoint(transaction, log.epoch));
    if (stored && stored->head.size > log.first) {
        return evidenceDamaged(
            log.origin, "no signed head that fits covers entry " + std::to_string(log.first));
    }
    return fail(ErrorCode::NotFound, "the log ended before a head was signed over that entry");
}

Result<PackHead> findPackHead(Database& database,
                              const LedgerParts& parts,
                              const PackKeys& packKeys,
                              TenantId tenant,
                              IncidentId incident,
                              Deadline deadline)
{
    const auto look = [&packKeys, incident](Transaction& transaction) {
        return lastHeadOfEndedLog(transaction, packKeys, incident);
    };
    EXHIBIT_TRY(auto ended, database.read(tenant, deadline, look));
    if (ended) {
        // What the log after it says of its end is to be proven as well.
        EXHIBIT_CHECK(parts.checkpointer.checkpointNow(tenant, deadline));
        return PackHead{*std::move(ended), true};
    }
    EXHIBIT_TRY(auto checkpoint, parts.publish(tenant, deadline));
    return PackHead{std::move(checkpoint), false};
}

Result<void> addPackKeys(Transaction& transaction,
                         const PackKeys& packKeys,
                         const PackLog& log,
                         const std::vector<evidence::NoteKey>& others,
                         evidence::PackPayload& payload)
{
    EXHIBIT_TRY(const auto keys, keysOf(transaction, packKeys, log));
    std::string vkeys;
    for (const auto* list : {&keys, &others}) {
        for (const auto& key : *list) {
            vkeys += vkeys.find(key.text()) == vkeys.npos ? key.text() + "\n" : "";
        }
    }
    EXHIBIT_TRY(const auto keyring, readKeyring(transaction));
    if (keyring) {
        payload["data/keys/keyring.note"] = keyring->note;
    }
    payload["data/keys/vkeys.txt"] = vkeys;
    if (!keys.empty()) {
        payload["data/keys/log.pub.pem"] = keys.front().key().pem();
    }
    payload["data/keys/cert.pub.pem"] = packKeys.certificate.pem();
    EXHIBIT_TRY(const auto earlier, earlierCertificateKeys(transaction, packKeys.certificate));
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        payload[fmt::format("data/keys/cert-{}.pub.pem", i + 2)] = earlier[i].pem();
    }
    return {};
}

Result<std::int64_t> addCertificates(Transaction& transaction,
                                     const PackRequest& request,
                                     const StoredCheckpoint& checkpoint,
                                     evidence::PackPayload& payload)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT certificate_id, envelope FROM certificates"
                                  " WHERE tenant_id = $1 AND incident_id = $2"
                                  " AND epoch = $3 AND sequence_number < $4",
                                  {transaction.tenant(),
                                   request.incident,
                                   checkpoint.epoch,
                                   static_cast<std::int64_t>(checkpoint.head.size)}));
    std::int64_t leftOut = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto id = domain::CertificateId{rows.uuid(row, 0)}.text();
        const auto envelope = evidence::parseEnvelope(rows.text(row, 1));
        if (!envelope) {
            return evidenceDamaged(id, "its row was changed: " + envelope.error().message);
        }
        if (request.tells && request.tells(envelope->payload)) {
            ++leftOut;
            continue;
        }
        payload[evidence::certificatePath(id)] = rows.text(row, 1);
        payload[evidence::certificatePayloadPath(id)] = envelope->payload;
    }
    return leftOut;
}

void addReadme(evidence::PackPayload& payload)
{
    payload["data/README.txt"] = kReadme;
}

Result<Bytes> caseFile(const PackRequest& request, const std::string& id, const CaseFacts& known)
{
    JsonArray include;
    for (const auto one : request.include) {
        include.emplace_back(wireName(one));
    }
    return canonicalJson(
        JsonObject{{"authority", request.handOver.authority},
                   {"case", request.handOver.caseId},
                   {"certificates_left_out", known.certificatesLeftOut},
                   {"classifications",
                    JsonArray(request.classifications.begin(), request.classifications.end())},
                   {"custodian", request.custodian},
                   {"exported_at", formatTime(utcNow())},
                   {"exported_by", request.exporter.id},
                   {"exports_left_out", known.handedOutBefore},
                   {"holds", known.holds},
                   {"incident_id", request.incident.text()},
                   {"include", std::move(include)},
                   {"pack", id},
                   {"recipient", request.handOver.recipient},
                   {"run_entries_left_out", known.runLeftOut}});
}

Result<void> expectNotInvalid(const ExportedPack& pack, const PackKeys& keys)
{
    if (pack.bytes.size() > kVerifiedBytesMax) {
        return {};
    }
    evidence::TrustAnchors anchors;
    anchors.certificateKeys.emplace_back(keys.certificate);
    EXHIBIT_TRY(auto log, evidence::NoteKey::make(pack.origin, keys.log));
    anchors.logKeys.push_back({std::move(log)});
    const auto report = evidence::verifyPack(pack.bytes, anchors);
    for (const auto& check : report.checks) {
        if (check.result == evidence::CheckResult::Failed) {
            return evidenceDamaged(pack.origin,
                                   check.id + " " + check.subject + ": " + check.detail);
        }
    }
    return {};
}

} // namespace exhibit::storage
