// SPDX-License-Identifier: Apache-2.0
// From a call through the proxy to a pack that others verify: real server, signer, PostgreSQL.
#include "models/base/json.h"
#include "server/signer/client.h"
#include "server/signer/process.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

std::string source()
{
    const char* const folder = std::getenv("EXHIBIT_SOURCE_DIR");
    return folder == nullptr ? "." : folder;
}

class Evidence : public ::testing::Test {
protected:
    void SetUp() override
    {
        auto upstream = SampleUpstream::start();
        ASSERT_TRUE(upstream) << upstream.error().message;
        m_upstream.emplace(*std::move(upstream));
        startServer();
        ASSERT_TRUE(m_server->controlJson(
            {"upstream", "add", "sample", "--base-url", m_upstream->baseUrl()}));
        for (const auto* policy : {"content_accuracy", "secret_output"}) {
            ASSERT_TRUE(m_server->controlJson(
                {"policy", "import", source() + "/resources/policies/" + policy + ".json"}));
        }
    }

    void startServer()
    {
        auto server = Exhibitd::start({.dataDir = m_folder.path() / "data"});
        ASSERT_TRUE(server) << server.error().message;
        m_server.emplace(*std::move(server));
    }

    /// The signing process that the server started, as that itself says.
    void killSigner()
    {
        signer::SignerClient client(
            signer::SignerProcess::socketIn(m_folder.path() / "data/signer"));
        const auto health = client.call(JsonObject{{"call", "health"}});
        ASSERT_TRUE(health) << health.error().message;
        ASSERT_EQ(::kill(static_cast<pid_t>(findMember(*health, "pid")->get_int64()), SIGKILL), 0);
    }

    /// A call that a policy stops.
    Reply call()
    {
        const std::string body
            = R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"go on"}],)"
              R"("user_id":"ada","metadata":{"context":{"contract":{"auto_renew":null}}}})";
        const auto reply = m_server->request(
            "POST",
            "/v1/chat/completions",
            {{"Content-Type", "application/json"}, {"x-sample-id", "contract-2-answer"}},
            body);
        EXPECT_TRUE(reply) << reply.error().message;
        return reply ? *reply : Reply{};
    }

    /// Makes such a call; the incident's id once it is in PostgreSQL.
    std::string makeIncident()
    {
        const auto reply = call();
        const auto deadline = Deadline::after(30s);
        while (!deadline.reached()) {
            const auto found = m_server->controlJson({"search", "user:ada"});
            const Json* hits = found ? findMember(*found, "incidents") : nullptr;
            if (hits != nullptr && !hits->get_array().empty()) {
                return std::string(stringMember(hits->get_array()[0], "incident_id"));
            }
            std::this_thread::sleep_for(50ms);
        }
        ADD_FAILURE() << "no incident came up; the reply was " << reply.body;
        return {};
    }

    /// Exports, once the call's entries are in the log.
    std::string exportPack(const std::string& incident, const std::vector<std::string>& more = {})
    {
        const std::string file = (m_folder.path() / "case.exhibit").string();
        std::vector<std::string> command{"export", incident, "-o", file};
        command.insert(command.end(), more.begin(), more.end());
        const auto deadline = Deadline::after(30s);
        Result<Json> done = m_server->controlJson(command);
        while (!done && !deadline.reached()) {
            std::this_thread::sleep_for(100ms);
            done = m_server->controlJson(command);
        }
        EXPECT_TRUE(done) << done.error().message;
        return file;
    }

    std::vector<std::string> anchors()
    {
        const auto deadline = Deadline::after(30s);
        auto keys = m_server->controlJson({"ledger", "keys"});
        while (!keys && !deadline.reached()) { // The signer may be on its way back.
            std::this_thread::sleep_for(50ms);
            keys = m_server->controlJson({"ledger", "keys"});
        }
        if (!keys) {
            ADD_FAILURE() << keys.error().message;
            return {};
        }
        return {"--trust-log",
                std::string(stringMember(findMember(*keys, "logs")->at(0), "vkey")),
                "--trust-certificate",
                std::string(stringMember(*keys, "certificate"))};
    }

    Json verify(const std::string& file, const std::vector<std::string>& with)
    {
        std::vector<std::string> arguments{"verify", file, "--json"};
        arguments.insert(arguments.end(), with.begin(), with.end());
        const auto done
            = run(programPath("exhibitctl"), {.arguments = arguments}, Deadline::after(60s));
        EXPECT_TRUE(done);
        return parseJson(done->output).value();
    }

    TempDir m_folder;
    std::optional<SampleUpstream> m_upstream;
    std::optional<Exhibitd> m_server;
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

TEST_F(Evidence, aStrangerVerifiesItWithTheProcedureAsPrinted)
{
    const std::string pack = exportPack(makeIncident());
    const auto keys = m_folder.path() / "keys";
    ASSERT_EQ(std::system(("mkdir " + keys.string() + " && unzip -q -j " + pack
                           + " '*/data/keys/*' -d " + keys.string())
                              .c_str()),
              0);
    // The test plays both parts; a stranger gets the keys by another way.
    const std::string command = "sh " + source() + "/tests/integration/verify_without_us.sh "
        + source() + "/docs/verify-without-us.md " + pack + " " + (keys / "log.pub.pem").string()
        + " " + (keys / "cert.pub.pem").string();
    EXPECT_EQ(std::system(command.c_str()), 0);
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

    const Json report = verify(exportPack(incident), anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_GT(findMember(report, "erased")->get_int64(), 0);
    const auto check = m_server->controlJson({"ledger", "verify"});
    EXPECT_TRUE(findMember(*check, "sound")->get_bool()) << printJson(*check);
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
}

} // namespace
} // namespace exhibit::test
