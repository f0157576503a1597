// SPDX-License-Identifier: Apache-2.0
#include "models/domain/root_cause.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::domain {
namespace {

bool lacksFact(const Decision& decision)
{
    return decision.fact && (decision.factState == "null" || decision.factState == "absent");
}

bool wasLetPass(const Decision& decision)
{
    return decision.result == DecisionResult::Warn
        && (decision.mode == Mode::Monitor || decision.mode == Mode::Warn);
}

bool isAttack(const Decision& decision)
{
    return decision.failureCode == FailureCode::PromptInjection
        && decision.result != DecisionResult::Error;
}

/// The decision the incident is about; nullptr when no policy decided.
const DecidedStep* findDecision(const RecordedCourse& course)
{
    const auto& steps = course.decisions;
    const auto byId = std::find_if(steps.begin(), steps.end(), [&course](const auto& step) {
        return course.decisionId == step.decision.decisionId;
    });
    if (byId != steps.end()) {
        return &*byId;
    }
    const auto byPolicy = std::find_if(steps.rbegin(), steps.rend(), [&course](const auto& step) {
        return step.decision.policyId == course.policyId;
    });
    return byPolicy != steps.rend() ? &*byPolicy : nullptr;
}

/// An attack that was seen earlier in the run and went on to the model.
const DecidedStep* findEarlierAttack(const RecordedCourse& course, const DecidedStep& decided)
{
    const auto& steps = course.decisions;
    const auto found = std::find_if(steps.begin(), steps.end(), [&decided](const auto& step) {
        return step.stepIndex < decided.stepIndex && isAttack(step.decision)
            && wasLetPass(step.decision);
    });
    return found != steps.end() ? &*found : nullptr;
}

/// "CONTENT_ACCURACY (mode block)"
std::string policyName(const Decision& decision)
{
    return fmt::format("{} (mode {})", decision.policyId, wireName(decision.mode));
}

/// What the policy did, to follow its name.
std::string effectOf(const Decision& decision)
{
    switch (decision.result) {
    case DecisionResult::Block:
        return decision.stage == Stage::Input ? "stopped the call before the provider saw it"
            : decision.stage == Stage::Run    ? "stopped the run"
                                              : "ended the answer there and stopped the run";
    case DecisionResult::Redact:
        return "replaced it by placeholders and let the rest through";
    default:
        return "let it pass";
    }
}

std::string expectation(const std::string& shouldHave)
{
    return shouldHave.empty() ? std::string{} : " Expected: " + shouldHave;
}

std::string modelName(const RecordedCourse& course)
{
    return course.model.empty() ? "the model" : course.model;
}

/// "The application sent contract.auto_renew as null, and gpt-4o stated it as certain"
std::string missingFact(const RecordedCourse& course, const Decision& decision)
{
    const auto& fact = *decision.fact;
    const std::string sent = decision.factState == "null"
        ? fmt::format("The application sent {} as null", fact)
        : fmt::format("The application sent no value for {} (absent)", fact);
    return sent + fmt::format(", and {} stated it as certain", modelName(course));
}

bool isInToolCall(const Decision& decision)
{
    return decision.stage == Stage::ToolCall
        || (!decision.spans.empty()
            && decision.spans.front().channel.find("/tool_calls/") != std::string::npos);
}

class Analysis {
public:
    Analysis(const RecordedCourse& course, const DecidedStep& decided)
        : m_course(course)
        , m_decided(decided)
        , m_decision(decided.decision)
    {
    }

    [[nodiscard]] RootCause result() const
    {
        RootCause cause;
        cause.policyId = m_decision.policyId;
        cause.shouldHave = m_decision.shouldHave;
        cause.actuallyDid = m_decision.actuallyDid;
        classify(cause);
        cause.evidenceSteps = evidence(cause.causingStep);
        return cause;
    }

private:
    void classify(RootCause& cause) const
    {
        if (m_decision.result == DecisionResult::Error) {
            explainError(cause);
        } else if (wasLetPass(m_decision)) {
            explainEnforcementGap(cause);
        } else if (lacksFact(m_decision)) {
            cause.kind = GapKind::DataGap;
            cause.causingStep = m_course.steps.context.value_or(
                m_course.steps.input.value_or(m_decided.stepIndex));
            cause.analysis = fmt::format("{}. {} {}.{}",
                                         missingFact(m_course, m_decision),
                                         policyName(m_decision),
                                         effectOf(m_decision),
                                         expectation(m_decision.shouldHave));
        } else if (isAttack(m_decision)) {
            cause.kind = GapKind::PromptAttack;
            cause.causingStep = m_course.steps.input.value_or(m_decided.stepIndex);
            cause.analysis = fmt::format(
                "The {} carried an instruction meant to turn the model against its task. {} {}.{}",
                m_decision.stage == Stage::Input ? "request" : "answer",
                policyName(m_decision),
                effectOf(m_decision),
                expectation(m_decision.shouldHave));
        } else if (const auto* attack = findEarlierAttack(m_course, m_decided)) {
            explainEarlierAttack(cause, *attack);
        } else if (m_decision.stage == Stage::Input) {
            cause.kind = GapKind::ConfigurationFault;
            cause.causingStep = m_course.steps.input.value_or(m_decided.stepIndex);
            cause.analysis = fmt::format(
                "The application sent what {} looks for; the model had no part in it. It {}.{}",
                policyName(m_decision),
                effectOf(m_decision),
                expectation(m_decision.shouldHave));
        } else {
            explainModelFault(cause);
        }
    }
    void explainError(RootCause& cause) const
    {
        const bool upstream = m_decision.failureCode == FailureCode::UpstreamFailure;
        cause.kind = upstream ? GapKind::UpstreamFault : GapKind::ConfigurationFault;
        cause.causingStep = upstream
            ? m_course.steps.error.value_or(m_course.steps.llmCall.value_or(m_decided.stepIndex))
            : m_decided.stepIndex;
        cause.analysis
            = fmt::format("{} could not be evaluated, so nobody knows whether it was broken. {}",
                          policyName(m_decision),
                          upstream ? "What the provider sent could not be read."
                                   : "The policy as it was configured does not work on this call.");
    }
    void explainEnforcementGap(RootCause& cause) const
    {
        cause.kind = GapKind::EnforcementGap;
        cause.causingStep = m_decided.stepIndex;
        std::string what = fmt::format("{} was broken", m_decision.policyId);
        if (lacksFact(m_decision)) {
            what = missingFact(m_course, m_decision);
        } else if (m_decision.metric && m_decision.used && m_decision.limit) {
            what = fmt::format("{} reached {} where {} are allowed",
                               *m_decision.metric,
                               *m_decision.used,
                               *m_decision.limit);
        }
        cause.analysis = fmt::format("{}. {} saw it, but mode {} records and lets pass.{}",
                                     what,
                                     m_decision.policyId,
                                     wireName(m_decision.mode),
                                     expectation(m_decision.shouldHave));
    }
    void explainEarlierAttack(RootCause& cause, const DecidedStep& attack) const
    {
        cause.kind = GapKind::PromptAttack;
        cause.causingStep = attack.stepIndex;
        cause.analysis = fmt::format(
            "An attack on the model was seen at step {} by {}, which let it pass. What followed "
            "from it broke {}, which {}.{}",
            attack.stepIndex,
            policyName(attack.decision),
            policyName(m_decision),
            effectOf(m_decision),
            expectation(m_decision.shouldHave));
    }
    void explainModelFault(RootCause& cause) const
    {
        cause.kind = GapKind::ModelFault;
        const auto& steps = m_course.steps;
        std::string what = "produced what the policy forbids, with nothing in the recorded "
                           "request or facts that explains it";
        cause.causingStep = steps.llmCall.value_or(m_decided.stepIndex);
        if (m_decision.metric && m_decision.used && m_decision.limit) {
            what = fmt::format("went on until {} was {} where {} are allowed",
                               *m_decision.metric,
                               *m_decision.used,
                               *m_decision.limit);
        } else if (isInToolCall(m_decision)) {
            what = "asked for a tool call that the policy forbids";
            cause.causingStep = steps.toolCall.value_or(cause.causingStep);
        }
        auto name = modelName(m_course);
        if (m_course.model.empty()) {
            name = "The model";
        }
        cause.analysis = fmt::format("{} {}. {} {}.{}",
                                     name,
                                     what,
                                     policyName(m_decision),
                                     effectOf(m_decision),
                                     expectation(m_decision.shouldHave));
    }
    [[nodiscard]] std::vector<std::int64_t> evidence(std::int64_t causingStep) const
    {
        std::vector<std::int64_t> steps{causingStep, m_decided.stepIndex};
        const auto add = [&steps](const std::optional<std::int64_t>& step) {
            if (step) {
                steps.push_back(*step);
            }
        };
        if (m_decision.stage == Stage::Input) {
            add(m_course.steps.input);
        } else {
            add(m_course.steps.llmCall);
            add(m_course.steps.output);
        }
        if (m_decision.fact) {
            add(m_course.steps.context);
        }
        std::sort(steps.begin(), steps.end());
        steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
        return steps;
    }

    const RecordedCourse& m_course;
    const DecidedStep& m_decided;
    const Decision& m_decision;
};

RootCause withoutDecision(const RecordedCourse& course)
{
    const bool upstream = course.callOutcome == "upstream_error" || course.callOutcome == "timeout";
    const auto& steps = course.steps;
    RootCause cause;
    cause.policyId = course.policyId;
    if (upstream) {
        cause.kind = GapKind::UpstreamFault;
        cause.causingStep = steps.error.value_or(steps.llmCall.value_or(steps.input.value_or(0)));
        cause.analysis = course.upstreamStatus == 0
            ? "The provider gave no answer; no policy had anything to judge."
            : fmt::format("The provider failed the call with status {}; no policy had anything to "
                          "judge.",
                          course.upstreamStatus);
        cause.shouldHave = "The provider answers.";
        cause.actuallyDid = "The provider failed the call.";
    } else {
        cause.kind = GapKind::CoverageGap;
        cause.causingStep = steps.output.value_or(steps.llmCall.value_or(steps.input.value_or(0)));
        cause.analysis = course.passedPolicyIds.empty()
            ? "No policy applied to this call, so none could see it."
            : fmt::format("{} {} the call and none saw it.",
                          course.passedPolicyIds.size(),
                          course.passedPolicyIds.size() == 1 ? "policy judged" : "policies judged");
        cause.shouldHave = "A policy covers this.";
        cause.actuallyDid = "The answer passed.";
    }
    cause.evidenceSteps = {cause.causingStep};
    return cause;
}

} // namespace

RootCause analyseRootCause(const RecordedCourse& course)
{
    const auto* decided = findDecision(course);
    return decided != nullptr ? Analysis(course, *decided).result() : withoutDecision(course);
}

} // namespace exhibit::domain
