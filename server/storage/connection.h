// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "server/storage/parameter.h"
#include "server/storage/rows.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace exhibit::storage {

/// One libpq connection in non-blocking mode, used by one thread at a time; every wait ends at its
/// deadline (but libpq resolves host names without one). Statements are unnamed and parameterised,
/// so they pass PgBouncer's transaction mode.
/// Errors: Unavailable when the connection is gone (the object is then dead: isOpen() is false) or
/// the server has no room, DeadlineExceeded (also dead: a reply may still be under way; alive when
/// the server's own time-out ended the statement), Conflict for unique violations and
/// serialization failures, InvalidInput for text that PostgreSQL cannot hold (NUL, not UTF-8), else
/// Internal; `subject` is the SQLSTATE. Messages never quote a value of a row or parameter.
class Connection {
public:
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Secret& url,
                                                                  Deadline deadline);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<Rows> query(std::string_view sql,
                                     const Parameters& parameters,
                                     Deadline deadline);
    /// Several statements in one round trip (pipeline mode). The first error fails the whole;
    /// outside a transaction they are one of their own.
    [[nodiscard]] Result<std::vector<Rows>> pipeline(std::span<const Statement> statements,
                                                     Deadline deadline);
    /// Several commands in one text without parameters: migrations.
    [[nodiscard]] Result<void> script(std::string_view sql, Deadline deadline);

    [[nodiscard]] bool isOpen() const;
    /// isOpen(), outside a transaction, and the server has not hung up meanwhile. Does not wait.
    [[nodiscard]] bool isReusable();
    /// Waits until a notification arrives or the deadline passes (nullopt); after LISTEN. The value
    /// is the payload. A readable `wakeDescriptor` ends the wait early, also with nullopt.
    [[nodiscard]] Result<std::optional<std::string>> waitForNotification(Deadline deadline,
                                                                         int wakeDescriptor = -1);

private:
    explicit Connection(pg_conn* connection);

    [[nodiscard]] Result<void> configure(Deadline deadline);
    [[nodiscard]] Result<void> send(std::string_view sql, const Parameters& parameters);
    [[nodiscard]] Result<void> flush(Deadline deadline);
    /// The next result of what was sent; a null one when there is no more.
    [[nodiscard]] Result<pg_result*> nextResult(Deadline deadline);
    /// Reads to the end of the statement: its last rows or its first error.
    [[nodiscard]] Result<Rows> readStatement(Deadline deadline);
    [[nodiscard]] Result<std::vector<Rows>> readPipeline(std::size_t count, Deadline deadline);
    [[nodiscard]] Result<void> readSync(Deadline deadline);
    [[nodiscard]] Result<void> wait(short events, Deadline deadline);
    /// The error that ends this connection; it is dead afterwards.
    [[nodiscard]] Error lost();

    pg_conn* m_connection; ///< nullptr when dead.
};

/// BEGIN with app.tenant set for row level security, all local to the transaction. Rolls back when
/// it is destroyed before commit(). The server itself ends statements soon after the deadline.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Connection& connection,
                                                   TenantId tenant,
                                                   Deadline deadline);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    [[nodiscard]] Result<Rows> query(std::string_view sql, const Parameters& parameters = {});
    [[nodiscard]] Result<std::vector<Rows>> pipeline(std::span<const Statement> statements);
    /// After DeadlineExceeded and Unavailable nobody knows whether it was stored.
    [[nodiscard]] Result<void> commit();
    [[nodiscard]] TenantId tenant() const { return m_tenant; }

private:
    Transaction(Connection& connection, TenantId tenant, Deadline deadline);
    Connection* m_connection; ///< nullptr when finished or moved from.
    TenantId m_tenant;
    Deadline m_deadline;
};

} // namespace exhibit::storage
