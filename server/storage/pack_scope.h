// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/checkpointer.h"

#include <optional>
#include <set>

namespace exhibit::storage {

/// Which entries of a log a pack is about.
struct PackScope {
    std::set<std::uint64_t> entries;
    std::int64_t handedOutBefore = 0; ///< Entries of earlier exports that are not among them.
    std::int64_t runLeftOut = 0; ///< Entries of the run for which there was no room.
    std::optional<DecisionId> openedBy; ///< The decision that opened the incident.
};

/// Entries under the head that name the incident, its call or a decision of that call; with
/// `wholeRun` those of the run's other calls too, the nearest in the log first, until there are
/// limits::kPackRangeMax. NotFound when there is no such incident, or none of it is in the signed
/// log yet; TooLarge when the incident alone has more.
[[nodiscard]] Result<PackScope> findPackScope(Transaction& transaction,
                                              const StoredCheckpoint& checkpoint,
                                              IncidentId incident,
                                              bool wholeRun);

} // namespace exhibit::storage
