// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/contradiction.h"

#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::Mode;

namespace {

domain::Policy policyOf(const std::string& rule, const std::string& mode = "block")
{
    const auto document = R"({"policy_id":"FACTS","title":"t","severity":"high","stage":"output",)"
                          R"("mode":")"
        + mode + R"(","rule":)" + rule + "}";
    auto policy = domain::policyFromJson(parseJson(document).value());
    EXPECT_TRUE(policy.has_value()) << (policy ? "" : policy.error().message);
    EXPECT_TRUE(checkPolicy(*policy).has_value());
    return *std::move(policy);
}

const std::string kNotice
    = R"({"type":"contradicts_context","fact":"contract.notice_days","hedges":["(?i)not sure"],)"
      R"("claims":[{"pattern":"(?i)notice period (?:is|of) ","value":"\\d[\\d,]*\\b"}]})";
const std::string kRenewal
    = R"({"type":"contradicts_context","fact":"contract.auto_renew",)"
      R"("claims":[{"pattern":"(?i)will (?:auto-?)?renew","asserts":true},{"pattern":"will end","asserts":false}]})";

/// True when the answer was stopped.
bool stops(const std::string& rule, const std::string& facts, const std::string& text)
{
    const auto json = parseJson(facts).value();
    auto subject = sample::subject();
    subject.facts = &json;
    CallGuard guard(sample::compiled({policyOf(rule)}), subject);
    sample::stream(guard, "choices/0/content", text, 1);
    return guard.stop().has_value();
}

} // namespace

TEST(Contradiction, aStatedNumberThatDiffersIsOne)
{
    const std::string facts = R"({"contract":{"notice_days":1090}})";
    EXPECT_TRUE(stops(kNotice, facts, "The notice period is 90 days."));
    EXPECT_TRUE(stops(kNotice, facts, "The notice period of 109 days"));
    EXPECT_FALSE(stops(kNotice, facts, "The notice period is 1090 days."));
    EXPECT_FALSE(stops(kNotice, facts, "The notice period is 1,090 days."));
    EXPECT_FALSE(stops(kNotice, facts, "I am not sure, the notice period is 90 days."));
    EXPECT_FALSE(stops(kNotice, facts, "The notice period is long. 90 days."));
}

TEST(Contradiction, anAssertionThatDiffersIsOne)
{
    const std::string renews = R"({"contract":{"auto_renew":true}})";
    const std::string ends = R"({"contract":{"auto_renew":false}})";
    EXPECT_FALSE(stops(kRenewal, renews, "It will auto-renew in May."));
    EXPECT_TRUE(stops(kRenewal, ends, "It will auto-renew in May."));
    EXPECT_TRUE(stops(kRenewal, renews, "It will end in May."));
}

TEST(Contradiction, isNoneWhereTheFactIsNotKnown)
{
    for (const auto* facts : {"{}", R"({"contract":{"auto_renew":null}})"}) {
        EXPECT_FALSE(stops(kRenewal, facts, "It will end in May.")) << facts;
    }
}

TEST(Contradiction, theDecisionNamesTheFactAndTheTextEndsBeforeTheClaim)
{
    const auto facts = parseJson(R"({"contract":{"notice_days":30}})").value();
    auto subject = sample::subject();
    subject.facts = &facts;
    CallGuard guard(sample::compiled({policyOf(kNotice)}), subject);
    sample::stream(guard, "choices/0/content", "Fine. The notice period is 90 days. Bye.", 3);
    ASSERT_TRUE(guard.stop().has_value());
    EXPECT_EQ(guard.stop()->cutAt, 10U);
    const auto& decision = guard.stop()->decision;
    EXPECT_EQ(decision.fact, "contract.notice_days");
    EXPECT_EQ(decision.factState, "present");
    EXPECT_EQ(decision.failureCode, domain::FailureCode::Contradiction);
    EXPECT_EQ(decision.reason.find("90"), std::string::npos);
}

TEST(Contradiction, textsAreComparedWithoutCaseAndSpaces)
{
    const std::string rule
        = R"({"type":"contradicts_context","fact":"plan","claims":[{"pattern":"plan is ","value":"[A-Za-z ]+"}]})";
    EXPECT_FALSE(stops(rule, R"({"plan":"Team  Plus"})", "your plan is TEAM plus."));
    EXPECT_TRUE(stops(rule, R"({"plan":"Team Plus"})", "your plan is free."));
}
