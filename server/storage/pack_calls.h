// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/pack.h"
#include "server/storage/database.h"
#include "server/storage/subject_keys.h"

#include <set>

namespace exhibit::storage {

/// data/calls: the bytes of those calls among the entries whose digests the payload shows. Calls
/// that were erased or are kept no more have none. evidenceDamaged() when the stored bytes cannot
/// be what was recorded.
[[nodiscard]] Result<void> addCallBytes(Transaction& transaction,
                                        SubjectKeys& keys,
                                        const std::set<std::uint64_t>& entries,
                                        evidence::PackPayload& payload);

} // namespace exhibit::storage
