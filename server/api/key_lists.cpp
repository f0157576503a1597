// SPDX-License-Identifier: Apache-2.0
#include "server/api/key_lists.h"

#include "server/storage/ledger_keys.h"

namespace exhibit::api {
namespace {

Result<void> addLogKey(JsonArray& logs,
                       const std::string& origin,
                       const std::optional<evidence::PublicKey>& key,
                       const char* status)
{
    if (key) {
        EXHIBIT_TRY(const auto named, evidence::NoteKey::make(origin, *key));
        logs.push_back(JsonObject{{"origin", origin}, {"vkey", named.text()}, {"status", status}});
    }
    return {};
}

/// Of the log that grows the keys that sign; of those that ended the keys that were noted then.
Result<JsonArray> logKeys(storage::Transaction& transaction, const storage::PackKeys& keys)
{
    EXHIBIT_TRY(const auto heads, storage::readAllHeads(transaction));
    EXHIBIT_TRY(const auto noted, storage::readNotedKeys(transaction));
    JsonArray logs;
    for (const auto& head : heads) {
        if (&head == &heads.back()) {
            EXHIBIT_CHECK(addLogKey(logs, head.origin, keys.log, "current"));
            EXHIBIT_CHECK(addLogKey(logs, head.origin, keys.previousLog, "previous"));
            continue;
        }
        for (const auto& key : noted) {
            if (key.epoch == head.epoch && key.purpose == storage::kNotedLogKey) {
                logs.push_back(JsonObject{
                    {"origin", head.origin}, {"vkey", key.publicKey}, {"status", "ended"}});
            }
        }
    }
    return logs;
}

/// Keys that sign certificates and packs, and those that did before.
Result<JsonArray> certificateKeys(storage::Transaction& transaction, const storage::PackKeys& keys)
{
    EXHIBIT_TRY(const auto earlier, storage::earlierCertificateKeys(transaction, keys.certificate));
    JsonArray list{JsonObject{{"key", toHex(keys.certificate.raw())},
                              {"key_id", keys.certificate.id()},
                              {"status", "current"}}};
    for (const auto& key : earlier) {
        list.push_back(
            JsonObject{{"key", toHex(key.raw())}, {"key_id", key.id()}, {"status", "previous"}});
    }
    return list;
}

} // namespace

Result<JsonObject> keyLists(storage::Transaction& transaction, const storage::PackKeys& keys)
{
    EXHIBIT_TRY(auto logs, logKeys(transaction, keys));
    EXHIBIT_TRY(auto certificates, certificateKeys(transaction, keys));
    return JsonObject{{"logs", std::move(logs)}, {"certificates", std::move(certificates)}};
}

} // namespace exhibit::api
