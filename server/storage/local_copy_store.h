// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"
#include "server/spool/sqlite.h"

#include <filesystem>
#include <map>
#include <optional>
#include <vector>

namespace exhibit::storage {

using RunKey = std::pair<TenantId, RunId>;
using RunStates = std::map<RunKey, domain::LiveRun>;

/// The SQLite file of the local copy, through one connection; one thread at a time.
///
///   run (tenant, run, ended, last_active_us, state)    state: JSON of domain::LiveRun;
///                                                      ended: 0 open, 1 ended, 2 stopped
///   dropped (run)                                      eight bytes of each run that was dropped
///   document (name, body)                              the catalogue, the mark of completeness
class LocalCopyStore {
public:
    /// Makes the file (mode 0600) and its tables when they are missing. Corrupt when a newer
    /// program wrote it or it is damaged; it may then be deleted, PostgreSQL has the same.
    [[nodiscard]] static Result<LocalCopyStore> open(const std::filesystem::path& file);

    /// One transaction, durable when it returns.
    [[nodiscard]] Result<void> putRuns(const RunStates& runs);
    [[nodiscard]] Result<std::optional<domain::LiveRun>> findRun(const RunKey& key);
    /// Least recently active first.
    [[nodiscard]] Result<std::vector<domain::LiveRun>> idleRuns(UtcTime before,
                                                                std::size_t countMax);
    /// Runs that ended and were not stopped, as idleRuns(); continues after `after`.
    [[nodiscard]] Result<std::vector<domain::LiveRun>> endedRuns(
        UtcTime before, const std::optional<domain::LiveRun>& after, std::size_t countMax);
    /// Removes those that are still as given, and notes that they were here. One transaction.
    [[nodiscard]] Result<void> dropRuns(const std::vector<domain::LiveRun>& runs);
    /// Also true, very rarely, for a run that was not: a hash decides.
    [[nodiscard]] Result<bool> wasDropped(RunId run);
    [[nodiscard]] Result<void> putDocument(std::string_view name, BytesView body);
    [[nodiscard]] Result<void> removeDocument(std::string_view name);
    [[nodiscard]] Result<std::optional<Bytes>> findDocument(std::string_view name);
    /// Nothing that was overwritten is left in the log of writes, unless it is being read just now.
    [[nodiscard]] Result<void> emptyLog();

private:
    explicit LocalCopyStore(spool::SqliteConnection connection)
        : m_connection(std::move(connection))
    {
    }
    [[nodiscard]] Result<void> prepareStatements();
    [[nodiscard]] Result<void> writeRuns(const RunStates& runs);
    [[nodiscard]] Result<void> dropRun(const domain::LiveRun& run);
    template <class Write>
    [[nodiscard]] Result<void> inTransaction(Write write);
    [[nodiscard]] static Result<std::vector<domain::LiveRun>> readRuns(
        spool::SqliteStatement& statement);

    spool::SqliteConnection m_connection;
    spool::SqliteStatement m_putRun;
    spool::SqliteStatement m_findRun;
    spool::SqliteStatement m_idleRuns;
    spool::SqliteStatement m_endedRuns;
    spool::SqliteStatement m_dropRun;
    spool::SqliteStatement m_noteDropped;
    spool::SqliteStatement m_wasDropped;
    spool::SqliteStatement m_putDocument;
    spool::SqliteStatement m_removeDocument;
    spool::SqliteStatement m_findDocument;
};

/// A run that can still be called without being opened again.
[[nodiscard]] bool isOpen(const domain::LiveRun& run);

} // namespace exhibit::storage
