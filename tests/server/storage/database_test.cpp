// SPDX-License-Identifier: Apache-2.0
#include "server/storage/database.h"

#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

Result<std::int64_t> backendOf(ConnectionPool& pool)
{
    EXHIBIT_TRY(const auto loan, pool.acquire(TestDatabase::soon()));
    EXHIBIT_TRY(const Rows rows, loan->query("SELECT pg_backend_pid()", {}, TestDatabase::soon()));
    return rows.integer(0, 0);
}

TEST(ConnectionPool, usesAConnectionAgain)
{
    ConnectionPool pool{TestDatabase::instance().urls().reader, 2};
    EXPECT_EQ(must(backendOf(pool)), must(backendOf(pool)));
}

TEST(ConnectionPool, lendsNoMoreThanItsSize)
{
    ConnectionPool pool{TestDatabase::instance().urls().reader, 2};
    auto first = std::make_unique<Loan>(must(pool.acquire(TestDatabase::soon())));
    const auto second = must(pool.acquire(TestDatabase::soon()));
    const auto third = pool.acquire(Deadline::after(20ms));
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, ErrorCode::DeadlineExceeded);
    std::thread returning([&] {
        std::this_thread::sleep_for(20ms);
        first.reset();
    });
    EXPECT_TRUE(pool.acquire(TestDatabase::soon()));
    returning.join();
}

TEST(ConnectionPool, dropsWhatBrokeOrWasLeftInATransaction)
{
    ConnectionPool pool{TestDatabase::instance().urls().reader, 1};
    const auto before = must(backendOf(pool));
    {
        const auto loan = must(pool.acquire(TestDatabase::soon()));
        must(loan->query("BEGIN", {}, TestDatabase::soon()));
    }
    const auto between = must(backendOf(pool));
    EXPECT_NE(between, before);
    {
        const auto loan = must(pool.acquire(TestDatabase::soon()));
        EXPECT_FALSE(loan->query("SELECT pg_sleep(60)", {}, Deadline::after(20ms)));
    }
    EXPECT_NE(must(backendOf(pool)), between);
}

TEST(ConnectionPool, failsAtOnceWhileTheServerIsAway)
{
    ConnectionPool pool{Secret{"host=/nonexistent dbname=x"}, 4};
    EXPECT_EQ(pool.acquire(TestDatabase::soon()).error().code, ErrorCode::Unavailable);
    // Nobody looks again meanwhile: far more calls than anyone could connect in the time.
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(pool.acquire(TestDatabase::soon()).error().code, ErrorCode::Unavailable);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST(ConnectionPool, survivesARestartOfTheServer)
{
    const auto server = TestDatabase::start();
    auto& database = server->database();
    const auto tenant = server->newTenant();
    const auto slug = [&]() -> Result<std::string> {
        return database.read(
            tenant.id, Deadline::after(1s), [](Transaction& transaction) -> Result<std::string> {
                EXHIBIT_TRY(const Rows rows, transaction.query("SELECT slug FROM tenants"));
                return std::string(rows.text(0, 0));
            });
    };
    EXPECT_EQ(must(slug()), tenant.slug);
    ASSERT_EQ(kill(server->cluster().pid(), SIGKILL), 0);
    const auto deadline = TestDatabase::soon();
    bool wasAway = false;
    auto result = slug();
    while (!deadline.reached() && !(wasAway && result)) {
        if (!result) {
            EXPECT_EQ(result.error().code, ErrorCode::Unavailable) << result.error().message;
            wasAway = true;
        }
        std::this_thread::sleep_for(10ms);
        result = slug();
    }
    EXPECT_TRUE(wasAway);
    EXPECT_EQ(must(std::move(result)), tenant.slug);
}

TEST(Database, keepsNothingOfAWriteThatFails)
{
    auto& server = TestDatabase::instance();
    const auto tenant = server.newTenant();
    const auto write = [&](Transaction& transaction) -> Result<void> {
        EXHIBIT_CHECK(transaction.query("UPDATE tenants SET title = 'changed'"));
        return fail(ErrorCode::InvalidInput, "no");
    };
    EXPECT_EQ(server.database().write(tenant.id, TestDatabase::soon(), write).error().code,
              ErrorCode::InvalidInput);
    const auto title = server.database().read(
        tenant.id, TestDatabase::soon(), [](Transaction& transaction) -> Result<std::string> {
            EXHIBIT_TRY(const Rows rows, transaction.query("SELECT title FROM tenants"));
            return std::string(rows.text(0, 0));
        });
    EXPECT_EQ(must(title), "");
}

} // namespace
} // namespace exhibit::storage
