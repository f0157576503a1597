// SPDX-License-Identifier: Apache-2.0
// INV-3 on more than one replica: a run that was stopped on one exhibitd is refused on every other,
// and when that cannot be known, the call is refused.
#include "tests/fault/recorded_call.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <thread>

namespace exhibit {
namespace {

using namespace std::chrono_literals;

const std::string kOrdinary = "contract-5-known";
const std::string kViolating = "secret-1-answer";

/// Replicas on one database, each with a data directory of its own.
class ReplicasTest : public testing::Test {
protected:
    void SetUp() override
    {
        auto made = test::TestPostgres::create(m_database.path());
        ASSERT_TRUE(made) << made.error().message;
        m_postgres = *std::move(made);
        auto provider = test::SampleUpstream::start();
        ASSERT_TRUE(provider) << provider.error().message;
        m_upstream = *std::move(provider);
        m_first = start(m_firstData);
        ASSERT_TRUE(m_first);
        m_key = m_first->adminKey().expose();
        ASSERT_TRUE(m_first->controlJson({"upstream",
                                          "add",
                                          "sample",
                                          "--base-url",
                                          m_upstream->baseUrl(),
                                          "--model",
                                          "gpt-4o"}));
        const std::string source = std::getenv("EXHIBIT_SOURCE_DIR");
        ASSERT_TRUE(m_first->controlJson(
            {"policy", "import", source + "/resources/policies/secret_output.json"}));
    }

    std::optional<test::Exhibitd> start(const test::TempDir& data)
    {
        test::ExhibitdOptions options{.dataDir = data.path(),
                                      .arguments = {"--database-url", m_postgres->url()},
                                      .environment = {}};
        if (&data != &m_firstData) {
            // Replicas share a signer: here the first one's.
            options.environment["EXHIBIT_SIGNER_DIR"] = (m_firstData.path() / "signer").string();
        }
        auto started = test::Exhibitd::start(std::move(options));
        EXPECT_TRUE(started) << started.error().message;
        return started ? std::optional(*std::move(started)) : std::nullopt;
    }

    /// The status and the body of one call of a run.
    test::SeenCall call(const test::Exhibitd& server,
                        const std::string& run,
                        const std::string& sample = kOrdinary) const
    {
        return test::makeCall({server.port(), m_key, sample, run});
    }
    /// Stops the run through `server`, by a policy in the middle of its stream.
    void stopRun(const test::Exhibitd& server, const std::string& run) const
    {
        const auto stopped = call(server, run, kViolating);
        ASSERT_EQ(stopped.status, 200);
        ASSERT_NE(stopped.received.find("content_filter"), std::string::npos) << stopped.received;
    }
    void expectStopped(const test::Exhibitd& server, const std::string& run) const
    {
        const auto refused = call(server, run);
        EXPECT_EQ(refused.status, 403) << refused.received;
        EXPECT_NE(refused.received.find("run_stopped"), std::string::npos) << refused.received;
    }
    /// Waits until the run can be called again, or is refused with `status`.
    void waitForStatus(const test::Exhibitd& server, const std::string& run, int status) const
    {
        const auto deadline = Deadline::after(60s);
        while (call(server, run).status != status && !deadline.reached()) {
            std::this_thread::sleep_for(50ms);
        }
        EXPECT_EQ(call(server, run).status, status);
    }
    [[nodiscard]] std::int64_t leases() const
    {
        const auto rows
            = m_postgres->query("SELECT count(*) FROM exhibit.replicas WHERE lease_until > now()");
        return rows ? rows->integer(0, 0) : -1;
    }

    test::TempDir m_database;
    test::TempDir m_firstData;
    test::TempDir m_secondData;
    std::unique_ptr<test::TestPostgres> m_postgres;
    std::optional<test::SampleUpstream> m_upstream;
    std::optional<test::Exhibitd> m_first;
    std::string m_key;
};

TEST_F(ReplicasTest, aRunStoppedOnOneIsRefusedOnTheOtherAtOnce)
{
    EXPECT_EQ(leases(), 1);
    EXPECT_EQ(call(*m_first, "before").status, 200);
    auto second = start(m_secondData);
    ASSERT_TRUE(second);
    EXPECT_EQ(leases(), 2);
    EXPECT_EQ(call(*second, "before").status, 200) << "a run may go on on another replica";
    for (int i = 0; i < 20; ++i) {
        const auto run = "stopped-" + std::to_string(i);
        const auto& stopper = i % 2 == 0 ? *m_first : *second;
        const auto& other = i % 2 == 0 ? *second : *m_first;
        EXPECT_EQ(call(other, run).status, 200);
        stopRun(stopper, run);
        expectStopped(other, run);
        expectStopped(stopper, run);
    }
    // What the stop wrote ahead and what ingest brought later are one run.
    const auto ingested = test::waitUntilIngested(*m_postgres, 82, Deadline::after(60s));
    ASSERT_TRUE(ingested) << ingested.error().message;
    const auto rows = m_postgres->query(
        "SELECT count(*), count(*) FILTER (WHERE llm_calls = 2 AND step_count > 0"
        " AND status = 'failed_policy' AND stopped_at_step IS NOT NULL AND ended_at IS NOT NULL)"
        " FROM exhibit.runs WHERE client_run_id LIKE 'stopped-%'");
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(rows->integer(0, 0), 20);
    EXPECT_EQ(rows->integer(0, 1), 20);
}

TEST_F(ReplicasTest, aKillOnOneCutsWhatIsLiveOnTheOther)
{
    auto slow = test::SampleUpstream::start({"--event-gap-ms", "400"});
    ASSERT_TRUE(slow) << slow.error().message;
    ASSERT_TRUE(m_first->controlJson(
        {"upstream", "add", "slow", "--base-url", slow->baseUrl(), "--model", "gpt-4o-slow"}));
    auto second = start(m_secondData);
    ASSERT_TRUE(second);
    auto connection
        = test::HttpConnection::connect("127.0.0.1", second->port(), Deadline::after(30s));
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->send(
        test::requestText("POST",
                          "/v1/chat/completions",
                          {{"Authorization", "Bearer " + m_key},
                           {"Content-Type", "application/json"},
                           {"X-Exhibit-Run-Id", "live"},
                           {"x-sample-id", "ordinary-02"}},
                          R"({"model":"gpt-4o-slow","stream":true,"messages":[]})"),
        Deadline::after(30s)));
    const auto head = connection->readHead(Deadline::after(30s));
    ASSERT_TRUE(head);
    ASSERT_EQ(head->status, 200);
    ASSERT_TRUE(connection->readEvent(Deadline::after(30s)));
    const auto run = head->header("X-Exhibit-Run-Id").value_or("");
    // The first knows of the run once ingest of the second has brought it.
    const auto known = Deadline::after(30s);
    while (!m_first->controlJson({"run", "show", run}) && !known.reached()) {
        std::this_thread::sleep_for(50ms);
    }
    const auto killed = m_first->controlJson({"kill", run, "--reason", "user_cancel"});
    ASSERT_TRUE(killed) << killed.error().message;
    EXPECT_EQ(killed->at("calls_cut"), 0) << "none of it is live on the first";
    const auto rest = connection->readBody(Deadline::after(30s));
    ASSERT_TRUE(rest) << rest.error().message;
    EXPECT_NE(rest->find("content_filter"), std::string::npos) << *rest;
    for (const auto* server : {&*m_first, &*second}) {
        expectStopped(*server, "live");
    }
    ASSERT_TRUE(test::waitUntilIngested(*m_postgres, 3, Deadline::after(60s)));
    const auto shown = m_first->controlJson({"run", "show", run});
    ASSERT_TRUE(shown) << shown.error().message;
    EXPECT_EQ(shown->at_pointer("/run/status"), "cancelled");
    EXPECT_EQ(shown->at_pointer("/run/abort/kill_reason"), "user_cancel");
    EXPECT_TRUE(shown->at_pointer("/run/abort/step").is_int64());
}

TEST_F(ReplicasTest, withoutPostgresCallsOfBoundRunsAreRefusedAndOthersPass)
{
    auto second = start(m_secondData);
    ASSERT_TRUE(second);
    stopRun(*m_first, "stopped");
    m_postgres->stop();
    for (const auto* server : {&*m_first, &*second}) {
        const auto refused = call(*server, "bound");
        EXPECT_EQ(refused.status, 503) << refused.received;
        EXPECT_NE(refused.received.find("run_state_unavailable"), std::string::npos);
        EXPECT_EQ(call(*server, "").status, 200) << "a run of one step needs no look";
    }
    ASSERT_TRUE(m_postgres->start());
    waitForStatus(*second, "bound", 200);
    expectStopped(*second, "stopped");
}

TEST_F(ReplicasTest, whoStaysBehindKnowsTheStopsOfWhoLeft)
{
    auto second = start(m_secondData);
    ASSERT_TRUE(second);
    stopRun(*second, "stopped");
    const auto ended = second->stop(Deadline::after(60s));
    ASSERT_TRUE(ended) << ended.error().message;
    EXPECT_EQ(leases(), 1) << "the lease went with the replica";
    // Alone again, it decides from its own copy: also without PostgreSQL.
    const auto deadline = Deadline::after(30s);
    for (std::int64_t others = 1; others > 0 && !deadline.reached();) {
        const auto health = m_first->request("GET", "/health");
        ASSERT_TRUE(health);
        const auto json = parseJson(health->body);
        ASSERT_TRUE(json);
        others = json->at_pointer("/dependencies/replicas/others").as_int64();
        std::this_thread::sleep_for(20ms);
    }
    m_postgres->stop();
    EXPECT_EQ(call(*m_first, "fresh").status, 200);
    expectStopped(*m_first, "stopped");
}

TEST_F(ReplicasTest, oneThatDiedCountsUntilItsLeaseRunsOut)
{
    auto second = start(m_secondData);
    ASSERT_TRUE(second);
    stopRun(*second, "stopped");
    second->kill();
    EXPECT_EQ(leases(), 2);
    expectStopped(*m_first, "stopped");
    EXPECT_EQ(call(*m_first, "other").status, 200);
    // It comes back to its own directory, finds its lease and goes on.
    second = start(m_secondData);
    ASSERT_TRUE(second);
    EXPECT_EQ(leases(), 2);
    stopRun(*m_first, "later");
    expectStopped(*second, "later");
    expectStopped(*second, "stopped");
}

TEST_F(ReplicasTest, bothAppendToOneChainWithoutForkOrGap)
{
    constexpr int kCallsEach = 60;
    auto second = start(m_secondData);
    ASSERT_TRUE(second);
    std::array<int, 2> answered{};
    const auto callAll = [&](const test::Exhibitd& server, int& count) {
        for (int i = 0; i < kCallsEach; ++i) {
            count += call(server, "").status == 200 ? 1 : 0;
        }
    };
    std::thread other([&] { callAll(*second, answered[1]); });
    callAll(*m_first, answered[0]);
    other.join();
    EXPECT_EQ(answered[0], kCallsEach);
    EXPECT_EQ(answered[1], kCallsEach);
    const auto stored = test::waitUntilIngested(*m_postgres, 2 * kCallsEach, Deadline::after(60s));
    ASSERT_TRUE(stored) << stored.error().message;
    const auto entries = m_postgres->query(
        "SELECT count(*) FILTER (WHERE event_type = 'llm.call'), min(epoch), max(epoch),"
        " max(sequence_number) + 1 - count(*), (SELECT count(*) FROM exhibit.ledger_heads)"
        " FROM exhibit.incident_log_chain");
    ASSERT_TRUE(entries) << entries.error().message;
    EXPECT_EQ(entries->integer(0, 0), 2 * kCallsEach);
    EXPECT_EQ(entries->integer(0, 1), 1);
    EXPECT_EQ(entries->integer(0, 2), 1) << "neither took the other's entries for damage";
    EXPECT_EQ(entries->integer(0, 3), 0) << "no gap";
    EXPECT_EQ(entries->integer(0, 4), 1);
    const auto damage = m_postgres->query("SELECT count(*) FROM exhibit.verify_chain_integrity()");
    ASSERT_TRUE(damage) << damage.error().message;
    EXPECT_EQ(damage->integer(0, 0), 0);
    const auto check = m_first->controlJson({"ledger", "verify"});
    ASSERT_TRUE(check) << check.error().message;
    EXPECT_EQ(check->at("sound"), true) << printJson(*check);
}

} // namespace
} // namespace exhibit
