// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_guard.h"
#include "server/storage/recorded_calls.h"

namespace exhibit::gateway {

/// What a recorded call is judged by.
struct JudgedBy {
    std::shared_ptr<const prevention::CompiledSnapshot> snapshot;
    std::string project; ///< Slug.
    /// Of the call's price version; nullptr: its model had no price.
    const domain::PriceTable* prices = nullptr;
};

struct JudgedAgain {
    prevention::StageOutcome outcome; ///< Of all stages.
    std::optional<prevention::Stop> stop;
};

/// Judges a recorded call as the gateway would have: the same engine over the same bytes in the
/// same order, at the times they came. What was cut off then is not known now: an answer that the
/// record has in part is judged in part. InvalidInput for calls that no policy saw: of another
/// surface, refused before, or erased.
[[nodiscard]] Result<JudgedAgain> judgeAgain(const storage::RecordedCall& call, const JudgedBy& by);

/// The provider's events as they came, in order, each with its time: what was withheld stands for
/// what went out instead.
[[nodiscard]] std::vector<storage::RecordedPiece> providerEvents(const storage::RecordedCall& call);

} // namespace exhibit::gateway
