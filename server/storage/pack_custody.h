// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/pack.h"
#include "server/storage/database.h"

#include <set>

namespace exhibit::storage {

/// data/custody.jsonl: what the entries in scope say of who did what with the evidence, oldest
/// first, as far as the payload shows it.
[[nodiscard]] Result<void> addCustody(const std::set<std::uint64_t>& entries,
                                      evidence::PackPayload& payload);
/// The ids of the legal holds in force that cover the incident, or everything of the tenant.
[[nodiscard]] Result<JsonArray> holdsOf(Transaction& transaction, IncidentId incident);

} // namespace exhibit::storage
