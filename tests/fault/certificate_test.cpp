// SPDX-License-Identifier: Apache-2.0
// Certificates and calls while the signer, PostgreSQL and the server are killed in turn: no
// certificate is ever half issued, the chain stays whole, and every byte that a client received is
// in the record.
#include "server/signer/client.h"
#include "server/signer/process.h"
#include "tests/fault/recorded_call.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_postgres.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <future>
#include <random>
#include <thread>

namespace exhibit {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kStreams = 6;

int rounds()
{
    const char* wanted = std::getenv("EXHIBIT_FAULT_ROUNDS");
    return wanted != nullptr ? std::atoi(wanted) : 3;
}

struct Certificates : public testing::Test {
    void SetUp() override
    {
        auto made = test::TestPostgres::create(database.path());
        ASSERT_TRUE(made) << made.error().message;
        postgres = *std::move(made);
        auto provider = test::SampleUpstream::start();
        ASSERT_TRUE(provider) << provider.error().message;
        upstream = *std::move(provider);
        startServer();
        ASSERT_TRUE(
            server->controlJson({"upstream", "add", "sample", "--base-url", upstream->baseUrl()}));
        const char* folder = std::getenv("EXHIBIT_SOURCE_DIR");
        ASSERT_TRUE(server->controlJson({"policy",
                                         "import",
                                         std::string(folder == nullptr ? "." : folder)
                                             + "/resources/policies/content_accuracy.json"}));
    }

    void startServer()
    {
        auto started = test::Exhibitd::start(
            {.dataDir = data.path(), .arguments = {"--database-url", postgres->url()}});
        ASSERT_TRUE(started) << started.error().message;
        server = *std::move(started);
    }

    std::string makeIncident()
    {
        const auto reply = server->request(
            "POST",
            "/v1/chat/completions",
            {{"Content-Type", "application/json"}, {"x-sample-id", "contract-2-answer"}},
            R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"go on"}],)"
            R"("user_id":"ada","metadata":{"context":{"contract":{"auto_renew":null}}}})");
        EXPECT_TRUE(reply && reply->status == 200);
        const auto deadline = Deadline::after(30s);
        while (!deadline.reached()) {
            const auto found = server->controlJson({"search", "user:ada"});
            const Json* hits = found ? findMember(*found, "incidents") : nullptr;
            if (hits != nullptr && !hits->get_array().empty()) {
                return std::string(stringMember(hits->get_array()[0], "incident_id"));
            }
            std::this_thread::sleep_for(50ms);
        }
        ADD_FAILURE() << "no incident came up";
        return {};
    }

    /// One certificate, whatever has died just now.
    bool certify(const std::string& incident)
    {
        const auto deadline = Deadline::after(60s);
        while (!deadline.reached()) {
            const auto reply
                = server->request("POST", "/api/v1/incidents/" + incident + "/certificate");
            if (reply && reply->status == 201) {
                return true;
            }
            std::this_thread::sleep_for(100ms);
        }
        return false;
    }

    void killOne(int round)
    {
        if (round % 3 == 0) {
            signer::SignerClient client(signer::SignerProcess::socketIn(data.path() / "signer"));
            const auto health = client.call(JsonObject{{"call", "health"}});
            if (health) { // It may be on its way back from an earlier round.
                ::kill(static_cast<pid_t>(findMember(*health, "pid")->get_int64()), SIGKILL);
            }
        } else if (round % 3 == 1) {
            postgres->kill();
        } else {
            server->kill();
        }
    }

    /// Certificates and streams, until `enough`; what the streams' clients saw.
    std::vector<test::SeenCall> workUntil(const std::atomic<bool>& enough,
                                          const std::string& incident)
    {
        std::vector<std::vector<test::SeenCall>> seen(kStreams);
        {
            std::vector<std::jthread> clients;
            for (std::size_t i = 0; i < kStreams; ++i) {
                const test::CallPlan plan{server->port(),
                                          server->adminKey().expose(),
                                          i % 2 == 0 ? "contract-2-answer" : "secret-1-answer",
                                          i % 3 == 0 ? "round-" + std::to_string(i) : ""};
                clients.emplace_back([&seen, &enough, i, plan] {
                    while (!enough) {
                        seen[i].push_back(test::makeCall(plan));
                    }
                });
            }
            while (!enough) {
                static_cast<void>(
                    server->request("POST", "/api/v1/incidents/" + incident + "/certificate"));
            }
        }
        std::vector<test::SeenCall> all;
        for (const auto& list : seen) {
            all.insert(all.end(), list.begin(), list.end());
        }
        return all;
    }

    void expectEveryByteRecorded(std::vector<test::SeenCall> calls)
    {
        // What refuses a call of a stopped run is no answer of a provider.
        std::erase_if(calls, [](const auto& call) { return call.status == 403; });
        std::size_t answered = 0;
        std::size_t bytes = 0;
        for (const auto& call : calls) {
            answered += call.callId.empty() ? 0 : 1;
            bytes += call.received.size();
        }
        EXPECT_GE(answered, kStreams);
        const auto ingested = test::waitUntilIngested(*postgres, answered, Deadline::after(60s));
        EXPECT_TRUE(ingested) << ingested.error().message;
        for (const auto& fault : test::recordFaults(*postgres, data.path() / "signer", calls)) {
            ADD_FAILURE() << fault;
        }
        std::cout << answered << " calls, " << bytes << " bytes received over " << rounds()
                  << " deaths\n";
    }

    /// Every certificate has its entry at its place, and every entry its certificate.
    void expectNoneHalfIssued()
    {
        const auto rows = postgres->query(
            "SELECT count(*) FILTER (WHERE c.certificate_id IS NULL OR l.entry IS NULL), count(*)"
            " FROM exhibit.certificates c FULL JOIN (SELECT * FROM exhibit.incident_log_chain"
            "  WHERE event_type = 'certificate.issued') l"
            " ON l.tenant_id = c.tenant_id AND l.epoch = c.epoch"
            " AND l.sequence_number = c.sequence_number AND l.incident_id = c.incident_id");
        ASSERT_TRUE(rows) << rows.error().message;
        EXPECT_EQ(rows->integer(0, 0), 0);
        EXPECT_GT(rows->integer(0, 1), 0);
        const auto damage
            = postgres->query("SELECT count(*) FROM exhibit.verify_chain_integrity()");
        ASSERT_TRUE(damage) << damage.error().message;
        EXPECT_EQ(damage->integer(0, 0), 0);
    }

    test::TempDir database;
    test::TempDir data;
    std::unique_ptr<test::TestPostgres> postgres;
    std::optional<test::SampleUpstream> upstream;
    std::optional<test::Exhibitd> server;
};

TEST_F(Certificates, noneIsHalfIssuedWhoeverDies)
{
    const std::string incident = makeIncident();
    ASSERT_TRUE(certify(incident));
    std::mt19937 random(7);
    std::vector<test::SeenCall> calls;
    for (int round = 0; round < rounds(); ++round) {
        std::atomic<bool> enough{false};
        auto working = std::async(std::launch::async, [&] { return workUntil(enough, incident); });
        std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 300));
        killOne(round);
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 300));
        enough = true;
        const auto seen = working.get();
        calls.insert(calls.end(), seen.begin(), seen.end());
        if (round % 3 == 2) {
            ASSERT_NO_FATAL_FAILURE(startServer());
        }
        ASSERT_TRUE(certify(incident)) << "round " << round;
        expectNoneHalfIssued();
    }
    const auto check = server->controlJson({"ledger", "verify"});
    ASSERT_TRUE(check) << check.error().message;
    EXPECT_TRUE(findMember(*check, "sound")->get_bool()) << printJson(*check);
    expectEveryByteRecorded(calls);
}

} // namespace
} // namespace exhibit
