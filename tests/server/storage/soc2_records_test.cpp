// SPDX-License-Identifier: Apache-2.0
// What people record of controls, in the evidence of a period.
#include "tests/server/storage/soc2_facts_on_test.h"

namespace exhibit::storage {
namespace {

TEST_F(Soc2FactsTest, whatPeopleRecordStandsInItsRowByTheDayItWasDone)
{
    using Kind = report::ComplianceRecordKind;
    const auto record = [this](Kind kind, const std::string& on, std::int64_t number = 0) {
        const Actor actor{"key_ops", "", ""};
        return EnteredStore(database(), tenant())
            .enter({.number = number, .kind = kind, .on = on, .by = "Ada", .text = "restored"},
                   {actor, m_on.ledger()},
                   TestDatabase::soon());
    };
    const auto none = read("2026-04-01", "2026-06-30");
    EXPECT_EQ(rowOf(none, "A1.2").populationCount, 0);
    EXPECT_EQ(rowOf(none, "CC8.1").exception,
              "Nobody recorded the request, test and approval of a change.");
    EXPECT_EQ(rowOf(none, "P6.3").exception, "Nobody recorded to whom information was disclosed.");
    EXPECT_EQ(rowOf(none, "P6.3").limitation,
              "Whose information is in an exported file is not known here.");
    EXPECT_NE(rowOf(none, "A1.2").exception.find("Nobody recorded one"), std::string::npos);
    EXPECT_EQ(rowOf(none, "P6.6").exception, "Nobody recorded one for the period.");

    EXPECT_EQ(must(record(Kind::BackupTest, "2026-06-30")), 1);
    EXPECT_EQ(must(record(Kind::BackupTest, "2026-07-01")), 2) << "of the next period";
    EXPECT_EQ(must(record(Kind::BreachNotice, "2026-05-01")), 3);
    EXPECT_EQ(must(record(Kind::AccessReview, "2026-05-02")), 4);
    EXPECT_EQ(must(record(Kind::BackupTest, "2026-06-29", 1)), 1) << "a new version";
    EXPECT_EQ(record(Kind::BackupTest, "2026-06-29", 9).error().code, ErrorCode::NotFound);
    const auto evidence = read("2026-04-01", "2026-06-30");
    const auto tests = listing(evidence, "A1.2");
    ASSERT_EQ(tests.size(), 1U);
    const auto& member = tests.at("backup_test 1");
    EXPECT_EQ(member.at("details").at("version"), 2) << "the newest alone";
    EXPECT_EQ(member.at("details").at("on"), "2026-06-29");
    EXPECT_EQ(member.at("details").at("by"), "Ada");
    EXPECT_EQ(stringMember(member, "performer"), "key_ops");
    EXPECT_TRUE(member.at("entry_seq").is_number()) << printJson(member);
    EXPECT_EQ(rowOf(evidence, "P6.6").populationCount, 1);
    EXPECT_TRUE(listing(evidence, "CC6.1").contains("access_review 4"));
    EXPECT_EQ(rowOf(evidence, "CC6.1").exception, "");
}

TEST_F(Soc2FactsTest, whatPeopleRecordStandsBesideWhatTheSystemKnows)
{
    using Kind = report::ComplianceRecordKind;
    const auto incident = addIncident();
    const auto record = [this](Kind kind, std::optional<IncidentId> about) {
        const Actor actor{"key_ops", "", ""};
        return EnteredStore(database(), tenant())
            .enter({.kind = kind,
                    .on = "2026-05-01T23:30:00-02:00",
                    .by = "Ada",
                    .text = "told",
                    .incidentId = about},
                   {actor, m_on.ledger()},
                   TestDatabase::soon());
    };
    const std::vector<std::tuple<Kind, std::string, std::string>> kinds{
        {Kind::Communication, "communication", "CC7.4"},
        {Kind::Lesson, "lesson", "CC7.5"},
        {Kind::PlanTest, "plan_test", "CC7.5"},
        {Kind::ChangeApproval, "change_approval", "CC8.1"},
        {Kind::Disclosure, "disclosure", "P6.3"},
        {Kind::BreachNotice, "breach_notice", "P6.6"}};
    std::int64_t number = 0;
    for (const auto& [kind, name, criterion] : kinds) {
        EXPECT_EQ(must(record(kind, incident)), ++number);
        const auto member = listing(read("2026-05-02", "2026-05-02"), criterion)
                                .at(name + " " + std::to_string(number));
        EXPECT_EQ(member.at("at"), "2026-05-02T01:30:00.000000Z") << "the instant, in UTC";
        EXPECT_EQ(stringMember(member.at("details"), "incident_id"), incident.text());
    }
    for (const auto& row : read("2026-05-02", "2026-05-02").bundle.rows) {
        const bool all = row.criterion == "CC7.4" || row.criterion == "CC7.5";
        EXPECT_TRUE(!all || row.exception.find("Nobody") == std::string::npos) << row.exception;
    }
    const auto refused = record(Kind::Lesson, IncidentId::generate()).error();
    EXPECT_EQ(refused.code, ErrorCode::NotFound);
    EXPECT_EQ(refused.subject, "/incident_id");
}

TEST_F(Soc2FactsTest, aBreachIsLookedForWherePersonalInformationIsInvolved)
{
    const auto incident = addIncident();
    addIncident();
    report::Impact impact;
    impact.businessImpact = "A name was shown.";
    impact.personalInformation = {{true, "names", "customers", 2}};
    const Actor assessor{"key_assessor", "", ""};
    must(EnteredStore(database(), tenant())
             .enter(incident, impact, {assessor, m_on.ledger()}, TestDatabase::soon()));
    EXPECT_EQ(rowOf(read(), "P6.6").exception,
              "Nobody recorded one for the period. "
              "1 incident of the period involves personal information by its assessment.");
}

} // namespace
} // namespace exhibit::storage
