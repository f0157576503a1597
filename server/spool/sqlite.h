// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <filesystem>
#include <memory>

struct sqlite3;
struct sqlite3_stmt;

/// The little of SQLite that the spool and the local copy use. A connection and its statements
/// belong to one thread at a time; handing them over is fine.
namespace exhibit::spool {

/// A prepared statement; must not outlive its connection.
class SqliteStatement {
public:
    SqliteStatement() = default;
    explicit SqliteStatement(sqlite3_stmt* statement)
        : m_statement(statement)
    {
    }

    void bind(int index, std::int64_t value);
    /// The bytes must live until reset().
    void bind(int index, BytesView bytes);
    /// True when there is a row. After an error or the last row the statement is reset; else the
    /// caller resets it as soon as it can: an open read pins the write-ahead log.
    [[nodiscard]] Result<bool> step();
    void reset();

    [[nodiscard]] std::int64_t integer(int column) const;
    /// Valid until the next step() or reset().
    [[nodiscard]] BytesView bytes(int column) const;

private:
    struct Free {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    std::unique_ptr<sqlite3_stmt, Free> m_statement;
};

/// Errors: Unavailable when the disk is full or failing, Corrupt when the file is damaged or no
/// database, NotFound when it does not exist (Existing), else Internal; `subject` is the file.
class SqliteConnection {
public:
    enum class Open : std::uint8_t { Existing, Create };

    [[nodiscard]] static Result<SqliteConnection> open(const std::filesystem::path& file,
                                                       Open mode);

    /// One or more statements without parameters or results.
    [[nodiscard]] Result<void> execute(const char* sql);
    /// The statement is kept for repeated use.
    [[nodiscard]] Result<SqliteStatement> prepare(const char* sql);
    /// The first column of the first row.
    [[nodiscard]] Result<std::int64_t> queryInteger(const char* sql);
    /// Closing neither moves the write-ahead log into the database nor deletes it: a plain close
    /// would stall for the time of copying it.
    void keepLogOnClose();
    /// Ends a transaction that a failure left open.
    void rollbackIfOpen();
    [[nodiscard]] sqlite3* get() const { return m_connection.get(); }

private:
    struct Close {
        void operator()(sqlite3* connection) const noexcept;
    };
    explicit SqliteConnection(sqlite3* connection)
        : m_connection(connection)
    {
    }
    std::unique_ptr<sqlite3, Close> m_connection;
};

} // namespace exhibit::spool
