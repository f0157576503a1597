// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/shared_runs.h"
#include "server/storage/local_copy.h"

#include <optional>
#include <string>
#include <unordered_map>

namespace exhibit::prevention {

/// UUIDv8 from SHA-256("exhibit/run/v1\n" || tenant || project || the client's string): the same on
/// every replica (rulings.md 3).
[[nodiscard]] RunId deriveRunId(TenantId tenant, ProjectId project, std::string_view clientRunId);

/// Who vouches for what is known of a run.
enum class Vouched : std::uint8_t { ByLocalCopy, ByDatabase };

/// The live state of bound runs: what the next call of a run is decided from. Io thread only;
/// backed by the local copy, so that it survives restarts and an absent PostgreSQL.
class RunRegistry {
public:
    explicit RunRegistry(storage::LocalCopy& copy);

    /// From now on this replica may have company. `shared` outlives the object.
    void shareWith(SharedRuns& shared) { m_shared = &shared; }
    /// Whether what is known here does not suffice: look() before bind(). False while this replica
    /// is alone, but for the rare run that the local copy has dropped.
    [[nodiscard]] bool needsLook(TenantId tenant, RunId run);
    /// Learns what PostgreSQL knows of the run. Unavailable with subject "run_state_unavailable".
    void look(TenantId tenant, RunId run, std::function<void(const Result<void>&)> done);
    /// Called when a run was killed that may be live here: by another replica, or by a limit that
    /// one of its calls met. What is live of it ends too.
    using Killed = std::function<void(TenantId, RunId, domain::KillReason)>;
    void onKilled(Killed killed) { m_killed = std::move(killed); }
    /// Another replica says that somebody killed the run.
    void hearKill(TenantId tenant, RunId run, domain::KillReason reason) const;
    /// Says so to the other replicas, if there are any.
    void announceKill(TenantId tenant, RunId run, domain::KillReason reason) const;
    /// Takes over what another replica knows: its stop, and counters that are ahead.
    void adopt(const domain::LiveRun& row);

    /// Joins a call to its run: finds it, re-opens an ended one, or begins it under `snapshotId`.
    /// Counts the call. Errors: Forbidden with subject "run_stopped" (see stopOf()), Unavailable
    /// with subject "run_state_unavailable".
    [[nodiscard]] Result<domain::LiveRun> bind(TenantId tenant,
                                               ProjectId project,
                                               const std::string& clientRunId,
                                               const std::string& snapshotId,
                                               UtcTime now,
                                               Vouched vouched = Vouched::ByLocalCopy);
    /// As it is known here.
    [[nodiscard]] std::optional<domain::LiveRun> peek(TenantId tenant, RunId run);
    /// What it has used as far as its calls have settled; absent when the run is unknown.
    [[nodiscard]] std::optional<domain::RunCounters> countersOf(TenantId tenant, RunId run);
    /// Absent when the run is unknown or was not stopped.
    [[nodiscard]] std::optional<domain::RunStop> stopOf(TenantId tenant, RunId run);
    /// Adds a finished call's usage.
    void settle(TenantId tenant,
                RunId run,
                const domain::Usage& usage,
                domain::Microcents cost,
                UtcTime now);
    /// Marks the run stopped at once (calls that bind later are refused) and calls `onDurable` when
    /// the stop is on disk and other replicas, if there are any, see it. The first stop of a run
    /// wins. NotFound for runs that were never bound.
    void stop(TenantId tenant,
              RunId run,
              domain::RunStop stop,
              storage::LocalCopy::Completion onDurable);
    /// Ends a run as succeeded or failed; false when it is unknown or not running.
    bool end(TenantId tenant,
             RunId run,
             UtcTime now,
             domain::RunStatus status = domain::RunStatus::Succeeded);
    /// Runs idle since before `before` become succeeded; returns them for the record, at most
    /// limits::kRunsExpiredAtOnceMax.
    [[nodiscard]] std::vector<domain::LiveRun> expireIdle(UtcTime before);

private:
    /// nullptr when there is no such run of this tenant; valid until the next look-up. An error:
    /// the local copy cannot be read.
    [[nodiscard]] Result<domain::LiveRun*> find(TenantId tenant, RunId run);
    domain::LiveRun* remember(domain::LiveRun run);

    storage::LocalCopy& m_copy;
    SharedRuns* m_shared = nullptr; ///< nullptr: alone.
    Killed m_killed;
    /// Those used lately, at most limits::kLiveRunsInMemoryMax.
    std::unordered_map<RunId, domain::LiveRun> m_runs;
};

} // namespace exhibit::prevention
