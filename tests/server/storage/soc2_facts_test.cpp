// SPDX-License-Identifier: Apache-2.0
// Evidence of a period from a real database: who did what, and what the rows do not claim.
#include "server/storage/soc2_facts.h"

#include "server/storage/entered_store.h"
#include "server/storage/export_record.h"
#include "server/storage/incident_store.h"
#include "server/storage/remediation_store.h"
#include "tests/server/storage/ledger_on_test.h"

#include <sstream>

namespace exhibit::storage {
namespace {

constexpr const char* kStart = "2000-01-01";
constexpr const char* kEnd = "2099-12-31";

class Soc2FactsTest : public ::testing::Test {
protected:
    /// An open incident whose run was not stopped, or was.
    IncidentId addIncident(const std::string& runStatus = "succeeded")
    {
        const IncidentId incident = IncidentId::generate();
        const RunId run = RunId::generate();
        const auto administrator = m_on.server().administrator();
        const auto soon = TestDatabase::soon();
        must(administrator->query(
            "INSERT INTO exhibit.runs (tenant_id, run_id, project_id, policy_snapshot_id, status,"
            " started_at, last_active_at) VALUES ($1, $2, $3, 'SNAP-1', $4, now(), now())",
            {tenant(), run, m_on.tenant().project, runStatus},
            soon));
        must(administrator->query(
            "INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, call_id, model,"
            " severity, policy_id, status, title, excerpt, cost_microcents, latency_us, created_at)"
            " VALUES ($1, $2, $3, gen_random_uuid(), 'gpt-4o', 'high', 'SAFETY', 'open', 't', 'e',"
            " 0, 0, now())",
            {tenant(), incident, run},
            soon));
        must(administrator->query(
            "INSERT INTO exhibit.incident_search (tenant_id, created_at, incident_id, status,"
            " cost_microcents, latency_us, tsv) SELECT tenant_id, created_at, incident_id, status,"
            " 0, 0, '' FROM exhibit.incidents WHERE incident_id = $1",
            {incident},
            soon));
        auto opened = LedgerOnTest::draft("opened");
        opened.incidentId = incident;
        must(m_on.append({opened}));
        return incident;
    }
    void change(IncidentId incident, const std::string& by, const IncidentChange& change)
    {
        must(
            IncidentStore(database())
                .change(
                    tenant(), incident, change, {by, "", ""}, m_on.ledger(), TestDatabase::soon()));
    }
    void setStatus(IncidentId incident, const std::string& by, domain::IncidentStatus status)
    {
        IncidentChange asked;
        asked.status = status;
        change(incident, by, asked);
    }
    void act(const std::string& by, const AuditedAction& action)
    {
        must(m_on.write([&](Transaction& transaction) {
            return recordAction(transaction, m_on.ledger(), {by, "", ""}, action);
        }));
    }
    void state(const std::string& start, const std::string& end, const std::string& words)
    {
        report::ComplianceStatement statement;
        statement.periodStart = start;
        statement.periodEnd = end;
        statement.attestationStatement = words;
        const Actor actor{"key_cfo", "", ""};
        must(EnteredStore(database(), tenant())
                 .enter(statement, {actor, m_on.ledger()}, TestDatabase::soon()));
    }
    Soc2Evidence read(const std::string& start = kStart, const std::string& end = kEnd)
    {
        return must(readSoc2(database(),
                             tenant(),
                             {.periodStart = start,
                              .periodEnd = end,
                              .bundleId = "b1",
                              .exportedBy = "key_1",
                              .reason = "test",
                              .createdAt = utcNow()},
                             TestDatabase::soon()));
    }

    static const report::Soc2Row& rowOf(const Soc2Evidence& evidence, const std::string& criterion)
    {
        for (const auto& row : evidence.bundle.rows) {
            if (row.criterion == criterion) {
                return row;
            }
        }
        throw std::runtime_error("no row " + criterion);
    }
    /// The lines of a criterion's listing, by id.
    static std::map<std::string, Json> listing(const Soc2Evidence& evidence,
                                               const std::string& criterion)
    {
        std::map<std::string, Json> members;
        std::istringstream lines(evidence.listings.at(criterion + ".ndjson"));
        for (std::string line; std::getline(lines, line);) {
            const Json member = must(parseJson(line));
            members[std::string(stringMember(member, "id"))] = member;
        }
        return members;
    }

    Database& database() { return m_on.server().database(); }
    TenantId tenant() { return m_on.tenant().id; }
    LedgerOnTest m_on;
};

TEST_F(Soc2FactsTest, aTagOrAnAssigneeIsNoTriage)
{
    const auto tagged = addIncident();
    const auto decided = addIncident();
    IncidentChange tags;
    tags.addTags = {"vip"};
    IncidentChange assignee;
    assignee.assignee = "sam";
    change(tagged, "key_tagger", tags);
    change(decided, "key_tagger", tags);
    setStatus(decided, "key_same", domain::IncidentStatus::Open); // As it was: no decision.
    setStatus(decided, "key_triager", domain::IncidentStatus::Investigating);
    setStatus(decided, "key_closer", domain::IncidentStatus::Resolved);
    change(decided, "key_tagger", assignee);
    const auto evidence = read();
    const auto members = listing(evidence, "CC7.2");
    const auto& untouched = members.at(tagged.text()).at("details");
    EXPECT_TRUE(untouched.at("triaged_by").is_null()) << printJson(untouched);
    EXPECT_TRUE(untouched.at("triaged_at").is_null()) << printJson(untouched);
    EXPECT_TRUE(untouched.at("closed_at").is_null()) << printJson(untouched);
    const auto& details = members.at(decided.text()).at("details");
    EXPECT_EQ(details.at("triaged_by"), "key_triager") << printJson(details);
    EXPECT_EQ(details.at("triage"), "investigating");
    EXPECT_TRUE(details.at("closed_at").is_string()) << printJson(details);
    EXPECT_EQ(details.at("assignee"), "sam");
    EXPECT_EQ(rowOf(evidence, "CC7.2").exception, "1 incident is not closed yet.");
}

TEST_F(Soc2FactsTest, anEvaluationNamesWhoDecidedAndWhoApproved)
{
    const auto incident = addIncident();
    addIncident();
    setStatus(incident, "key_triager", domain::IncidentStatus::Investigating);
    setStatus(incident, "key_closer", domain::IncidentStatus::FalsePositive);
    report::Impact impact;
    impact.businessImpact = "A name was shown.";
    impact.personalInformation = {{true, "names", "customers", 2}};
    impact.approver = "R. Lindqvist";
    const Actor assessor{"key_assessor", "", ""};
    must(EnteredStore(database(), tenant())
             .enter(incident, impact, {assessor, m_on.ledger()}, TestDatabase::soon()));
    const auto evidence = read();
    const auto& row = rowOf(evidence, "CC7.3");
    EXPECT_EQ(row.populationCount, 1);
    EXPECT_EQ(row.exception, "1 incident is not assessed.");
    EXPECT_EQ(row.performers, std::vector<std::string>{"key_assessor"});
    const auto details = listing(evidence, "CC7.3").at(incident.text()).at("details");
    EXPECT_EQ(details.at("approver"), "R. Lindqvist");
    EXPECT_EQ(details.at("decision"), "false_positive");
    EXPECT_EQ(details.at("decided_by"), "key_closer");
    EXPECT_EQ(details.at("personal_information").at("count"), 2);
}

TEST_F(Soc2FactsTest, aClientThatHangsUpIsNoResponse)
{
    const auto abort = [this](const char* reason) {
        const auto incident = addIncident("cancelled");
        must(m_on.server().administrator()->query("INSERT INTO exhibit.run_abort_log SELECT "
                                                  "tenant_id, run_id, $2, 'key_1', NULL, now(), 0"
                                                  " FROM exhibit.incidents WHERE incident_id = $1",
                                                  {incident, std::string(reason)},
                                                  TestDatabase::soon()));
    };
    addIncident("cancelled");
    abort("user_cancel");
    EXPECT_EQ(rowOf(read(), "CC7.4").populationCount, 0);
    abort("admin_kill");
    abort("max_cost");
    EXPECT_EQ(rowOf(read(), "CC7.4").populationCount, 2);
}

TEST_F(Soc2FactsTest, aResponseIsAStopOrWhatPeopleContained)
{
    const auto contained = addIncident();
    const auto stopped = addIncident("failed_policy");
    addIncident();
    setStatus(contained, "key_responder", domain::IncidentStatus::Contained);
    const auto evidence = read();
    const auto& row = rowOf(evidence, "CC7.4");
    EXPECT_EQ(row.populationCount, 2);
    EXPECT_EQ(row.exception,
              "Nobody recorded what was communicated to whom. "
              "2 incidents are neither contained nor closed.");
    const auto members = listing(evidence, "CC7.4");
    const auto& response = members.at(contained.text());
    EXPECT_EQ(stringMember(response, "performer"), "key_responder");
    EXPECT_TRUE(response.at("details").at("closed_at").is_null()) << "contained is not closed";
    EXPECT_EQ(response.at("details").at("timeline").as_array().size(), 1U);
    EXPECT_EQ(response.at("details").at("snapshot_before"), "SNAP-1");
    EXPECT_TRUE(response.at("entry_seq").is_number());
    for (const auto& [id, member] : members) {
        if (id.starts_with("run_")) {
            EXPECT_EQ(member.at("details").at("status"), "failed_policy");
            EXPECT_TRUE(member.at("details").at("closed_at").is_null()) << "open: " << id;
        }
    }
    setStatus(stopped, "key_closer", domain::IncidentStatus::Resolved);
    const auto after = read();
    EXPECT_EQ(rowOf(after, "CC7.4").populationCount, 3);
    for (const auto& [id, member] : listing(after, "CC7.4")) {
        if (id.starts_with("run_")) {
            EXPECT_TRUE(member.at("details").at("closed_at").is_string()) << printJson(member);
        }
    }
}

TEST_F(Soc2FactsTest, recoveryAndItsGap)
{
    const auto incident = addIncident();
    addIncident();
    domain::Remediation item;
    item.action = "Send the flag";
    item.owner = "team";
    item.approver = "R. Lindqvist";
    must(RemediationStore(database())
             .save(tenant(),
                   incident,
                   item,
                   {"key_fixer", "", ""},
                   m_on.ledger(),
                   TestDatabase::soon()));
    const auto evidence = read();
    const auto& row = rowOf(evidence, "CC7.5");
    EXPECT_EQ(row.populationCount, 1);
    EXPECT_EQ(row.performers, std::vector<std::string>{"key_fixer"});
    EXPECT_NE(row.exception.find("1 incident has no remediation."), std::string::npos);
    const auto member = listing(evidence, "CC7.5").at(incident.text());
    EXPECT_EQ(member.at("details").at("actions").at(0).at("owner"), "team");
    EXPECT_TRUE(member.at("entry_seq").is_number()) << printJson(member);
}

TEST_F(Soc2FactsTest, accessBoundaryMovementSoftwareAndChanges)
{
    act("key_admin", {"key.created", "key_new", JsonObject{{"role", "service"}}, {}});
    act("key_admin", {"upstream.added", "sample", JsonObject{}, {}});
    act("key_admin", {"policy.imported", "SAFETY", JsonObject{{"changed", true}}, {}});
    act("key_1",
        {"export.created", "pack_1", JsonObject{{"format", "exhibit"}, {"reason", "x"}}, {}});
    act("key_2", {"export.created", "pack_2", JsonObject{{"format", "json"}}, {}});
    const auto evidence = read();
    const auto access = rowOf(evidence, "CC6.1");
    EXPECT_EQ(access.populationCount, 1);
    EXPECT_EQ(access.exception, "Nobody recorded a review of access for the period.");
    EXPECT_EQ(listing(evidence, "CC6.1").at("key_new").at("details").at("role"), "service");
    EXPECT_EQ(rowOf(evidence, "CC6.6").sampleIds, std::vector<std::string>{"sample"});
    const auto moved = rowOf(evidence, "CC6.7");
    EXPECT_EQ(moved.populationCount, 2);
    EXPECT_EQ(moved.exception, "1 export names no reason.");
    EXPECT_EQ(moved.performers, (std::vector<std::string>{"key_1", "key_2"}));
    EXPECT_EQ(rowOf(evidence, "CC8.1").populationCount, 2) << "the policy and the provider";

    const auto software = rowOf(evidence, "CC6.8");
    EXPECT_GT(software.populationCount, 0);
    EXPECT_NE(software.limitation.find("exhibitd " EXHIBIT_VERSION), std::string::npos);
    const auto form = listing(evidence, "CC6.8").at("schema 1");
    EXPECT_EQ(stringMember(form.at("details"), "sha256").size(), 64U) << printJson(form);
}

TEST_F(Soc2FactsTest, disclosuresAreExportsAndNotIncidents)
{
    addIncident();
    const auto exported = [&](const std::string& id, JsonObject details) {
        act("key_1", {"export.created", id, std::move(details), {}});
    };
    exported("redacted", {{"format", "json"}, {"redacted", true}});
    exported("whole", {{"format", "json"}, {"redacted", false}});
    exported("not_said", {{"format", "pdf"}});
    exported("regulator", {{"format", "ai_act_art73"}, {"redacted", true}});
    exported("ordered", {{"format", "pdf"}, {"redacted", true}, {"authority", "order"}});
    exported("audit", {{"format", "soc2/pdf"}, {"redacted", true}});
    exported("audit_whole", {{"format", "soc2/json"}, {"redacted", false}});
    const auto evidence = read();
    const auto row = rowOf(evidence, "P6.3");
    const auto members = listing(evidence, "P6.3");
    EXPECT_EQ(row.populationCount, 5);
    for (const auto* id : {"whole", "not_said", "regulator", "ordered", "audit_whole"}) {
        EXPECT_TRUE(members.contains(id)) << id;
    }
    EXPECT_NE(row.exception.find("1 export does not say whether it was redacted."),
              std::string::npos)
        << row.exception;
}

TEST_F(Soc2FactsTest, aStatementOfAnEarlierPeriodStaysWhenALaterOneIsEntered)
{
    state("2026-01-01", "2026-03-31", "first try");
    state("2026-01-01", "2026-03-31", "We answer for the first quarter.");
    state("2026-04-01", "2026-06-30", "We answer for the second quarter.");
    const auto first = read("2026-01-01", "2026-03-31").bundle;
    EXPECT_EQ(first.attestationStatement, "We answer for the first quarter.");
    EXPECT_EQ(first.statementVersion, 2);
    EXPECT_EQ(read("2026-04-01", "2026-06-30").bundle.statementVersion, 3);
    EXPECT_EQ(read("", "").bundle.compliancePeriodStart, "2026-04-01") << "the newest";
    EXPECT_FALSE(read("2026-01-01", "2026-06-30").bundle.attestationStatement);
}

TEST_F(Soc2FactsTest, everyLogOfThePeriodIsCounted)
{
    m_on.appendMany(3);
    const auto before = m_on.head();
    must(m_on.write([&](Transaction& transaction) -> Result<void> {
        EXHIBIT_CHECK(ChainLedger::closeEpoch(transaction, before.epoch));
        EpochOpening opening;
        opening.after = before.epoch;
        opening.cause = "signer_lost";
        EXHIBIT_CHECK(m_on.ledger().openEpoch(transaction, opening));
        return {};
    }));
    const auto incident = addIncident();
    const auto log = read().bundle.log;
    ASSERT_EQ(log.epochs.size(), 2U);
    EXPECT_EQ(log.entries, log.epochs[0].entries + log.epochs[1].entries);
    EXPECT_EQ(log.epochs[0].entries, 4) << "and the first, which opens it";
    EXPECT_EQ(log.epochs[0].first, 0);
    EXPECT_EQ(log.epochs[0].last, 3);
    EXPECT_EQ(log.epochs[1].entries, 2);
    EXPECT_TRUE(log.contiguous);
    EXPECT_NE(log.epochs[0].origin, log.epochs[1].origin);
    EXPECT_EQ(log.origin, log.epochs[1].origin);
    const auto evidence = read();
    EXPECT_EQ(rowOf(evidence, "CC2.1").populationCount, log.entries);
    EXPECT_EQ(rowOf(evidence, "CC2.1").entryEpoch, 2) << "not the larger number of the older log";
    EXPECT_EQ(rowOf(evidence, "CC2.1").entrySeq, 1);
    EXPECT_EQ(listing(evidence, "CC7.2").at(incident.text()).at("entry_epoch"), 2);

    m_on.tamper("DELETE FROM incident_log_chain" + m_on.where()
                + "AND epoch = 1 AND sequence_number = 3");
    const auto cut = read().bundle.log;
    EXPECT_FALSE(cut.contiguous) << "the end of the older log is gone";
    EXPECT_FALSE(cut.epochs[0].contiguous);
    EXPECT_TRUE(cut.epochs[1].contiguous);
}

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

TEST_F(Soc2FactsTest, performersBeyondTheFirstFiveAreCounted)
{
    for (int i = 0; i < 8; ++i) {
        act("key_" + std::to_string(i), {"key.created", "key_new", JsonObject{}, {}});
    }
    const auto row = rowOf(read(), "CC6.1");
    EXPECT_EQ(row.performers.size(), 5U);
    EXPECT_EQ(row.morePerformers, 3);
}

} // namespace
} // namespace exhibit::storage
