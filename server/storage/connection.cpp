// SPDX-License-Identifier: Apache-2.0
#include "server/storage/connection.h"

#include "models/base/assert.h"
#include "server/ops/log.h"
#include "server/storage/postgres_error.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace exhibit::storage {
namespace {

constexpr Oid kByteaOid = 17;

/// Notices are remarks on our own commands; they are of interest to whoever debugs them.
void logNotice(void*, const PGresult* result)
{
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (message != nullptr) {
        const bool warning = severity != nullptr && std::string_view(severity) == "WARNING";
        ops::logLine(warning ? ops::LogLevel::Warning : ops::LogLevel::Debug,
                     fmt::format("PostgreSQL: {}", message));
    }
}

/// Milliseconds for poll(): no deadline is cut into long waits, so that nothing overflows.
int pollTimeout(Deadline deadline)
{
    return static_cast<int>(std::min<std::int64_t>(deadline.left().count(), 60'000));
}

/// False when the deadline came first.
bool waitFor(pollfd* descriptors, nfds_t count, Deadline deadline)
{
    while (true) {
        if (poll(descriptors, count, pollTimeout(deadline)) > 0) {
            return true;
        }
        if (deadline.reached()) {
            return false;
        }
    }
}

tl::unexpected<Error> deadlinePassed()
{
    return fail(ErrorCode::DeadlineExceeded, "PostgreSQL did not answer in time", "57014");
}

Result<void> finishConnecting(pg_conn* connection, Deadline deadline)
{
    // libpq: behave as if PQconnectPoll had asked to write at first.
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK) {
        if (status == PGRES_POLLING_FAILED || PQsocket(connection) < 0) {
            return tl::make_unexpected(errorOf(connection));
        }
        pollfd descriptor{PQsocket(connection),
                          static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                          0};
        if (!waitFor(&descriptor, 1, deadline)) {
            return fail(
                ErrorCode::Unavailable, "PostgreSQL did not accept a connection in time", "08001");
        }
        status = PQconnectPoll(connection);
    }
    return {};
}

tl::unexpected<Error> connectionGone()
{
    return fail(ErrorCode::Unavailable, "the connection to PostgreSQL is gone", "08003");
}

/// Before anything is sent: libpq would cut a text at its first NUL.
Result<void> checkParameters(const Parameters& parameters)
{
    // The protocol counts parameters in 16 bits; callers cut their batches to fit.
    EXHIBIT_ASSERT(parameters.size() <= std::numeric_limits<std::uint16_t>::max());
    for (const auto& parameter : parameters) {
        const auto& value = parameter.value();
        if (value && !parameter.binary() && value->find('\0') != std::string::npos) {
            return fail(
                ErrorCode::InvalidInput, "PostgreSQL cannot store a NUL character", "22021");
        }
        if (value && value->size() > std::size_t{std::numeric_limits<int>::max()}) {
            return fail(ErrorCode::TooLarge, "a value is too large for PostgreSQL", "54000");
        }
    }
    return {};
}

} // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Secret& url, Deadline deadline)
{
    // What stands before dbname are defaults that the URL may change. A peer that vanished must be
    // noticed within a minute, not after TCP's two hours.
    const std::array keywords{"fallback_application_name",
                              "keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              "dbname",
                              "client_encoding",
                              static_cast<const char*>(nullptr)};
    const std::array values{"exhibitd",
                            "30",
                            "10",
                            "3",
                            "60000",
                            url.expose().c_str(),
                            "UTF8",
                            static_cast<const char*>(nullptr)};
    pg_conn* raw = PQconnectStartParams(keywords.data(), values.data(), 1);
    if (raw == nullptr) {
        return fail(ErrorCode::Internal, "libpq is out of memory");
    }
    std::unique_ptr<Connection> connection{new Connection(raw)};
    if (PQstatus(raw) == CONNECTION_BAD) {
        return tl::make_unexpected(errorOf(raw));
    }
    PQsetNoticeReceiver(raw, &logNotice, nullptr);
    EXHIBIT_CHECK(finishConnecting(raw, deadline));
    EXHIBIT_CHECK(connection->configure(deadline));
    return connection;
}

Result<void> Connection::configure(Deadline deadline)
{
    if (PQsetnonblocking(m_connection, 1) != 0) {
        return tl::make_unexpected(lost());
    }
    // Rows::time reads ISO; a server may have another default. PgBouncer follows this parameter.
    const char* style = PQparameterStatus(m_connection, "DateStyle");
    if (style != nullptr && !std::string_view(style).starts_with("ISO")) {
        EXHIBIT_CHECK(query("SET DateStyle TO ISO", {}, deadline));
    }
    return {};
}

Connection::Connection(pg_conn* connection)
    : m_connection(connection)
{
}

Connection::~Connection()
{
    PQfinish(m_connection);
}

bool Connection::isOpen() const
{
    return m_connection != nullptr && PQstatus(m_connection) == CONNECTION_OK;
}

bool Connection::isReusable()
{
    if (!isOpen() || PQtransactionStatus(m_connection) != PQTRANS_IDLE) {
        return false;
    }
    // What is there to read is a notice or the server's good-bye; its end of the connection may
    // stand behind either.
    for (pollfd descriptor{PQsocket(m_connection), POLLIN, 0}; poll(&descriptor, 1, 0) > 0;) {
        if (PQconsumeInput(m_connection) == 0 || !isOpen()) {
            return false;
        }
    }
    return true;
}

Error Connection::lost()
{
    auto error = errorOf(m_connection);
    PQfinish(std::exchange(m_connection, nullptr));
    return error;
}

Result<void> Connection::wait(short events, Deadline deadline)
{
    pollfd descriptor{PQsocket(m_connection), events, 0};
    if (!waitFor(&descriptor, 1, deadline)) {
        PQfinish(std::exchange(m_connection, nullptr));
        return deadlinePassed();
    }
    if ((descriptor.revents & POLLOUT) == 0 && PQconsumeInput(m_connection) == 0) {
        // A FATAL that arrived with the end of the connection says more than the broken socket.
        if (PQisBusy(m_connection) == 1) {
            return tl::make_unexpected(lost());
        }
    }
    return {};
}

Result<void> Connection::send(std::string_view sql, const Parameters& parameters)
{
    std::vector<Oid> types;
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    for (const auto& parameter : parameters) {
        const auto& value = parameter.value();
        types.push_back(parameter.binary() ? kByteaOid : 0);
        values.push_back(value ? value->data() : nullptr);
        lengths.push_back(value ? static_cast<int>(value->size()) : 0);
        formats.push_back(parameter.binary() ? 1 : 0);
    }
    const std::string text{sql};
    const int sent = PQsendQueryParams(m_connection,
                                       text.c_str(),
                                       static_cast<int>(parameters.size()),
                                       types.data(),
                                       values.data(),
                                       lengths.data(),
                                       formats.data(),
                                       0);
    if (sent == 0) {
        return tl::make_unexpected(lost());
    }
    return {};
}

Result<void> Connection::flush(Deadline deadline)
{
    while (true) {
        const int rest = PQflush(m_connection);
        if (rest == 0) {
            return {};
        }
        if (rest < 0) {
            return tl::make_unexpected(lost());
        }
        // Reading meanwhile keeps a server that answers early from blocking on its side.
        EXHIBIT_CHECK(wait(POLLIN | POLLOUT, deadline));
    }
}

Result<pg_result*> Connection::nextResult(Deadline deadline)
{
    while (PQisBusy(m_connection) == 1) {
        EXHIBIT_CHECK(wait(POLLIN, deadline));
    }
    return PQgetResult(m_connection);
}

Result<Rows> Connection::readStatement(Deadline deadline)
{
    Rows last;
    std::optional<Error> firstError;
    while (true) {
        EXHIBIT_TRY(pg_result * result, nextResult(deadline));
        if (result == nullptr) {
            break;
        }
        Rows rows{result};
        const auto status = PQresultStatus(result);
        // Nobody here feeds or drains a COPY.
        EXHIBIT_ASSERT(status != PGRES_COPY_IN && status != PGRES_COPY_OUT);
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
            || status == PGRES_EMPTY_QUERY) {
            last = std::move(rows);
        } else if (!firstError && status != PGRES_PIPELINE_ABORTED) {
            firstError = errorOf(result);
        }
    }
    if (!isOpen()) {
        auto error = lost();
        return tl::make_unexpected(firstError ? *firstError : std::move(error));
    }
    if (firstError) {
        return tl::make_unexpected(*std::move(firstError));
    }
    return last;
}

Result<void> Connection::readSync(Deadline deadline)
{
    EXHIBIT_TRY(pg_result * result, nextResult(deadline));
    const Rows sync{result};
    if (PQresultStatus(result) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(m_connection) == 0) {
        return tl::make_unexpected(lost());
    }
    return {};
}

Result<Rows> Connection::query(std::string_view sql,
                               const Parameters& parameters,
                               Deadline deadline)
{
    if (!isOpen()) {
        return connectionGone();
    }
    EXHIBIT_CHECK(checkParameters(parameters));
    EXHIBIT_CHECK(send(sql, parameters));
    EXHIBIT_CHECK(flush(deadline));
    return readStatement(deadline);
}

Result<std::vector<Rows>> Connection::pipeline(std::span<const Statement> statements,
                                               Deadline deadline)
{
    if (!isOpen()) {
        return connectionGone();
    }
    for (const auto& statement : statements) {
        EXHIBIT_CHECK(checkParameters(statement.parameters));
    }
    if (PQenterPipelineMode(m_connection) == 0) {
        return tl::make_unexpected(lost());
    }
    for (const auto& statement : statements) {
        EXHIBIT_CHECK(send(statement.sql, statement.parameters));
    }
    if (PQpipelineSync(m_connection) == 0) {
        return tl::make_unexpected(lost());
    }
    EXHIBIT_CHECK(flush(deadline));
    return readPipeline(statements.size(), deadline);
}

Result<std::vector<Rows>> Connection::readPipeline(std::size_t count, Deadline deadline)
{
    std::vector<Rows> all;
    std::optional<Error> firstError;
    for (std::size_t i = 0; i < count; ++i) {
        auto rows = readStatement(deadline);
        if (rows) {
            all.push_back(*std::move(rows));
        } else if (!firstError) {
            firstError = std::move(rows).error();
        }
        if (!isOpen()) {
            return tl::make_unexpected(*std::move(firstError));
        }
    }
    EXHIBIT_CHECK(readSync(deadline));
    if (firstError) {
        return tl::make_unexpected(*std::move(firstError));
    }
    return all;
}

Result<void> Connection::script(std::string_view sql, Deadline deadline)
{
    if (!isOpen()) {
        return connectionGone();
    }
    if (PQsendQuery(m_connection, std::string(sql).c_str()) == 0) {
        return tl::make_unexpected(lost());
    }
    EXHIBIT_CHECK(flush(deadline));
    EXHIBIT_CHECK(readStatement(deadline));
    return {};
}

Result<std::optional<std::string>> Connection::waitForNotification(Deadline deadline,
                                                                   int wakeDescriptor)
{
    while (isOpen()) {
        if (PGnotify* notification = PQnotifies(m_connection); notification != nullptr) {
            std::string payload{notification->extra};
            PQfreemem(notification);
            return payload;
        }
        // poll() passes over negative descriptors.
        std::array<pollfd, 2> descriptors{pollfd{PQsocket(m_connection), POLLIN, 0},
                                          pollfd{wakeDescriptor, POLLIN, 0}};
        if (!waitFor(descriptors.data(), descriptors.size(), deadline)
            || descriptors[1].revents != 0) {
            return std::nullopt;
        }
        if (PQconsumeInput(m_connection) == 0) {
            return tl::make_unexpected(lost());
        }
    }
    return connectionGone();
}

} // namespace exhibit::storage
