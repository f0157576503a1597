// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/evidence_fixture.h"

#include "server/signer/client.h"
#include "server/signer/process.h"

#include <csignal>
#include <fstream>
#include <thread>

namespace exhibit::test {

using namespace std::chrono_literals;

std::string source()
{
    const char* const folder = std::getenv("EXHIBIT_SOURCE_DIR");
    return folder == nullptr ? "." : folder;
}

void EvidenceTest::SetUp()
{
    auto upstream = SampleUpstream::start();
    ASSERT_TRUE(upstream) << upstream.error().message;
    m_upstream.emplace(*std::move(upstream));
    startServer();
    ASSERT_TRUE(
        m_server->controlJson({"upstream", "add", "sample", "--base-url", m_upstream->baseUrl()}));
    for (const auto* policy : {"content_accuracy", "secret_output"}) {
        ASSERT_TRUE(m_server->controlJson(
            {"policy", "import", source() + "/resources/policies/" + policy + ".json"}));
    }
}

void EvidenceTest::startServer()
{
    auto server
        = Exhibitd::start({.dataDir = m_folder.path() / "data", .environment = m_environment});
    ASSERT_TRUE(server) << server.error().message;
    m_server.emplace(*std::move(server));
}

void EvidenceTest::killSigner()
{
    signer::SignerClient client(signer::SignerProcess::socketIn(m_folder.path() / "data/signer"));
    const auto health = client.call(JsonObject{{"call", "health"}});
    ASSERT_TRUE(health) << health.error().message;
    ASSERT_EQ(::kill(static_cast<pid_t>(findMember(*health, "pid")->get_int64()), SIGKILL), 0);
}

Reply EvidenceTest::call()
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

Reply EvidenceTest::callAsRecorded(const std::string& sampleId)
{
    std::ifstream file(source() + "/tests/support/recordings/contract_renewal.jsonl");
    for (std::string line; std::getline(file, line);) {
        const auto recording = parseJson(line);
        if (!recording || stringMember(*recording, "id") != sampleId) {
            continue;
        }
        Json body = *findMember(*recording, "request");
        body.get_object()["user_id"] = "ada";
        body.get_object()["metadata"] = JsonObject{
            {"context", JsonObject{{"contract", JsonObject{{"auto_renew", nullptr}}}}}};
        const auto reply = m_server->request("POST",
                                             "/v1/chat/completions",
                                             {{"Content-Type", "application/json"}},
                                             printJson(body));
        EXPECT_TRUE(reply) << reply.error().message;
        return reply ? *reply : Reply{};
    }
    ADD_FAILURE() << "there is no recording " << sampleId;
    return {};
}

std::string EvidenceTest::waitForIncident()
{
    const auto deadline = Deadline::after(30s);
    while (!deadline.reached()) {
        const auto found = m_server->controlJson({"search", "user:ada"});
        const Json* hits = found ? findMember(*found, "incidents") : nullptr;
        if (hits != nullptr && !hits->get_array().empty()) {
            return std::string(stringMember(hits->get_array()[0], "incident_id"));
        }
        std::this_thread::sleep_for(50ms);
    }
    ADD_FAILURE() << "no incident came up";
    return {};
}

std::string EvidenceTest::makeIncident()
{
    static_cast<void>(call());
    return waitForIncident();
}

std::string EvidenceTest::exportPack(const std::string& incident,
                                     const std::vector<std::string>& more)
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

std::vector<std::string> EvidenceTest::anchors()
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

int EvidenceTest::verifyByHand(const std::string& pack)
{
    const auto keys = m_folder.path() / "keys";
    EXPECT_EQ(std::system(("mkdir -p " + keys.string() + " && unzip -o -q -j " + pack
                           + " '*/data/keys/*' -d " + keys.string())
                              .c_str()),
              0);
    // The test plays both parts; a stranger gets the keys by another way.
    const std::string command = "sh " + source() + "/tests/integration/verify_without_us.sh "
        + source() + "/docs/verify-without-us.md " + pack + " " + (keys / "log.pub.pem").string()
        + " " + (keys / "cert.pub.pem").string();
    return std::system(command.c_str());
}

Json EvidenceTest::verify(const std::string& file, const std::vector<std::string>& with)
{
    std::vector<std::string> arguments{"verify", file, "--json"};
    arguments.insert(arguments.end(), with.begin(), with.end());
    const auto done
        = run(programPath("exhibitctl"), {.arguments = arguments}, Deadline::after(60s));
    EXPECT_TRUE(done);
    return parseJson(done->output).value();
}

} // namespace exhibit::test
