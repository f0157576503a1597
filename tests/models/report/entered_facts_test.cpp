// SPDX-License-Identifier: Apache-2.0
#include "models/report/entered_facts.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

std::string faultOf(const Result<void>& checked)
{
    return checked ? "" : checked.error().subject;
}

TEST(EnteredFacts, takeWhatIsWithinTheirLimits)
{
    Impact impact{std::string(4000, 'x'), std::string(4000, 'x'), PersonalInformation{}, {}};
    EXPECT_EQ(faultOf(check(impact)), "");
    impact.businessImpact += 'x';
    EXPECT_EQ(faultOf(check(impact)), "/business_impact");
    impact.businessImpact = "";
    EXPECT_EQ(faultOf(check(impact)), "/business_impact");
    impact.businessImpact = "x";
    impact.personalInformation->count = -1;
    EXPECT_EQ(faultOf(check(impact)), "/personal_information/count");
}

TEST(EnteredFacts, refuseOneItemTooManyAndDaysThatAreNone)
{
    RemediationPlan plan{std::vector<RemediationItem>(100, {"act", "me", "2028-02-29", {}, {}})};
    EXPECT_EQ(faultOf(check(plan)), "");
    plan.items[3].due = "2027-02-29";
    EXPECT_EQ(faultOf(check(plan)), "/items/3/due");
    plan.items[3].due = "2027-2-1";
    EXPECT_EQ(faultOf(check(plan)), "/items/3/due");
    plan.items[3].due.reset();
    plan.items[4].owner = std::string(201, 'x');
    EXPECT_EQ(faultOf(check(plan)), "/items/4/owner");
    plan.items[4].owner.reset();
    plan.items.push_back({"one more", {}, {}, {}, {}});
    EXPECT_EQ(faultOf(check(plan)), "/items");
}

TEST(EnteredFacts, refuseAPeriodThatEndsBeforeItStarts)
{
    ComplianceStatement statement{"2026-01-01", "2026-12-31", {}, "We state.", ""};
    EXPECT_EQ(faultOf(check(statement)), "");
    statement.periodEnd = "2025-12-31";
    EXPECT_EQ(faultOf(check(statement)), "/period_end");
    statement.periodEnd = "2026-01-01";
    EXPECT_EQ(faultOf(check(statement)), "");
    statement.controlObjectives.assign(101, {"CC7.2", "C-1", "Find it.", {}});
    EXPECT_EQ(faultOf(check(statement)), "/control_objectives");
}

} // namespace
} // namespace exhibit::report
