// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/live_event.h"
#include "server/storage/database.h"

#include <string>
#include <vector>

namespace exhibit::storage {

/// Something that the live view tells of.
struct Happening {
    std::string key; ///< Names it once and for all.
    UtcTime at{};
    domain::LiveEvent event; ///< Without its id.
};

struct Happenings {
    std::vector<Happening> all; ///< Oldest first.
    /// Of each kind that there is as much of as is read: its oldest one here. What was before it is
    /// not here.
    std::vector<Happening> cutAt;
};

/// What happened to a tenant, as PostgreSQL has it: what any replica did and what other replicas
/// were asked for. Any thread; waits.
class LiveHappenings {
public:
    /// Of each kind that many at most, the newest.
    static constexpr std::int64_t kEachMax = 500;

    explicit LiveHappenings(Database& database)
        : m_database(database)
    {
    }

    /// Incidents that were opened or changed, runs that were stopped, and entries of the log that
    /// say that something is wrong with it or with a journal.
    [[nodiscard]] Result<Happenings> since(TenantId tenant, UtcTime since, Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
