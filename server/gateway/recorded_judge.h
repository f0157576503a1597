// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/price_table.h"
#include "models/replay/outcome.h"
#include "server/gateway/provider_answer.h"
#include "server/prevention/call_guard.h"

namespace exhibit::gateway {

/// What a recorded call is judged by.
struct JudgedBy {
    std::shared_ptr<const prevention::CompiledSnapshot> snapshot;
    std::string project; ///< Slug.
    const domain::PriceTable* prices = nullptr; ///< nullptr: its model has no price.
};

struct JudgedAgain {
    prevention::StageOutcome outcome; ///< Of all stages.
    std::optional<prevention::Stop> stop;
    domain::Usage usage;
    domain::Microcents costMicrocents = 0;
};

/// Judges a recorded call with `answer`, its own or what came when it was sent once more, as the
/// gateway would have (admission.cpp, json_call.cpp, stream_call.cpp): the same engine over the
/// same bytes in the same order, at the times they came. What was cut off then is not known now: an
/// answer that is there in part is judged in part. Nothing is recorded. InvalidInput for a request
/// that is none of the answer's API.
[[nodiscard]] Result<JudgedAgain> judgeAgain(const storage::RecordedCall& call,
                                             const ProviderAnswer& answer,
                                             const JudgedBy& by);

/// In the form in which judgements are compared.
[[nodiscard]] replay::Judgement judgementOf(JudgedAgain judged, const std::string& snapshotId);

} // namespace exhibit::gateway
