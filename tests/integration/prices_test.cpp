// SPDX-License-Identifier: Apache-2.0
// Prices that somebody publishes: through exhibitctl, on every replica, for the calls from then on.
#include "tests/support/exhibitd_process.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_postgres.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

class Prices : public testing::Test {
protected:
    void SetUp() override
    {
        m_postgres = must(TestPostgres::create(m_database.path()));
        m_first = std::make_unique<Exhibitd>(must(Exhibitd::start(optionsOf(m_firstData))));
        auto options = optionsOf(m_secondData);
        // Replicas share a signer.
        options.environment["EXHIBIT_SIGNER_DIR"] = (m_firstData.path() / "signer").string();
        m_second = std::make_unique<Exhibitd>(must(Exhibitd::start(std::move(options))));
    }

    [[nodiscard]] ExhibitdOptions optionsOf(const TempDir& data) const
    {
        return {.dataDir = data.path(),
                .arguments = {"--database-url", m_postgres->url()},
                .environment = {}};
    }
    std::string write(const std::string& name, const std::string& text) const
    {
        const auto path = (m_firstData.path() / name).string();
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    [[nodiscard]] std::string table(const std::string& version, const std::string& output) const
    {
        return write("prices.json",
                     R"({"version":")" + version
                         + R"(","currency":"EUR","models":[{"model":"house-*",)"
                           R"("input_per_million":100000000,"cached_input_per_million":0,)"
                           R"("output_per_million":)"
                         + output + "}]}");
    }
    /// exhibitctl with the first replica's key, on either.
    [[nodiscard]] Finished control(const Exhibitd& server, std::vector<std::string> arguments) const
    {
        arguments.insert(arguments.begin(), {"--server", server.url()});
        return must(run(programPath("exhibitctl"),
                        {.arguments = std::move(arguments),
                         .environment = {{"EXHIBIT_API_KEY", m_first->adminKey().expose()}}},
                        Deadline::after(30s)));
    }
    /// What a replica prices a request by; empty: its model has no price.
    [[nodiscard]] std::string priceVersion(const Exhibitd& server) const
    {
        const auto file = write("request.json",
                                R"({"model":"house-1","max_tokens":10,"messages":[)"
                                R"({"role":"user","content":"hello"}]})");
        const auto said = control(server, {"--json", "estimate", file});
        return std::string(
            stringMember(must(parseJson(said.output)).at("estimate"), "price_version"));
    }
    [[nodiscard]] std::string waitForVersion(const Exhibitd& server, const std::string& version)
    {
        const auto deadline = Deadline::after(30s);
        while (priceVersion(server) != version && !deadline.reached()) {
            std::this_thread::sleep_for(50ms);
        }
        return priceVersion(server);
    }

    TempDir m_database;
    TempDir m_firstData;
    TempDir m_secondData;
    std::unique_ptr<TestPostgres> m_postgres;
    std::unique_ptr<Exhibitd> m_first;
    std::unique_ptr<Exhibitd> m_second;
};

TEST_F(Prices, countOnEveryReplicaOnceTheyArePublished)
{
    EXPECT_EQ(priceVersion(*m_first), "");
    EXPECT_EQ(priceVersion(*m_second), "");
    const auto published = control(*m_first, {"price", "publish", table("house-1", "200000000")});
    EXPECT_EQ(published.exitCode, 0) << published.output;
    EXPECT_EQ(priceVersion(*m_first), "house-1") << "at once where it was published";
    EXPECT_EQ(waitForVersion(*m_second, "house-1"), "house-1");

    const auto later = control(*m_second, {"price", "publish", table("house-2", "300000000")});
    EXPECT_EQ(later.exitCode, 0) << later.output;
    EXPECT_EQ(waitForVersion(*m_first, "house-2"), "house-2");
    EXPECT_EQ(control(*m_first, {"price", "publish", table("house-1", "1")}).exitCode, 1)
        << "no version is overwritten";

    const auto list = control(*m_first, {"price", "list"});
    EXPECT_EQ(list.exitCode, 0);
    const auto newest = list.output.find("house-2");
    EXPECT_LT(newest, list.output.find("house-1")) << list.output;
    EXPECT_LT(newest, list.output.find("in force")) << list.output;
    EXPECT_EQ(control(*m_first, {"price", "publish", table("house 3", "1")}).exitCode, 2);
    EXPECT_EQ(control(*m_first, {"price", "publish", table("house-3", "-1")}).exitCode, 2);
    EXPECT_EQ(priceVersion(*m_first), "house-2");
}

} // namespace
} // namespace exhibit::test
