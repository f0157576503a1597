// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/decision.h"
#include "models/replay/answer_content.h"
#include "models/replay/comparison.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::replay {

/// What a snapshot's policies say of a call and its answer.
struct Judgement {
    std::string snapshotId;
    std::vector<domain::Decision> decisions; ///< Other than PASS.
    std::vector<domain::PassRecord> passes;
    std::optional<std::string> stoppedBy; ///< The policy that would end the call.
};

/// Where two judgements differ, one sentence for each; none when they say the same. Ids and times
/// are no part of what is said. Nor are policies that look at the clock, and what else a judgement
/// says once such a policy has ended the call: time cannot be repeated.
[[nodiscard]] std::vector<std::string> differences(const Judgement& recorded,
                                                   const Judgement& again);

struct ReplayedCall {
    RunId runId;
    CallId callId;
    UtcTime at{};
    AnswerContent content;
    Judgement judgement;
};

struct Outcome {
    AnswerContent original;
    Judgement recorded;
    Judgement again; ///< The recorded output, judged anew under the recorded snapshot.
    std::vector<std::string> differences; ///< Of the two.
    std::optional<Judgement> underOther; ///< The recorded output under another snapshot.
    std::optional<ReplayedCall> replayed;
    std::optional<Match> match; ///< Of the original and the replayed answer.
    std::string notReplayableReason; ///< When nothing was replayed.
};

} // namespace exhibit::replay
