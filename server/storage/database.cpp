// SPDX-License-Identifier: Apache-2.0
#include "server/storage/database.h"

#include "models/base/assert.h"
#include "models/base/limits.h"
#include "server/ops/log.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

/// How long all callers believe that PostgreSQL is away before one of them looks again.
constexpr std::chrono::milliseconds kRetryAfter{500};

/// condition_variable turns far deadlines into an overflowing clock value.
SteadyTime waitUntil(Deadline deadline)
{
    return std::min(deadline.at, std::chrono::steady_clock::now() + std::chrono::minutes{1});
}

} // namespace

Loan::Loan(std::unique_ptr<Connection> connection, ConnectionPool& pool)
    : m_connection(std::move(connection))
    , m_pool(&pool)
{
}

Loan::~Loan()
{
    if (m_connection) {
        m_pool->giveBack(std::move(m_connection));
    }
}

ConnectionPool::ConnectionPool(Secret url, std::size_t size)
    : m_url(std::move(url))
    , m_left(size)
    , m_size(size)
{
}

ConnectionPool::~ConnectionPool()
{
    // A loan that outlives its pool would return to freed memory.
    const std::lock_guard lock{m_mutex};
    EXHIBIT_ASSERT(m_left == m_size);
}

Result<Loan> ConnectionPool::acquire(Deadline deadline)
{
    EXHIBIT_TRY(auto idle, take(deadline));
    while (idle) {
        if (idle->isReusable()) {
            return Loan{std::move(idle), *this};
        }
        // After a restart of the server all idle ones are dead; the right to one loan stays ours.
        const std::lock_guard lock{m_mutex};
        idle.reset();
        if (!m_idle.empty()) {
            idle = std::move(m_idle.back());
            m_idle.pop_back();
        }
    }
    EXHIBIT_TRY(auto fresh, openOne(deadline));
    return Loan{std::move(fresh), *this};
}

Result<std::unique_ptr<Connection>> ConnectionPool::take(Deadline deadline)
{
    std::unique_lock lock{m_mutex};
    while (true) {
        if (m_left > 0 && !m_idle.empty()) {
            --m_left;
            auto connection = std::move(m_idle.back());
            m_idle.pop_back();
            return connection;
        }
        if (m_away && (m_trying || std::chrono::steady_clock::now() < m_retryAt)) {
            return tl::make_unexpected(*m_away);
        }
        if (m_left > 0) {
            --m_left;
            m_trying = m_away.has_value();
            return nullptr;
        }
        if (deadline.reached()) {
            return fail(
                ErrorCode::DeadlineExceeded, "all connections to PostgreSQL are in use", "53300");
        }
        m_returned.wait_until(lock, waitUntil(deadline));
    }
}

Result<std::unique_ptr<Connection>> ConnectionPool::openOne(Deadline deadline)
{
    const auto latest = Deadline::after(limits::kDatabaseConnectTimeout);
    auto connection = Connection::open(m_url, deadline.at < latest.at ? deadline : latest);
    const std::lock_guard lock{m_mutex};
    m_left += connection ? 0 : 1;
    if (!connection && deadline.reached()) {
        // This caller was in a hurry; that says nothing about the server.
        m_trying = false;
        m_returned.notify_all();
        return connection;
    }
    if (m_away.has_value() == connection.has_value()) {
        if (connection) {
            ops::logInfo("PostgreSQL is back");
        } else {
            ops::logWarning("{}", connection.error().message);
        }
    }
    m_trying = false;
    if (connection) {
        m_away.reset();
    } else {
        m_away = connection.error();
        m_retryAt = std::chrono::steady_clock::now() + kRetryAfter;
    }
    m_returned.notify_all();
    return connection;
}

void ConnectionPool::giveBack(std::unique_ptr<Connection> connection)
{
    // Checked and, when broken, closed outside the lock.
    const bool keep = connection->isReusable();
    if (!keep) {
        connection.reset();
    }
    const std::lock_guard lock{m_mutex};
    if (keep) {
        m_idle.push_back(std::move(connection));
    }
    ++m_left;
    m_returned.notify_one();
}

Database::Database(DatabaseUrls urls, std::size_t connectionsPerRole)
    : m_writers(std::move(urls.writer), connectionsPerRole)
    , m_readers(std::move(urls.reader), connectionsPerRole)
    , m_listenUrl(std::move(urls.listener))
{
}

} // namespace exhibit::storage
