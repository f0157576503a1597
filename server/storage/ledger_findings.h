// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/audit_store.h"
#include "server/storage/database.h"
#include "server/storage/ledger_check.h"

namespace exhibit::storage {

/// A check that found damage leaves an entry, verify.failed, with what it found: once for each set
/// of findings, by whoever asked first. Whether it was written now.
[[nodiscard]] Result<bool> recordFindings(Transaction& transaction,
                                          LedgerAppender& ledger,
                                          const Actor& actor,
                                          const LedgerCheck& check);

} // namespace exhibit::storage
