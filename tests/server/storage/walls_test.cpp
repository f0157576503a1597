// SPDX-License-Identifier: Apache-2.0
#include "server/storage/walls.h"

#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

/// A database of the test's own, whose administrator tears walls down.
class WallsTest : public testing::Test {
protected:
    Walls inspect() { return must(inspectWalls(m_server->database(), TestDatabase::soon())); }
    void does(const std::string& sql)
    {
        must(m_server->administrator()->script("SET search_path = exhibit;" + sql,
                                               TestDatabase::soon()));
    }
    [[nodiscard]] std::string role(const std::string& kind) const
    {
        return "exhibit_exhibit_" + kind;
    }

    std::unique_ptr<TestDatabase> m_server = TestDatabase::start();
};

TEST_F(WallsTest, standAfterTheMigrationsAndAreSeenToFall)
{
    EXPECT_TRUE(inspect().appendOnly);
    EXPECT_TRUE(inspect().betweenTenants);
    struct Breach {
        std::string tearDown;
        std::string repair;
        bool betweenTenants;
    };
    for (const auto& breach :
         std::vector<Breach>{{"ALTER TABLE decisions DISABLE TRIGGER refuse_change",
                              "ALTER TABLE decisions ENABLE TRIGGER refuse_change",
                              false},
                             {"GRANT UPDATE (reason) ON decisions TO " + role("writer"),
                              "REVOKE UPDATE (reason) ON decisions FROM " + role("writer"),
                              false},
                             {"GRANT DELETE ON audit_logs TO " + role("writer"),
                              "REVOKE DELETE ON audit_logs FROM " + role("writer"),
                              false},
                             {"ALTER TABLE runs DISABLE ROW LEVEL SECURITY",
                              "ALTER TABLE runs ENABLE ROW LEVEL SECURITY",
                              true},
                             {"ALTER TABLE runs NO FORCE ROW LEVEL SECURITY",
                              "ALTER TABLE runs FORCE ROW LEVEL SECURITY",
                              true},
                             {"ALTER TABLE incident_search DISABLE ROW LEVEL SECURITY",
                              "ALTER TABLE incident_search ENABLE ROW LEVEL SECURITY",
                              true},
                             {"CREATE TABLE added (tenant_id uuid)", "DROP TABLE added", true},
                             {"ALTER ROLE " + role("reader") + " BYPASSRLS",
                              "ALTER ROLE " + role("reader") + " NOBYPASSRLS",
                              true}}) {
        does(breach.tearDown);
        EXPECT_EQ(inspect().betweenTenants, !breach.betweenTenants) << breach.tearDown;
        EXPECT_EQ(inspect().appendOnly, breach.betweenTenants) << breach.tearDown;
        does(breach.repair);
    }
    EXPECT_TRUE(inspect().appendOnly);
    EXPECT_TRUE(inspect().betweenTenants);
}

} // namespace
} // namespace exhibit::storage
