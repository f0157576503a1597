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
/// restart (rulings.md 1): the catalogue and every bound run with its counters and its stop.
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
    /// Writes everything queued now; before spool files go.
    [[nodiscard]] Result<void> flush();

    /// True once every open and stopped run is known to be in here: a fresh file beside an existing
    /// database is not, until rebuild() has run. While false, bound runs that are not found are
    /// refused with run_state_unavailable.
    [[nodiscard]] bool complete() const;
    [[nodiscard]] Result<void> markComplete();

private:
    class Impl;
    explicit LocalCopy(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::storage
