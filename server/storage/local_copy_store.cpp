// SPDX-License-Identifier: Apache-2.0
#include "server/storage/local_copy_store.h"

#include "server/spool/json_text.h"
#include "server/spool/local_file.h"

#include <fcntl.h>

#include <limits>

namespace exhibit::storage {
namespace {

constexpr std::int64_t kFormat = 3;

constexpr const char* kSettings = "PRAGMA journal_mode=WAL;"
                                  "PRAGMA synchronous=FULL;"
                                  "PRAGMA secure_delete=ON;"; // What goes is overwritten.
constexpr const char* kSchema
    = "BEGIN IMMEDIATE;"
      "CREATE TABLE IF NOT EXISTS run (tenant BLOB NOT NULL, run BLOB NOT NULL,"
      " ended INTEGER NOT NULL, last_active_us INTEGER NOT NULL, state BLOB NOT NULL,"
      " PRIMARY KEY (tenant, run)) WITHOUT ROWID;"
      "CREATE INDEX IF NOT EXISTS run_idle ON run (last_active_us) WHERE ended = 0;"
      "CREATE INDEX IF NOT EXISTS run_ended ON run (last_active_us, run) WHERE ended = 1;"
      "CREATE TABLE IF NOT EXISTS dropped (run INTEGER PRIMARY KEY);"
      "CREATE TABLE IF NOT EXISTS document (name BLOB PRIMARY KEY, body BLOB NOT NULL)"
      " WITHOUT ROWID;"
      "COMMIT;";
// Until format 3 runs were kept with the names that applications had given them.
constexpr const char* kForgetNames
    = "BEGIN IMMEDIATE;"
      "UPDATE run SET state = CAST(json_set(CAST(state AS TEXT), '$.client_run_id', '') AS BLOB)"
      " WHERE json_valid(CAST(state AS TEXT));"
      "PRAGMA user_version=3;"
      "COMMIT;"
      "VACUUM;";
// What was overwritten stands in the log of writes until it is written anew.
constexpr const char* kEmptyLog = "PRAGMA wal_checkpoint(TRUNCATE);";

std::int64_t endedMark(const domain::LiveRun& run)
{
    if (isOpen(run)) {
        return 0;
    }
    const bool ended
        = run.status == domain::RunStatus::Succeeded || run.status == domain::RunStatus::Failed;
    return ended && !run.stop ? 1 : 2;
}

/// A run's id is a hash already; its first eight bytes tell it from all others but one in 2^60.
std::int64_t shortId(RunId run)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
        value = value << 8U | run.value.bytes[i];
    }
    return static_cast<std::int64_t>(value);
}

Result<domain::LiveRun> parseRun(BytesView state)
{
    auto run = parseJson(state).and_then(
        [](const Json& json) { return fromJson<domain::LiveRun>(json); });
    if (!run) {
        return fail(ErrorCode::Corrupt, "a run's state cannot be read: " + run.error().message);
    }
    return run;
}

} // namespace

bool isOpen(const domain::LiveRun& run)
{
    return run.status == domain::RunStatus::Queued || run.status == domain::RunStatus::Running;
}

Result<LocalCopyStore> LocalCopyStore::open(const std::filesystem::path& file)
{
    {
        // SQLite would make it readable to others; its log takes over the mode of this file.
        const spool::FileDescriptor made(
            ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (made.get() < 0) {
            return spool::systemError("cannot be opened", file);
        }
    }
    EXHIBIT_TRY(auto connection,
                spool::SqliteConnection::open(file, spool::SqliteConnection::Open::Create));
    EXHIBIT_CHECK(connection.execute(kSettings));
    EXHIBIT_TRY(const std::int64_t format, connection.queryInteger("PRAGMA user_version"));
    if (format > kFormat) {
        return fail(ErrorCode::Corrupt, "a newer program wrote the local copy", file.string());
    }
    if (format < kFormat) {
        EXHIBIT_CHECK(connection.execute(kSchema));
        EXHIBIT_CHECK(connection.execute(kForgetNames));
        EXHIBIT_CHECK(connection.execute(kEmptyLog));
    }
    LocalCopyStore store(std::move(connection));
    EXHIBIT_CHECK(store.prepareStatements());
    return store;
}

Result<void> LocalCopyStore::prepareStatements()
{
    EXHIBIT_TRY(m_putRun,
                m_connection.prepare("INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?)"));
    EXHIBIT_TRY(m_findRun,
                m_connection.prepare("SELECT state FROM run WHERE tenant = ? AND run = ?"));
    EXHIBIT_TRY(m_idleRuns,
                m_connection.prepare("SELECT state FROM run WHERE ended = 0 AND last_active_us < ?"
                                     " ORDER BY last_active_us LIMIT ?"));
    EXHIBIT_TRY(m_endedRuns,
                m_connection.prepare("SELECT state FROM run WHERE ended = 1 AND last_active_us < ?"
                                     " AND (last_active_us, run) > (?, ?)"
                                     " ORDER BY last_active_us, run LIMIT ?"));
    EXHIBIT_TRY(m_dropRun,
                m_connection.prepare("DELETE FROM run WHERE tenant = ? AND run = ?"
                                     " AND ended = 1 AND last_active_us = ?"));
    EXHIBIT_TRY(m_noteDropped, m_connection.prepare("INSERT OR IGNORE INTO dropped VALUES (?)"));
    EXHIBIT_TRY(m_wasDropped, m_connection.prepare("SELECT 1 FROM dropped WHERE run = ?"));
    EXHIBIT_TRY(m_removeDocument, m_connection.prepare("DELETE FROM document WHERE name = ?"));
    EXHIBIT_TRY(m_putDocument,
                m_connection.prepare("INSERT OR REPLACE INTO document VALUES (?, ?)"));
    EXHIBIT_TRY(m_findDocument, m_connection.prepare("SELECT body FROM document WHERE name = ?"));
    return {};
}

template <class Write>
Result<void> LocalCopyStore::inTransaction(Write write)
{
    EXHIBIT_CHECK(m_connection.execute("BEGIN IMMEDIATE"));
    auto written = write();
    if (written) {
        written = m_connection.execute("COMMIT");
    }
    m_connection.rollbackIfOpen();
    return written;
}

Result<void> LocalCopyStore::putRuns(const RunStates& runs)
{
    return inTransaction([&] { return writeRuns(runs); });
}

Result<void> LocalCopyStore::writeRuns(const RunStates& runs)
{
    Bytes state;
    for (const auto& [key, run] : runs) {
        state.clear();
        domain::LiveRun nameless = run;
        nameless.clientRunId.clear();
        spool::appendJson(state, nameless);
        m_putRun.bind(1, asView(key.first.value.bytes));
        m_putRun.bind(2, asView(key.second.value.bytes));
        m_putRun.bind(3, endedMark(run));
        m_putRun.bind(4, toMicroseconds(run.lastActiveAt));
        m_putRun.bind(5, BytesView(state));
        EXHIBIT_CHECK(m_putRun.step().map([](bool) {}));
    }
    return {};
}

Result<std::optional<domain::LiveRun>> LocalCopyStore::findRun(const RunKey& key)
{
    m_findRun.bind(1, asView(key.first.value.bytes));
    m_findRun.bind(2, asView(key.second.value.bytes));
    EXHIBIT_TRY(const bool row, m_findRun.step());
    if (!row) {
        return std::optional<domain::LiveRun>{};
    }
    auto run = parseRun(m_findRun.bytes(0));
    m_findRun.reset();
    return run.map([](domain::LiveRun& found) { return std::optional(std::move(found)); });
}

Result<std::vector<domain::LiveRun>> LocalCopyStore::readRuns(spool::SqliteStatement& statement)
{
    std::vector<domain::LiveRun> runs;
    for (;;) {
        EXHIBIT_TRY(const bool row, statement.step());
        if (!row) {
            return runs;
        }
        auto run = parseRun(statement.bytes(0));
        if (!run) {
            statement.reset();
            return tl::make_unexpected(std::move(run).error());
        }
        runs.push_back(*std::move(run));
    }
}

Result<std::vector<domain::LiveRun>> LocalCopyStore::idleRuns(UtcTime before, std::size_t countMax)
{
    m_idleRuns.bind(1, toMicroseconds(before));
    m_idleRuns.bind(2, static_cast<std::int64_t>(countMax));
    return readRuns(m_idleRuns);
}

Result<std::vector<domain::LiveRun>> LocalCopyStore::endedRuns(
    UtcTime before, const std::optional<domain::LiveRun>& after, std::size_t countMax)
{
    const RunId last = after ? after->runId : RunId{};
    m_endedRuns.bind(1, toMicroseconds(before));
    m_endedRuns.bind(
        2, after ? toMicroseconds(after->lastActiveAt) : std::numeric_limits<std::int64_t>::min());
    m_endedRuns.bind(3, asView(last.value.bytes));
    m_endedRuns.bind(4, static_cast<std::int64_t>(countMax));
    return readRuns(m_endedRuns);
}

Result<void> LocalCopyStore::dropRuns(const std::vector<domain::LiveRun>& runs)
{
    return inTransaction([&]() -> Result<void> {
        for (const auto& run : runs) {
            EXHIBIT_CHECK(dropRun(run));
        }
        return {};
    });
}

Result<void> LocalCopyStore::dropRun(const domain::LiveRun& run)
{
    m_noteDropped.bind(1, shortId(run.runId));
    EXHIBIT_CHECK(m_noteDropped.step().map([](bool) {}));
    m_dropRun.bind(1, asView(run.tenantId.value.bytes));
    m_dropRun.bind(2, asView(run.runId.value.bytes));
    m_dropRun.bind(3, toMicroseconds(run.lastActiveAt));
    return m_dropRun.step().map([](bool) {});
}

Result<bool> LocalCopyStore::wasDropped(RunId run)
{
    m_wasDropped.bind(1, shortId(run));
    EXHIBIT_TRY(const bool row, m_wasDropped.step());
    m_wasDropped.reset();
    return row;
}

Result<void> LocalCopyStore::putDocument(std::string_view name, BytesView body)
{
    m_putDocument.bind(1, name);
    m_putDocument.bind(2, body);
    return m_putDocument.step().map([](bool) {});
}

Result<void> LocalCopyStore::emptyLog()
{
    return m_connection.execute(kEmptyLog);
}

Result<void> LocalCopyStore::removeDocument(std::string_view name)
{
    m_removeDocument.bind(1, name);
    return m_removeDocument.step().map([](bool) {});
}

Result<std::optional<Bytes>> LocalCopyStore::findDocument(std::string_view name)
{
    m_findDocument.bind(1, name);
    EXHIBIT_TRY(const bool row, m_findDocument.step());
    if (!row) {
        return std::optional<Bytes>{};
    }
    std::optional<Bytes> body = Bytes(m_findDocument.bytes(0));
    m_findDocument.reset();
    return body;
}

} // namespace exhibit::storage
