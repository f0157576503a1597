// SPDX-License-Identifier: Apache-2.0
#include "server/storage/database_setup.h"

#include "server/storage/bootstrap.h"
#include "server/storage/catalogue_loader.h"
#include "server/storage/connection_url.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

/// A database as a provider gives it: its administrator owns it and may create roles, no more.
class HostedDatabase : public testing::Test {
protected:
    HostedDatabase()
    {
        auto& server = TestDatabase::instance();
        const auto admin = server.administrator();
        static int count = 0;
        const auto name = "hosted_" + std::to_string(++count);
        for (const auto& sql :
             {"CREATE ROLE " + name + " LOGIN CREATEROLE PASSWORD 'it''s \\hosted'",
              "CREATE DATABASE " + name + " OWNER " + name}) {
            must(admin->query(sql, {}, TestDatabase::soon()));
        }
        auto settings = must(parseConnectionUrl(server.setup().administratorUrl()));
        settings["user"] = name;
        settings["password"] = "it's \\hosted";
        settings["dbname"] = name;
        m_url = printConnectionSettings(settings);
    }
    [[nodiscard]] Result<DatabaseSetup> open(const test::TempDir& directory)
    {
        return DatabaseSetup::open({directory.path(), m_url, {}, true}, TestDatabase::soon());
    }

    Secret m_url;
    test::TempDir m_directory;
};

TEST_F(HostedDatabase, isSetUpByAnAdministratorWhoIsNoSuperuser)
{
    auto setup = must(open(m_directory));
    EXPECT_EQ(setup.cluster(), nullptr);
    must(setup.bringUpToDate(TestDatabase::soon()));
    must(setup.bringUpToDate(TestDatabase::soon()));
    Database database{setup.urls()};
    const FirstKey key{Secret{"exk"}, sha256("exk")};
    EXPECT_TRUE(must(bootstrap(database, m_directory.path(), key, TestDatabase::soon())));
    EXPECT_EQ(must(loadCatalogue(database, TestDatabase::soon())).projects.size(), 1U);
}

TEST_F(HostedDatabase, isSharedByReplicasWithDataDirectoriesOfTheirOwn)
{
    const test::TempDir other;
    auto first = must(open(m_directory));
    auto second = must(open(other));
    must(first.bringUpToDate(TestDatabase::soon()));
    must(second.bringUpToDate(TestDatabase::soon()));
    EXPECT_TRUE(Connection::open(first.urls().writer, TestDatabase::soon()));
    EXPECT_TRUE(Connection::open(second.urls().writer, TestDatabase::soon()));
}

TEST(DatabaseSetup, opensWhileTheDatabaseIsAway)
{
    const test::TempDir directory;
    auto setup = must(DatabaseSetup::open(
        {directory.path(), Secret{"postgresql://a:b@/db?host=/nonexistent"}, {}, true},
        TestDatabase::soon()));
    EXPECT_FALSE(setup.urls().writer.empty());
    EXPECT_EQ(setup.bringUpToDate(TestDatabase::soon()).error().code, ErrorCode::Unavailable);
}

} // namespace
} // namespace exhibit::storage
