// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/entry.h"
#include "models/evidence/pack.h"
#include "server/storage/database.h"
#include "server/storage/subject_keys.h"

#include <set>

namespace exhibit::storage {

/// What the payload shows of a field as bytes; empty when it does not.
[[nodiscard]] Result<Bytes> shownValue(const evidence::PackPayload& payload,
                                       const evidence::Entry& entry,
                                       std::string_view path);

/// data/calls: the bytes of those calls among the entries whose digests the payload shows. Calls
/// that were erased or are kept no more have none. evidenceDamaged() when the stored bytes cannot
/// be what was recorded.
[[nodiscard]] Result<void> addCallBytes(Transaction& transaction,
                                        SubjectKeys& keys,
                                        const std::set<std::uint64_t>& entries,
                                        evidence::PackPayload& payload);

} // namespace exhibit::storage
