// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"
#include "server/storage/catalogue.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace exhibit::storage {

/// A replica's durable copy (SQLite) of what it decides from while PostgreSQL is away, also after a
/// restart (rulings.md 1): the catalogue, and the bound runs with their counters and stops. Of a
/// run that ended long ago it keeps no more than that there was one (docs/decisions/0010), of any
/// run no name that an application gave it: an erasure finds nothing here (docs/decisions/0087).
class LocalCopy {
public:
    using Completion = std::function<void(const Result<void>&)>;

    /// `post` runs a closure on the thread that completions belong to.
    [[nodiscard]] static Result<std::unique_ptr<LocalCopy>> open(
        const std::filesystem::path& file, std::function<void(std::function<void()>)> post);
    /// Writes what is queued, then stops the writer thread.
    ~LocalCopy();

    [[nodiscard]] Result<void> saveCatalogue(const Catalogue& catalogue);
    /// nullopt when none was ever saved.
    [[nodiscard]] Result<std::optional<Catalogue>> loadCatalogue();

    /// Queues the run's state; the newest of a run wins, written within a second. Any thread.
    void saveRun(domain::LiveRun run);
    /// The same, and calls `onDurable` once it is on disk: for stops, before the client hears of
    /// it.
    void saveRun(domain::LiveRun run, Completion onDurable);
    /// A primary-key look-up in a local file, some 10 µs; queued states are seen. Any thread.
    [[nodiscard]] Result<std::optional<domain::LiveRun>> findRun(TenantId tenant, RunId run);
    /// Runs that have not ended and were last active before `before`.
    [[nodiscard]] Result<std::vector<domain::LiveRun>> idleRuns(UtcTime before,
                                                                std::size_t countMax);
    /// Runs that ended, were not stopped and were last active before `before`, oldest first; pass
    /// the last of a page to get the next one. What is queued is not among them.
    [[nodiscard]] Result<std::vector<domain::LiveRun>> endedRuns(
        UtcTime before, const std::optional<domain::LiveRun>& after, std::size_t countMax);
    /// Drops those that have not changed since they were read. Any thread but the io thread.
    [[nodiscard]] Result<void> dropRuns(const std::vector<domain::LiveRun>& runs);
    /// Whether a run that findRun() does not find was dropped: then PostgreSQL has it. As quick.
    [[nodiscard]] Result<bool> wasDropped(RunId run);
    /// Writes everything queued now; before spool files go.
    [[nodiscard]] Result<void> flush();

    /// True once every open and stopped run is known to be in here or dropped: a fresh file beside
    /// an existing database is not, nor one whose replica had company, until it was rebuilt. While
    /// false, bound runs are refused with run_state_unavailable unless PostgreSQL says what they
    /// are. Both marks are durable when they return; any thread but the io thread.
    [[nodiscard]] bool complete() const;
    [[nodiscard]] Result<void> markComplete();
    [[nodiscard]] Result<void> markIncomplete();

private:
    class Impl;
    explicit LocalCopy(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::storage
