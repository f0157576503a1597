// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/main/periodic.h"
#include "server/security/rate_windows.h"
#include "server/storage/database.h"

#include <memory>

namespace boost::asio {
class io_context;
}

namespace exhibit::server {

/// While other replicas live, tells them every second what was let in here, and counts what they
/// let in (docs/decisions/0029). Without PostgreSQL each counts alone.
class RateSharing {
public:
    struct Services {
        boost::asio::io_context& io;
        security::RateWindows& windows; ///< Of the io thread.
        storage::Database& database;
        ReplicaId replica;
        std::function<bool()> shared; ///< Whether other replicas live. Any thread.
    };
    explicit RateSharing(Services services);

private:
    struct Told {
        std::vector<security::RateUse> uses;
        std::vector<std::string> keys;
    };
    [[nodiscard]] Result<void> exchange();
    [[nodiscard]] Result<Told> ask(bool sharing);

    Services m_services;
    Periodic m_exchanging; ///< Last: its thread uses everything else.
};

} // namespace exhibit::server
