// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/replay/answer_content.h"
#include "server/gateway/surface.h"
#include "server/storage/recorded_calls.h"

namespace exhibit::gateway {

/// Bytes of an answer that came together; of a stream, whole events.
struct AnswerPart {
    std::int64_t atUs = 0; ///< Since the call opened.
    Bytes bytes;
};

/// What a provider sent in answer to a call.
struct ProviderAnswer {
    const Surface* surface = &chatSurface(); ///< Static.
    int status = 0; ///< 0: nothing came.
    bool streamed = false;
    std::vector<AnswerPart> parts; ///< Of a stream as far as it was read.
    std::string unreadable; ///< Why content codings still lie on the parts; empty: none does.
    bool ended = true; ///< False: it broke off, or was cut.

    [[nodiscard]] Bytes bytes() const; ///< Of all parts.
};

/// The API of that path; nullptr: none.
[[nodiscard]] const Surface* findSurface(std::string_view path);
/// The same; chat completions for a path that no longer is one.
[[nodiscard]] const Surface& surfaceOf(std::string_view path);

/// Takes the content codings off `received`, or says why that cannot be done.
void readCoded(ProviderAnswer& answer, std::string_view codings, AnswerPart received);

/// The provider's bytes out of what was released and what was withheld of them, in the order they
/// came. Corrupt when the record does not give them.
[[nodiscard]] Result<ProviderAnswer> recordedAnswer(const storage::RecordedCall& call);

/// Of a stream, as recordedAnswer() counts them.
[[nodiscard]] std::int64_t countEvents(BytesView bytes);

/// What the answer says; nothing of what cannot be read.
[[nodiscard]] replay::AnswerContent contentOf(const ProviderAnswer& answer);

} // namespace exhibit::gateway
