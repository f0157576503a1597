// SPDX-License-Identifier: Apache-2.0
#include "server/main/database_service.h"

#include "tests/support/temp_dir.h"
#include "tests/support/test_postgres.h"

#include <gtest/gtest.h>

#include <thread>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

/// The service over a PostgreSQL that the test stops and starts.
class DatabaseServiceTest : public testing::Test {
protected:
    void SetUp() override
    {
        auto made = test::TestPostgres::create(m_databaseFolder.path());
        ASSERT_TRUE(made) << made.error().message;
        m_postgres = *std::move(made);
        m_configuration.dataDir = m_data.path();
        m_configuration.databaseUrl = Secret(m_postgres->url());
        auto copy = storage::LocalCopy::open(m_data.path() / "local.db",
                                             [](const std::function<void()>& work) { work(); });
        ASSERT_TRUE(copy) << copy.error().message;
        m_copy = *std::move(copy);
        m_service = std::make_unique<DatabaseService>(m_configuration, *m_copy, m_catalogue);
        ASSERT_TRUE(m_service->find());
        DatabaseService::Events events;
        events.onReady = [] {};
        events.partitions = {50ms, 20ms};
        const auto started = m_service->start(std::move(events));
        ASSERT_TRUE(started) << started.error().message;
    }

    /// The newest month's partition of the audit log; empty when the test has dropped it.
    [[nodiscard]] std::string newestPartition() const
    {
        const auto rows = m_postgres->query(
            "SELECT max(relname) FROM pg_class WHERE relname ~ '^audit_logs_[0-9]{6}$'");
        return rows ? std::string(rows->text(0, 0)) : "";
    }
    void drop(const std::string& partition) const
    {
        const auto dropped = m_postgres->query("DROP TABLE exhibit." + partition);
        ASSERT_TRUE(dropped) << dropped.error().message;
    }
    void waitFor(const std::string& partition) const
    {
        const auto deadline = Deadline::after(30s);
        while (newestPartition() != partition && !deadline.reached()) {
            std::this_thread::sleep_for(20ms);
        }
        EXPECT_EQ(newestPartition(), partition);
    }

    test::TempDir m_databaseFolder;
    test::TempDir m_data;
    std::unique_ptr<test::TestPostgres> m_postgres;
    Configuration m_configuration;
    std::unique_ptr<storage::LocalCopy> m_copy;
    storage::CatalogueHolder m_catalogue;
    std::unique_ptr<DatabaseService> m_service;
};

TEST_F(DatabaseServiceTest, goesOnMakingPartitionsAlsoAfterPostgresWasAway)
{
    const auto newest = newestPartition();
    ASSERT_FALSE(newest.empty());
    drop(newest);
    waitFor(newest);
    m_postgres->stop();
    std::this_thread::sleep_for(200ms);
    ASSERT_TRUE(m_postgres->start());
    drop(newest);
    waitFor(newest);
}

} // namespace
} // namespace exhibit::server
