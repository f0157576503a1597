// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/main/periodic.h"
#include "server/security/rate_windows.h"

#include <memory>

namespace boost::asio {
class io_context;
}

namespace exhibit::server {

/// Tells the others what was let in, and gives what they let in of these keys in the last minute.
using RateExchange = std::function<Result<std::vector<security::RateUse>>(
    const std::vector<security::RateUse>&, const std::vector<std::string>&, Deadline)>;

/// While other replicas live, tells them every second what was let in here, and counts what they
/// let in (docs/decisions/0029). While that is not possible each counts alone.
class RateSharing {
public:
    struct Services {
        boost::asio::io_context& io;
        security::RateWindows& windows; ///< Of the io thread.
        RateExchange exchange;
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
