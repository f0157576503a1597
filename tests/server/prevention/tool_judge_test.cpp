// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/tool_judge.h"

#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::DecisionResult;

namespace {

const std::string kChannel = "choices/0/tool_calls/0/function/arguments";

domain::Policy policyOf(const std::string& rule, const std::string& more = R"("mode":"block")")
{
    const auto document = R"({"policy_id":"TOOLS","title":"t","severity":"high",)"
                          R"("stage":"tool_call",)"
        + more + R"(,"rule":)" + rule + "}";
    auto policy = domain::policyFromJson(parseJson(document).value());
    EXPECT_TRUE(policy.has_value()) << (policy ? "" : policy.error().message);
    EXPECT_TRUE(checkPolicy(*policy).has_value());
    return *std::move(policy);
}

std::optional<Stop> judged(const std::string& rule,
                           const std::string& name,
                           const std::string& arguments)
{
    auto guard = sample::guardOf({policyOf(rule)});
    EXPECT_TRUE(guard.judgesToolCalls());
    EXPECT_FALSE(guard.outputUnguarded());
    guard.judgeToolCall({kChannel, name, arguments});
    return guard.stop();
}

} // namespace

TEST(ToolJudge, keepsToTheListsOfTools)
{
    const std::string lists = R"({"type":"tool","allow":["get_*","send"],"deny":["get_secret"]})";
    EXPECT_FALSE(judged(lists, "get_weather", "{}"));
    EXPECT_FALSE(judged(lists, "send", ""));
    EXPECT_TRUE(judged(lists, "get_secret", "{}"));
    EXPECT_TRUE(judged(lists, "delete_all", "{}"));
    EXPECT_TRUE(judged(lists, "", "{}"));
    EXPECT_FALSE(judged(R"({"type":"tool","deny":["rm"]})", "ls", "{}"));
}

TEST(ToolJudge, looksForPatternsWhereThePathLeads)
{
    const std::string rule
        = R"({"type":"tool","arguments":[{"tools":["sh*"],"path":"/steps/*/command","patterns":["rm -rf"]}]})";
    EXPECT_TRUE(
        judged(rule, "shell", R"({"steps":[{"command":"ls"},{"command":"rm \u002drf /"}]})"));
    EXPECT_TRUE(judged(rule, "shell", R"({"steps":[{"command":["rm -rf","/"]}]})"));
    EXPECT_FALSE(judged(rule, "shell", R"({"note":"rm -rf"})"));
    EXPECT_FALSE(judged(rule, "other", R"({"steps":[{"command":"rm -rf"}]})"));
    EXPECT_TRUE(judged(rule, "shell", "rm -rf /")) << "a text that is no JSON is looked at whole";
}

TEST(ToolJudge, looksForPatternsUnderNamesAtAnyDepth)
{
    const std::string rule
        = R"({"type":"tool","arguments":[{"path":"/**/{cmd,command}","patterns":["rm -rf"]}]})";
    EXPECT_TRUE(judged(rule, "t", R"({"cmd":"rm -rf /"})"));
    EXPECT_TRUE(judged(rule, "t", R"({"steps":[{"on":{"command":"rm -rf /"}}]})"));
    EXPECT_TRUE(judged(rule, "t", R"({"steps":{"command":{"line":"rm -rf /"}}})"));
    EXPECT_FALSE(judged(rule, "t", R"({"steps":[{"comm":"rm -rf"},{"cmd,command":"rm -rf"}]})"));
    EXPECT_FALSE(judged(rule, "t", R"({"note":["rm -rf"]})"));
    EXPECT_TRUE(judged(rule, "t", R"({"command":["sudo","rm","-rf","/"]})")) << "words of a line";
    EXPECT_FALSE(judged(rule, "t", R"({"command":[["rm"],["-rf"]]})"));
}

TEST(ToolJudge, masksTheWordThatIsFoundAndTheLineOnlyWhereNoWordIs)
{
    const auto rule = R"({"type":"tool","arguments":[{"patterns":["rm -rf"]}]})";
    const auto spansOf = [&rule](const std::string& arguments) {
        auto guard = sample::guardOf({policyOf(rule, R"("mode":"warn")")});
        guard.judgeToolCall({kChannel, "a", arguments});
        return guard.finishOutput().decisions.at(0).spans;
    };
    const auto word = spansOf(R"({"a":["ls","rm -rf /"]})");
    ASSERT_EQ(word.size(), 1U);
    EXPECT_EQ(word[0].begin, 11);
    const auto line = spansOf(R"({"a":["rm","-rf"]})");
    ASSERT_EQ(line.size(), 1U);
    EXPECT_EQ(line[0].begin, 5);
}

TEST(ToolJudge, withoutAPathEveryValueAndNameCounts)
{
    const std::string rule = R"({"type":"tool","arguments":[{"patterns":["4711"]}]})";
    EXPECT_TRUE(judged(rule, "t", R"({"a":{"b":4711}})"));
    EXPECT_TRUE(judged(rule, "t", R"({"x4711":1})"));
    EXPECT_FALSE(judged(rule, "t", R"({"a":471})"));
}

TEST(ToolJudge, argumentsMustFitTheirSchema)
{
    const std::string rule
        = R"({"type":"tool","schemas":[{"tools":["pay"],"schema":{"type":"object","required":["amount"],)"
          R"("properties":{"amount":{"type":"integer","maximum":100}},"additionalProperties":false}}]})";
    EXPECT_FALSE(judged(rule, "pay", R"({"amount":100})"));
    EXPECT_TRUE(judged(rule, "pay", R"({"amount":101})"));
    EXPECT_TRUE(judged(rule, "pay", ""));
    EXPECT_TRUE(judged(rule, "pay", R"({"amount":1,"to":"x"})"));
    EXPECT_TRUE(judged(rule, "pay", R"({"amount":1,"amount":500})")) << "readers differ";
    EXPECT_TRUE(judged(rule, "pay", R"({"amount":1)"));
    EXPECT_FALSE(judged(rule, "look", R"({"amount":101})"));
}

TEST(ToolJudge, expressionsSeeTheCallAndItsTool)
{
    const std::string rule
        = R"({"type":"expression","expression":"tool.name == \"pay\" and tool.arguments.amount > 50 and call.user == \"user-1\""})";
    EXPECT_TRUE(judged(rule, "pay", R"({"amount":51})"));
    EXPECT_FALSE(judged(rule, "pay", R"({"amount":50})"));
    EXPECT_FALSE(judged(rule, "look", R"({"amount":51})"));
    const auto error = judged(rule, "pay", "{}");
    ASSERT_TRUE(error.has_value()) << "null is no amount";
    EXPECT_EQ(error->decision.result, DecisionResult::Error);
}

TEST(ToolJudge, patternsRulesMayStandAtTheStage)
{
    const std::string rule = R"({"type":"patterns","patterns":["(?i)drop\\s+table"]})";
    EXPECT_TRUE(judged(rule, "sql", R"({"q":"DROP\nTABLE x"})"));
    EXPECT_FALSE(judged(rule, "sql", R"({"q":"select 1"})"));
}

TEST(ToolJudge, aStopNamesTheToolAndShowsNoArgument)
{
    const auto stop = judged(R"({"type":"tool","deny":["rm_*"]})", "rm_all", R"({"p":"secret"})");
    ASSERT_TRUE(stop.has_value());
    EXPECT_EQ(stop->channel, kChannel);
    EXPECT_EQ(stop->cutAt, 0U);
    EXPECT_EQ(stop->decision.stage, domain::Stage::ToolCall);
    EXPECT_EQ(stop->decision.failureCode, domain::FailureCode::UnsafeToolCall);
    EXPECT_EQ(stop->decision.reason, "rm_all is on the list of denied tools, in " + kChannel + ".");
    const auto odd = judged(R"({"type":"tool","allow":["a"]})", "call 555-1234 now", "{}");
    EXPECT_EQ(odd->decision.reason.find("555"), std::string::npos);
}

TEST(ToolJudge, warnRecordsOneDecisionForAllCallsAndPassesArePacked)
{
    const auto rule = R"({"type":"tool","arguments":[{"patterns":["x"]}]})";
    auto guard = sample::guardOf({policyOf(rule, R"("mode":"warn")")});
    guard.judgeToolCall({kChannel, "a", R"({"v":"x"})"});
    guard.judgeToolCall({kChannel, "b", R"({"v":"x"})"});
    EXPECT_FALSE(guard.stop());
    const auto outcome = guard.finishOutput();
    ASSERT_EQ(outcome.decisions.size(), 1U);
    EXPECT_EQ(outcome.decisions[0].spans.size(), 2U);
    EXPECT_EQ(outcome.masked.size(), 2U);

    auto clean = sample::guardOf({policyOf(rule)});
    clean.judgeToolCall({kChannel, "a", "{}"});
    const auto passed = clean.finishOutput();
    ASSERT_EQ(passed.passes.size(), 1U);
    EXPECT_EQ(passed.passes[0].stage, domain::Stage::ToolCall);

    auto unused = sample::guardOf({policyOf(rule)});
    EXPECT_TRUE(unused.finishOutput().passes.empty()) << "no tool call was judged";
}

TEST(ToolJudge, wrongRulesAreRefusedWithThePointer)
{
    const struct {
        const char* rule;
        const char* pointer;
    } cases[] = {
        {R"({"type":"tool","arguments":[{"patterns":["a","(b"]}]})",
         "/rule/arguments/0/patterns/1"},
        {R"({"type":"tool","schemas":[{"schema":{"type":"x"}}]})", "/rule/schemas/0/schema/type"},
        {R"({"type":"tool","schemas":[{"schema":{"maximum":1.5}}]})", "/rule/schemas/0/schema"},
        {R"({"type":"expression","expression":"1 +"})", "/rule/expression"},
    };
    for (const auto& [rule, pointer] : cases) {
        const auto document
            = R"({"policy_id":"P","title":"t","severity":"low","stage":"tool_call","mode":"block","rule":)"
            + std::string(rule) + "}";
        const auto policy = domain::policyFromJson(parseJson(document).value());
        ASSERT_TRUE(policy.has_value()) << rule << policy.error().message;
        const auto checked = checkPolicy(*policy);
        ASSERT_FALSE(checked.has_value()) << rule;
        EXPECT_EQ(checked.error().subject, pointer);
    }
}
