// SPDX-License-Identifier: Apache-2.0
#include "server/storage/migrations.h"

#include "server/storage/connection_url.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <thread>

namespace exhibit::storage {
namespace {

constexpr EmbeddedFile kFirst{"0001_first.sql", "CREATE TABLE one (n int);"};
constexpr EmbeddedFile kSecond{"0002_second.sql", "CREATE TABLE two (n int);"};

/// A database without any migration, on the process's server.
class Migrations : public testing::Test {
protected:
    Migrations()
    {
        auto& server = TestDatabase::instance();
        static int count = 0;
        const auto name = "migrated_" + std::to_string(++count);
        must(server.administrator()->query("CREATE DATABASE " + name, {}, TestDatabase::soon()));
        auto settings = must(parseConnectionUrl(server.setup().administratorUrl()));
        settings["dbname"] = name;
        m_url = printConnectionSettings(settings);
        const DatabaseCredentials credentials{Secret{"a"}, Secret{"w"}, Secret{"r"}};
        must(setUpRoles(m_url, credentials, TestDatabase::soon()));
        m_connection = must(Connection::open(m_url, TestDatabase::soon()));
    }

    Result<std::vector<MigrationStatus>> run(std::span<const EmbeddedFile> files,
                                             const MigrationOptions& options = {})
    {
        return migrate(m_url, files, options, TestDatabase::soon());
    }
    bool hasTable(const std::string& name)
    {
        return !must(m_connection->query(
                         "SELECT to_regclass($1)", {"exhibit." + name}, TestDatabase::soon()))
                    .isNull(0, 0);
    }

    Secret m_url;
    std::unique_ptr<Connection> m_connection;
};

TEST_F(Migrations, theSecondTimeChangesNothing)
{
    const auto first = must(run(embeddedMigrations()));
    const auto second = must(run(embeddedMigrations()));
    ASSERT_EQ(first.size(), embeddedMigrations().size());
    ASSERT_EQ(second.size(), first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(second[i].state, MigrationState::Applied);
        EXPECT_EQ(second[i].appliedAt, first[i].appliedAt);
    }
}

TEST(EmbeddedFiles, areAllThatTheFoldersHold)
{
    const char* source = std::getenv("EXHIBIT_SOURCE_DIR");
    if (source == nullptr) {
        GTEST_SKIP() << "run by ctest";
    }
    const auto resources = std::filesystem::path(source) / "resources";
    for (const auto& [folder, files] : {std::pair{resources / "migrations", embeddedMigrations()},
                                        std::pair{resources / "prices", embeddedPriceTables()}}) {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            names.push_back(entry.path().filename());
        }
        std::sort(names.begin(), names.end());
        ASSERT_EQ(files.size(), names.size()) << "append to server/storage/CMakeLists.txt";
        for (std::size_t i = 0; i < names.size(); ++i) {
            EXPECT_EQ(files[i].name, names[i]);
            std::ostringstream text;
            text << std::ifstream(folder / names[i]).rdbuf();
            EXPECT_EQ(files[i].text, text.str());
        }
    }
}

/// Costs that are older than the rule that they have one currency.
TEST_F(Migrations, nameTheCurrencyOfCostsThatAgreeOnOne)
{
    MigrationOptions before;
    before.upTo = 23;
    must(run(embeddedMigrations(), before));
    const auto ask = [this](const std::string& sql) {
        return must(m_connection->query(sql, {}, TestDatabase::soon()));
    };
    ask("SET search_path = exhibit");
    ask("INSERT INTO price_tables (version, currency, models) VALUES ('shipped', 'USD', '[]')");
    const auto tenant = [&](int number, const std::string& versions, const std::string& own) {
        const auto id = "'00000000-0000-0000-0000-00000000000" + std::to_string(number) + "'::uuid";
        ask("INSERT INTO tenants (tenant_id, slug) VALUES (" + id + ", 't" + std::to_string(number)
            + "')");
        ask("INSERT INTO proxy_calls (tenant_id, opened_at, call_id, run_id, project_id, key_id,"
            " request_id, endpoint, model, streaming, snapshot_id, cost_microcents, price_version)"
            " SELECT "
            + id
            + ", now(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),"
              " gen_random_uuid(), '', '', false, '', 7, v FROM unnest('{"
            + versions + "}'::text[]) AS v");
        if (!own.empty()) {
            ask("INSERT INTO published_prices (tenant_id, version, currency, models, published_by)"
                " VALUES ("
                + id + ", '" + own + "', 'EUR', '[]', 'key_x')");
        }
    };
    tenant(1, "shipped,shipped", "");
    tenant(2, "shipped,house", "house");
    tenant(3, "house", "house");
    tenant(4, "", "");
    tenant(5, "shipped", "house"); // The next cost would be in another one.
    must(run(embeddedMigrations()));
    const Rows rows = ask("SELECT string_agg(right(tenant_id::text, 1) || ' '"
                          " || coalesce(currency, 'none'), ', ' ORDER BY tenant_id)"
                          " FROM cost_currencies");
    EXPECT_EQ(rows.text(0, 0), "1 USD, 2 none, 3 EUR, 5 none");
}

TEST_F(Migrations, stopAtTheNumberThatWasAskedFor)
{
    const std::array files{kFirst, kSecond};
    MigrationOptions options;
    options.upTo = 1;
    const auto list = must(run(files, options));
    EXPECT_EQ(list[0].state, MigrationState::Applied);
    EXPECT_EQ(list[1].state, MigrationState::Pending);
    EXPECT_TRUE(hasTable("one"));
    EXPECT_FALSE(hasTable("two"));
    must(run(files));
    EXPECT_TRUE(hasTable("two"));
}

TEST_F(Migrations, aDryRunTellsAndDoesNothing)
{
    const std::array files{kFirst};
    MigrationOptions options;
    options.dryRun = true;
    const auto list = must(run(files, options));
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].name, "first");
    EXPECT_EQ(list[0].state, MigrationState::Pending);
    EXPECT_FALSE(hasTable("one"));
    EXPECT_FALSE(hasTable("schema_migrations"));
}

TEST_F(Migrations, oneThatFailsLeavesNothingOfItself)
{
    const std::array files{kFirst,
                           EmbeddedFile{"0002_bad.sql", "CREATE TABLE half (n int); SELECT 1/0;"}};
    const auto result = run(files);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("0002 bad"), std::string::npos);
    EXPECT_TRUE(hasTable("one"));
    EXPECT_FALSE(hasTable("half"));
    const std::array mended{kFirst, kSecond};
    EXPECT_TRUE(run(mended));
}

TEST_F(Migrations, aFileThatWasChangedAfterwardsIsReported)
{
    const std::array files{kFirst};
    must(run(files));
    const std::array changed{EmbeddedFile{kFirst.name, "CREATE TABLE other (n int);"}};
    const auto list = must(run(changed));
    EXPECT_EQ(list[0].state, MigrationState::Changed);
    EXPECT_FALSE(hasTable("other"));
}

TEST_F(Migrations, aSchemaThatNeedsANewerServerIsRefused)
{
    const std::array newer{EmbeddedFile{
        "0001_far.sql", "-- SPDX\n-- min-server: 2.10.0\n\nCREATE TABLE far (n int);"}};
    MigrationOptions future;
    future.serverVersion = "2.10.0";
    must(run(newer, future));
    const std::array files{kFirst, kSecond};
    MigrationOptions old;
    old.serverVersion = "2.9.9";
    const auto refused = run(files, old);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_NE(refused.error().message.find("2.10.0"), std::string::npos);
    EXPECT_FALSE(hasTable("two"));
    EXPECT_TRUE(run(newer, future));
}

TEST_F(Migrations, aNewerSchemaThatAllowsThisServerIsServed)
{
    const std::array both{kFirst, kSecond};
    must(run(both));
    const std::array known{kFirst};
    const auto list = must(run(known));
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[1].number, 2);
    EXPECT_EQ(list[1].state, MigrationState::Newer);
}

TEST_F(Migrations, serversThatStartTogetherTakeTurns)
{
    std::vector<std::thread> servers;
    std::array<std::optional<Error>, 4> errors;
    for (auto& error : errors) {
        servers.emplace_back([this, &error] {
            const DatabaseCredentials credentials{Secret{"a"}, Secret{"w"}, Secret{"r"}};
            auto result = setUpRoles(m_url, credentials, TestDatabase::soon());
            if (result) {
                result = run(embeddedMigrations()).map([](const auto&) {});
            }
            if (!result) {
                error = result.error();
            }
        });
    }
    for (auto& server : servers) {
        server.join();
    }
    for (const auto& error : errors) {
        EXPECT_FALSE(error) << error->message;
    }
}

TEST(Versions, areComparedByNumber)
{
    EXPECT_TRUE(isNewerVersion("0.10.0", "0.9.9"));
    EXPECT_TRUE(isNewerVersion("1", "0.9.9"));
    EXPECT_FALSE(isNewerVersion("0.1", "0.1.0"));
    EXPECT_FALSE(isNewerVersion("0", "0.1.0"));
}

} // namespace
} // namespace exhibit::storage
