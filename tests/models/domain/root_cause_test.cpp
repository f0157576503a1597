// SPDX-License-Identifier: Apache-2.0
#include "models/domain/root_cause.h"

#include <gtest/gtest.h>

using namespace exhibit::domain;

namespace {

Decision decision(const std::string& policyId, DecisionResult result, Mode mode)
{
    Decision made;
    made.decisionId = exhibit::DecisionId::generate();
    made.policyId = policyId;
    made.result = result;
    made.mode = mode;
    made.shouldHave = "Do it right.";
    made.actuallyDid = "It did it wrong.";
    return made;
}

Decision missingFact(DecisionResult result, Mode mode, const std::string& state)
{
    auto made = decision("CONTENT_ACCURACY", result, mode);
    made.fact = "contract.auto_renew";
    made.factState = state;
    made.failureCode = FailureCode::MissingDataAssertion;
    return made;
}

/// A call whose steps are input 0, context 1, llm call 2, tool call 3, output 5; its decision is 4.
RecordedCourse courseOf(const Decision& incident)
{
    RecordedCourse course;
    course.policyId = incident.policyId;
    course.decisionId = incident.decisionId;
    course.decisions = {{incident, 4}};
    course.callOutcome = "stopped";
    course.model = "gpt-4o";
    course.steps = {0, 1, 2, 3, 5, std::nullopt};
    return course;
}

bool says(const RootCause& cause, std::string_view text)
{
    return cause.analysis.find(text) != std::string::npos;
}

using Steps = std::vector<std::int64_t>;

} // namespace

TEST(RootCause, aNullFactIsADataGapThatBeganWithTheContext)
{
    const auto cause
        = analyseRootCause(courseOf(missingFact(DecisionResult::Block, Mode::Block, "null")));
    EXPECT_EQ(cause.kind, GapKind::DataGap);
    EXPECT_EQ(cause.causingStep, 1);
    EXPECT_EQ(cause.evidenceSteps, (Steps{1, 2, 4, 5}));
    EXPECT_EQ(cause.analysis,
              "The application sent contract.auto_renew as null, and gpt-4o stated it as certain. "
              "CONTENT_ACCURACY (mode block) ended the answer there and stopped the run. "
              "Expected: Do it right.");
    EXPECT_EQ(cause.shouldHave, "Do it right.");
    EXPECT_EQ(cause.actuallyDid, "It did it wrong.");
    EXPECT_EQ(cause.policyId, "CONTENT_ACCURACY");
}

TEST(RootCause, anAbsentFactIsADataGapToo)
{
    auto course = courseOf(missingFact(DecisionResult::Block, Mode::Block, "absent"));
    const auto cause = analyseRootCause(course);
    EXPECT_EQ(cause.kind, GapKind::DataGap);
    EXPECT_TRUE(says(cause, "sent no value for contract.auto_renew (absent)"));
    course.steps.context.reset();
    EXPECT_EQ(analyseRootCause(course).causingStep, 0);
}

TEST(RootCause, whatAModeLetPassIsAnEnforcementGap)
{
    for (const auto mode : {Mode::Warn, Mode::Monitor}) {
        const auto cause
            = analyseRootCause(courseOf(missingFact(DecisionResult::Warn, mode, "null")));
        EXPECT_EQ(cause.kind, GapKind::EnforcementGap);
        EXPECT_EQ(cause.causingStep, 4);
        EXPECT_TRUE(says(cause, "as null"));
        EXPECT_TRUE(says(cause, "mode " + std::string(exhibit::wireName(mode))));
    }
    EXPECT_EQ(analyseRootCause(courseOf(decision("SAFETY", DecisionResult::Warn, Mode::Warn))).kind,
              GapKind::EnforcementGap);
}

TEST(RootCause, aThresholdThatOnlyWarnsIsAnEnforcementGapWithItsNumbers)
{
    auto made = decision("BUDGET", DecisionResult::Warn, Mode::Warn);
    made.stage = Stage::Run;
    made.metric = "run.llm_calls";
    made.used = 9;
    made.limit = 8;
    const auto cause = analyseRootCause(courseOf(made));
    EXPECT_EQ(cause.kind, GapKind::EnforcementGap);
    EXPECT_TRUE(says(cause, "run.llm_calls reached 9 where 8 are allowed"));
}

TEST(RootCause, anInjectionInTheRequestIsAnAttack)
{
    auto made = decision("PROMPT_INJECTION", DecisionResult::Block, Mode::Block);
    made.stage = Stage::Input;
    made.failureCode = FailureCode::PromptInjection;
    const auto cause = analyseRootCause(courseOf(made));
    EXPECT_EQ(cause.kind, GapKind::PromptAttack);
    EXPECT_EQ(cause.causingStep, 0);
    EXPECT_EQ(cause.evidenceSteps, (Steps{0, 4}));
    EXPECT_TRUE(says(cause, "before the provider saw it"));
}

TEST(RootCause, anAttackThatWasLetPassExplainsWhatFollowed)
{
    auto attack = decision("PROMPT_INJECTION", DecisionResult::Warn, Mode::Warn);
    attack.stage = Stage::Input;
    attack.failureCode = FailureCode::PromptInjection;
    const auto leak = decision("SECRET_OUTPUT", DecisionResult::Block, Mode::Block);
    auto course = courseOf(leak);
    course.decisions.insert(course.decisions.begin(), {attack, 1});
    const auto cause = analyseRootCause(course);
    EXPECT_EQ(cause.kind, GapKind::PromptAttack);
    EXPECT_EQ(cause.causingStep, 1);
    EXPECT_EQ(cause.policyId, "SECRET_OUTPUT");
    EXPECT_TRUE(says(cause, "step 1"));
}

TEST(RootCause, anAttackThatWasStoppedExplainsNothingElse)
{
    auto attack = decision("PROMPT_INJECTION", DecisionResult::Redact, Mode::Redact);
    attack.failureCode = FailureCode::PromptInjection;
    auto course = courseOf(decision("SECRET_OUTPUT", DecisionResult::Block, Mode::Block));
    course.decisions.insert(course.decisions.begin(), {attack, 1});
    EXPECT_EQ(analyseRootCause(course).kind, GapKind::ModelFault);
}

TEST(RootCause, whatTheApplicationSentIsNoFaultOfTheModel)
{
    auto made = decision("PII_INPUT", DecisionResult::Redact, Mode::Redact);
    made.stage = Stage::Input;
    const auto cause = analyseRootCause(courseOf(made));
    EXPECT_EQ(cause.kind, GapKind::ConfigurationFault);
    EXPECT_EQ(cause.causingStep, 0);
}

TEST(RootCause, forbiddenOutputIsAModelFault)
{
    const auto cause
        = analyseRootCause(courseOf(decision("PII_OUTPUT", DecisionResult::Redact, Mode::Redact)));
    EXPECT_EQ(cause.kind, GapKind::ModelFault);
    EXPECT_EQ(cause.causingStep, 2);
    EXPECT_TRUE(says(cause, "gpt-4o produced"));
    EXPECT_TRUE(says(cause, "placeholders"));
}

TEST(RootCause, aToolCallIsNamedAsSuch)
{
    auto made = decision("TOOL_SAFETY", DecisionResult::Block, Mode::Block);
    made.spans = {{"choices/0/tool_calls/0/function/arguments", 3, 9}};
    const auto cause = analyseRootCause(courseOf(made));
    EXPECT_EQ(cause.kind, GapKind::ModelFault);
    EXPECT_EQ(cause.causingStep, 3);
    EXPECT_TRUE(says(cause, "tool call"));
}

TEST(RootCause, aRunawayIsAModelFaultThatRestsOnItsNumbers)
{
    auto made = decision("BUDGET", DecisionResult::Block, Mode::Block);
    made.stage = Stage::Run;
    made.metric = "run.llm_calls";
    made.used = 9;
    made.limit = 8;
    made.failureCode = FailureCode::Runaway;
    auto course = courseOf(made);
    course.steps = {0, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt};
    const auto cause = analyseRootCause(course);
    EXPECT_EQ(cause.kind, GapKind::ModelFault);
    EXPECT_EQ(cause.causingStep, 4);
    EXPECT_TRUE(says(cause, "run.llm_calls was 9 where 8 are allowed"));
    EXPECT_TRUE(says(cause, "stopped the run"));
}

TEST(RootCause, anAnswerThatCouldNotBeReadIsTheProvidersFault)
{
    auto made = decision("PII_OUTPUT", DecisionResult::Error, Mode::Block);
    made.failureCode = FailureCode::UpstreamFailure;
    EXPECT_EQ(analyseRootCause(courseOf(made)).kind, GapKind::UpstreamFault);
    made.failureCode.reset();
    EXPECT_EQ(analyseRootCause(courseOf(made)).kind, GapKind::ConfigurationFault);
}

TEST(RootCause, withoutADecisionTheProviderOrTheCoverageIsToBlame)
{
    RecordedCourse course;
    course.callOutcome = "upstream_error";
    course.upstreamStatus = 502;
    course.steps = {0, std::nullopt, 2, std::nullopt, std::nullopt, 3};
    const auto failed = analyseRootCause(course);
    EXPECT_EQ(failed.kind, GapKind::UpstreamFault);
    EXPECT_EQ(failed.causingStep, 3);
    EXPECT_TRUE(says(failed, "502"));
    course.callOutcome = "completed";
    course.passedPolicyIds = {"A", "B"};
    const auto unseen = analyseRootCause(course);
    EXPECT_EQ(unseen.kind, GapKind::CoverageGap);
    EXPECT_TRUE(says(unseen, "2 policies judged"));
    EXPECT_EQ(analyseRootCause({}).kind, GapKind::CoverageGap);
}

TEST(RootCause, theDecisionIsFoundByPolicyWhenItsIdIsNotRecorded)
{
    auto course = courseOf(missingFact(DecisionResult::Block, Mode::Block, "null"));
    course.decisionId.reset();
    EXPECT_EQ(analyseRootCause(course).kind, GapKind::DataGap);
}
