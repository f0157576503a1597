// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "tests/support/sample_upstream/answer.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace exhibit::sample {

/// What goes wrong on purpose.
enum class Fault : std::uint8_t {
    None,
    Slow, ///< A second to the first byte, 100 ms between events.
    Cut, ///< The connection ends in the middle of the body.
    CutBefore, ///< The connection ends before the first byte.
    RateLimited, ///< 429 with Retry-After.
    ServerError, ///< 500.
    Malformed, ///< JSON that breaks off, within correct framing.
    WrongContentType, ///< The body as recorded, called text/html.
    Huge, ///< More than a proxy should hold: a JSON body of 24 MiB, one event of 6 MiB.
    OneByte, ///< One byte per chunk (or write).
    NoDone, ///< A stream that ends in order, but without its last event.
    Stall, ///< Half of the body, then nothing until the client leaves.
};

/// The names of --fault and x-sample-fault: slow, cut, cut_before, 429, 500, malformed,
/// wrong_content_type, huge, one_byte, no_done, stall.
[[nodiscard]] Result<Fault> parseFault(std::string_view name);

struct Pace {
    std::chrono::milliseconds latency{0}; ///< Before the first byte.
    std::chrono::milliseconds eventGap{0}; ///< Between the events of a stream.
    std::size_t chunkBytes = 0; ///< Pieces of the body; 0: an event, or all at once.
};

/// How one answer is sent.
struct Delivery {
    const Answer* answer = nullptr; ///< Recorded, or what `own` holds.
    std::shared_ptr<const Answer> own;
    Pace pace;
    bool closeBeforeFirstByte = false;
    std::optional<std::size_t> closeAfter; ///< Body bytes.
    std::optional<std::size_t> stallAfter; ///< Body bytes.

    /// Nothing happens on the way: the prepared bytes can go out in one write.
    [[nodiscard]] bool isPlain() const
    {
        return pace.latency.count() == 0 && pace.eventGap.count() == 0 && pace.chunkBytes == 0
            && !closeBeforeFirstByte && !closeAfter && !stallAfter;
    }
};

/// `recorded` outlives the delivery.
[[nodiscard]] Delivery planDelivery(const Answer& recorded, Fault fault, const Pace& pace);

} // namespace exhibit::sample
