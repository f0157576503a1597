// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/audit_store.h"
#include "server/storage/chain_ledger.h"

namespace exhibit::storage {

struct HoldIdTag {
    static constexpr std::string_view kPrefix = "hold_";
};
using HoldId = StrongId<HoldIdTag>;

/// What may not be erased; nothing set: everything of the tenant.
struct HoldRequest {
    std::optional<SubjectId> subject;
    std::optional<IncidentId> incident;
    std::string reason;
};

struct Erasure {
    std::int64_t fields = 0; ///< Entries whose fields are gone.
    std::int64_t bodies = 0; ///< Rows of recorded bytes that are gone.
    std::int64_t calls = 0; ///< Calls that no longer say whose they were.
    std::optional<Uuid> key; ///< That was destroyed; nothing was sealed where there was none.
};

/// Legal holds and erasure, each an entry of the log (hold.placed, hold.released, field.erased).
/// Destroying a subject's key reaches every copy of what it sealed, backups too; digests stay, so
/// that every proof stays valid. A hold beats an erasure. InvalidInput for a subject that none can
/// have, NotFound for an incident that there is not: a hold that covers nothing protects nothing.
[[nodiscard]] Result<HoldId> placeHold(Transaction& transaction,
                                       LedgerAppender& ledger,
                                       const Actor& actor,
                                       const HoldRequest& hold);
/// NotFound when there is no such hold, or it was released.
[[nodiscard]] Result<void> releaseHold(Transaction& transaction,
                                       LedgerAppender& ledger,
                                       const Actor& actor,
                                       HoldId hold);
struct StoredHold {
    HoldId id;
    std::optional<SubjectId> subject;
    std::optional<IncidentId> incident;
    std::string reason;
    std::string placedBy;
    UtcTime placedAt{};
    std::optional<UtcTime> releasedAt;
};
/// The newest first, at most limits::kPageRowsMax.
[[nodiscard]] Result<std::vector<StoredHold>> listHolds(Transaction& transaction);
/// What is kept of a user ("user:ID") or of a call without one (its id), in the log and beside it.
/// Conflict while a hold covers it; NotFound when nothing of it is kept; InvalidInput for other
/// subjects. A replica's own spool goes when it is drained, its local copy holds no names.
[[nodiscard]] Result<Erasure> eraseSubject(Transaction& transaction,
                                           LedgerAppender& ledger,
                                           SubjectKeys& keys,
                                           const Actor& actor,
                                           const SubjectId& subject,
                                           const std::string& basis);

} // namespace exhibit::storage
