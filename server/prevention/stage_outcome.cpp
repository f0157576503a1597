// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/stage_outcome.h"

#include "models/base/assert.h"

#include <algorithm>

namespace exhibit::prevention {

std::vector<domain::Decision> decide(const JudgedStage& stage, const DecisionBuilder& builder)
{
    std::vector<domain::Decision> decisions;
    const auto scanning = scanningOnes(stage.policies);
    for (std::uint32_t policy = 0; policy < scanning.size(); ++policy) {
        StageFinding found{scanning[policy], stage.stage, {}, {}, false, stage.evaluationUs};
        for (const auto& text : stage.texts) {
            for (const auto& finding : text.judge->findings()) {
                if (finding.policy == policy) {
                    found.texts.push_back({text.channel, &finding});
                }
            }
            if (const auto& stop = text.judge->stop(); stop && stop->policy == policy) {
                found.cut = Cut{text.channel, stop->cutAt};
            }
        }
        if (!found.texts.empty()) {
            found.wholeTextHeld
                = stage.wholeTextHeld && found.policy.policy->mode == domain::Mode::Redact;
            decisions.push_back(builder.fromFinding(found));
        }
    }
    return decisions;
}

std::vector<domain::MatchSpan> maskedSpans(const JudgedStage& stage)
{
    std::vector<domain::MatchSpan> spans;
    const auto scanning = scanningOnes(stage.policies);
    for (const auto& text : stage.texts) {
        for (const auto& finding : text.judge->findings()) {
            if (scanning[finding.policy].factState) {
                continue;
            }
            for (const auto& run : finding.runs.all()) {
                spans.push_back({text.channel,
                                 static_cast<std::int64_t>(run.begin),
                                 static_cast<std::int64_t>(run.end)});
            }
        }
    }
    return spans;
}

void appendPasses(const JudgedStage& stage, const std::string& snapshotId, StageOutcome& outcome)
{
    domain::PassRecord record;
    for (const auto& applied : stage.policies) {
        const bool decided = std::any_of(
            outcome.decisions.begin(), outcome.decisions.end(), [&](const auto& decision) {
                return decision.policyId == applied.policy->policyId
                    && decision.stage == stage.stage;
            });
        if (!decided) {
            record.policyIds.push_back(applied.policy->policyId);
            const auto& held = stage.heldFor;
            if (std::find(held.begin(), held.end(), record.policyIds.back()) != held.end()) {
                if (!record.wholeTextHeld) {
                    record.wholeTextHeld.emplace();
                }
                record.wholeTextHeld->push_back(record.policyIds.back());
            }
        }
    }
    if (record.policyIds.empty()) {
        return;
    }
    record.decisionId = DecisionId::generate();
    record.stage = stage.stage;
    record.snapshotId = snapshotId;
    record.evaluationUs = stage.evaluationUs;
    record.at = utcNow();
    outcome.passes.push_back(std::move(record));
}

const domain::Decision& decisionOf(const StageOutcome& outcome,
                                   const domain::Policy& policy,
                                   domain::Stage stage)
{
    const auto found = std::find_if(
        outcome.decisions.begin(), outcome.decisions.end(), [&](const auto& decision) {
            return decision.policyId == policy.policyId && decision.stage == stage;
        });
    EXHIBIT_ASSERT(found != outcome.decisions.end());
    return *found;
}

Replacement replacementOf(const MatchRun& run, const StagePlan& plan)
{
    const auto& use = plan.uses[run.pattern];
    return {run.begin, run.end, placeholderOf(*plan.policies[use.policy], use.ordinal)};
}

std::vector<Replacement> takeReplacements(TextJudge& judge, const StagePlan& plan)
{
    std::vector<Replacement> replacements;
    for (const auto& run : judge.takeRedactions()) {
        replacements.push_back(replacementOf(run, plan));
    }
    return replacements;
}

std::vector<AppliedPolicy> scanningOnes(const std::vector<AppliedPolicy>& policies)
{
    std::vector<AppliedPolicy> scanning;
    std::copy_if(policies.begin(),
                 policies.end(),
                 std::back_inserter(scanning),
                 [](const AppliedPolicy& policy) { return policy.scans(); });
    return scanning;
}

std::shared_ptr<const StagePlan> planOf(const CompiledSnapshot& snapshot,
                                        const std::vector<AppliedPolicy>& scanning)
{
    if (scanning.empty()) {
        return nullptr;
    }
    std::vector<std::uint32_t> indices;
    for (const auto& applied : scanning) {
        indices.push_back(applied.index);
    }
    auto plan = snapshot.automata().plan(indices);
    // All policies of the stage were compiled together when the snapshot was; these are fewer.
    EXHIBIT_ASSERT(plan.has_value());
    return *std::move(plan);
}

} // namespace exhibit::prevention
