// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database.h"
#include "server/storage/head_signer.h"
#include "server/storage/ledger_check.h"

/// What a tenant's logs are checked against. The database's owner can rewrite everything in it, the
/// signed heads included; not what the signer remembers, and not the signatures of its keys.
namespace exhibit::storage {

struct LogAnchor {
    std::int32_t epoch = 0;
    std::string origin;
    std::vector<evidence::NoteKey> keys; ///< The signer's.
    std::vector<evidence::NoteKey> noted; ///< Others that the database noted when they signed.
    std::optional<evidence::TreeHead> last; ///< As the signer remembers it.
    bool hasHeads = false; ///< The database has signed heads of it.
};

struct LedgerAnchors {
    std::vector<LogAnchor> logs; ///< By epoch.
    std::string unasked; ///< Why the signer could not be asked; empty: it was.

    [[nodiscard]] LedgerCheckOptions options() const;
    /// What nobody could check: empty, or sentences.
    [[nodiscard]] std::vector<std::string> missing() const;
    /// [{"epoch", "origin", "keys", "noted_keys", "last_head"}, ...]
    [[nodiscard]] JsonArray json() const;
};

/// To be read before the log is: what is signed was committed before, so that no head is missing
/// from a log that is read later.
[[nodiscard]] Result<LedgerAnchors> readLedgerAnchors(Database& database,
                                                      const HeadSigner& signer,
                                                      TenantId tenant,
                                                      Deadline deadline);

/// A check of all of a tenant's logs against all that is known of them.
struct AnchoredCheck {
    LedgerCheck check;
    LedgerAnchors anchors;
    /// Nothing is wrong, and there was nothing that could not be checked.
    [[nodiscard]] bool sound() const { return check.sound() && anchors.missing().empty(); }
};
[[nodiscard]] Result<AnchoredCheck> checkAnchored(Database& database,
                                                  SubjectKeys& keys,
                                                  const HeadSigner& signer,
                                                  TenantId tenant,
                                                  Deadline deadline);

} // namespace exhibit::storage
