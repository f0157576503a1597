// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/replay/answer_content.h"
#include "server/gateway/surface.h"
#include "server/storage/call_to_replay.h"

namespace exhibit::gateway {

/// What a provider sent in answer to a call.
struct ProviderAnswer {
    const Surface* surface = &chatSurface(); ///< Of the call.
    int status = 0; ///< 0: nothing came.
    bool streamed = false;
    Bytes bytes; ///< Without content codings; of a stream as far as it was read.
    bool ended = true; ///< False: the stream broke, or was cut.
};

/// The surface of a recorded call's endpoint; chat completions for a path that none has.
[[nodiscard]] const Surface& surfaceOf(std::string_view path);

/// The provider's bytes out of what was released and what was withheld of them, in the order they
/// came. Corrupt when the record does not give them.
[[nodiscard]] Result<ProviderAnswer> recordedAnswer(const storage::CallToReplay& call);

/// Of a stream, as recordedAnswer() counts them.
[[nodiscard]] std::int64_t countEvents(BytesView bytes);

/// What the answer says; nothing of what cannot be read.
[[nodiscard]] replay::AnswerContent contentOf(const ProviderAnswer& answer);

} // namespace exhibit::gateway
