// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger.h"

namespace exhibit::storage {

/// What stands in for a tenant's log until it has one: the digest of every entry the log would have
/// got, in order and without gaps (table unproven_rows). Stateless; any thread.
class UnprovenLedger final : public LedgerAppender {
public:
    [[nodiscard]] Result<void> append(Transaction& transaction,
                                      TenantId tenant,
                                      std::span<const EntryDraft> entries) override;
};

/// SHA-256 over the entry as
///
///   entry := item(type) item(occurred_at) item(incident_id or "") item(reporter_type)
///            item(reporter_id) field*        fields sorted by path
///   field := item(path) item(sha256 of the value)
///   item  := length:u32-le bytes
[[nodiscard]] Digest digestOf(const EntryDraft& entry);

} // namespace exhibit::storage
