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

TEST(EnteredFacts, takeDaysOfTheCalendarAlone)
{
    EXPECT_TRUE(parseDay("2028-02-29", "/day"));
    for (const auto* day : {"2027-02-29", "2027-2-1", "2027-02-01T00", "", "soon-enough"}) {
        const auto parsed = parseDay(day, "/day");
        ASSERT_FALSE(parsed) << day;
        EXPECT_EQ(parsed.error().subject, "/day");
    }
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

TEST(EnteredFacts, aRecordSaysWhatWhenAndByWhom)
{
    const ComplianceRecord good{.kind = ComplianceRecordKind::BackupTest,
                                .on = "2026-06-30",
                                .by = "Ada",
                                .text = "restored"};
    EXPECT_TRUE(check(good));
    const auto faultOf = [&good](auto&& spoil) {
        auto record = good;
        spoil(record);
        const auto checked = check(record);
        return checked ? std::string() : checked.error().subject;
    };
    EXPECT_EQ(faultOf([](auto& one) { one.on = "2026-02-30"; }), "/on");
    EXPECT_EQ(faultOf([](auto& one) { one.by = ""; }), "/by");
    EXPECT_EQ(faultOf([](auto& one) { one.by = std::string(201, 'x'); }), "/by");
    EXPECT_EQ(faultOf([](auto& one) { one.text = ""; }), "/text");
    EXPECT_EQ(faultOf([](auto& one) { one.text = std::string(4001, 'x'); }), "/text");
    EXPECT_EQ(faultOf([](auto& one) { one.number = -1; }), "/n");
}

} // namespace
} // namespace exhibit::report
