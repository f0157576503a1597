// SPDX-License-Identifier: Apache-2.0
// Evidence of a period from a real database: who did what, and what the rows do not claim.
#include "server/storage/remediation_store.h"
#include "tests/server/storage/soc2_facts_on_test.h"

namespace exhibit::storage {
namespace {

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
