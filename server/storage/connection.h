// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/secret.h"
#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "models/base/time.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace exhibit::storage {

/// One value of a statement, in text format, or bytes in binary format. nullopt is NULL.
class Parameter {
public:
    Parameter(std::nullopt_t) { }
    Parameter(std::string text);
    Parameter(std::string_view text);
    Parameter(const char* text);
    Parameter(std::int64_t number);
    Parameter(int number);
    Parameter(double number);
    Parameter(bool value);
    Parameter(UtcTime time);
    Parameter(const Digest& digest); ///< bytea
    Parameter(Uuid uuid);
    Parameter(const Json& json);
    template <class Tag>
    Parameter(const StrongId<Tag>& id)
        : Parameter(id.value)
    {
    }
    template <class T>
    Parameter(const std::optional<T>& value)
        : Parameter(value ? Parameter(*value) : Parameter(std::nullopt))
    {
    }
    /// bytea, sent in binary.
    [[nodiscard]] static Parameter bytes(BytesView bytes);
    /// text[] (or any array whose elements print as text).
    [[nodiscard]] static Parameter array(std::span<const std::string> elements);

    [[nodiscard]] const std::optional<std::string>& value() const { return m_value; }
    [[nodiscard]] bool binary() const { return m_binary; }

private:
    std::optional<std::string> m_value;
    bool m_binary = false;
};

using Parameters = std::vector<Parameter>;

struct Statement {
    std::string sql;
    Parameters parameters;
};

/// The rows of one statement; columns by position. Views live as long as the object.
class Rows {
public:
    Rows() = default;
    explicit Rows(pg_result* result);

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool empty() const { return size() == 0; }
    /// Rows that an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t affected() const;
    [[nodiscard]] bool isNull(std::size_t row, int column) const;
    [[nodiscard]] std::string_view text(std::size_t row, int column) const;
    [[nodiscard]] std::optional<std::string> optionalText(std::size_t row, int column) const;
    [[nodiscard]] std::int64_t integer(std::size_t row, int column) const;
    [[nodiscard]] bool boolean(std::size_t row, int column) const;
    [[nodiscard]] UtcTime time(std::size_t row, int column) const; ///< timestamptz
    [[nodiscard]] Uuid uuid(std::size_t row, int column) const;
    [[nodiscard]] Bytes bytes(std::size_t row, int column) const; ///< bytea
    [[nodiscard]] Json json(std::size_t row, int column) const; ///< null when SQL NULL

private:
    struct Free {
        void operator()(pg_result* result) const noexcept;
    };
    std::unique_ptr<pg_result, Free> m_result;
};

/// One libpq connection in non-blocking mode, used by one thread at a time; every wait ends at its
/// deadline. Statements are unnamed and parameterised, so they pass PgBouncer's transaction mode.
/// Errors: Unavailable when the connection is gone (the object is then dead: isOpen() is false),
/// DeadlineExceeded (also dead: a reply may still be under way), Conflict for unique violations and
/// serialization failures, else Internal; `subject` is the SQLSTATE.
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
    /// Several statements in one round trip (pipeline mode). The first error fails the whole.
    [[nodiscard]] Result<std::vector<Rows>> pipeline(std::span<const Statement> statements,
                                                     Deadline deadline);
    /// Several commands in one text without parameters: migrations.
    [[nodiscard]] Result<void> script(std::string_view sql, Deadline deadline);

    [[nodiscard]] bool isOpen() const;
    /// Waits until a notification arrives or the deadline passes; after LISTEN.
    [[nodiscard]] Result<std::optional<std::string>> waitForNotification(Deadline deadline);

private:
    explicit Connection(pg_conn* connection);
    pg_conn* m_connection;
};

/// BEGIN with app.tenant set for row level security, all local to the transaction. Rolls back when
/// it is destroyed before commit().
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
    [[nodiscard]] Result<void> commit();
    [[nodiscard]] TenantId tenant() const { return m_tenant; }

private:
    Transaction(Connection& connection, TenantId tenant, Deadline deadline);
    Connection* m_connection; ///< nullptr when finished or moved from.
    TenantId m_tenant;
    Deadline m_deadline;
};

} // namespace exhibit::storage
