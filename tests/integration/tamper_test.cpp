// SPDX-License-Identifier: Apache-2.0
// What the owner of the database rewrites is found by what people use: the commands and routes.
#include "tests/integration/tampered_server.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace exhibit::test {
namespace {

/// The first one.
const Json& finding(const Json& check)
{
    static const Json kNone = JsonObject{{"seq", -1}, {"problem", "none"}};
    const auto& findings = findMember(check, "findings")->get_array();
    return findings.empty() ? kNone : findings.front();
}

bool isSound(const Json& check)
{
    return findMember(check, "sound")->get_bool();
}

class Tamper : public TamperedServer {
protected:
    /// A call that a policy stopped, with everything of it in the signed log; its incident.
    std::string recordCall()
    {
        static_cast<void>(callAsRecorded("contract-2-answer"));
        auto incident = waitForIncident();
        exportPack(incident); // The call's entry is in the log from here on.
        waitUntilSigned();
        EXPECT_TRUE(isSound(verifyLedger())) << printJson(verifyLedger());
        return incident;
    }
    [[nodiscard]] Reply post(const std::string& incident, const char* what)
    {
        const auto reply = m_server->request(
            "POST",
            "/api/v1/incidents/" + incident + what,
            {{"Content-Type", "application/json"}},
            R"({"include":["full_trace","raw_io","policy_log","replay_cert"]})");
        EXPECT_TRUE(reply);
        return reply.value_or(Reply{});
    }
    void expectRefused(const std::string& incident, const char* what, const std::string& named)
    {
        const auto reply = post(incident, what);
        EXPECT_EQ(reply.status, 409) << what << ": " << reply.body;
        EXPECT_NE(reply.body.find("\"evidence_damaged\""), std::string::npos) << reply.body;
        EXPECT_NE(reply.body.find(named), std::string::npos) << reply.body;
    }
    void expectFinding(const std::string& problem)
    {
        const Json check = verifyLedger();
        EXPECT_FALSE(isSound(check));
        EXPECT_NE(printJson(check).find(problem), std::string::npos) << printJson(check);
    }
    std::string callOf(const std::string& incident)
    {
        const auto shown
            = parseJson(m_server->request("GET", "/api/v1/incidents/" + incident)->body);
        return std::string(stringMember(*shown, "call_id"));
    }
};

TEST_F(Tamper, aLogThatWasRewrittenWithAllItsHeadsIsFoundAndLocated)
{
    makeIncident();
    std::vector<std::uint64_t> signedSizes{waitUntilSigned()};
    for (int more = 0; more < 3; ++more) {
        ASSERT_TRUE(m_server->controlJson({"key",
                                           "create",
                                           "--project",
                                           "default",
                                           "--role",
                                           "service",
                                           "--scopes",
                                           "run:create"}));
        signedSizes.push_back(waitUntilSigned());
    }
    ASSERT_TRUE(isSound(verifyLedger())) << printJson(verifyLedger());

    rewriteLog(signedSizes[1]);
    const Json check = verifyLedger();
    EXPECT_FALSE(isSound(check)) << printJson(check);
    const Json& found = finding(check);
    EXPECT_EQ(found.at("seq").to_number<std::uint64_t>(), signedSizes[1]) << printJson(check);
    EXPECT_NE(stringMember(found, "problem").find("is not signed by the log's key"),
              std::string_view::npos)
        << printJson(check);
    const auto tests = m_server->request("GET", "/api/security/tests");
    const auto report = parseJson(tests->body);
    EXPECT_FALSE(findMember(*report, "passed")->get_bool()) << tests->body;
}

TEST_F(Tamper, ofALogThatIsDamagedUnderTheServerOnlyWhatFitsIsShown)
{
    const auto before = recordCall();
    const auto size = waitUntilSigned();
    static_cast<void>(callAsRecorded("contract-2-answer"));
    std::string after = before;
    for (const auto deadline = Deadline::after(std::chrono::seconds(30));
         after == before && !deadline.reached();) {
        after = waitForIncident(); // The newest one.
    }
    waitUntilSigned();
    const auto pinned = anchors();
    rewriteLog(size);

    expectRefused(before, "/export", "new epoch");
    const auto pack = exportPack(before);
    const Json report = verify(pack, pinned);
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_LE(findMember(report, "tree_size")->to_number<std::uint64_t>(), size);
    expectRefused(after, "/export", "no signed head that fits covers entry");
    expectRefused(after, "/certificate", "no signed head that fits covers entry");
    const auto issued = post(before, "/certificate");
    EXPECT_EQ(issued.status, 201) << issued.body;

    const auto keys = m_server->controlJson({"ledger", "keys"});
    const std::string log = "/api/v1/ledger/" + std::string(stringMember(*keys, "tenant")) + "/";
    const auto ask = [&](const std::string& what) {
        const auto reply = m_server->request("GET", log + what);
        return reply ? reply->body : reply.error().message;
    };
    const std::string old = "/default/log1\n";
    EXPECT_NE(ask("inclusion?seq=1&epoch=1&size=" + std::to_string(size)).find(old),
              std::string::npos);
    EXPECT_NE(ask("inclusion?seq=1").find("/default/log2\n"), std::string::npos);
    const auto grown = ask("consistency?from=1&epoch=1&size=" + std::to_string(size));
    EXPECT_TRUE(grown.starts_with("old 1\n")) << grown;
    EXPECT_NE(grown.find(old), std::string::npos) << grown;
    EXPECT_NE(ask("entries?epoch=1&limit=1").find("/default/log1\""), std::string::npos);
    EXPECT_NE(ask("checkpoint?epoch=1").find(old + std::to_string(size) + "\n"), std::string::npos);
    EXPECT_NE(ask("checkpoint?epoch=3").find("\"not_found\""), std::string::npos);
    const auto shown = m_server->control({"ledger", "checkpoint", "--epoch", "1"});
    EXPECT_EQ(shown->output, ask("checkpoint?epoch=1"));

    const Json check = verifyLedger();
    EXPECT_EQ(finding(check).at("seq").to_number<std::uint64_t>(), size) << printJson(check);
    EXPECT_EQ(findMember(check, "checked_against")->get_array().size(), 2U) << printJson(check);
}

TEST_F(Tamper, whatWasErasedIsErasedAgainWhenABackupBringsItBack)
{
    recordCall();
    const char* const kTables[] = {"subject_keys", "ledger_fields", "call_bodies"};
    tamper(
        "CREATE SCHEMA kept; CREATE TABLE kept.calls AS SELECT call_id, user_id FROM proxy_calls");
    for (const auto* table : kTables) {
        tamper(fmt::format("CREATE TABLE kept.{0} AS TABLE exhibit.{0}", table));
    }
    const auto erased = m_server->request("POST",
                                          "/api/v1/erasures",
                                          {{"Content-Type", "application/json"}},
                                          R"({"subject":"user:ada","basis":"GDPR 17"})");
    ASSERT_TRUE(erased && erased->status == 200) << erased->body;
    ASSERT_TRUE(m_server->stop(Deadline::after(std::chrono::seconds(60))));
    for (const auto* table : kTables) {
        tamper(fmt::format("INSERT INTO {0} SELECT * FROM kept.{0} ON CONFLICT DO NOTHING", table));
    }
    tamper("UPDATE proxy_calls c SET user_id = k.user_id FROM kept.calls k"
           " WHERE c.call_id = k.call_id");
    const auto of = [this](const char* table) {
        return rows(
                   fmt::format("SELECT count(*) FROM exhibit.{} WHERE subject = 'user:ada'", table))
            .integer(0, 0);
    };
    ASSERT_EQ(of("subject_keys"), 1);
    ASSERT_GT(of("call_bodies"), 0);

    startServer();
    EXPECT_EQ(of("subject_keys"), 0) << "before it serves";
    EXPECT_EQ(of("call_bodies"), 0);
    EXPECT_EQ(rows("SELECT count(*) FROM exhibit.incident_log_chain"
                   " WHERE event_type = 'field.erased'")
                  .integer(0, 0),
              2);
    EXPECT_TRUE(isSound(verifyLedger())) << printJson(verifyLedger());
}

TEST_F(Tamper, anAnswerThatWasReplacedIsNoEvidence)
{
    const auto incident = recordCall();
    tamper("UPDATE call_bodies SET key_id = NULL, bytes = 'a notice period of 30 days'"
           " WHERE path = '/response/released'");
    expectFinding("is not sealed");
    expectFinding("is not sealed");
    EXPECT_EQ(rows("SELECT count(*) FROM exhibit.incident_log_chain"
                   " WHERE event_type = 'verify.failed'")
                  .integer(0, 0),
              1)
        << "what was found once is told once";
    expectRefused(incident, "/certificate", callOf(incident));
    expectRefused(incident, "/export", callOf(incident));
}

TEST_F(Tamper, aPieceOfAnAnswerThatIsGoneIsMissed)
{
    const auto incident = recordCall();
    tamper("DELETE FROM call_bodies WHERE path = '/response/withheld'");
    expectFinding("what was withheld of the answer is not what entry");
    expectRefused(incident, "/certificate", callOf(incident));
    tamper("DELETE FROM call_bodies");
    expectFinding("what was recorded of the call's bytes is gone");
}

TEST_F(Tamper, whenAPieceOfAnAnswerWasThereIsCommittedTo)
{
    const auto incident = recordCall();
    tamper("UPDATE call_bodies SET pieces = jsonb_set(pieces, '{0,1}', '1')"
           " WHERE path = '/response/released'");
    expectFinding("when the pieces of the answer were there is not what entry");
    expectRefused(incident, "/certificate", callOf(incident));
}

TEST_F(Tamper, aCertificateIsWhereTheLogSaysAndWhatItSays)
{
    const auto incident = recordCall();
    EXPECT_EQ(post(incident, "/certificate").status, 201);
    EXPECT_TRUE(isSound(verifyLedger())) << printJson(verifyLedger());
    tamper("UPDATE certificates SET sequence_number = 0");
    expectFinding("the row of the certificate is not what the entry commits to");
    expectFinding("no entry there issued the certificate");
    tamper("UPDATE certificates SET envelope = '{}'");
    expectRefused(incident, "/export", "its row was changed");
    tamper("DELETE FROM certificates");
    expectFinding("the row of the certificate is gone");
}

TEST_F(Tamper, aHoldThatVanishedIsMissed)
{
    recordCall();
    const auto placed = m_server->request("POST",
                                          "/api/v1/holds",
                                          {{"Content-Type", "application/json"}},
                                          R"({"subject":"user:ada","reason":"a claim"})");
    ASSERT_TRUE(placed && placed->status == 201) << placed->body;
    EXPECT_TRUE(isSound(verifyLedger())) << printJson(verifyLedger());
    tamper("UPDATE legal_holds SET released_at = now()");
    expectFinding("is not what the log says of it");
    tamper("DELETE FROM legal_holds");
    expectFinding("is gone");
}

TEST_F(Tamper, whatAWitnessIsSaidToHaveSaidStopsNothing)
{
    recordCall();
    const auto size = waitUntilSigned();
    tamper("INSERT INTO checkpoint_attestations (tenant_id, epoch, tree_size, kind, name,"
           " attestation) SELECT tenant_id, epoch, tree_size, 'witness', 'w', '\\xff00'"
           " FROM checkpoints");
    expectFinding("what w said of the head of this size was changed");
    EXPECT_GT(waitUntilSigned(), size) << "the finding is an entry, and heads are signed on";
    EXPECT_EQ(rows("SELECT max(epoch) FROM exhibit.ledger_heads").integer(0, 0), 1);
}

TEST_F(Tamper, aLogGoesOnInAnotherWhenWhatItGrowsFromWasChanged)
{
    const auto incident = recordCall();
    tamper("UPDATE checkpoints SET edge = set_byte(edge, 3, get_byte(edge, 3) # 1)");
    expectFinding("the edge that is stored beside a signed head is not that of its tree");
    waitUntilSigned();
    EXPECT_EQ(rows("SELECT max(epoch) FROM exhibit.ledger_heads").integer(0, 0), 2);
    tamper("UPDATE ledger_heads SET closed_at = now() WHERE epoch = 2");
    expectRefused(incident, "/certificate", "new epoch");
    waitUntilSigned();
    EXPECT_EQ(rows("SELECT max(epoch) FROM exhibit.ledger_heads").integer(0, 0), 3);
    expectFinding("the edge that is stored beside a signed head is not that of its tree");
}

TEST_F(Tamper, rowsAreHandedOutAsTheyLie)
{
    recordCall();
    tamper("UPDATE incident_log_chain SET entry = '\\xff', event_hash = sha256('\\xff'),"
           " leaf = sha256('\\x00ff') WHERE sequence_number = 1");
    const auto file = m_folder.path() / "dump.ndjson";
    std::ofstream(file) << "kept";
    EXPECT_FALSE(m_server->controlJson(
        {"ledger", "dump", "--from", "9999999999999999999", "-o", file.string()}));
    EXPECT_EQ(std::filesystem::file_size(file), 4U) << "what is refused overwrites nothing";
    const auto done = m_server->controlJson(
        {"ledger", "dump", "--from", "1", "--count", "2", "-o", file.string()});
    ASSERT_TRUE(done) << done.error().message;
    std::ifstream stream(file, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    EXPECT_EQ(stringMember(*done, "sha256"), toHex(asView(sha256(text))));
    EXPECT_EQ(findMember(*done, "entries")->to_number<int>(), 2);
    EXPECT_EQ(findMember(*done, "next")->to_number<int>(), 3);
    std::map<std::string, int> tables;
    Json changed;
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
        const auto line = parseJson(rest.substr(0, rest.find('\n')));
        ASSERT_TRUE(line) << rest.substr(0, 200);
        ++tables[std::string(stringMember(*line, "table"))];
        changed = findMember(*line, "malformed") != nullptr ? *line : changed;
    }
    EXPECT_EQ(tables["incident_log_chain"], 2);
    EXPECT_EQ(tables["ledger_heads"], 1);
    EXPECT_GE(tables["ledger_fields"], 2);
    EXPECT_EQ(changed.at_pointer("/row/entry"), "\\xff");
    EXPECT_EQ(changed.at_pointer("/row/sequence_number"), 1);
    EXPECT_EQ(changed.at_pointer("/computed/event_hash"), Json(toHex(asView(sha256("\xff")))));
    EXPECT_EQ(rows("SELECT count(*) FROM exhibit.incident_log_chain"
                   " WHERE event_type = 'log.dumped'")
                  .integer(0, 0),
              1);
    const auto keys = m_server->controlJson({"ledger", "keys"});
    const auto page = m_server->request(
        "GET",
        "/api/v1/ledger/" + std::string(stringMember(*keys, "tenant")) + "/entries?from=1&limit=1");
    ASSERT_TRUE(page);
    EXPECT_NE(page->body.find(R"({"b64":"/w=="})"), std::string::npos) << page->body;
}

TEST_F(Tamper, aStepThatSaysSomethingElseLeavesNoBuilding)
{
    const auto incident = recordCall();
    tamper("UPDATE steps SET data = replace(data::text, 'notice period', 'grace period')::jsonb"
           " WHERE step_type = 'output'");
    expectFinding("a step of the timeline is not what entry");
    expectRefused(incident, "/export", callOf(incident));
    expectRefused(incident, "/export/executive-debrief", callOf(incident));
}

TEST_F(Tamper, anIncidentThatSaysSomethingElseLeavesNoBuilding)
{
    const auto incident = recordCall();
    tamper("UPDATE incidents SET severity = 'low'");
    expectFinding("the incident is not what entry");
    expectRefused(incident, "/export", incident);
    tamper("UPDATE incidents SET severity = 'high', title = 'Tampered title'");
    expectRefused(incident, "/export/legal-discovery", incident);
    expectRefused(incident, "/certificate", incident);
}

TEST_F(Tamper, aDecisionThatSaysSomethingElseIsFound)
{
    const auto incident = recordCall();
    tamper("UPDATE decisions SET document = jsonb_set(document, '{reason}', '\"none\"')");
    expectFinding("a decision is not what entry");
    expectRefused(incident, "/certificate", callOf(incident));
    tamper("DELETE FROM decisions");
    expectFinding("the row of the decision is gone");
    expectRefused(incident, "/certificate", callOf(incident));
}

} // namespace
} // namespace exhibit::test
