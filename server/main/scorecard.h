// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/main/periodic.h"
#include "server/ops/metrics.h"
#include "server/spool/journal.h"
#include "server/storage/walls.h"

#include <mutex>
#include <optional>

namespace exhibit::server {

/// exhibit_invariant_ok{id}: those invariants whose breach a running server can notice; 1, 0, or
/// NaN before the first look. INV-1: the journal gave no record up. INV-5 and INV-7: the walls in
/// PostgreSQL stand. INV-8: calls can be recorded at this moment.
class Scorecard {
public:
    struct Services {
        ops::Metrics& metrics;
        spool::Journal& journal;
        storage::Database& database;
    };

    explicit Scorecard(Services services, Periodic::Timing timing);

private:
    [[nodiscard]] Result<void> inspect();
    /// What the last look said of one wall.
    [[nodiscard]] double standing(bool storage::Walls::*wall) const;

    Services m_services;
    mutable std::mutex m_mutex;
    std::optional<storage::Walls> m_walls;
    Periodic m_inspecting;
};

} // namespace exhibit::server
