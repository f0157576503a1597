// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/input_judge.h"

#include "server/prevention/compiled_rule.h"
#include "server/prevention/rule_findings.h"

#include <algorithm>

namespace exhibit::prevention {

InputJudge::InputJudge(const InputStage& stage, const std::vector<TextChannel>& texts)
    : m_stage(stage)
    , m_texts(texts)
    , m_scanning(scanningOnes(stage.policies))
    , m_plan(planOf(stage.snapshot, m_scanning))
{
}

bool InputJudge::read(std::size_t bytes)
{
    const auto running = m_clock.run();
    scan::Pace pace(limits::kScanSliceWork);
    while (m_plan != nullptr && m_text < m_texts.size()) {
        if (bytes == 0 || pace.over()) {
            return true;
        }
        if (!m_reading) {
            m_reading.emplace(m_plan);
        }
        const auto slice = m_texts[m_text].text.substr(m_offset, bytes);
        const auto consumed = m_reading->feed(slice, pace);
        m_offset += consumed;
        bytes -= consumed;
        if (m_offset == m_texts[m_text].text.size()) {
            m_reading->finish();
            m_exhausted = m_exhausted || m_reading->exhausted();
            if (!m_reading->findings().empty()) {
                m_found.push_back({m_text, *std::move(m_reading)});
            }
            m_reading.reset();
            m_offset = 0;
            ++m_text;
        }
    }
    return false;
}

InputVerdict InputJudge::conclude()
{
    JudgedStage stage{domain::Stage::Input, m_stage.policies, {}, false, m_clock.microseconds()};
    InputVerdict verdict;
    for (auto& [index, judge] : m_found) {
        stage.texts.push_back({m_texts[index].name, &judge});
        for (auto& replacement : takeReplacements(judge, *m_plan)) {
            verdict.replacements.emplace_back(index, std::move(replacement));
        }
    }
    verdict.outcome.decisions = decide(stage, m_stage.builder);
    verdict.outcome.masked = maskedSpans(stage);
    for (const auto& text : stage.texts) {
        if (const auto& stop = text.judge->stop(); stop && !verdict.stop) {
            verdict.stop = Stop{};
            verdict.stop->decision
                = decisionOf(verdict.outcome, *m_scanning[stop->policy].policy, stage.stage);
            verdict.stop->channel = text.channel;
            verdict.stop->cutAt = stop->cutAt;
        }
    }
    judgeUnreadable(verdict);
    judgeExpressions(verdict);
    appendPasses(stage, m_stage.snapshot.snapshot().snapshotId, verdict.outcome);
    return verdict;
}

/// One sentence without content; empty when everything was read.
std::string_view InputJudge::whyUnreadable() const
{
    if (m_exhausted) {
        return "The request makes more work for the patterns than they may have.";
    }
    const bool numbers = std::any_of(
        m_texts.begin(), m_texts.end(), [](const auto& text) { return text.unreadable; });
    return numbers ? "The request has token numbers in the place of a text." : "";
}

/// Whoever looks for texts cannot vouch for what is none, or was not read to its end.
void InputJudge::judgeUnreadable(InputVerdict& verdict) const
{
    const auto why = whyUnreadable();
    if (why.empty()) {
        return;
    }
    RuleFindings errors(domain::Stage::Input, m_stage.builder);
    auto& decisions = verdict.outcome.decisions;
    for (const auto& applied : m_scanning) {
        const auto decided
            = std::find_if(decisions.begin(), decisions.end(), [&applied](const auto& decision) {
                  return decision.policyId == applied.policy->policyId;
              });
        // What was found elsewhere does not vouch for it either.
        const bool refuses = !verdict.stop && !errors.stop()
            && applied.policy->effectiveOnError() == domain::OnError::Block;
        if (decided != decisions.end() && !refuses) {
            continue;
        }
        if (decided != decisions.end()) {
            decisions.erase(decided);
        }
        errors.addError(applied, why);
    }
    if (!verdict.stop) {
        verdict.stop = errors.stop();
    }
    errors.conclude(verdict.outcome, 0);
}

/// They see what the patterns decided.
void InputJudge::judgeExpressions(InputVerdict& verdict) const
{
    auto known = m_stage.scope;
    known.note(verdict.outcome.decisions);
    const ExpressionScope values
        = [&known](const std::vector<std::string>& path) { return known.value(path); };
    RuleFindings findings(domain::Stage::Input, m_stage.builder);
    EvaluationClock clock;
    for (const auto& policy : m_stage.policies) {
        const auto& compiled = m_stage.snapshot.rules()[policy.index];
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
