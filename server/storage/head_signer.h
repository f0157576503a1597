// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/merkle.h"
#include "models/evidence/note.h"

#include <functional>

namespace exhibit::storage {

/// What signs heads: the signing process, through its client. Unavailable while it is away.
struct HeadSigner {
    /// The head signed last of that origin, as the signer remembers it.
    std::function<Result<std::optional<evidence::TreeHead>>(const std::string& origin)> lastHead;
    /// The note of a head that is proven to follow the last one.
    std::function<Result<std::string>(
        const std::string& origin, const evidence::TreeHead& head, const evidence::Proof& proof)>
        sign;
    /// The keys that sign that origin's heads, as verifiers pin them; the newest first.
    std::function<Result<std::vector<evidence::NoteKey>>(const std::string& origin)> keys;
};

} // namespace exhibit::storage
