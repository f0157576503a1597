// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/decision_builder.h"

#include <string>
#include <vector>

namespace exhibit::prevention {

struct JudgedText {
    std::string channel;
    const TextJudge* judge = nullptr;
};

/// A stage whose texts have been judged.
struct JudgedStage {
    domain::Stage stage = domain::Stage::Output;
    std::vector<AppliedPolicy> policies; ///< All that apply, those that scan nothing included.
    std::vector<JudgedText> texts;
    bool wholeTextHeld = false;
    std::int64_t evaluationUs = 0;
    std::vector<std::string> heldFor; ///< Policies for which a text was held back whole.
};

/// One decision for each policy that found something, in the policies' order.
[[nodiscard]] std::vector<domain::Decision> decide(const JudgedStage& stage,
                                                   const DecisionBuilder& builder);

/// What an excerpt of the stage's texts must not show (StageOutcome::masked).
[[nodiscard]] std::vector<domain::MatchSpan> maskedSpans(const JudgedStage& stage);

/// The policies of the stage that none of `decisions` is about, packed; appended when there are
/// any.
void appendPasses(const JudgedStage& stage, const std::string& snapshotId, StageOutcome& outcome);

/// The decision about a policy at a stage; there must be one.
[[nodiscard]] const domain::Decision& decisionOf(const StageOutcome& outcome,
                                                 const domain::Policy& policy,
                                                 domain::Stage stage);

/// A run of covered bytes as what stands instead of it.
[[nodiscard]] Replacement replacementOf(const MatchRun& run, const StagePlan& plan);
/// TextJudge::takeRedactions() as replacements.
[[nodiscard]] std::vector<Replacement> takeReplacements(TextJudge& judge, const StagePlan& plan);

/// The policies of a stage that look at texts; their order is that of the plan's policies.
[[nodiscard]] std::vector<AppliedPolicy> scanningOnes(const std::vector<AppliedPolicy>& policies);
/// Their plan; nullptr when there are none.
[[nodiscard]] std::shared_ptr<const StagePlan> planOf(const CompiledSnapshot& snapshot,
                                                      const std::vector<AppliedPolicy>& scanning);

} // namespace exhibit::prevention
