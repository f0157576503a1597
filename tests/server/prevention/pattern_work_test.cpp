// SPDX-License-Identifier: Apache-2.0
// Patterns that make much work: refused when they are written, and bounded when they are not.
#include "server/prevention/pattern_work.h"

#include "models/base/rule_limits.h"
#include "tests/server/prevention/sample_policies.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::DecisionResult;
using domain::Mode;
using domain::OnError;

namespace {

constexpr const char* kChannel = "choices/0/content";

/// Begins too rarely to be refused; a text made for it keeps all of it alive.
domain::Policy sly(Mode mode, OnError onError, domain::Stage stage = domain::Stage::Output)
{
    std::vector<std::string> expressions;
    for (int index = 0; index < 20; ++index) {
        expressions.push_back(fmt::format("[a-m]q[!-@a-z]{{0,900}}[A-Z]{}", index));
    }
    auto policy = sample::patterns("SLY", mode, expressions);
    policy.stages = {stage};
    policy.onError = onError;
    return policy;
}

std::string madeForIt(std::size_t bytes)
{
    std::string text;
    while (text.size() < bytes) {
        text += "aqbq";
    }
    return text;
}

domain::PolicySnapshot snapshotOf(const std::vector<domain::Policy>& policies)
{
    return domain::makeSnapshot(TenantId::generate(), policies).value();
}

domain::Policy dearOnes(const std::string& id, const std::string& end)
{
    return sample::patterns(
        id, Mode::Block, {"secret-" + end, "(?i)the.{0,150}zq" + end, "(?i)the.{0,200}zq" + end});
}

TEST(PatternWork, aPolicyThatStopsServersIsRefusedAtItsDearestPattern)
{
    std::vector<std::string> expressions{"secret-[0-9]{4}"};
    for (int index = 1; index < 50; ++index) {
        expressions.push_back(fmt::format("[a-m][a-z]{{0,900}}[A-Z]{}", index));
    }
    expressions.emplace_back("[a-z]{1,900}[A-Z]!"); // Begins twice as often.
    const auto checked = checkPolicy(sample::patterns("DEAR", Mode::Monitor, expressions));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(checked.error().subject, "/rule/patterns/50");
    EXPECT_NE(checked.error().message.find("takes too long"), std::string::npos);
}

TEST(PatternWork, claimsAndTheirHedgesCountTogether)
{
    auto policy = sample::accuracy(Mode::Block);
    auto& rule = std::get<domain::MissingContextRule>(policy.rule);
    ASSERT_TRUE(checkPolicy(policy));
    rule.hedges.push_back({});
    rule.hedges.back().pattern = "[a-z]{1,1000}[A-Z]1";
    const auto checked = checkPolicy(policy);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().subject, "/rule/hedges/" + std::to_string(rule.hedges.size() - 1));
}

TEST(PatternWork, patternsOverToolArgumentsCountToo)
{
    domain::Policy policy = sample::patterns("TOOL", Mode::Block, {"x"});
    policy.stages = {domain::Stage::ToolCall};
    domain::ToolRule rule;
    rule.arguments.emplace_back();
    rule.arguments.back().tools = {"*"};
    rule.arguments.back().patterns.emplace_back();
    rule.arguments.back().patterns.back().pattern = "[a-z]{1,1000}[A-Z]1";
    policy.rule = rule;
    const auto checked = checkPolicy(policy);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().subject, "/rule/arguments/0/patterns/0");
}

TEST(PatternWork, policiesThatAreNotTooDearAloneAreTogether)
{
    std::vector<domain::Policy> policies;
    for (int index = 0; index < 8; ++index) {
        policies.push_back(dearOnes(fmt::format("P{}", index), std::to_string(index)));
        ASSERT_TRUE(checkPolicy(policies.back()));
    }
    const auto snapshot = snapshotOf(policies);
    const std::vector<WrittenPolicy> written{{"P3", "/policies/0"}, {"NEW", "/policies/1"}};
    const auto checked = checkWork(snapshot, written);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().subject, "/policies/0/rule/patterns/2");
    EXPECT_TRUE(checkWork(snapshotOf({policies[0], policies[1]}), written));
    EXPECT_TRUE(checkWork(snapshot, std::vector<WrittenPolicy>{{"DISABLED", {}}}))
        << "who writes no pattern is not to blame";
}

TEST(PatternWork, anAnswerMadeForAPolicyFollowsOnErrorAtEverySplit)
{
    ASSERT_TRUE(checkPolicy(sly(Mode::Block, OnError::Block)));
    const auto text = "aqA1 is found. " + madeForIt(4000) + "aqA1";
    for (const std::size_t size : {std::size_t{1}, std::size_t{14}, text.size()}) {
        auto guard = sample::guardOf({sly(Mode::Monitor, OnError::Block)});
        sample::stream(guard, kChannel, text, size);
        ASSERT_TRUE(guard.stop()) << size;
        EXPECT_TRUE(guard.stop()->channel.empty());
        EXPECT_EQ(guard.stop()->decision.result, DecisionResult::Error);

        auto lenient = sample::guardOf({sly(Mode::Redact, OnError::Allow)});
        const auto channel = sample::stream(lenient, kChannel, text, size);
        EXPECT_FALSE(lenient.stop());
        EXPECT_EQ(lenient.settled(channel), text.size()) << "nothing is held for ever";
        const auto replaced = lenient.takeReplacements(channel);
        ASSERT_EQ(replaced.size(), 1U) << size;
        EXPECT_EQ(replaced[0].begin, 0U);
        EXPECT_EQ(lenient.finishOutput().decisions.front().result, DecisionResult::Error);
    }
}

TEST(PatternWork, aStopBeforeItIsTooMuchWins)
{
    const auto text = "aqA1 " + madeForIt(4000);
    for (const std::size_t size : {std::size_t{1}, text.size()}) {
        auto guard = sample::guardOf({sly(Mode::Block, OnError::Allow)});
        sample::stream(guard, kChannel, text, size);
        ASSERT_TRUE(guard.stop());
        EXPECT_EQ(guard.stop()->decision.result, DecisionResult::Block);
        EXPECT_EQ(guard.stop()->cutAt, 0U);
    }
}

TEST(PatternWork, aRequestMadeForAPolicyFollowsOnError)
{
    const auto text = madeForIt(4000);
    auto guard = sample::guardOf({sly(Mode::Monitor, OnError::Block, domain::Stage::Input)});
    const auto verdict = guard.judgeInput({{"messages/0/content", text}, {"b", "fine"}});
    ASSERT_TRUE(verdict.stop);
    EXPECT_EQ(verdict.stop->decision.result, DecisionResult::Error);
    auto lenient = sample::guardOf({sly(Mode::Block, OnError::Allow, domain::Stage::Input)});
    const auto passed = lenient.judgeInput({{"messages/0/content", text}});
    EXPECT_FALSE(passed.stop);
    EXPECT_EQ(sample::find(passed.outcome, "SLY")->result, DecisionResult::Error);
}

TEST(PatternWork, toolArgumentsMadeForAPolicyFollowOnError)
{
    auto guard = sample::guardOf({sly(Mode::Monitor, OnError::Block, domain::Stage::ToolCall)});
    const auto arguments = "{\"x\":\"" + madeForIt(4000) + "\"}";
    guard.judgeToolCall({"choices/0/tool_calls/0/function/arguments", "send", arguments});
    ASSERT_TRUE(guard.stop());
    EXPECT_EQ(guard.stop()->decision.result, DecisionResult::Error);
}

TEST(PatternWork, aRequestIsReadInSlicesOfWork)
{
    std::string text;
    for (std::uint64_t state = 1; text.size() < limits::kScanSliceBytes;) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += static_cast<char>('a' + (state >> 33U) % 26);
    }
    const std::vector<std::string> one{"[a-m][!-@a-z]{0,300}[A-Z]1"};
    auto policy = sample::patterns("ONE", Mode::Monitor, one);
    policy.stages = {domain::Stage::Input};
    ASSERT_TRUE(checkPolicy(policy));
    auto guard = sample::guardOf({policy});
    const std::vector<TextChannel> texts{{"messages/0/content", text}};
    int slices = 1;
    while (guard.readInput(texts)) {
        ++slices;
    }
    EXPECT_GT(slices, 10);
    EXPECT_FALSE(guard.concludeInput().stop);
}

} // namespace
