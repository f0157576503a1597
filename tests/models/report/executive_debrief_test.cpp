// SPDX-License-Identifier: Apache-2.0
#include "models/report/executive_debrief.h"

#include "models/report/recommended_actions.h"
#include "models/report/typesetter.h"
#include "tests/models/report/facts_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

EvidenceBundle bundleOnTest(const RecordedFacts& facts = factsOnTest())
{
    return makeEvidenceBundle(facts,
                              {.bundleId = "b1",
                               .createdAt = fromMicroseconds(1'795'000'100'000'000),
                               .exportedBy = "key_1",
                               .include = {Include::RootCause}})
        .value();
}

TEST(ExecutiveDebrief, saysWhatIsRecordedAndNothingElse)
{
    const auto debrief = makeExecutiveDebrief(bundleOnTest());
    EXPECT_EQ(debrief.timeToDetectUs, 2000);
    EXPECT_EQ(debrief.remediationStatus, "none recorded");
    EXPECT_FALSE(debrief.businessImpact);
    EXPECT_FALSE(debrief.riskLevel);
    EXPECT_NE(debrief.plainLanguageSummary.find("The server stopped it there"), std::string::npos);
    EXPECT_NE(debrief.plainLanguageSummary.find("is not known to this record"), std::string::npos);
    EXPECT_EQ(debrief.recommendedActions.front(),
              "Let the application send contract.auto_renew, or say that it is unknown.");
}

TEST(ExecutiveDebrief, hasTwoPagesHoweverMuchWasEntered)
{
    auto facts = factsOnTest();
    facts.incident.title = std::string(3000, 'W');
    facts.incident.rootCause->shouldHave = std::string(5000, 'W');
    facts.incident.rootCause->actuallyDid = std::string(5000, 'W');
    Impact impact;
    impact.businessImpact = std::string(4000, 'W');
    impact.affectedParties = std::string(4000, 'W');
    impact.personalInformation
        = PersonalInformation{true, std::string(4000, 'W'), std::string(4000, 'W'), 7};
    facts.impact = {1, "key_1", facts.incident.createdAt, impact};
    for (int i = 0; i < 100; ++i) {
        domain::Remediation item;
        item.number = i + 1;
        item.action = std::string(4000, 'W');
        item.owner = std::string(200, 'W');
        facts.remediations.push_back(item);
        domain::FixVerification verification;
        verification.reason = std::string(4000, 'W');
        facts.fixVerifications.push_back(verification);
    }
    for (const auto& one : {facts, factsOnTest()}) {
        PackFacts pack;
        pack.bundle = bundleOnTest(one);
        const auto document = executiveDebrief(pack);
        ASSERT_TRUE(document) << document.error().message;
        EXPECT_EQ(typeset(*document).value().pages, 2U);
    }
}

TEST(RecommendedActions, followFromTheGapAndFromWhatIsMissing)
{
    auto bundle = bundleOnTest();
    for (const auto kind : {domain::GapKind::EnforcementGap,
                            domain::GapKind::CoverageGap,
                            domain::GapKind::DataGap,
                            domain::GapKind::ModelFault,
                            domain::GapKind::PromptAttack,
                            domain::GapKind::UpstreamFault,
                            domain::GapKind::ConfigurationFault}) {
        bundle.incident.rootCause->kind = kind;
        const auto actions = recommendedActions(bundle);
        EXPECT_GE(actions.size(), 4U);
        EXPECT_LE(actions.size(), 6U);
        for (const auto& action : actions) {
            EXPECT_FALSE(action.because.empty());
        }
    }
    bundle.incident.rootCause.reset();
    EXPECT_EQ(recommendedActions(bundle).front().action, "Find the root cause.");
}

} // namespace
} // namespace exhibit::report
