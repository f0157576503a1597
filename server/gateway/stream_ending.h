// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/project.h"
#include "server/gateway/answer_rewrite.h"

namespace exhibit::gateway {

/// How a stopped stream ends for the client (rulings.md 16).
struct StreamEnding {
    domain::StopStyle style = domain::StopStyle::Soft;
    StopNotice notice;
    std::string errorJson; ///< The `error` object, for style error.
    std::vector<std::int64_t> openChoices; ///< For style soft, as what follows.
    bool choicesEnded = false; ///< Choices there were, and all of them have come to their end.
    bool withUsage = false; ///< The client asked for it.
    domain::Usage usage;
};

/// Soft: a last chunk for every open choice, the usage, and [DONE]; without an open choice the
/// notice has a chunk of its own. Error: an event with the error; nothing follows it.
[[nodiscard]] Bytes endingEvents(const ChunkFrame& frame, const StreamEnding& ending);

} // namespace exhibit::gateway
