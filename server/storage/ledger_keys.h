// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/note.h"
#include "server/storage/ledger_reading.h"

/// The public keys that signed a tenant's logs, kept for the day on which the private ones are lost
/// (table ledger_keys). Within a transaction of the tenant.
namespace exhibit::storage {

inline constexpr std::string_view kNotedLogKey = "log";
inline constexpr std::string_view kNotedCertificateKey = "certificate";

struct NotedKey {
    std::int32_t epoch = 0;
    std::string purpose;
    std::string publicKey; ///< The note key of a log; of certificates: hex.
};

/// In the order in which they were noted.
[[nodiscard]] Result<std::vector<NotedKey>> readNotedKeys(Transaction& transaction);
/// Notes it once.
[[nodiscard]] Result<void> noteKey(Transaction& transaction, const NotedKey& key);
/// Notes, for each log of the tenant, those of the keys that signed its newest head.
[[nodiscard]] Result<void> noteLogKeys(Transaction& transaction,
                                       const std::vector<evidence::NoteKey>& keys);
/// The number of the first entry of the log that says that the key signs from there on
/// (key.rotated); nullopt: none does.
[[nodiscard]] Result<std::optional<std::uint64_t>> rotationTo(Transaction& transaction,
                                                              std::int32_t epoch,
                                                              const evidence::NoteKey& key);

} // namespace exhibit::storage
