// SPDX-License-Identifier: Apache-2.0
#include "server/storage/local_copy_store.h"

#include "server/spool/json_text.h"
#include "server/spool/local_file.h"

#include <fcntl.h>

namespace exhibit::storage {
namespace {

constexpr std::int64_t kFormat = 1;

constexpr const char* kSettings = "PRAGMA journal_mode=WAL;"
                                  "PRAGMA synchronous=FULL;";
constexpr const char* kSchema
    = "BEGIN IMMEDIATE;"
      "CREATE TABLE IF NOT EXISTS run (tenant BLOB NOT NULL, run BLOB NOT NULL,"
      " ended INTEGER NOT NULL, last_active_us INTEGER NOT NULL, state BLOB NOT NULL,"
      " PRIMARY KEY (tenant, run)) WITHOUT ROWID;"
      "CREATE INDEX IF NOT EXISTS run_idle ON run (last_active_us) WHERE ended = 0;"
      "CREATE TABLE IF NOT EXISTS document (name BLOB PRIMARY KEY, body BLOB NOT NULL)"
      " WITHOUT ROWID;"
      "PRAGMA user_version=1;"
      "COMMIT;";

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
    EXHIBIT_TRY(m_putDocument,
                m_connection.prepare("INSERT OR REPLACE INTO document VALUES (?, ?)"));
    EXHIBIT_TRY(m_findDocument, m_connection.prepare("SELECT body FROM document WHERE name = ?"));
    return {};
}

Result<void> LocalCopyStore::putRuns(const RunStates& runs)
{
    EXHIBIT_CHECK(m_connection.execute("BEGIN IMMEDIATE"));
    auto written = writeRuns(runs);
    if (written) {
        written = m_connection.execute("COMMIT");
    }
    m_connection.rollbackIfOpen();
    return written;
}

Result<void> LocalCopyStore::writeRuns(const RunStates& runs)
{
    Bytes state;
    for (const auto& [key, run] : runs) {
        state.clear();
        spool::appendJson(state, run);
        m_putRun.bind(1, asView(key.first.value.bytes));
        m_putRun.bind(2, asView(key.second.value.bytes));
        m_putRun.bind(3, std::int64_t{isOpen(run) ? 0 : 1});
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

Result<std::vector<domain::LiveRun>> LocalCopyStore::idleRuns(UtcTime before, std::size_t countMax)
{
    m_idleRuns.bind(1, toMicroseconds(before));
    m_idleRuns.bind(2, static_cast<std::int64_t>(countMax));
    std::vector<domain::LiveRun> runs;
    for (;;) {
        EXHIBIT_TRY(const bool row, m_idleRuns.step());
        if (!row) {
            return runs;
        }
        auto run = parseRun(m_idleRuns.bytes(0));
        if (!run) {
            m_idleRuns.reset();
            return tl::make_unexpected(std::move(run).error());
        }
        runs.push_back(*std::move(run));
    }
}

Result<void> LocalCopyStore::putDocument(std::string_view name, BytesView body)
{
    m_putDocument.bind(1, name);
    m_putDocument.bind(2, body);
    return m_putDocument.step().map([](bool) {});
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
