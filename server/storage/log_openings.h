// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/log_opening.h"
#include "server/storage/pack_parts.h"

/// The first entries of logs that took over from others: whoever is shown something of a log that
/// ended is shown where and why.
namespace exhibit::storage {

struct StoredOpening {
    std::int32_t epoch = 0;
    evidence::LogOpening opening;
    std::vector<evidence::NoteKey> keys; ///< That signed the head it is proven with.
};

struct OpeningRequest {
    const StoredCheckpoint& checkpoint; ///< What entries of its own log are proven with.
    bool everything = false; ///< Words of the operator too, which can name people.
};

/// In the order of the logs; of those after the first. Each is proven with the last head that fits;
/// where none is signed yet, it is left out.
[[nodiscard]] Result<std::vector<StoredOpening>> readOpenings(Transaction& transaction,
                                                              SubjectKeys& keys,
                                                              const PackKeys& packKeys,
                                                              const OpeningRequest& request);
/// data/logs; the keys that sign the heads in it.
[[nodiscard]] Result<std::vector<evidence::NoteKey>> addOpenings(Transaction& transaction,
                                                                 SubjectKeys& keys,
                                                                 const PackKeys& packKeys,
                                                                 const OpeningRequest& request,
                                                                 evidence::PackPayload& payload);

} // namespace exhibit::storage
