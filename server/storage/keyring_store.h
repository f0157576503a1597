// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/keyring.h"
#include "server/storage/audit_store.h"

/// A tenant's published keyring: its logs' keys and since when which of them counts, signed by a
/// root key that no server has.
namespace exhibit::storage {

struct PublishedKeyring {
    std::int64_t version = 0;
    std::string rootKey; ///< A vkey.
    std::string note;
    UtcTime publishedAt{};

    [[nodiscard]] Result<std::vector<evidence::KeyringLine>> lines() const;
};

/// The newest; nullopt before the first.
[[nodiscard]] Result<std::optional<PublishedKeyring>> readKeyring(Transaction& transaction);

/// The keys that sign now.
struct HeldKeys {
    std::vector<evidence::PublicKey> log; ///< The newest first; all of them sign heads.
    evidence::PublicKey certificate;
};
/// What the next keyring says unless somebody knows better: the lines of the last one, with the
/// keys that sign since then, and those retired that no longer do. To be looked at and signed
/// offline.
[[nodiscard]] Result<std::vector<evidence::KeyringLine>> draftKeyring(Transaction& transaction,
                                                                      const HeldKeys& held);

struct KeyringChange {
    std::int64_t version = 0;
    std::vector<evidence::KeyringLine> revoked; ///< By this keyring, not by the one before it.
};
/// Stores it with its entries key.published and, for each key that it is the first to revoke,
/// key.revoked. The root of the first one is the tenant's: a later keyring has its signature too
/// (Forbidden), whichever root signs beside it. InvalidInput for a note that is no keyring of this
/// tenant's logs; Conflict when it takes something back.
[[nodiscard]] Result<KeyringChange> publishKeyring(Transaction& transaction,
                                                   LedgerAppender& ledger,
                                                   const Actor& actor,
                                                   const std::string& rootKey,
                                                   const std::string& note);

} // namespace exhibit::storage
