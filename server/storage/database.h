// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/connection.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace exhibit::storage {

/// The URLs a server connects with, one per role (rulings.md 7).
struct DatabaseUrls {
    Secret writer;
    Secret reader;
    Secret listener; ///< Direct, for LISTEN, when the others go through PgBouncer.
};

/// A connection on loan; returns to its pool when destroyed, unless it died.
class Loan {
public:
    Loan(std::unique_ptr<Connection> connection, class ConnectionPool& pool);
    Loan(Loan&&) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan();
    [[nodiscard]] Connection& operator*() const { return *m_connection; }
    [[nodiscard]] Connection* operator->() const { return m_connection.get(); }

private:
    std::unique_ptr<Connection> m_connection;
    class ConnectionPool* m_pool;
};

/// At most `size` connections of one role, opened on demand and again after they broke. Any thread;
/// acquire() blocks, so never on the io thread. While PostgreSQL is away one caller at a time finds
/// out, at most every half second; all others fail at once with Unavailable.
class ConnectionPool {
public:
    ConnectionPool(Secret url, std::size_t size);
    ~ConnectionPool();
    [[nodiscard]] Result<Loan> acquire(Deadline deadline);
    void giveBack(std::unique_ptr<Connection> connection);

private:
    /// A connection that was idle, or nullptr and the right to open one.
    [[nodiscard]] Result<std::unique_ptr<Connection>> take(Deadline deadline);
    [[nodiscard]] Result<std::unique_ptr<Connection>> openOne(Deadline deadline);

    Secret m_url;
    std::mutex m_mutex;
    std::condition_variable m_returned;
    std::vector<std::unique_ptr<Connection>> m_idle;
    std::size_t m_left; ///< How many more may be on loan.
    const std::size_t m_size;
    std::optional<Error> m_away; ///< Why the last attempt to connect failed.
    SteadyTime m_retryAt{};
    bool m_trying = false; ///< Somebody finds out whether it is back.
};

/// PostgreSQL as the server's parts see it.
class Database {
public:
    explicit Database(DatabaseUrls urls, std::size_t connectionsPerRole = 8);

    /// A transaction of one tenant under the reader role, for the duration of `use`.
    template <class Use>
    auto read(TenantId tenant, Deadline deadline, Use use)
        -> decltype(use(std::declval<Transaction&>()))
    {
        return run(m_readers, tenant, deadline, std::move(use));
    }
    /// The same under the writer role; committed when `use` returns a value.
    template <class Use>
    auto write(TenantId tenant, Deadline deadline, Use use)
        -> decltype(use(std::declval<Transaction&>()))
    {
        return run(m_writers, tenant, deadline, std::move(use));
    }
    [[nodiscard]] ConnectionPool& readers() { return m_readers; }
    [[nodiscard]] ConnectionPool& writers() { return m_writers; }
    [[nodiscard]] const Secret& listenUrl() const { return m_listenUrl; }

private:
    template <class Use>
    auto run(ConnectionPool& pool, TenantId tenant, Deadline deadline, Use use)
        -> decltype(use(std::declval<Transaction&>()))
    {
        EXHIBIT_TRY(auto connection, pool.acquire(deadline));
        EXHIBIT_TRY(auto transaction, Transaction::begin(*connection, tenant, deadline));
        auto result = use(transaction);
        if (result) {
            EXHIBIT_CHECK(transaction.commit());
        }
        return result;
    }

    ConnectionPool m_writers;
    ConnectionPool m_readers;
    Secret m_listenUrl;
};

} // namespace exhibit::storage
