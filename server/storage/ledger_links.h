// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/explanation.h"
#include "server/storage/ledger_reading.h"

/// Where the ledger holds a decision, a call or a kill; within a transaction of the tenant.
namespace exhibit::storage {

struct LinkedId {
    Uuid id;
    std::string text; ///< "dec_…", as the link names it.
};
/// Of those that the ledger has, in the order of the log.
[[nodiscard]] Result<std::vector<domain::LedgerLink>> readLedgerLinks(
    Transaction& transaction, const std::vector<LinkedId>& ids);

/// The entry's tlog-proof under the first signed head that covers it; nullopt: none does yet, or
/// the ledger has no entry of that id.
[[nodiscard]] Result<std::optional<std::string>> proveLinked(Transaction& transaction, Uuid id);

} // namespace exhibit::storage
