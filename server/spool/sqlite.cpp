// SPDX-License-Identifier: Apache-2.0
#include "server/spool/sqlite.h"

#include "models/base/assert.h"

#include <sqlite3.h>

namespace exhibit::spool {
namespace {

constexpr int kBusyTimeoutMs = 5000;

ErrorCode errorCodeOf(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return ErrorCode::Unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ErrorCode::Corrupt;
    default:
        return ErrorCode::Internal;
    }
}

tl::unexpected<Error> lastError(sqlite3* connection)
{
    const char* file = sqlite3_db_filename(connection, "main");
    return fail(errorCodeOf(sqlite3_extended_errcode(connection)),
                std::string("the local file cannot be used: ") + sqlite3_errmsg(connection) + " ("
                    + std::to_string(sqlite3_extended_errcode(connection)) + ")",
                file != nullptr ? file : "");
}

} // namespace

void SqliteStatement::Free::operator()(sqlite3_stmt* statement) const noexcept
{
    sqlite3_finalize(statement);
}

void SqliteStatement::bind(int index, std::int64_t value)
{
    EXHIBIT_ASSERT(sqlite3_bind_int64(m_statement.get(), index, value) == SQLITE_OK);
}

void SqliteStatement::bind(int index, BytesView bytes)
{
    // SQLITE_STATIC: a null pointer would bind NULL instead of an empty blob.
    const char* data = bytes.data() != nullptr ? bytes.data() : "";
    EXHIBIT_ASSERT(sqlite3_bind_blob64(m_statement.get(), index, data, bytes.size(), nullptr)
                   == SQLITE_OK);
}

Result<bool> SqliteStatement::step()
{
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        sqlite3_reset(m_statement.get());
        return false;
    }
    auto error = lastError(sqlite3_db_handle(m_statement.get()));
    sqlite3_reset(m_statement.get());
    return error;
}

void SqliteStatement::reset()
{
    sqlite3_reset(m_statement.get());
}

std::int64_t SqliteStatement::integer(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

BytesView SqliteStatement::bytes(int column) const
{
    const auto* data = static_cast<const char*>(sqlite3_column_blob(m_statement.get(), column));
    const int size = sqlite3_column_bytes(m_statement.get(), column);
    return data != nullptr ? BytesView(data, static_cast<std::size_t>(size)) : BytesView{};
}

void SqliteConnection::Close::operator()(sqlite3* connection) const noexcept
{
    sqlite3_close_v2(connection);
}

Result<SqliteConnection> SqliteConnection::open(const std::filesystem::path& file, Open mode)
{
    if (mode == Open::Existing && !std::filesystem::exists(file)) {
        return fail(ErrorCode::NotFound, "the local file does not exist", file.string());
    }
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
        | (mode == Open::Create ? SQLITE_OPEN_CREATE : 0);
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    SqliteConnection connection(raw);
    if (code != SQLITE_OK) {
        return fail(errorCodeOf(code),
                    std::string("the local file cannot be opened: ") + sqlite3_errstr(code),
                    file.string());
    }
    sqlite3_extended_result_codes(raw, 1);
    // Before the first statement: opening may have to wait for another connection's recovery.
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    return connection;
}

Result<void> SqliteConnection::execute(const char* sql)
{
    if (sqlite3_exec(m_connection.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return lastError(m_connection.get());
    }
    return {};
}

Result<SqliteStatement> SqliteConnection::prepare(const char* sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(
            m_connection.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr)
        != SQLITE_OK) {
        return lastError(m_connection.get());
    }
    return SqliteStatement(statement);
}

Result<std::int64_t> SqliteConnection::queryInteger(const char* sql)
{
    EXHIBIT_TRY(auto statement, prepare(sql));
    EXHIBIT_TRY(const bool row, statement.step());
    return row ? statement.integer(0) : 0;
}

void SqliteConnection::keepLogOnClose()
{
    sqlite3_db_config(m_connection.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    int persist = 1;
    sqlite3_file_control(m_connection.get(), "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
}

void SqliteConnection::rollbackIfOpen()
{
    if (sqlite3_get_autocommit(m_connection.get()) == 0) {
        sqlite3_exec(m_connection.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

} // namespace exhibit::spool
