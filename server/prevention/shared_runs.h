// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/domain/run.h"

#include <functional>
#include <optional>

namespace exhibit::prevention {

/// What PostgreSQL, and through it the other replicas, know of bound runs (rulings.md 2). Called on
/// the io thread, never blocks it; the callbacks run there too.
class SharedRuns {
public:
    using Looked = std::function<void(Result<std::optional<domain::LiveRun>>)>;
    using Published = std::function<void()>;

    virtual ~SharedRuns() = default;

    /// False while this replica is the only one: then its local copy knows every run.
    [[nodiscard]] virtual bool shared() const = 0;
    /// The run's row; nullopt when there is none yet. Unavailable when it cannot be had, at the
    /// latest after limits::kRunLookTimeout.
    virtual void look(TenantId tenant, RunId run, Looked done) = 0;
    /// Writes a stop where the others look. `done` comes when they can see it, or, after
    /// limits::kStopPublishTimeout at the latest, when it could not be written: the stop then
    /// reaches them through the spool (docs/decisions/0010).
    virtual void publishStop(domain::LiveRun stopped, Published done) = 0;
    /// Tells the others to cut what is live of a run; returns at once.
    virtual void publishKill(TenantId tenant, RunId run, domain::KillReason reason) = 0;
};

} // namespace exhibit::prevention
