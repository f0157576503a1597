// SPDX-License-Identifier: Apache-2.0
#include "server/storage/pack_parts.h"

#include "models/base/canonical_json.h"
#include "server/storage/keyring_store.h"
#include "server/storage/ledger_keys.h"

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

/// nullopt when the log with the incident's first entry is the one that grows, or there is none.
Result<std::optional<StoredCheckpoint>> lastHeadOfEndedLog(Transaction& transaction,
                                                           IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT h.epoch FROM incident_log_chain c"
                                  " JOIN ledger_heads h USING (tenant_id, epoch)"
                                  " WHERE c.tenant_id = $1 AND c.incident_id = $2"
                                  " AND h.closed_at IS NOT NULL ORDER BY h.epoch LIMIT 1",
                                  {transaction.tenant(), incident}));
    if (rows.empty()) {
        return std::optional<StoredCheckpoint>{};
    }
    EXHIBIT_TRY(auto last,
                readCheckpoint(transaction, static_cast<std::int32_t>(rows.integer(0, 0))));
    if (!last) {
        return fail(ErrorCode::NotFound, "the log of the incident ended before a head was signed");
    }
    return last;
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
                EXHIBIT_TRY(auto key, evidence::NoteKey::parse(one.publicKey));
                keys.push_back(std::move(key));
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

Result<PackHead> findPackHead(Database& database,
                              const LedgerParts& parts,
                              TenantId tenant,
                              IncidentId incident,
                              Deadline deadline)
{
    const auto look = [incident](Transaction& transaction) {
        return lastHeadOfEndedLog(transaction, incident);
    };
    EXHIBIT_TRY(auto ended, database.read(tenant, deadline, look));
    if (ended) {
        return PackHead{*std::move(ended), true};
    }
    EXHIBIT_TRY(auto checkpoint, parts.publish(tenant, deadline));
    return PackHead{std::move(checkpoint), false};
}

Result<void> addPackKeys(Transaction& transaction,
                         const PackKeys& packKeys,
                         const PackLog& log,
                         evidence::PackPayload& payload)
{
    EXHIBIT_TRY(const auto keys, keysOf(transaction, packKeys, log));
    std::string vkeys;
    for (const auto& key : keys) {
        vkeys += key.text() + "\n";
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
    return {};
}

void addReadme(evidence::PackPayload& payload)
{
    payload["data/README.txt"] = kReadme;
}

Result<Bytes> caseFile(const PackRequest& request, const std::string& id)
{
    return canonicalJson(JsonObject{{"case", request.caseId},
                                    {"exported_at", formatTime(utcNow())},
                                    {"exported_by", request.exporter.id},
                                    {"incident_id", request.incident.text()},
                                    {"pack", id}});
}

} // namespace exhibit::storage
