// SPDX-License-Identifier: Apache-2.0
// Two exhibitds on one database share budgets and rates, through it or through one Redis.
#include "tests/server/redis/redis_on_test.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_postgres.h"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <mutex>
#include <thread>

namespace exhibit {
namespace {

using test::must;

using namespace std::chrono_literals;

enum class Through : std::uint8_t { PostgreSql, Redis };

class SharedLimits : public testing::TestWithParam<Through> {
protected:
    SharedLimits()
        : m_redis(GetParam() == Through::Redis ? std::make_unique<redis::RedisOnTest>() : nullptr)
        , m_postgres(must(test::TestPostgres::create(m_database.path())))
        , m_upstream(must(test::SampleUpstream::start({"--latency-ms", "5000"})))
        , m_first(start(m_firstData))
        , m_second(start(m_secondData))
        , m_key(m_first.adminKey().expose())
    {
        must(
            m_first.controlJson({"upstream", "add", "sample", "--base-url", m_upstream.baseUrl()}));
    }

    test::Exhibitd start(const test::TempDir& data)
    {
        test::ExhibitdOptions options{.dataDir = data.path(),
                                      .arguments = {"--database-url", m_postgres->url()},
                                      .environment = {{"EXHIBIT_RATE_PERSON_PER_MINUTE", "500"}}};
        if (m_redis) {
            options.environment["EXHIBIT_REDIS_URL"]
                = "redis://127.0.0.1:" + std::to_string(m_redis->options().address.port);
        }
        if (&data != &m_firstData) {
            options.environment["EXHIBIT_SIGNER_DIR"] = (m_firstData.path() / "signer").string();
        }
        return must(test::Exhibitd::start(std::move(options)));
    }
    test::Reply ask(const test::Exhibitd& server,
                    const std::string& method,
                    const std::string& path,
                    const std::string& body = {}) const
    {
        const test::HeaderList headers{{"Authorization", "Bearer " + m_key},
                                       {"Content-Type", "application/json"},
                                       {"X-Exhibit-User-Id", "alice"}};
        return must(test::exchange(
            server.port(), test::requestText(method, path, headers, body), Deadline::after(60s)));
    }
    [[nodiscard]] int remaining(const test::Exhibitd& server) const
    {
        return std::stoi(
            ask(server, "GET", "/nowhere").header("X-RateLimit-Remaining").value_or("-1"));
    }

    /// The upstream was added through the first; the second hears of it.
    void awaitUpstreamOnSecond() const
    {
        const auto heard = Deadline::after(30s);
        while (ask(m_second, "GET", "/v1/models").status != 200 && !heard.reached()) {
            std::this_thread::sleep_for(50ms);
        }
    }

    /// A call of that run, which waits for its first byte there.
    std::future<test::Reply> callOnSecond(const std::string& run) const
    {
        awaitUpstreamOnSecond();
        return std::async(std::launch::async, [this, run] {
            return ask(m_second,
                       "POST",
                       "/v1/chat/completions",
                       R"({"model":"gpt-4o","messages":[],"metadata":{"run_id":")" + run + "\"}}");
        });
    }
    static void expectStopped(const test::Reply& reply)
    {
        EXPECT_EQ(reply.status, 403) << reply.body;
        EXPECT_NE(reply.body.find("run_stopped"), std::string::npos) << reply.body;
    }

    std::unique_ptr<redis::RedisOnTest> m_redis; ///< nullptr: they share through the database.
    test::TempDir m_database;
    test::TempDir m_firstData;
    test::TempDir m_secondData;
    std::unique_ptr<test::TestPostgres> m_postgres;
    test::SampleUpstream m_upstream;
    test::Exhibitd m_first;
    test::Exhibitd m_second;
    std::string m_key;
};

TEST_P(SharedLimits, admitExactly37Of200CallsOnTwoReplicas)
{
    EXPECT_EQ(must(m_first.control({"quota", "set", "FREE", "--runs-per-day", "37"})).exitCode, 0);
    EXPECT_EQ(must(m_first.control({"quota", "assign", "user", "FREE", "*"})).exitCode, 0);
    // The other hears of it.
    const auto heard = Deadline::after(20s);
    const auto estimate = [this] {
        return ask(m_second,
                   "POST",
                   "/admin/cost-estimate",
                   R"({"user_id":"alice","request":{"model":"gpt-4o","messages":[]}})")
            .body;
    };
    while (estimate().find("\"limit\":37") == std::string::npos && !heard.reached()) {
        std::this_thread::sleep_for(50ms);
    }
    std::mutex mutex;
    std::map<int, int> counts;
    std::vector<std::thread> threads;
    for (int i = 0; i < 200; ++i) {
        threads.emplace_back([&, i] {
            const auto reply = ask(i % 2 == 0 ? m_first : m_second,
                                   "POST",
                                   "/v1/chat/completions",
                                   R"({"model":"gpt-4o","messages":[]})");
            const std::lock_guard lock(mutex);
            ++counts[reply.status];
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(counts[200], 37);
    EXPECT_EQ(counts[429], 163);
}

TEST_P(SharedLimits, countAPersonsRequestsOnBoth)
{
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(ask(m_first, "GET", "/nowhere").status, 404);
    }
    const auto heard = Deadline::after(20s);
    while (remaining(m_second) > 459 && !heard.reached()) {
        std::this_thread::sleep_for(200ms);
    }
    EXPECT_LE(remaining(m_second), 459) << "what the first let in counts here";
}

/// What PostgreSQL calls the run that clients call `name`, once ingest has brought it; its tenant.
struct KnownRun {
    RunId run;
    TenantId tenant;
};
KnownRun runNamed(const test::TestPostgres& postgres, const std::string& name)
{
    const auto deadline = Deadline::after(30s);
    while (!deadline.reached()) {
        const auto rows = postgres.query(
            "SELECT run_id::text, tenant_id::text FROM exhibit.runs WHERE client_run_id = '" + name
            + "'");
        if (rows && rows->size() == 1) {
            return {RunId(Uuid::parseHyphenated(rows->text(0, 0)).value()),
                    TenantId(Uuid::parseHyphenated(rows->text(0, 1)).value())};
        }
        std::this_thread::sleep_for(50ms);
    }
    ADD_FAILURE() << "no run " << name;
    return {};
}

TEST_P(SharedLimits, aKillOnOneEndsACallOfTheOtherThatWaitsForItsFirstByte)
{
    auto reply = callOnSecond("waiting");
    const auto known = runNamed(*m_postgres, "waiting");
    const auto killed
        = must(m_first.controlJson({"kill", known.run.text(), "--reason", "admin_kill"}));
    EXPECT_EQ(killed.at("calls_cut"), 0) << "none of it is live on the first";
    expectStopped(reply.get());
}

TEST_P(SharedLimits, aKillThatRedisAloneTellsIsHeard)
{
    if (!m_redis) {
        GTEST_SKIP() << "there is none";
    }
    auto reply = callOnSecond("told");
    const auto known = runNamed(*m_postgres, "told");
    static_cast<void>(m_redis->ask(
        {"PUBLISH", "kills", known.tenant.text() + " " + known.run.text() + " admin_kill"}));
    expectStopped(reply.get());
}

INSTANTIATE_TEST_SUITE_P(Replicas,
                         SharedLimits,
                         testing::Values(Through::PostgreSql, Through::Redis),
                         [](const auto& each) {
                             return each.param == Through::Redis ? "redis" : "postgresql";
                         });

} // namespace
} // namespace exhibit
