// SPDX-License-Identifier: Apache-2.0
// From a call through the proxy to a pack that others verify: real server, signer, PostgreSQL.
#include "tests/integration/evidence_fixture.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace exhibit::test {
namespace {

class Evidence : public EvidenceTest {
protected:
    /// Whether these bytes stand anywhere in the replica's copy, its log of writes included.
    [[nodiscard]] bool localCopyHas(const std::string& text) const
    {
        Bytes all;
        for (const auto* name : {"local.db", "local.db-wal"}) {
            std::ifstream stream(m_folder.path() / "data" / name, std::ios::binary);
            all.append(std::istreambuf_iterator<char>(stream), {});
        }
        EXPECT_FALSE(all.empty());
        return all.find(text) != Bytes::npos;
    }

    /// A pack that lies, signed anew by a key that is trusted, and what the verifier blames.
    void expectInvalid(const std::string& pack, const std::string& kind, const std::string& blamed)
    {
        const auto folder = m_folder.path() / kind;
        const auto keys = m_folder.path() / "keys"; // verifyByHand() left them there.
        std::filesystem::create_directory(folder);
        std::filesystem::copy_file(keys / "cert.pub.pem", folder / "TRUSTED-cert.pub.pem");
        const std::string command = "python3 " + source() + "/tests/integration/tampered_pack.py "
            + kind + " " + pack + " " + folder.string();
        ASSERT_EQ(std::system(command.c_str()), 0);
        auto pinned = anchors();
        pinned.insert(pinned.end(),
                      {"--trust-certificate", (folder / "TRUSTED-cert.pub.pem").string()});
        const Json report = verify((folder / "case.exhibit").string(), pinned);
        EXPECT_EQ(stringMember(report, "verdict"), "invalid") << printJson(report);
        for (const auto& one : findMember(report, "checks")->get_array()) {
            if (stringMember(one, "result") == "failed") {
                EXPECT_NE(stringMember(one, "subject").find(blamed), std::string_view::npos)
                    << printJson(one);
            }
        }
    }

    template <class Happened>
    static bool waitFor(Happened happened)
    {
        const auto deadline = Deadline::after(std::chrono::seconds(20));
        while (!happened() && !deadline.reached()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return happened();
    }
};

TEST_F(Evidence, aPackVerifiesWithPinnedKeysAndNotWithItsOwn)
{
    const std::string incident = makeIncident();
    ASSERT_FALSE(incident.empty());
    const std::string pack = exportPack(incident);
    const Json report = verify(pack, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_GT(findMember(report, "disclosed")->get_int64(), 10);
    EXPECT_EQ(stringMember(verify(pack, {}), "verdict"), "untrusted");

    const Json redacted
        = verify(exportPack(incident, {"--redact", "/incident=privacy"}), anchors());
    EXPECT_EQ(stringMember(redacted, "verdict"), "valid") << printJson(redacted);
    EXPECT_GT(findMember(redacted, "withheld")->get_int64(), 0);
}

TEST_F(Evidence, whatIsLeftOutOfAPackIsLeftOutOfItsBundleToo)
{
    static_cast<void>(callAsRecorded("contract-2-answer"));
    const std::string incident = waitForIncident();
    const std::string facts = R"("auto_renew":null)";
    const std::vector<std::string> include{
        "--include", "full_trace", "raw_io", "policy_log", "root_cause"};
    auto redacted = include;
    redacted.insert(redacted.end(),
                    {"--redact", "/facts=privileged", "--redact", "/request=privileged"});
    const auto exported = [&](const std::vector<std::string>& with, const char* format) {
        auto options = with;
        options.insert(options.end(), {"--format", format});
        std::ifstream file(exportPack(incident, options), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    for (const auto* format : {"exhibit", "json"}) { // Packs store their files as they are.
        EXPECT_NE(exported(include, format).find(facts), std::string::npos) << format;
        EXPECT_EQ(exported(redacted, format).find(facts), std::string::npos) << format;
    }
    EXPECT_EQ(stringMember(verify(exportPack(incident, redacted), anchors()), "verdict"), "valid");
    const auto refused = m_server->request("POST",
                                           "/api/v1/incidents/" + incident + "/export",
                                           {{"Content-Type", "application/json"}},
                                           R"({"redactions":[{"path":"/usage","reason":"x"}]})");
    EXPECT_EQ(refused->status, 400) << refused->body;
}

TEST_F(Evidence, aStrangerVerifiesItWithTheProcedureAsPrinted)
{
    const std::string incident = makeIncident();
    EXPECT_EQ(verifyByHand(exportPack(incident)), 0);
    EXPECT_EQ(verifyByHand(exportPack(incident, {"--redact", "/incident=privacy"})), 0);
}

TEST_F(Evidence, aPackWithRawMaterialProvesTheBytes)
{
    const std::string incident = makeIncident();
    const std::string pack
        = exportPack(incident, {"--unredacted", "--include", "raw_io", "full_trace"});
    const Json report = verify(pack, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_NE(printJson(report).find("the bytes of 1 calls"), std::string::npos)
        << printJson(report);
    std::ifstream stream(pack, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    EXPECT_NE(bytes.find(R"("action":"identified")"), std::string::npos) << "data/custody.jsonl";
    EXPECT_NE(bytes.find(R"("holds":[])"), std::string::npos) << "data/case.json";
    EXPECT_EQ(verifyByHand(pack), 0);
    expectInvalid(pack, "answer", "/response/released");
    expectInvalid(pack, "title", "data/exports/evidence.json /incident/title");
}

TEST_F(Evidence, aStrangerVerifiesEntriesThatLieFarApart)
{
    const std::string incident = makeIncident();
    exportPack(incident);
    for (int i = 0; i < 1001; ++i) {
        const auto held = m_server->request("POST",
                                            "/api/v1/holds",
                                            {{"Content-Type", "application/json"}},
                                            R"({"subject":"user:bob","reason":"litigation"})");
        ASSERT_TRUE(held && held->status == 201) << held->body;
    }
    ASSERT_TRUE(m_server->controlJson({"certify", incident, "-o", "/dev/null"}));
    const std::string pack = exportPack(incident);
    const Json report = verify(pack, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    for (const auto& one : findMember(report, "checks")->get_array()) {
        if (stringMember(one, "id") == "chain") {
            EXPECT_EQ(stringMember(one, "result"), "not_checked") << printJson(one);
        }
    }
    EXPECT_EQ(verifyByHand(pack), 0);
}

TEST_F(Evidence, theSelfTestsPassOnWhatWasRecorded)
{
    ASSERT_FALSE(makeIncident().empty());
    const auto reply = m_server->request("GET", "/api/security/tests");
    ASSERT_TRUE(reply);
    const auto report = parseJson(reply->body);
    ASSERT_TRUE(report) << reply->body;
    EXPECT_TRUE(findMember(*report, "passed")->get_bool()) << reply->body;
    EXPECT_EQ(findMember(*report, "tests")->get_array().size(), 9U);
    const auto keys = m_server->controlJson({"ledger", "keys"});
    ASSERT_TRUE(keys) << keys.error().message;
    const std::string own(stringMember(*keys, "tenant"));
    EXPECT_EQ(m_server->control({"ledger", "verify", "--tenant", own})->exitCode, 0);
    EXPECT_EQ(m_server->control({"ledger", "verify", "--tenant", "another"})->exitCode, 2);
}

TEST_F(Evidence, erasureWaitsForTheHoldAndLeavesAPackThatVerifies)
{
    const std::string incident = makeIncident();
    exportPack(incident); // The call's entries are in the log from here on.
    const auto post = [&](const char* path, const Json& body) {
        const auto reply = m_server->request(
            "POST", path, {{"Content-Type", "application/json"}}, printJson(body));
        EXPECT_TRUE(reply) << path;
        return reply ? *reply : Reply{};
    };
    const Json erasure = JsonObject{{"subject", "user:ada"}, {"basis", "GDPR 17"}};
    const auto hold
        = post("/api/v1/holds", JsonObject{{"incident_id", incident}, {"reason", "litigation"}});
    ASSERT_EQ(hold.status, 201) << hold.body;
    EXPECT_EQ(post("/api/v1/erasures", erasure).status, 409);
    const std::string id(stringMember(parseJson(hold.body).value(), "hold_id"));
    EXPECT_EQ(m_server->request("DELETE", "/api/v1/holds/" + id)->status, 204);

    const auto erased = post("/api/v1/erasures", erasure);
    ASSERT_EQ(erased.status, 200) << erased.body;
    EXPECT_GT(findMember(parseJson(erased.body).value(), "bodies")->get_int64(), 0);
    EXPECT_EQ(post("/api/v1/erasures", erasure).status, 404);
    const auto found = m_server->controlJson({"search", "user:ada"});
    EXPECT_TRUE(findMember(*found, "incidents")->get_array().empty());
    const auto timeline = m_server->control({"timeline", incident});
    EXPECT_EQ(timeline->output.find("go on"), std::string::npos) << timeline->output;

    const std::string pack = exportPack(incident);
    EXPECT_EQ(verifyByHand(pack), 0);
    const Json report = verify(pack, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_GT(findMember(report, "erased")->get_int64(), 0);
    for (const auto& one : findMember(report, "checks")->get_array()) {
        if (stringMember(one, "id") == "coverage") { // The entry of the erasure names each field.
            EXPECT_EQ(stringMember(one, "result"), "passed") << printJson(one);
        }
    }
    const auto check = m_server->controlJson({"ledger", "verify"});
    EXPECT_TRUE(findMember(*check, "sound")->get_bool()) << printJson(*check);
}

TEST_F(Evidence, erasureLeavesNothingOfThePersonInTheServersLocalCopy)
{
    const std::string person = "jane-roe-4711";
    EXPECT_EQ(m_server->control({"quota", "set", "FREE", "--tokens-per-day", "100000"})->exitCode,
              0);
    EXPECT_EQ(m_server->control({"quota", "assign", "user", "FREE", person})->exitCode, 0);
    const auto called = m_server->request(
        "POST",
        "/v1/chat/completions",
        {{"Content-Type", "application/json"},
         {"x-sample-id", "contract-2-answer"},
         {"X-Exhibit-Run-Id", "run-of-" + person}},
        R"({"model":"gpt-4o","messages":[{"role":"user","content":"go on"}],"user_id":")" + person
            + "\"}");
    ASSERT_TRUE(called && called->status == 200) << called->body;
    ASSERT_TRUE(waitFor([&] { return localCopyHas(person); })) << "their tier is known here";
    ASSERT_TRUE(waitFor([&] {
        const auto calls = m_server->request("POST",
                                             "/api/v1/calls/search",
                                             {{"Content-Type", "application/json"}},
                                             R"({"query":"user:)" + person + "\"}");
        return calls && calls->body.find("call_") != std::string::npos;
    }));
    const auto erased = m_server->request(
        "POST",
        "/api/v1/erasures",
        {{"Content-Type", "application/json"}},
        printJson(JsonObject{{"subject", "user:" + person}, {"basis", "GDPR 17"}}));
    ASSERT_TRUE(erased && erased->status == 200) << erased->body;
    EXPECT_TRUE(waitFor([&] { return !localCopyHas(person); }));
}

TEST_F(Evidence, theLogStaysWholeWhenServerAndSignerAreKilled)
{
    const char* const wanted = std::getenv("EXHIBIT_FAULT_ROUNDS");
    const int rounds = wanted == nullptr ? 3 : std::atoi(wanted);
    for (int round = 0; round < rounds; ++round) {
        const std::string incident = makeIncident();
        if (round % 2 == 0) {
            killSigner();
            EXPECT_EQ(call().status, 200) << "calls go on";
        } else {
            m_server->kill();
            startServer();
        }
        const Json report = verify(exportPack(incident), anchors());
        EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    }
    const auto check = m_server->controlJson({"ledger", "verify"});
    ASSERT_TRUE(check) << check.error().message;
    EXPECT_TRUE(findMember(*check, "sound")->get_bool()) << printJson(*check);
    EXPECT_TRUE(findMember(*check, "gaps")->get_array().empty()) << printJson(*check);
    EXPECT_TRUE(findMember(*check, "open_journals")->get_array().empty()) << printJson(*check);
}

} // namespace
} // namespace exhibit::test
