// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/replay/comparison.h"
#include "models/replay/outcome.h"
#include "server/storage/audit_store.h"
#include "server/storage/recorded_calls.h"

namespace exhibit::storage {

/// What a replay of an incident's call found, and for whom.
struct ReplayFindings {
    IncidentId incident;
    const RecordedCall& call;
    const replay::Outcome& outcome;
    std::optional<replay::Match> match; ///< Absent when nothing was replayed.
    Actor actor;
};

/// An entry of that type with everything found: both answers as fields of the call's subject, so
/// that erasing the call erases them, and what came of comparing them.
[[nodiscard]] Result<EntryDraft> replayEntry(std::string_view type, const ReplayFindings& found);

/// Once the ledger is locked: that the call was not erased while it was repeated. Conflict.
[[nodiscard]] Result<void> expectNotErased(Transaction& transaction, CallId call);

} // namespace exhibit::storage
