// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/price_table.h"
#include "models/replay/outcome.h"
#include "server/gateway/provider_answer.h"
#include "server/prevention/compiled_snapshot.h"

#include <memory>

namespace exhibit::gateway {

/// What a recorded call is judged with, once more.
struct ReplayJudge {
    std::shared_ptr<const prevention::CompiledSnapshot> snapshot;
    std::string project; ///< Slug.
    const domain::ModelPrice* price = nullptr; ///< nullptr: no known price.
};

struct ReplayJudged {
    replay::Judgement judgement;
    domain::Usage usage;
    domain::Microcents costMicrocents = 0;
};

/// Applies the snapshot to the call's request and to `answer`, by the same steps as a live call
/// (admission.cpp, json_call.cpp, stream_call.cpp), but for the clock: as much time of the run has
/// passed as when the call was opened. Nothing is recorded.
[[nodiscard]] Result<ReplayJudged> judgeReplay(const storage::CallToReplay& call,
                                               const ProviderAnswer& answer,
                                               const ReplayJudge& with);

} // namespace exhibit::gateway
