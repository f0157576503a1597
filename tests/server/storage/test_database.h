// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database_setup.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"

#include <memory>
#include <stdexcept>

namespace exhibit::storage {

using test::must;

/// A real PostgreSQL with all migrations, one per test process; starting it takes about two
/// seconds. Use from any test that links tests.database:
///
///   TEST(Ingest, writesACall)
///   {
///       auto& server = TestDatabase::instance();
///       const TestTenant tenant = server.newTenant();
///       auto result = server.database().write(tenant.id, server.soon(), [&](Transaction& t) {
///           return t.query("INSERT INTO ...", {tenant.id, ...});
///       });
///   }
///
/// Tests share the database: give each a tenant of its own instead of emptying tables. A test that
/// stops or breaks the server starts its own with TestDatabase::start().
struct TestTenant {
    TenantId id;
    ProjectId project;
    std::string slug;
};

class TestDatabase {
public:
    /// The process's own; started on first use, stopped and removed when the process exits.
    /// Throws when it cannot start.
    [[nodiscard]] static TestDatabase& instance();
    /// Another one, which goes with the object.
    [[nodiscard]] static std::unique_ptr<TestDatabase> start();
    ~TestDatabase();

    [[nodiscard]] Database& database() { return *m_database; }
    [[nodiscard]] DatabaseSetup& setup() { return *m_setup; }
    [[nodiscard]] ManagedCluster& cluster() { return *m_setup->cluster(); }
    [[nodiscard]] const DatabaseUrls& urls() const { return m_setup->urls(); }
    [[nodiscard]] std::filesystem::path directory() const;
    /// A connection as superuser: to look behind the walls, not to go through them.
    [[nodiscard]] std::unique_ptr<Connection> administrator() const;

    /// A tenant with one project "default" and no snapshot.
    [[nodiscard]] TestTenant newTenant();
    /// Long enough for anything a test asks.
    [[nodiscard]] static Deadline soon() { return Deadline::after(std::chrono::seconds{30}); }

private:
    TestDatabase();

    std::unique_ptr<test::TempDir> m_directory;
    std::optional<DatabaseSetup> m_setup;
    std::unique_ptr<Database> m_database;
};

} // namespace exhibit::storage
