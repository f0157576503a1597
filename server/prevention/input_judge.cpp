// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/input_judge.h"

#include "server/prevention/compiled_rule.h"
#include "server/prevention/evaluation_clock.h"
#include "server/prevention/rule_findings.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

/// A text in which something was found.
struct FoundText {
    std::size_t index = 0;
    TextJudge judge;
};

std::vector<FoundText> judgeTexts(const std::shared_ptr<const StagePlan>& plan,
                                  const std::vector<TextChannel>& texts)
{
    std::vector<FoundText> found;
    for (std::size_t index = 0; index < texts.size(); ++index) {
        TextJudge judge(plan);
        judge.feed(texts[index].text);
        judge.finish();
        if (!judge.findings().empty()) {
            found.push_back({index, std::move(judge)});
        }
    }
    return found;
}

} // namespace

InputVerdict InputJudge::judge(const std::vector<TextChannel>& texts) const
{
    const auto scanning = scanningOnes(policies);
    const auto plan = planOf(snapshot, scanning);
    EvaluationClock clock;
    std::vector<FoundText> found;
    if (plan != nullptr) {
        const auto running = clock.run();
        found = judgeTexts(plan, texts);
    }
    JudgedStage stage{domain::Stage::Input, policies, {}, false, clock.microseconds()};
    InputVerdict verdict;
    for (auto& [index, judge] : found) {
        stage.texts.push_back({texts[index].name, &judge});
        for (auto& replacement : takeReplacements(judge, *plan)) {
            verdict.replacements.emplace_back(index, std::move(replacement));
        }
    }
    verdict.outcome.decisions = decide(stage, builder);
    verdict.outcome.masked = maskedSpans(stage);
    for (const auto& text : stage.texts) {
        if (const auto& stop = text.judge->stop(); stop && !verdict.stop) {
            verdict.stop = Stop{};
            verdict.stop->decision
                = decisionOf(verdict.outcome, *scanning[stop->policy].policy, stage.stage);
            verdict.stop->channel = text.channel;
            verdict.stop->cutAt = stop->cutAt;
        }
    }
    judgeUnreadable(texts, scanning, verdict);
    judgeExpressions(verdict);
    appendPasses(stage, snapshot.snapshot().snapshotId, verdict.outcome);
    return verdict;
}

/// Whoever looks for texts cannot vouch for what is none.
void InputJudge::judgeUnreadable(const std::vector<TextChannel>& texts,
                                 const std::vector<AppliedPolicy>& scanning,
                                 InputVerdict& verdict) const
{
    if (std::none_of(
            texts.begin(), texts.end(), [](const auto& text) { return text.unreadable; })) {
        return;
    }
    RuleFindings errors(domain::Stage::Input, builder);
    const auto& decisions = verdict.outcome.decisions;
    for (const auto& applied : scanning) {
        const bool decided
            = std::any_of(decisions.begin(), decisions.end(), [&applied](const auto& decision) {
                  return decision.policyId == applied.policy->policyId;
              });
        if (!decided) {
            errors.addError(applied, "The request has token numbers in the place of a text.");
        }
    }
    if (!verdict.stop) {
        verdict.stop = errors.stop();
    }
    errors.conclude(verdict.outcome, 0);
}

/// They see what the patterns decided.
void InputJudge::judgeExpressions(InputVerdict& verdict) const
{
    auto known = scope;
    known.note(verdict.outcome.decisions);
    const ExpressionScope values
        = [&known](const std::vector<std::string>& path) { return known.value(path); };
    RuleFindings findings(domain::Stage::Input, builder);
    EvaluationClock clock;
    for (const auto& policy : policies) {
        const auto& compiled = snapshot.rules()[policy.index];
        if (compiled.expression) {
            const auto running = clock.run();
            judgeExpression(*compiled.expression, values, policy, findings);
        }
    }
    if (!verdict.stop) {
        verdict.stop = findings.stop();
    }
    findings.conclude(verdict.outcome, clock.microseconds());
}

} // namespace exhibit::prevention
