// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/log_proofs.h"
#include "server/storage/pack_export.h"
#include "server/storage/soc2_facts.h"

namespace exhibit::storage {

/// What the log shows of the entries and heads that the evidence names. The head of the log that
/// grows is signed now, so that it covers them, and stands in the bundle from then on; while the
/// signer is away it is the last one that was signed. Errors: evidenceDamaged().
[[nodiscard]] Result<report::LogProofs> proveSoc2(Database& database,
                                                  const LedgerParts& parts,
                                                  TenantId tenant,
                                                  report::Soc2Bundle& bundle,
                                                  Deadline deadline);

} // namespace exhibit::storage
