// SPDX-License-Identifier: Apache-2.0
#include "server/storage/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace exhibit::storage {
namespace {

/// A roll-back must not hang its caller; when it takes longer the connection is given up.
constexpr std::chrono::seconds kRollbackTimeout{1};
/// The server's own limit comes after ours: ours is the one that callers see.
constexpr std::int64_t kServerGraceMs = 1000;
constexpr std::int64_t kServerTimeoutMsMax = 24 * 3600 * 1000;

} // namespace

Transaction::Transaction(Connection& connection, TenantId tenant, Deadline deadline)
    : m_connection(&connection)
    , m_tenant(tenant)
    , m_deadline(deadline)
{
}

Transaction::Transaction(Transaction&& other) noexcept
    : m_connection(std::exchange(other.m_connection, nullptr))
    , m_tenant(other.m_tenant)
    , m_deadline(other.m_deadline)
{
}

Transaction::~Transaction()
{
    if (m_connection != nullptr && m_connection->isOpen()) {
        // Failure leaves an open transaction, which the pool will not take back.
        (void)m_connection->query("ROLLBACK", {}, Deadline::after(kRollbackTimeout));
    }
}

Result<Transaction> Transaction::begin(Connection& connection, TenantId tenant, Deadline deadline)
{
    const auto timeoutMs
        = std::min<std::int64_t>(deadline.left().count(), kServerTimeoutMsMax) + kServerGraceMs;
    // SET takes no parameters; both values are ours. Not set_config(): see facts.md on Citus.
    const std::array statements{
        Statement{"BEGIN", {}},
        Statement{fmt::format("SET LOCAL app.tenant = '{}'", tenant.value.hyphenated()), {}},
        Statement{fmt::format("SET LOCAL statement_timeout = {}", timeoutMs), {}}};
    Transaction transaction{connection, tenant, deadline};
    EXHIBIT_CHECK(connection.pipeline(statements, deadline));
    return transaction;
}

Result<Rows> Transaction::query(std::string_view sql, const Parameters& parameters)
{
    return m_connection->query(sql, parameters, m_deadline);
}

Result<std::vector<Rows>> Transaction::pipeline(std::span<const Statement> statements)
{
    return m_connection->pipeline(statements, m_deadline);
}

Result<void> Transaction::commit()
{
    Connection* connection = std::exchange(m_connection, nullptr);
    EXHIBIT_TRY(const Rows rows, connection->query("COMMIT", {}, m_deadline));
    if (rows.commandTag() != "COMMIT") {
        return fail(ErrorCode::Conflict,
                    "nothing was stored: a statement of the transaction had failed",
                    "25P02");
    }
    return {};
}

} // namespace exhibit::storage
