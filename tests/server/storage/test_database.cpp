// SPDX-License-Identifier: Apache-2.0
#include "tests/server/storage/test_database.h"

#include "tests/support/unsynced_postgres.h"

#include <cstdlib>

namespace exhibit::storage {
TestDatabase& TestDatabase::instance()
{
    static TestDatabase database;
    return database;
}

std::unique_ptr<TestDatabase> TestDatabase::start()
{
    return std::unique_ptr<TestDatabase>(new TestDatabase);
}

TestDatabase::TestDatabase()
    : m_directory(std::make_unique<test::TempDir>())
{
    if (const auto programs = test::sharedPostgres()) {
        ::setenv("EXHIBIT_PG_BIN", programs->c_str(), 1); // The process has no other thread yet.
    }
    const auto deadline = Deadline::after(std::chrono::minutes{2});
    m_setup = must(DatabaseSetup::open({directory(), {}, {}, false}, deadline));
    must(m_setup->bringUpToDate(deadline));
    m_database = std::make_unique<Database>(urls());
}

TestDatabase::~TestDatabase() = default;

std::filesystem::path TestDatabase::directory() const
{
    // Below a private folder: the database's account cannot reach it by path.
    return m_directory->path() / "data";
}

std::unique_ptr<Connection> TestDatabase::administrator() const
{
    return must(Connection::open(m_setup->administratorUrl(), soon()));
}

TestTenant TestDatabase::newTenant()
{
    TestTenant tenant{TenantId::generate(), ProjectId::generate(), {}};
    tenant.slug = "t" + tenant.id.value.base32();
    const auto insert = [&](Transaction& transaction) {
        const std::vector<Statement> statements{
            {"INSERT INTO tenants (tenant_id, slug) VALUES ($1, $2)", {tenant.id, tenant.slug}},
            {"INSERT INTO projects (tenant_id, project_id, slug) VALUES ($1, $2, 'default')",
             {tenant.id, tenant.project}}};
        return transaction.pipeline(statements);
    };
    must(m_database->write(tenant.id, soon(), insert));
    return tenant;
}

} // namespace exhibit::storage
